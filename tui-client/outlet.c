#ifdef __linux__
#define _GNU_SOURCE /* pwritev2(2) */
#endif

#include "outlet.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "loop.h"

#ifndef PIPE_BUF
#define PIPE_BUF _POSIX_PIPE_BUF
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum outlet_kind {
	OUTLET_FILE,   /* never makes anyone wait for long */
	OUTLET_SOCKET, /* can be told not to block, call by call */
	OUTLET_PIPE,   /* so can this, where the system knows how */
	OUTLET_PIECES  /* takes PIPE_BUF bytes without blocking when ready */
};

struct outlet {
	struct loop *loop;
	struct outlet_handler handler;
	struct loop_source io;
	struct bytes *queue;
	enum outlet_kind kind;
	int fd;
};

static void outlet_ready(void *, const struct loop_event *);

static enum outlet_kind
outlet_kind_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || S_ISREG(st.st_mode))
		return OUTLET_FILE;
	if (S_ISCHR(st.st_mode) && !isatty(fd))
		return OUTLET_FILE; /* /dev/null and the like */
	return S_ISSOCK(st.st_mode) ? OUTLET_SOCKET : OUTLET_PIPE;
}

struct outlet *
outlet_new(struct loop *loop, int fd, size_t limit_bytes,
    const struct outlet_handler *handler)
{
	struct outlet *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->queue = bytes_new(limit_bytes);
	if (o->queue == NULL) {
		free(o);
		return NULL;
	}
	o->loop = loop;
	o->handler = *handler;
	o->io.fn = outlet_ready;
	o->io.arg = o;
	o->kind = outlet_kind_of(fd);
	o->fd = fd;
	return o;
}

void
outlet_free(struct outlet *o)
{
	if (o == NULL)
		return;
	(void)loop_io_set(o->loop, &o->io, o->fd, 0);
	bytes_free(o->queue);
	free(o);
}

static ssize_t
outlet_put_piece(const struct outlet *o, const void *p, size_t len)
{
	struct pollfd ready = {.fd = o->fd, .events = POLLOUT};
	int n = poll(&ready, 1, 0);

	if (n == 0)
		errno = EAGAIN;
	if (n <= 0)
		return -1;
	return write(o->fd, p, len < PIPE_BUF ? len : PIPE_BUF);
}

/*
 * All that a pipe has room for, in one call. Systems, kernels and sandboxes
 * that do not know it, and terminals, have it in pieces.
 */
static ssize_t
outlet_put_pipe(struct outlet *o, const void *p, size_t len)
{
#ifdef RWF_NOWAIT
	struct iovec all = {.iov_base = (void *)(uintptr_t)p, .iov_len = len};
	ssize_t n = pwritev2(o->fd, &all, 1, -1, RWF_NOWAIT);

	if (n != -1 || errno == EAGAIN || errno == EINTR || errno == EPIPE)
		return n;
#endif
	o->kind = OUTLET_PIECES;
	return outlet_put_piece(o, p, len);
}

static ssize_t
outlet_put_some(struct outlet *o, const void *p, size_t len)
{
	switch (o->kind) {
	case OUTLET_FILE:
		return write(o->fd, p, len);
	case OUTLET_SOCKET:
		return send(o->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	case OUTLET_PIPE:
		return outlet_put_pipe(o, p, len);
	case OUTLET_PIECES:
		break;
	}
	return outlet_put_piece(o, p, len);
}

/* Returns how much of it went out, or -1 with errno. */
static ssize_t
outlet_put(struct outlet *o, const char *p, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = outlet_put_some(o, p + done, len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)done;
}

static int
outlet_watch(struct outlet *o)
{
	unsigned want = bytes_pending(o->queue) > 0 ? LOOP_WRITE : 0;

	return loop_io_set(o->loop, &o->io, o->fd, want | LOOP_NODATA);
}

static void
outlet_fail(struct outlet *o, int error)
{
	bytes_clear(o->queue);
	(void)loop_io_set(o->loop, &o->io, o->fd, 0);
	o->handler.failed(o->handler.arg, error);
}

static void
outlet_ready(void *arg, const struct loop_event *event)
{
	struct outlet *o = arg;
	const void *p;
	size_t len;
	ssize_t n;

	(void)event;
	do {
		p = bytes_peek(o->queue, &len);
		n = outlet_put(o, p, len);
		if (n == -1) {
			outlet_fail(o, errno);
			return;
		}
		bytes_drop(o->queue, (size_t)n);
	} while ((size_t)n == len && bytes_pending(o->queue) > 0);
	if (outlet_watch(o) == -1)
		outlet_fail(o, errno);
	else if (bytes_pending(o->queue) == 0)
		o->handler.drained(o->handler.arg);
}

int
outlet_write(struct outlet *o, const void *p, size_t len)
{
	ssize_t n = 0;

	if (bytes_pending(o->queue) == 0)
		n = outlet_put(o, p, len);
	if (n == -1)
		return -1;
	if (bytes_append(o->queue, (const char *)p + n, len - (size_t)n) == -1)
		return -1;
	return outlet_watch(o);
}

size_t
outlet_pending(const struct outlet *o)
{
	return bytes_pending(o->queue);
}
