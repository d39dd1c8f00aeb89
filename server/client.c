#include "client.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"
#include "datalog.h"
#include "endpoint.h"
#include "log.h"
#include "loop.h"
#include "remote.h"
#include "pool.h"

/* A client that fills the buffer each time makes way after so many reads. */
#define CLIENT_ROUNDS 4

enum client_state {
	CLIENT_ECHO,  /* watches READ; nothing is queued */
	CLIENT_FLUSH, /* watches WRITE; the queue has something */
	CLIENT_LINGER /* watches READ; all is sent, the stream is ended */
};

enum client_reason {
	CLIENT_PEER,
	CLIENT_RESET,
	CLIENT_IDLE,
	CLIENT_DRAIN,
	CLIENT_ERROR
};

/*
 * Ordered for size: 10,000 of these wait most of the time. How much has gone
 * out needs no counter: it is what came in less what waits.
 */
struct client {
	struct loop_source source;
	struct bytes *queue; /* CLIENT_FLUSH only */
	uint64_t id;
	uint64_t in_bytes;
	uint32_t opened_cs; /* 10 ms each: right for 497 days */
	struct remote remote;
	uint8_t state;
	uint8_t heard; /* the tick of the last byte that came */
};

_Static_assert(sizeof(struct client) <= 72 || sizeof(void *) > 8,
    "an idle client has a budget");

static void client_on_event(void *, const struct loop_event *);

size_t
client_size(void)
{
	return sizeof(struct client);
}

static uint32_t
client_now_cs(void)
{
	return (uint32_t)(clock_now_ms() / 10);
}

static void
client_log_connect(const struct client *client, struct client_context *ctx)
{
	char peer[ENDPOINT_TEXT_MAX];
	struct log_field fields[] = {
	    log_number("client", client->id),
	    log_text("peer",
		remote_format(
		    peer, sizeof(peer), &client->remote, client->source.fd)),
	    log_number("open", ctx->stats.open),
	};

	log_event(ctx->log, LOG_LEVEL_INFO, "connect", fields,
	    sizeof(fields) / sizeof(fields[0]));
}

int
client_open(struct client_context *ctx, int fd, const struct remote *remote,
    uint64_t id)
{
	struct client *client;

	client = pool_get(ctx->pool);
	if (client == NULL)
		return -1;
	client->source.fn = client_on_event;
	client->source.arg = client;
	client->id = id;
	client->opened_cs = client_now_cs();
	client->remote = *remote;
	client->state = CLIENT_ECHO;
	client->heard = ctx->tick;
	if (loop_io_set(ctx->loop, &client->source, fd,
		LOOP_READ | LOOP_NODATA) == -1) {
		pool_put(client);
		return -1;
	}
	ctx->stats.accepted++;
	ctx->stats.open++;
	if (log_wants(ctx->log, LOG_LEVEL_INFO))
		client_log_connect(client, ctx);
	return 0;
}

static void
client_log_close(const struct client *client, struct client_context *ctx,
    enum client_reason reason, uint64_t out_bytes)
{
	static const char *const names[] = {[CLIENT_PEER] = "peer",
	    [CLIENT_RESET] = "reset",
	    [CLIENT_IDLE] = "idle",
	    [CLIENT_DRAIN] = "drain",
	    [CLIENT_ERROR] = "error"};
	char peer[ENDPOINT_TEXT_MAX];
	uint32_t age_cs = client_now_cs() - client->opened_cs;
	struct log_field fields[] = {
	    log_number("client", client->id),
	    log_text("peer",
		remote_format(
		    peer, sizeof(peer), &client->remote, client->source.fd)),
	    log_text("reason", names[reason]),
	    log_number("in", client->in_bytes),
	    log_number("out", out_bytes),
	    log_seconds("secs", (uint64_t)age_cs * 10),
	    log_number("open", ctx->stats.open),
	};

	log_event(ctx->log, LOG_LEVEL_INFO, "close", fields,
	    sizeof(fields) / sizeof(fields[0]));
}

/* The end, for lost_bytes that were read but neither sent nor queued. */
static void
client_close(struct client *client, struct client_context *ctx,
    enum client_reason reason, size_t lost_bytes)
{
	uint64_t out_bytes;

	out_bytes = client->in_bytes - lost_bytes;
	if (client->queue != NULL)
		out_bytes -= bytes_pending(client->queue);
	ctx->stats.open--;
	if (log_wants(ctx->log, LOG_LEVEL_INFO))
		client_log_close(client, ctx, reason, out_bytes);
	(void)loop_io_set(ctx->loop, &client->source, client->source.fd, 0);
	/* Closed for good, whatever close(2) says; all echo was handed over. */
	(void)close(client->source.fd);
	bytes_free(client->queue);
	pool_put(client);
	ctx->closed(ctx->arg);
}

/* The end for the reason in errno. */
static void
client_fail(
    struct client *client, struct client_context *ctx, size_t lost_bytes)
{
	struct log_field fields[2];

	if (errno == ECONNRESET || errno == EPIPE) {
		client_close(client, ctx, CLIENT_RESET, lost_bytes);
		return;
	}
	fields[0] = log_number("client", client->id);
	fields[1] = log_text("error", strerror(errno));
	log_event(ctx->log, LOG_LEVEL_WARNING, "error", fields, 2);
	client_close(client, ctx, CLIENT_ERROR, lost_bytes);
}

/* Not an error: the socket has, or takes, nothing at the moment. */
static bool
client_must_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Keeps what the socket did not take, and stops reading until it has. */
static void
client_queue(struct client *client, struct client_context *ctx,
    const unsigned char *p, size_t len)
{
	client->queue = bytes_new(ctx->buffer_bytes);
	if (client->queue == NULL ||
	    bytes_append(client->queue, p, len) == -1) {
		client_fail(client, ctx, len);
		return;
	}
	if (loop_io_set(ctx->loop, &client->source, client->source.fd,
		LOOP_WRITE | LOOP_NODATA) == -1) {
		client_fail(client, ctx, 0);
		return;
	}
	client->state = CLIENT_FLUSH;
}

/* Returns whether all went out, so that more may be read. */
static bool
client_send(struct client *client, struct client_context *ctx, size_t len)
{
	ssize_t n;
	size_t sent;

	n = write(client->source.fd, ctx->buffer, len);
	if (n == -1 && !client_must_wait()) {
		client_fail(client, ctx, len);
		return false;
	}
	sent = n == -1 ? 0 : (size_t)n;
	ctx->stats.out_bytes += sent;
	if (sent == len)
		return true;
	client_queue(client, ctx, ctx->buffer + sent, len - sent);
	return false;
}

/*
 * Never reads more than a queue holds, so what can't go out always fits. A read
 * that did not fill the buffer has emptied the socket: asking again would cost
 * a system call to hear so.
 */
static void
client_echo(struct client *client, struct client_context *ctx)
{
	ssize_t n;
	int round;

	client->heard = ctx->tick;
	for (round = 0; round < CLIENT_ROUNDS; round++) {
		n = read(client->source.fd, ctx->buffer, ctx->buffer_bytes);
		if (n == 0) {
			client_close(client, ctx, CLIENT_PEER, 0);
			return;
		}
		if (n == -1) {
			if (!client_must_wait())
				client_fail(client, ctx, 0);
			return;
		}
		client->in_bytes += (uint64_t)n;
		ctx->stats.in_bytes += (uint64_t)n;
		if (ctx->datalog != NULL)
			datalog_write(
			    ctx->datalog, client->id, ctx->buffer, (size_t)n);
		if (!client_send(client, ctx, (size_t)n) ||
		    (size_t)n < ctx->buffer_bytes)
			return;
	}
}

/* Everything is sent: says so to the peer, then waits for it to leave. */
static void
client_linger(struct client *client, struct client_context *ctx)
{
	client->state = CLIENT_LINGER;
	client->heard = ctx->tick;
	if (shutdown(client->source.fd, SHUT_WR) == -1)
		client_close(client, ctx, CLIENT_DRAIN, 0);
}

static void
client_flush(struct client *client, struct client_context *ctx)
{
	size_t before;
	ssize_t left;

	before = bytes_pending(client->queue);
	left = bytes_flush(client->queue, client->source.fd);
	ctx->stats.out_bytes += before - bytes_pending(client->queue);
	if (left == -1) {
		client_fail(client, ctx, 0);
		return;
	}
	if (left > 0)
		return;
	bytes_free(client->queue);
	client->queue = NULL;
	client->heard = ctx->tick;
	client->state = CLIENT_ECHO;
	if (loop_io_set(ctx->loop, &client->source, client->source.fd,
		LOOP_READ | LOOP_NODATA) == -1)
		client_fail(client, ctx, 0);
	else if (ctx->draining)
		client_linger(client, ctx);
}

/* Unread bytes at close(2) would send a reset, which may destroy the echo. */
static void
client_discard(struct client *client, struct client_context *ctx)
{
	ssize_t n;

	n = read(client->source.fd, ctx->buffer, ctx->buffer_bytes);
	if (n > 0)
		client->heard = ctx->tick;
	else if (n == 0 || !client_must_wait())
		client_close(client, ctx, CLIENT_DRAIN, 0);
}

/*
 * The event only says that it is worth trying, and the state says what. But an
 * error is told once: asking the socket again may find none.
 */
static void
client_on_event(void *arg, const struct loop_event *ev)
{
	struct client *client = arg;
	struct client_context *ctx = pool_owner(client);

	if (ev->error != 0) {
		errno = ev->error;
		client_fail(client, ctx, 0);
		return;
	}
	switch ((enum client_state)client->state) {
	case CLIENT_ECHO:
		client_echo(client, ctx);
		break;
	case CLIENT_FLUSH:
		client_flush(client, ctx);
		break;
	case CLIENT_LINGER:
		client_discard(client, ctx);
		break;
	}
}

void
client_drain(void *arg)
{
	struct client *client = arg;

	if (client->state == CLIENT_ECHO)
		client_linger(client, pool_owner(client));
}

void
client_sweep(void *arg)
{
	struct client *client = arg;
	struct client_context *ctx = pool_owner(client);
	uint8_t silent;

	silent = (uint8_t)(ctx->tick - client->heard);
	if (client->state == CLIENT_LINGER && silent > 1)
		client_close(client, ctx, CLIENT_DRAIN, 0);
	else if (client->state == CLIENT_ECHO && ctx->idle_ticks > 0 &&
	    silent > ctx->idle_ticks)
		client_close(client, ctx, CLIENT_IDLE, 0);
}

void
client_cut(void *arg)
{
	client_close(arg, pool_owner(arg), CLIENT_DRAIN, 0);
}
