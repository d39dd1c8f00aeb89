/* kq_ready: from readiness to READ and WRITE events. */

#define _GNU_SOURCE
#include <sys/epoll.h>

#include <errno.h>
#include <poll.h>

#include "kq.h"

#define READY_READ  (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)
#define READY_WRITE (EPOLLOUT | EPOLLHUP | EPOLLERR)

static const uint32_t ready_mask[2] = {READY_READ, READY_WRITE};
static const short ready_filter[2] = {EVFILT_READ, EVFILT_WRITE};

static bool
ready_is_eof(int fd, int i, uint32_t events)
{
	if (events & EPOLLHUP)
		return true;
	if (i == KQ_READ)
		return (events & EPOLLRDHUP) != 0;
	/* Sockets report errors that do not end them; a pipe only has one. */
	return (events & EPOLLERR) && kq_data_is_pipe(fd);
}

static void
ready_set_eof(int fd, struct kq_fd *f, uint32_t events, struct kevent *ev)
{
	int error;

	ev->flags |= EV_EOF;
	if ((events & EPOLLERR) && (error = kq_data_take_error(fd)) > 0 &&
	    error <= UINT8_MAX)
		f->error = (uint8_t)error;
	ev->fflags = f->error;
}

/* The knote has been put into the list, or is there. */
static void
ready_pend(struct kq *q, int fd, struct kq_fd *f, int i)
{
	struct kq_fd *tail;

	f->state[i] |= KQ_PENDING;
	if (f->bits & KQ_FD_LISTED)
		return;
	f->bits |= KQ_FD_LISTED;
	f->next = -1;
	if (q->listed_tail == -1) {
		q->listed_head = fd;
	} else {
		tail = kq_fd_find(q, q->listed_tail);
		tail->next = fd;
	}
	q->listed_tail = fd;
	kq_core_raise(q);
}

/* Returns 1 when there is an event, 0 when not yet, -1 when fd is closed. */
static int
ready_measure(int fd, const struct kq_fd *f, int i, bool eof, int64_t *data)
{
	const uint8_t state = f->state[i];

	*data = 0;
	if ((state & (KQ_NODATA | KQ_LOWAT)) == KQ_NODATA)
		return 1;
	*data = i == KQ_READ ? kq_data_readable(fd) : kq_data_writable(fd);
	if (*data == -1)
		return -1;
	return (state & KQ_LOWAT) == 0 || eof || *data >= f->lowat;
}

/* One knote that is ready, into one event. */
static void
ready_emit(struct kq *q, int fd, struct kq_fd *f, int i, uint32_t events,
    struct kq_out *out)
{
	const bool eof = ready_is_eof(fd, i, events);
	struct kevent *ev;
	int64_t data;

	f->state[i] &= (uint8_t)~KQ_PENDING;
	switch (ready_measure(fd, f, i, eof, &data)) {
	case -1:
		/* Closed while a dup lives: its entry can't be deleted. */
		kq_fd_reset(f);
		return;
	case 0:
		return;
	}
	ev = kq_core_emit(
	    out, (uintptr_t)fd, ready_filter[i], f->state[i], f->udata[i]);
	ev->data = data;
	if (eof)
		ready_set_eof(fd, f, events, ev);
	f->state[i] = kq_core_returned(f->state[i]);
	if ((f->bits & KQ_FD_EDGE) && (f->state[i] & KQ_ENABLED) &&
	    (f->state[i] & KQ_CLEAR) == 0)
		ready_pend(q, fd, f, i);
}

static bool
ready_is(const struct kq_fd *f, int i, uint32_t events)
{
	return (f->state[i] & KQ_ENABLED) && (events & ready_mask[i]);
}

/* Where there is room for one only they take turns. */
static int
ready_first(struct kq_fd *f)
{
	const int first = (f->bits & KQ_FD_TURN) ? KQ_WRITE : KQ_READ;

	f->bits &= (uint8_t)~KQ_FD_TURN;
	return first;
}

static void
ready_leave_out(struct kq *q, int fd, struct kq_fd *f, int i)
{
	f->bits |= i == KQ_WRITE ? KQ_FD_TURN : 0;
	if (f->bits & KQ_FD_EDGE)
		ready_pend(q, fd, f, i);
}

void
kq_ready_report(struct kq *q, int fd, struct kq_fd *f, uint32_t events,
    struct kq_out *out, int room)
{
	const int end = out->n + room;
	int i, k;

	if (f->bits & KQ_FD_ONCE)
		f->bits = (uint8_t)((f->bits & ~KQ_FD_ARMED) | KQ_FD_EDGE);
	i = ready_first(f);
	for (k = 0; k < 2; k++, i = 1 - i) {
		if (!ready_is(f, i, events))
			continue;
		if (out->n < end)
			ready_emit(q, fd, f, i, events, out);
		else
			ready_leave_out(q, fd, f, i);
	}
	kq_fd_settle(q, fd, f);
}

/* Of the list: what epoll has reported in this very call counts as seen. */
static bool
ready_is_seen(const struct kq_out *out, int fd, int i)
{
	int k;

	for (k = 0; k < out->n; k++)
		if (out->events[k].ident == (uintptr_t)fd &&
		    out->events[k].filter == ready_filter[i])
			return true;
	return false;
}

static void
ready_recheck(struct kq *q, int fd, struct kq_fd *f, struct kq_out *out)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP | POLLOUT};
	uint32_t events;
	int i, k;

	if (!kq_fd_check(q, fd) || poll(&p, 1, 0) == -1) {
		kq_fd_reset(f);
		return;
	}
	events = (uint32_t)(unsigned short)p.revents;
	i = ready_first(f);
	for (k = 0; k < 2; k++, i = 1 - i) {
		if ((f->state[i] & KQ_PENDING) == 0 ||
		    ready_is_seen(out, fd, i))
			continue;
		if (!ready_is(f, i, events))
			f->state[i] &= (uint8_t)~KQ_PENDING;
		else if (out->n < out->max)
			ready_emit(q, fd, f, i, events, out);
		else
			ready_leave_out(q, fd, f, i);
	}
	kq_fd_settle(q, fd, f);
}

static struct kq_fd *
ready_unlist_first(struct kq *q)
{
	struct kq_fd *f = kq_fd_find(q, q->listed_head);

	q->listed_head = f->next;
	if (q->listed_head == -1)
		q->listed_tail = -1;
	f->bits &= (uint8_t)~KQ_FD_LISTED;
	f->next = -1;
	return f;
}

void
kq_ready_recheck(struct kq *q, struct kq_out *out)
{
	const int last = q->listed_tail;
	struct kq_fd *f;
	int fd, i;

	do {
		fd = q->listed_head;
		if (fd == -1 || out->n == out->max)
			return;
		f = ready_unlist_first(q);
		if (((f->state[KQ_READ] | f->state[KQ_WRITE]) & KQ_PENDING) ==
		    0)
			continue;
		ready_recheck(q, fd, f, out);
		for (i = 0; i < 2; i++)
			if (f->state[i] & KQ_PENDING)
				ready_pend(q, fd, f, i);
	} while (fd != last);
}
