#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "client_parts.h"
#include "endpoint.h"
#include "gate.h"
#include "log.h"
#include "proxy.h"

static void
client_reject_header(
    struct client *client, struct client_context *ctx, const char *why)
{
	char peer[ENDPOINT_TEXT_MAX];
	struct log_field fields[] = {
	    log_number("client", client->id),
	    log_text("peer",
		remote_format(
		    peer, sizeof(peer), &client->remote, client->source.fd)),
	    log_text("error", why),
	};

	log_event(ctx->log, LOG_LEVEL_WARNING, "error", fields,
	    sizeof(fields) / sizeof(fields[0]));
	client_close(client, ctx, CLIENT_ERROR, 0);
}

/*
 * Version 1 has no LOCAL: a balancer that checks whether we are there names the
 * ends of that very connection.
 */
static bool
client_is_own(const struct client *client, const struct proxy *proxy)
{
	const struct remote *here = &client->remote, *there = &proxy->source;

	return proxy->own ||
	    (here->port == there->port &&
		memcmp(here->address, there->address, sizeof(here->address)) ==
		    0);
}

/* From now on it is the one that the balancer speaks for. */
static void
client_adopt(struct client *client, struct client_context *ctx,
    const struct proxy *proxy)
{
	bytes_free(client->queue);
	client->queue = NULL;
	if (!client_is_own(client, proxy)) {
		if (!gate_admit_source(
			ctx->gate, client->source.fd, &proxy->source) ||
		    !gate_claim(ctx->gate, client->source.fd, &proxy->source)) {
			client_close(client, ctx, CLIENT_ERROR, 0);
			return;
		}
		client->flags &= (uint8_t)~CLIENT_OWN;
		client->flags |= CLIENT_CLAIMED;
		client->remote = proxy->source;
	}
	client->state = CLIENT_ECHO;
	client->moved_cs = client_now_cs(ctx);
	client_log_connect(client, ctx);
}

/*
 * Takes len bytes out of the socket, which has them: they were looked at. So
 * there is nothing to wait for, and each round brings some.
 */
static bool
client_take(struct client *client, struct client_context *ctx, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = recv(client->source.fd, ctx->buffer, len, 0);
		if (n > 0) {
			len -= (size_t)n;
		} else if (n == 0) {
			errno = EPROTO;
			return false;
		} else if (!client_must_wait()) {
			return false;
		}
	}
	return true;
}

/*
 * Adds what the socket has to what came before, without taking it: not a byte
 * behind the header may be taken, for that is to be echoed. Returns how much,
 * or 0 when the client has ended or has to wait.
 */
static size_t
client_peek_header(struct client *client, struct client_context *ctx)
{
	size_t room;
	ssize_t n;

	if (client->queue == NULL)
		client->queue = bytes_new(PROXY_HEADER_MAX);
	if (client->queue == NULL) {
		client_fail(client, ctx, 0);
		return 0;
	}
	room = bytes_room(client->queue);
	if (room > ctx->buffer_bytes)
		room = ctx->buffer_bytes;
	n = recv(client->source.fd, ctx->buffer, room, MSG_PEEK);
	if (n == 0 && bytes_pending(client->queue) == 0)
		client_close(client, ctx, CLIENT_PEER, 0);
	else if (n == 0)
		client_reject_header(
		    client, ctx, "the stream ends within the PROXY header");
	else if ((n == -1 && !client_must_wait()) ||
	    (n > 0 &&
		bytes_append(client->queue, ctx->buffer, (size_t)n) == -1))
		client_fail(client, ctx, 0);
	else if (n > 0)
		return (size_t)n;
	return 0;
}

/*
 * What came of a header that is not complete has to be taken, or it would be
 * reported again and again.
 */
void
client_read_header(struct client *client, struct client_context *ctx)
{
	struct proxy proxy;
	const char *error;
	const void *head;
	size_t seen, len;
	ssize_t length;

	seen = client_peek_header(client, ctx);
	if (seen == 0)
		return;
	head = bytes_peek(client->queue, &len);
	length = proxy_parse(&proxy, head, len, &error);
	if (length == -1) {
		client_reject_header(client, ctx, error);
		return;
	}
	if (length > 0)
		seen -= len - (size_t)length;
	if (!client_take(client, ctx, seen))
		client_fail(client, ctx, 0);
	else if (length > 0)
		client_adopt(client, ctx, &proxy);
}

void
client_end_header(struct client *client, struct client_context *ctx)
{
	client_reject_header(client, ctx, "no PROXY header came in time");
}
