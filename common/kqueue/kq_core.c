/* kq_core: birth and death of a queue, and what all filters share. */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kq.h"

static int
core_enter(int epfd, int fd, enum kq_own own)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ev.data.u64 = kq_tag(KQ_OWN, own);
	return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
}

int
kq_core_watch(struct kq *q, int fd, enum kq_own own)
{
	return core_enter(atomic_load(&q->fd), fd, own);
}

int
kq_core_init(struct kq *q, int fd)
{
	int saved_errno;

	q->timerfd = q->inotifyfd = q->vnodefd = -1;
	q->signalfd = q->retiredfd = -1;
	q->listed_head = q->listed_tail = -1;
	q->armed_ns = UINT64_MAX;
	q->file_end = &q->file_head;
	q->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->wakefd == -1)
		return -1;
	if (core_enter(fd, q->wakefd, KQ_OWN_WAKE) == 0)
		return 0;
	saved_errno = errno;
	(void)close(q->wakefd);
	errno = saved_errno;
	return -1;
}

static void
core_close(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void
kq_core_clear(struct kq *q)
{
	kq_signal_clear(q);
	kq_note_clear(q);
	kq_watch_clear(q);
	kq_file_clear(q);
	kq_fd_clear(q);
	core_close(&q->wakefd);
	core_close(&q->timerfd);
	core_close(&q->inotifyfd);
	core_close(&q->vnodefd);
	core_close(&q->retiredfd);
	q->raised = false;
	q->turn = q->stale = 0;
	q->signals_gone = 0;
	q->listed_head = q->listed_tail = -1;
	q->armed_ns = UINT64_MAX;
}

void
kq_core_raise(struct kq *q)
{
	const uint64_t one = 1;
	ssize_t n;

	if (q->raised)
		return;
	do
		n = write(q->wakefd, &one, sizeof(one));
	while (n == -1 && errno == EINTR);
	q->raised = n != -1;
}

void
kq_core_lower(struct kq *q)
{
	uint64_t count;

	if (q->raised)
		q->raised = read(q->wakefd, &count, sizeof(count)) == -1 &&
		    errno != EAGAIN;
}

/*
 * Threads that wait in the old set would sleep there for ever. What is put into
 * it here is always readable: they return, and come back to the new set.
 */
static int
core_retire(struct kq *q)
{
	if (q->retiredfd == -1)
		q->retiredfd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->retiredfd == -1)
		return -1;
	return core_enter(atomic_load(&q->fd), q->retiredfd, KQ_OWN_RETIRED);
}

static int
core_enter_all(struct kq *q, int epfd)
{
	const int fds[] = {
	    q->wakefd, q->timerfd, q->inotifyfd, q->vnodefd, q->signalfd};
	static const enum kq_own owns[] = {KQ_OWN_WAKE, KQ_OWN_TIMER,
	    KQ_OWN_INOTIFY, KQ_OWN_VNODE, KQ_OWN_SIGNAL};
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1 && core_enter(epfd, fds[i], owns[i]) == -1)
			return -1;
	return 0;
}

int
kq_core_rebuild(struct kq *q)
{
	int epfd, fd, saved_errno;

	fd = atomic_load(&q->fd);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd == -1)
		return -1;
	if (core_enter_all(q, epfd) == -1 || kq_fd_move(q, epfd) == -1)
		goto fail;
	if (core_retire(q) == -1)
		goto fail;
	if (dup3(epfd, fd, O_CLOEXEC) == -1)
		goto fail_retired;
	(void)close(epfd);
	q->stale = 0;
	return 0;

fail_retired:
	saved_errno = errno;
	(void)epoll_ctl(fd, EPOLL_CTL_DEL, q->retiredfd, NULL);
	errno = saved_errno;
fail:
	saved_errno = errno;
	(void)close(epfd);
	errno = saved_errno;
	return -1;
}

uint64_t
kq_core_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint8_t
kq_core_state(uint8_t state, unsigned short flags)
{
	unsigned s = state;

	if (flags & EV_ADD) {
		s = KQ_USED | KQ_ENABLED;
		s |= (flags & EV_CLEAR) ? KQ_CLEAR : 0;
		s |= (flags & EV_ONESHOT) ? KQ_ONESHOT : 0;
		s |= (flags & EV_DISPATCH) ? KQ_DISPATCH : 0;
	}
	if (flags & EV_ENABLE)
		s |= KQ_ENABLED;
	else if (flags & EV_DISABLE)
		s &= ~KQ_ENABLED;
	return (uint8_t)s;
}

void *
kq_core_udata(void *udata, const struct kevent *kev)
{
	return (kev->flags & EV_KEEPUDATA) ? udata : kev->udata;
}

uint8_t
kq_core_returned(uint8_t state)
{
	if (state & KQ_ONESHOT)
		return 0;
	if (state & KQ_DISPATCH)
		return (uint8_t)(state & ~KQ_ENABLED);
	return state;
}

struct kevent *
kq_core_emit(struct kq_out *out, uintptr_t ident, short filter, uint8_t state,
    void *udata)
{
	struct kevent *ev = &out->events[out->n++];
	unsigned flags = 0;

	flags |= (state & KQ_CLEAR) ? EV_CLEAR : 0;
	flags |= (state & KQ_ONESHOT) ? EV_ONESHOT : 0;
	flags |= (state & KQ_DISPATCH) ? EV_DISPATCH : 0;
	EV_SET(ev, ident, filter, flags, 0, 0, udata);
	return ev;
}
