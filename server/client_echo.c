#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "bulk.h"
#include "bytes.h"
#include "client_parts.h"
#include "datalog.h"

/* A client that fills the buffer each time makes way after so many reads. */
#define CLIENT_ROUNDS 4

/*
 * From more than this in one event on it pays to go through the pipe, and with
 * so many events in a row of less than half of it no longer. At just as much
 * nothing is won: there TCP costs more than the copies do. A round through the
 * pipe takes half the time, so there are twice as many.
 */
#define CLIENT_BULK_BYTES  65536
#define CLIENT_BULK_SMALL  8
#define CLIENT_BULK_ROUNDS 8

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
	client->state = CLIENT_FLUSH;
	if (loop_io_set(ctx->loop, &client->source, client->source.fd,
		LOOP_WRITE | LOOP_NODATA) == -1)
		client_fail(client, ctx, 0);
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
	stats_add(&ctx->traffic.out_bytes, sent);
	if (sent == len)
		return true;
	client_queue(client, ctx, ctx->buffer + sent, len - sent);
	return false;
}

/* Returns whether a read that returned n brought anything. */
static bool
client_got(struct client *client, struct client_context *ctx, ssize_t n)
{
	if (n > 0) {
		client->in_bytes += (uint64_t)n;
		stats_add(&ctx->traffic.messages, 1);
		stats_add(&ctx->traffic.in_bytes, (uint64_t)n);
		return true;
	}
	if (n == 0)
		client_close(client, ctx, CLIENT_PEER, 0);
	else if (!client_must_wait())
		client_fail(client, ctx, 0);
	return false;
}

/* A queue that holds less would only cut large amounts into small ones. */
static bool
client_may_splice(const struct client *client, const struct client_context *ctx)
{
	return ctx->bulk != NULL && (client->flags & CLIENT_COPY) == 0 &&
	    ctx->buffer_bytes >= CLIENT_BULK_BYTES;
}

/* Whether what it says next is to be logged. */
static bool
client_is_heard(const struct client *client, const struct client_context *ctx)
{
	return ctx->datalog != NULL &&
	    datalog_take(ctx->datalog, client_level(client));
}

/* n bytes, of which the buffer has so many. */
static void
client_log_data(const struct client *client, const struct client_context *ctx,
    ssize_t n, size_t len)
{
	datalog_write(ctx->datalog, client_level(client), client->id,
	    (uint64_t)n, ctx->buffer, len);
}

/*
 * Never reads more than a queue holds, so what can't go out always fits. A read
 * that did not fill the buffer has emptied the socket: asking again would cost
 * a system call to hear so.
 */
static void
client_copy(struct client *client, struct client_context *ctx)
{
	size_t total = 0;
	ssize_t n;
	int round;

	for (round = 0; round < CLIENT_ROUNDS; round++) {
		n = read(client->source.fd, ctx->buffer, ctx->buffer_bytes);
		if (!client_got(client, ctx, n))
			return;
		if (client_is_heard(client, ctx))
			client_log_data(client, ctx, n, (size_t)n);
		total += (size_t)n;
		if (total > CLIENT_BULK_BYTES && client_may_splice(client, ctx))
			client->flags |= CLIENT_BULK;
		if (!client_send(client, ctx, (size_t)n) ||
		    (size_t)n < ctx->buffer_bytes)
			return;
	}
}

/* What is in the pipe would go to the next client: a secret. */
static void
client_empty_pipe(struct client_context *ctx)
{
	int saved_errno = errno;
	ssize_t n;

	while ((n = bulk_read(ctx->bulk, ctx->buffer, ctx->buffer_bytes)) > 0)
		continue;
	if (n == -1) {
		bulk_free(ctx->bulk);
		ctx->bulk = NULL;
	}
	errno = saved_errno;
}

static bool
client_cannot_splice(void)
{
	return errno == EINVAL || errno == ENOSYS;
}

static void
client_stop_bulk(struct client *client, uint8_t more_flags)
{
	client->flags &= (uint8_t)~CLIENT_BULK;
	client->flags |= more_flags;
	client->small_events = 0;
}

/* As read(2), but into the pipe; what is logged stays where it is. */
static ssize_t
client_take(struct client *client, struct client_context *ctx)
{
	ssize_t n, seen;

	if (!client_is_heard(client, ctx))
		return bulk_take(
		    ctx->bulk, client->source.fd, ctx->buffer_bytes);
	seen =
	    recv(client->source.fd, ctx->buffer, DATALOG_PREVIEW_MAX, MSG_PEEK);
	if (seen <= 0)
		return seen;
	n = bulk_take(ctx->bulk, client->source.fd, ctx->buffer_bytes);
	if (n > 0)
		client_log_data(client, ctx, n, (size_t)(seen < n ? seen : n));
	return n;
}

/* Takes what the socket did not out of the pipe, and sends it the other way. */
static bool
client_keep(struct client *client, struct client_context *ctx, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = bulk_read(ctx->bulk, ctx->buffer + got, len - got);
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			client_empty_pipe(ctx);
			client_fail(client, ctx, len);
			return false;
		}
		got += (size_t)n;
	}
	return client_send(client, ctx, len);
}

/* Returns whether all len bytes of the pipe went out. Empties it anyway. */
static bool
client_give(
    struct client *client, struct client_context *ctx, size_t len, bool more)
{
	ssize_t n;
	size_t sent;

	n = bulk_give(ctx->bulk, client->source.fd, more);
	if (n == -1 && client_cannot_splice()) {
		client_stop_bulk(client, CLIENT_COPY);
	} else if (n == -1 && !client_must_wait()) {
		client_empty_pipe(ctx);
		client_fail(client, ctx, len);
		return false;
	}
	sent = n == -1 ? 0 : (size_t)n;
	stats_add(&ctx->traffic.out_bytes, sent);
	return sent == len || client_keep(client, ctx, len - sent);
}

/*
 * Whether the pipe got nothing although there may be something: splice(2) stops
 * at urgent data (RFC 9293, 3.8.5), and says that nothing is there, or that the
 * end is. read(2) knows.
 */
static bool
client_must_copy(struct client *client, ssize_t n)
{
	if (n == -1 && client_cannot_splice()) {
		client_stop_bulk(client, CLIENT_COPY);
		return true;
	}
	return n == 0 || (n == -1 && client_must_wait());
}

/* Back to the buffer for who has had little to say for a while. */
static void
client_note_total(struct client *client, size_t total)
{
	if (total >= CLIENT_BULK_BYTES / 2)
		client->small_events = 0;
	else if (++client->small_events == CLIENT_BULK_SMALL)
		client_stop_bulk(client, 0);
}

/*
 * As client_copy(). A tail that is kept for what follows would wait if nothing
 * did: so the socket is asked, which costs less than a segment of its own.
 */
static void
client_splice(struct client *client, struct client_context *ctx)
{
	size_t total = 0;
	ssize_t n;
	bool more;
	int round;

	for (round = 1, more = true; more; round++) {
		n = client_take(client, ctx);
		if (client_must_copy(client, n)) {
			client_copy(client, ctx);
			return;
		}
		if (!client_got(client, ctx, n))
			return;
		total += (size_t)n;
		more = (size_t)n == ctx->buffer_bytes &&
		    round < CLIENT_BULK_ROUNDS && client_has_more(client);
		if (!more)
			client_note_total(client, total);
		more = client_give(client, ctx, (size_t)n, more) && more;
	}
}

void
client_echo(struct client *client, struct client_context *ctx)
{
	client->moved_cs = client_now_cs(ctx);
	if ((client->flags & CLIENT_BULK) != 0 && ctx->bulk != NULL)
		client_splice(client, ctx);
	else
		client_copy(client, ctx);
}

void
client_flush(struct client *client, struct client_context *ctx)
{
	size_t before, moved;
	ssize_t left;

	before = bytes_pending(client->queue);
	left = bytes_flush(client->queue, client->source.fd);
	moved = before - bytes_pending(client->queue);
	stats_add(&ctx->traffic.out_bytes, moved);
	if (moved > 0)
		client->moved_cs = client_now_cs(ctx);
	if (left == -1) {
		client_fail(client, ctx, 0);
		return;
	}
	if (left > 0)
		return;
	bytes_free(client->queue);
	client->queue = NULL;
	client->state = CLIENT_ECHO;
	if (loop_io_set(ctx->loop, &client->source, client->source.fd,
		LOOP_READ | LOOP_NODATA) == -1)
		client_fail(client, ctx, 0);
	else if (ctx->draining)
		client_linger(client, ctx);
}
