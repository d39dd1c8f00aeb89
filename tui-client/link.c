#include "link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "dial.h"
#include "loop.h"
#include "reason.h"
#include "resolver.h"
#include "stream.h"

#define LINK_CONNECT_TIMEOUT_MS 10000
#define LINK_RECONNECT_MIN_MS	500
#define LINK_RECONNECT_MAX_MS	30000
#define LINK_QUEUE_BYTES	((size_t)256 * 1024)

/* As good as stopped: longer than any client runs. */
#define LINK_NEVER_MS (UINT64_C(365) * 24 * 3600 * 1000)

/* A connection that stood for so long was a good one. */
#define LINK_SETTLED_MS 5000

/* How long a peer may take nothing of what we send. */
#define LINK_USER_TIMEOUT_MS 30000

struct link {
	struct loop *loop;
	struct link_options options;
	struct link_handler handler;
	struct link_status status;
	struct endpoint endpoint;
	struct resolver *resolver;
	struct dial *dial;
	struct stream *stream;
	struct backoff backoff;
	struct loop_source timer; /* of a try, or of the wait for the next */
	bool named;		  /* endpoint is set */
	bool finishing;		  /* the owner has asked for the end */
	bool answered;		  /* this connection has brought bytes */
};

static void link_resolved(void *, const struct resolver_answer *);
static void link_dialed(void *, int, int);
static void link_timer_fired(void *, const struct loop_event *);
static void link_stream_received(void *, const void *, size_t);
static void link_stream_taken(void *, size_t);
static void link_stream_drained(void *);
static void link_stream_finished(void *);
static void link_stream_ended(void *, int);

static struct stream *
link_stream_new(struct link *l)
{
	const struct stream_handler handler = {
	    .received = link_stream_received,
	    .taken = link_stream_taken,
	    .drained = link_stream_drained,
	    .finished = link_stream_finished,
	    .ended = link_stream_ended,
	    .arg = l,
	};
	/*
	 * Where nobody connects again, a peer that is slow must not be taken
	 * for a dead one: half of the bytes would be worth nothing.
	 */
	const struct stream_options options = {
	    .queue_bytes = l->options.queue_bytes,
	    .user_timeout_ms = l->options.reconnect ? LINK_USER_TIMEOUT_MS : 0,
	};

	return stream_new(l->loop, &options, &handler);
}

static void
link_options_default(struct link_options *o)
{
	if (o->connect_timeout_ms == 0)
		o->connect_timeout_ms = LINK_CONNECT_TIMEOUT_MS;
	if (o->reconnect_min_ms == 0)
		o->reconnect_min_ms = LINK_RECONNECT_MIN_MS;
	if (o->reconnect_max_ms == 0)
		o->reconnect_max_ms = LINK_RECONNECT_MAX_MS;
	if (o->queue_bytes == 0)
		o->queue_bytes = LINK_QUEUE_BYTES;
}

/* It runs since link_new(), and to change it can't fail: the next try comes. */
static void
link_timer_set(struct link *l, uint64_t ms)
{
	(void)loop_timer_repeat(l->loop, &l->timer, ms);
}

struct link *
link_new(struct loop *loop, const struct link_options *options,
    const struct link_handler *handler)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->loop = loop;
	l->options = *options;
	link_options_default(&l->options);
	l->handler = *handler;
	l->timer.fn = link_timer_fired;
	l->timer.arg = l;
	l->status.since_ms = clock_now_ms();
	backoff_init(&l->backoff, l->options.reconnect_min_ms,
	    l->options.reconnect_max_ms,
	    clock_now_us() ^ (uint64_t)getpid() << 32 ^ (uintptr_t)l);
	if ((l->resolver = resolver_new(loop, link_resolved, l)) == NULL ||
	    (l->dial = dial_new(loop, link_dialed, l)) == NULL ||
	    (l->stream = link_stream_new(l)) == NULL ||
	    loop_timer_repeat(loop, &l->timer, LINK_NEVER_MS) == -1) {
		link_free(l);
		return NULL;
	}
	return l;
}

/* Ends whatever goes on, and calls nobody. */
static void
link_stop(struct link *l)
{
	link_timer_set(l, LINK_NEVER_MS);
	resolver_cancel(l->resolver);
	dial_cancel(l->dial);
	stream_close(l->stream);
	l->finishing = l->answered = false;
	l->status.own[0] = '\0';
	l->status.peer_finished = false;
	l->status.retry_at_ms = 0;
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	loop_timer_stop(l->loop, &l->timer);
	resolver_free(l->resolver);
	dial_free(l->dial);
	stream_free(l->stream);
	free(l);
}

/*
 * The last thing that a function does: the owner may have told the link
 * something else when it returns.
 */
static void
link_state_set(struct link *l, enum link_state state)
{
	l->status.state = state;
	l->status.since_ms = clock_now_ms();
	if (l->handler.changed != NULL)
		l->handler.changed(l->handler.arg);
}

/* The try or the connection is over: on to the next, or to rest. */
static void
link_go_on(struct link *l, bool again)
{
	uint64_t wait_ms;

	link_stop(l);
	if (!again || !l->options.reconnect) {
		link_state_set(l, LINK_CLOSED);
		return;
	}
	wait_ms = backoff_next(&l->backoff);
	link_timer_set(l, wait_ms);
	l->status.retry_at_ms = clock_now_ms() + wait_ms;
	link_state_set(l, LINK_WAITING);
}

/* A try has failed; why is in the reason. */
static void
link_try_failed(struct link *l)
{
	l->status.tries++;
	l->status.clean = false;
	link_go_on(l, true);
}

static void
link_system_failed(struct link *l, int error)
{
	reason_of_system(l->status.reason, sizeof(l->status.reason), error);
	link_try_failed(l);
}

static void
link_connect_failed(struct link *l, int error)
{
	reason_of_connect(
	    l->status.reason, sizeof(l->status.reason), &l->endpoint, error);
	link_try_failed(l);
}

static void
link_lookup_failed(struct link *l, const char *error)
{
	reason_of_lookup(
	    l->status.reason, sizeof(l->status.reason), &l->endpoint, error);
	link_try_failed(l);
}

static void
link_try(struct link *l)
{
	link_stop(l);
	endpoint_format(l->status.peer, sizeof(l->status.peer), &l->endpoint);
	link_timer_set(l, l->options.connect_timeout_ms);
	if (resolver_ask(l->resolver, &l->endpoint, l->options.family) == -1)
		link_lookup_failed(l, strerror(errno));
	else
		link_state_set(l, LINK_RESOLVING);
}

static void
link_timer_fired(void *arg, const struct loop_event *event)
{
	struct link *l = arg;

	(void)event;
	if (l->status.state == LINK_WAITING) {
		link_try(l);
		return;
	}
	if (l->status.state != LINK_RESOLVING &&
	    l->status.state != LINK_CONNECTING)
		return;
	reason_of_timeout(l->status.reason, sizeof(l->status.reason),
	    &l->endpoint, l->options.connect_timeout_ms);
	link_try_failed(l);
}

static void
link_resolved(void *arg, const struct resolver_answer *answer)
{
	struct link *l = arg;

	if (answer->count <= 0)
		link_lookup_failed(l, answer->error);
	else if (dial_start(l->dial, answer->addrs, answer->count) == -1)
		link_connect_failed(l, errno);
	else
		link_state_set(l, LINK_CONNECTING);
}

static void
link_addresses_read(struct link *l, int fd)
{
	struct sockaddr_storage own, peer;
	socklen_t own_len = sizeof(own), peer_len = sizeof(peer);

	/* A Unix client has no name of its own, and the peer's is there. */
	if (l->endpoint.family == AF_UNIX)
		return;
	/* Reset already: the name will do until we read that. */
	if (getsockname(fd, (struct sockaddr *)&own, &own_len) == -1 ||
	    getpeername(fd, (struct sockaddr *)&peer, &peer_len) == -1)
		return;
	endpoint_addr_format(l->status.own, sizeof(l->status.own),
	    (struct sockaddr *)&own, own_len);
	endpoint_addr_format(l->status.peer, sizeof(l->status.peer),
	    (struct sockaddr *)&peer, peer_len);
}

static void
link_dialed(void *arg, int fd, int error)
{
	struct link *l = arg;

	if (fd == -1) {
		link_connect_failed(l, error);
		return;
	}
	link_timer_set(l, LINK_NEVER_MS);
	if (stream_open(l->stream, fd) == -1) {
		link_system_failed(l, errno);
		return;
	}
	link_addresses_read(l, fd);
	l->status.tries = 0;
	l->status.connects++;
	link_state_set(l, LINK_CONNECTED);
}

static void
link_stream_received(void *arg, const void *p, size_t len)
{
	struct link *l = arg;

	l->answered = true;
	l->status.bytes_in += len;
	if (l->handler.received != NULL)
		l->handler.received(l->handler.arg, p, len);
}

static void
link_stream_taken(void *arg, size_t len)
{
	struct link *l = arg;

	l->status.bytes_out += len;
}

static void
link_stream_drained(void *arg)
{
	struct link *l = arg;

	if (l->handler.drained != NULL)
		l->handler.drained(l->handler.arg);
}

static void
link_stream_finished(void *arg)
{
	struct link *l = arg;

	l->status.peer_finished = true;
	if (l->handler.changed != NULL)
		l->handler.changed(l->handler.arg);
}

static void
link_stream_ended(void *arg, int error)
{
	struct link *l = arg;
	uint64_t stood_ms = clock_now_ms() - l->status.since_ms;

	/* A server that hangs up on everyone is no reason to hurry. */
	if (l->answered || stood_ms >= LINK_SETTLED_MS)
		backoff_reset(&l->backoff);
	l->status.clean = error == 0;
	if (l->status.peer_finished && (error == EPIPE || error == ECONNRESET))
		reason_of_untaken(l->status.reason, sizeof(l->status.reason));
	else
		reason_of_end(
		    l->status.reason, sizeof(l->status.reason), error);
	link_go_on(l, !l->finishing);
}

void
link_connect(struct link *l, const struct endpoint *endpoint)
{
	l->endpoint = *endpoint;
	l->named = true;
	l->status.tries = 0;
	backoff_reset(&l->backoff);
	link_try(l);
}

void
link_reconnect(struct link *l)
{
	if (l->named)
		link_try(l);
}

void
link_fail(struct link *l, const char *reason)
{
	if (l->status.state != LINK_CONNECTED)
		return;
	l->status.clean = false;
	(void)snprintf(
	    l->status.reason, sizeof(l->status.reason), "%s", reason);
	link_go_on(l, !l->finishing);
}

void
link_disconnect(struct link *l)
{
	if (l->status.state == LINK_IDLE)
		return;
	link_stop(l);
	(void)snprintf(
	    l->status.reason, sizeof(l->status.reason), "disconnected");
	link_state_set(l, LINK_IDLE);
}

int
link_send(struct link *l, const void *p, size_t len)
{
	return stream_send(l->stream, p, len);
}

size_t
link_room(const struct link *l)
{
	return stream_room(l->stream);
}

size_t
link_queued(const struct link *l)
{
	return stream_queued(l->stream);
}

void
link_finish(struct link *l)
{
	if (l->status.state != LINK_CONNECTED)
		return;
	l->finishing = true;
	stream_finish(l->stream);
}

void
link_pause(struct link *l, bool paused)
{
	stream_pause(l->stream, paused);
}

const struct link_status *
link_status(const struct link *l)
{
	return &l->status;
}

const char *
link_state_name(enum link_state state)
{
	static const char *const names[] = {
	    [LINK_IDLE] = "not connected",
	    [LINK_RESOLVING] = "looking up",
	    [LINK_CONNECTING] = "connecting",
	    [LINK_CONNECTED] = "connected",
	    [LINK_WAITING] = "waiting to reconnect",
	    [LINK_CLOSED] = "closed",
	};

	return names[state];
}
