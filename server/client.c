#include "client.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "bytes.h"
#include "census.h"
#include "client_parts.h"
#include "endpoint.h"
#include "gate.h"
#include "log.h"
#include "pool.h"
#include "untaken.h"

static void client_on_event(void *, const struct loop_event *);

size_t
client_size(void)
{
	return sizeof(struct client);
}

uint32_t
client_now_cs(struct client_context *ctx)
{
	return (uint32_t)(loop_now_ms(ctx->loop) / 10);
}

bool
client_must_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool
client_has_more(const struct client *client)
{
	int waiting = 0;

	return ioctl(client->source.fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

enum log_level
client_level(const struct client *client)
{
	return client->flags & CLIENT_OWN ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
}

void
client_log_connect(const struct client *client, struct client_context *ctx)
{
	char peer[ENDPOINT_TEXT_MAX];
	struct log_field fields[3];

	if (!log_wants(ctx->log, client_level(client)))
		return;
	fields[0] = log_number("client", client->id);
	fields[1] = log_text("peer",
	    remote_format(
		peer, sizeof(peer), &client->remote, client->source.fd));
	fields[2] = log_number("open", gate_open(ctx->gate));
	log_event(ctx->log, client_level(client), "connect", fields, 3);
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
	client->opened_cs = client->moved_cs = client_now_cs(ctx);
	client->remote = *remote;
	client->state = ctx->header_ms > 0 ? CLIENT_HEADER : CLIENT_ECHO;
	client->flags = ctx->header_ms > 0 ? CLIENT_OWN : CLIENT_CLAIMED;
	if (loop_io_set(ctx->loop, &client->source, fd,
		LOOP_READ | LOOP_NODATA) == -1) {
		pool_put(client);
		return -1;
	}
	if (client->state == CLIENT_ECHO)
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
	    [CLIENT_STALL] = "stall",
	    [CLIENT_KICKED] = "kicked",
	    [CLIENT_DRAIN] = "drain",
	    [CLIENT_ERROR] = "error"};
	char peer[ENDPOINT_TEXT_MAX];
	uint32_t age_cs = client_now_cs(ctx) - client->opened_cs;
	struct log_field fields[] = {
	    log_number("client", client->id),
	    log_text("peer",
		remote_format(
		    peer, sizeof(peer), &client->remote, client->source.fd)),
	    log_text("reason", names[reason]),
	    log_number("in", client->in_bytes),
	    log_number("out", out_bytes),
	    log_seconds("secs", (uint64_t)age_cs * 10),
	    log_number("open", gate_open(ctx->gate)),
	};

	log_event(ctx->log, client_level(client), "close", fields,
	    sizeof(fields) / sizeof(fields[0]));
}

void
client_close(struct client *client, struct client_context *ctx,
    enum client_reason reason, size_t lost_bytes)
{
	uint64_t out_bytes;

	out_bytes = client->in_bytes - lost_bytes;
	if (client->state == CLIENT_FLUSH)
		out_bytes -= bytes_pending(client->queue);
	if (client->flags & CLIENT_CLAIMED)
		gate_release(ctx->gate, &client->remote);
	gate_leave(ctx->gate);
	if (log_wants(ctx->log, client_level(client)))
		client_log_close(client, ctx, reason, out_bytes);
	(void)loop_io_set(ctx->loop, &client->source, client->source.fd, 0);
	/* Closed for good, whatever close(2) says; all echo was handed over. */
	(void)close(client->source.fd);
	bytes_free(client->queue);
	pool_put(client);
	ctx->closed(ctx->arg);
}

void
client_fail(
    struct client *client, struct client_context *ctx, size_t lost_bytes)
{
	struct log_field fields[2];

	if (errno == ECONNRESET || errno == EPIPE) {
		client_close(client, ctx, CLIENT_RESET, lost_bytes);
		return;
	}
	fields[0] = log_number("client", client->id);
	fields[1] = log_errno(errno);
	log_event(ctx->log, LOG_LEVEL_WARNING, "error", fields, 2);
	client_close(client, ctx, CLIENT_ERROR, lost_bytes);
}

void
client_linger(struct client *client, struct client_context *ctx)
{
	client->state = CLIENT_LINGER;
	client->moved_cs = client_now_cs(ctx);
	if (shutdown(client->source.fd, SHUT_WR) == -1)
		client_close(client, ctx, CLIENT_DRAIN, 0);
}

/* Unread bytes at close(2) would send a reset, which may destroy the echo. */
static void
client_discard(struct client *client, struct client_context *ctx)
{
	ssize_t n;

	n = read(client->source.fd, ctx->buffer, ctx->buffer_bytes);
	if (n > 0)
		client->moved_cs = client_now_cs(ctx);
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
	case CLIENT_HEADER:
		client_read_header(client, ctx);
		break;
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

	if (client->state == CLIENT_ECHO || client->state == CLIENT_HEADER)
		client_linger(client, pool_owner(client));
}

/* Whether more than limit_ms are over since then; 0: there is no limit. */
static bool
client_is_over(struct client_context *ctx, uint32_t since_cs, uint64_t limit_ms)
{
	uint32_t past_cs = client_now_cs(ctx) - since_cs;

	return limit_ms > 0 && (uint64_t)past_cs * 10 > limit_ms;
}

/*
 * Whether it has taken nothing for too long. What the queue passes on does not
 * tell: a socket is not reported as writable before a good part of its buffer
 * is free, and for a slow reader that may take minutes. Nor does the kernel's
 * own limit (TCP_USER_TIMEOUT), which counts from when the window was shut,
 * whatever is taken since.
 */
static bool
client_stalls(struct client *client, struct client_context *ctx)
{
	int64_t untaken;
	uint16_t folded;

	if (ctx->stall_ms == 0)
		return false;
	untaken = untaken_bytes(client->source.fd);
	folded = (uint16_t)(untaken ^ untaken >> 16);
	if (folded != client->untaken) {
		client->untaken = folded;
		client->moved_cs = client_now_cs(ctx);
	}
	/* Where all is taken, what is queued only waits for its event. */
	return (untaken > 0 ||
		   (untaken == -1 && client->state == CLIENT_FLUSH)) &&
	    client_is_over(ctx, client->moved_cs, ctx->stall_ms);
}

/*
 * Whether it has said nothing for too long. What waits to be read was said: as
 * after the machine slept, and it and the sweep are told in one batch.
 */
static bool
client_is_silent(const struct client *client, struct client_context *ctx,
    uint32_t since_cs, uint64_t limit_ms)
{
	return client_is_over(ctx, since_cs, limit_ms) &&
	    !client_has_more(client);
}

void
client_sweep(void *arg)
{
	struct client *client = arg;
	struct client_context *ctx = pool_owner(client);

	switch ((enum client_state)client->state) {
	case CLIENT_HEADER:
		if (client_is_silent(
			client, ctx, client->opened_cs, ctx->header_ms))
			client_end_header(client, ctx);
		break;
	case CLIENT_ECHO:
		if (client_stalls(client, ctx))
			client_close(client, ctx, CLIENT_STALL, 0);
		else if (client_is_silent(
			     client, ctx, client->moved_cs, ctx->idle_ms))
			client_close(client, ctx, CLIENT_IDLE, 0);
		break;
	case CLIENT_FLUSH:
		if (client_stalls(client, ctx))
			client_close(client, ctx, CLIENT_STALL, 0);
		break;
	case CLIENT_LINGER:
		if (client_is_over(ctx, client->moved_cs, ctx->linger_ms))
			client_close(client, ctx, CLIENT_DRAIN, 0);
		break;
	}
}

uint64_t
client_id(const void *arg)
{
	const struct client *client = arg;

	return client->id;
}

void
client_kick(void *arg)
{
	client_close(arg, pool_owner(arg), CLIENT_KICKED, 0);
}

void
client_describe(const void *arg, struct census_row *row)
{
	const struct client *client = arg;
	const uint32_t now_cs = client_now_cs(pool_owner(client));

	row->client = client->id;
	row->in_bytes = client->in_bytes;
	row->queued_bytes =
	    client->state == CLIENT_FLUSH ? bytes_pending(client->queue) : 0;
	row->out_bytes = client->in_bytes - row->queued_bytes;
	row->age_ms = (uint64_t)(now_cs - client->opened_cs) * 10;
	row->idle_ms = (uint64_t)(now_cs - client->moved_cs) * 10;
	row->remote = client->remote;
}

void
client_cut(void *arg)
{
	client_close(arg, pool_owner(arg), CLIENT_DRAIN, 0);
}
