#include "stream.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "loop.h"

/* For a peer that has gone half-way: to take our rest, or to send its own. */
#define STREAM_LINGER_MS 5000

/* A dead peer is noticed after 60 + 6 * 10 s without a sign of life. */
#define STREAM_KEEPIDLE_S  60
#define STREAM_KEEPINTVL_S 10
#define STREAM_KEEPCNT	   6

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set instead */
#endif
#if !defined(TCP_KEEPIDLE) && defined(TCP_KEEPALIVE)
#define TCP_KEEPIDLE TCP_KEEPALIVE /* macOS */
#endif

struct stream {
	struct loop *loop;
	struct stream_options options;
	struct stream_handler handler;
	struct loop_source io;
	struct loop_source linger;
	struct bytes *queue;
	int fd;		/* -1: closed */
	int error;	/* sending has failed; what is left may still be read */
	bool failing;	/* error is news: the loop has not been back yet */
	bool finishing; /* shut the sending side once the queue is empty */
	bool peer_finished;
	bool paused;
	char buf[STREAM_READ_MAX];
};

static void stream_ready(void *, const struct loop_event *);
static void stream_linger_over(void *, const struct loop_event *);

struct stream *
stream_new(struct loop *loop, const struct stream_options *options,
    const struct stream_handler *handler)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->queue = bytes_new(options->queue_bytes);
	if (s->queue == NULL) {
		free(s);
		return NULL;
	}
	s->loop = loop;
	s->options = *options;
	s->handler = *handler;
	s->io.fn = stream_ready;
	s->io.arg = s;
	s->linger.fn = stream_linger_over;
	s->linger.arg = s;
	s->fd = -1;
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	stream_close(s);
	bytes_free(s->queue);
	free(s);
}

static void
stream_option_set(int fd, int level, int name, int value)
{
	/* A Unix socket has none of these, and a connection works without. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void
stream_options_set(const struct stream *s)
{
	stream_option_set(s->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
	stream_option_set(s->fd, IPPROTO_TCP, TCP_KEEPIDLE, STREAM_KEEPIDLE_S);
#endif
#ifdef TCP_KEEPINTVL
	stream_option_set(
	    s->fd, IPPROTO_TCP, TCP_KEEPINTVL, STREAM_KEEPINTVL_S);
	stream_option_set(s->fd, IPPROTO_TCP, TCP_KEEPCNT, STREAM_KEEPCNT);
#endif
#ifdef TCP_USER_TIMEOUT
	stream_option_set(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
	    (int)s->options.user_timeout_ms);
#endif
}

/* Brings what the loop watches in line with the state. */
static int
stream_watch(struct stream *s)
{
	unsigned want = LOOP_NODATA;

	if (!s->paused && !s->peer_finished)
		want |= LOOP_READ;
	if (bytes_pending(s->queue) > 0 || s->failing)
		want |= LOOP_WRITE;
	return loop_io_set(s->loop, &s->io, s->fd, want);
}

int
stream_open(struct stream *s, int fd)
{
	int error;

	stream_close(s);
	s->fd = fd;
	s->error = 0;
	s->failing = s->finishing = s->peer_finished = false;
	if (stream_watch(s) == -1) {
		error = errno;
		stream_close(s);
		errno = error;
		return -1;
	}
	stream_options_set(s);
	return 0;
}

void
stream_close(struct stream *s)
{
	if (s->fd == -1)
		return;
	(void)loop_io_set(s->loop, &s->io, s->fd, 0);
	loop_timer_stop(s->loop, &s->linger);
	bytes_clear(s->queue);
	(void)close(s->fd);
	s->fd = -1;
}

static void
stream_end(struct stream *s, int error)
{
	stream_close(s);
	s->handler.ended(s->handler.arg, error);
}

static int
stream_linger(struct stream *s)
{
	return loop_timer_start(s->loop, &s->linger, STREAM_LINGER_MS);
}

static void
stream_linger_over(void *arg, const struct loop_event *event)
{
	struct stream *s = arg;

	(void)event;
	/* The owner's own pause is not the peer's fault. */
	if (s->paused && !s->peer_finished && stream_linger(s) == 0)
		return;
	stream_end(s, s->error != 0 ? s->error : EPIPE);
}

/*
 * Sending has failed for good, but what the peer said before can be read. Where
 * it was our own memory that failed, the peer would not know that it is over.
 */
static void
stream_fail(struct stream *s, int error)
{
	s->error = error;
	s->failing = false;
	bytes_clear(s->queue);
	(void)shutdown(s->fd, SHUT_WR);
	if (s->peer_finished || stream_watch(s) == -1 || stream_linger(s) == -1)
		stream_end(s, error);
}

/* Nothing waits to be sent: does something wait for that? */
static void
stream_emptied(struct stream *s)
{
	if (s->finishing && shutdown(s->fd, SHUT_WR) == -1)
		stream_fail(s, errno);
	else if (s->peer_finished)
		stream_end(s, 0);
	else if (stream_watch(s) == -1)
		stream_end(s, errno);
	else
		s->handler.drained(s->handler.arg);
}

static void
stream_writable(struct stream *s)
{
	size_t before = bytes_pending(s->queue);
	ssize_t left;
	int error;

	left = bytes_flush(s->queue, s->fd);
	error = errno;
	/* Before it failed the socket may have taken a part. */
	s->handler.taken(s->handler.arg, before - bytes_pending(s->queue));
	if (left == -1)
		stream_fail(s, error);
	else if (left == 0)
		stream_emptied(s);
}

static void
stream_peer_finished(struct stream *s)
{
	s->peer_finished = true;
	if (s->error != 0 || bytes_pending(s->queue) == 0) {
		stream_end(s, s->error);
		return;
	}
	/* Who has asked for the end waits as long as it takes. */
	if (stream_watch(s) == -1 || (!s->finishing && stream_linger(s) == -1))
		stream_end(s, errno);
	else
		s->handler.finished(s->handler.arg);
}

static void
stream_readable(struct stream *s)
{
	ssize_t n = recv(s->fd, s->buf, sizeof(s->buf), 0);

	if (n > 0)
		s->handler.received(s->handler.arg, s->buf, (size_t)n);
	else if (n == 0)
		stream_peer_finished(s);
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		stream_end(s, s->error != 0 ? s->error : errno);
}

static void
stream_ready(void *arg, const struct loop_event *event)
{
	struct stream *s = arg;

	if (event->error != 0 && s->error == 0) {
		/* The kqueue may have had to take it away from recv(2). */
		s->error = event->error;
		s->failing = true;
	}
	if (s->failing)
		stream_fail(s, s->error);
	else if (event->filter == EVFILT_WRITE)
		stream_writable(s);
	else
		stream_readable(s);
}

/*
 * The owner is further up the stack: the loop comes back with the error, at
 * once, since a socket with one is always writable.
 */
static int
stream_fail_later(struct stream *s, int error)
{
	s->error = error;
	s->failing = true;
	if (stream_watch(s) == -1)
		return loop_timer_start(s->loop, &s->linger, 0);
	return 0;
}

/* What the socket takes straight away, or -1 with errno. */
static ssize_t
stream_send_now(struct stream *s, const void *p, size_t len)
{
	ssize_t n;

	if (len == 0 || bytes_pending(s->queue) > 0)
		return 0;
	do {
		n = send(s->fd, p, len, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return n;
}

int
stream_send(struct stream *s, const void *p, size_t len)
{
	ssize_t n;

	if (s->fd == -1 || s->error != 0 || s->finishing || s->peer_finished) {
		errno = ENOTCONN;
		return -1;
	}
	if (len > bytes_room(s->queue)) {
		errno = ENOBUFS;
		return -1;
	}
	n = stream_send_now(s, p, len);
	if (n == -1)
		return stream_fail_later(s, errno);
	if (n > 0)
		s->handler.taken(s->handler.arg, (size_t)n);
	if (bytes_append(s->queue, (const char *)p + n, len - (size_t)n) == -1)
		/* Part of it has gone out: there must be no gap. */
		return n == 0 ? -1 : stream_fail_later(s, errno);
	if (stream_watch(s) == -1)
		return stream_fail_later(s, errno);
	return 0;
}

size_t
stream_room(const struct stream *s)
{
	if (s->fd == -1 || s->error != 0 || s->finishing || s->peer_finished)
		return 0;
	return bytes_room(s->queue);
}

size_t
stream_queued(const struct stream *s)
{
	return s->fd == -1 ? 0 : bytes_pending(s->queue);
}

void
stream_finish(struct stream *s)
{
	if (s->fd == -1 || s->finishing || s->error != 0)
		return;
	s->finishing = true;
	loop_timer_stop(s->loop, &s->linger);
	if (bytes_pending(s->queue) == 0 && shutdown(s->fd, SHUT_WR) == -1)
		(void)stream_fail_later(s, errno);
}

void
stream_pause(struct stream *s, bool paused)
{
	if (s->paused == paused)
		return;
	s->paused = paused;
	if (s->fd != -1 && stream_watch(s) == -1)
		(void)stream_fail_later(s, errno);
}
