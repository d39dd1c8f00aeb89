/* kqueue: the two system calls. */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/syscall.h>

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "kq.h"

#define KQUEUE_BATCH	 256 /* events from one epoll_wait(2): 3 kB of stack */
#define KQUEUE_FRUITLESS 32  /* rounds without an event when time is up */
#define NS_PER_MS	 1000000u
#define NS_PER_S	 1000000000u

/* Hardening that zeroes locals would fill 3 kB for each call. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define KQUEUE_SCRATCH __attribute__((uninitialized))
#endif
#endif
#ifndef KQUEUE_SCRATCH
#define KQUEUE_SCRATCH
#endif

static int
kqueue_open(void)
{
	int fd, saved_errno;

	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd == -1)
		return -1;
	if (kq_table_add(fd) == 0)
		return fd;
	saved_errno = errno;
	(void)close(fd);
	errno = saved_errno;
	return -1;
}

/* A thread that was cancelled in here would leave locks behind. */
static int
kqueue_hold_cancel(void)
{
	int before;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	return before;
}

static void
kqueue_let_cancel(int before)
{
	int unused;

	(void)pthread_setcancelstate(before, &unused);
}

int
kqueue(void)
{
	const int cancel = kqueue_hold_cancel();
	int fd;

	fd = kqueue_open();
	kqueue_let_cancel(cancel);
	return fd;
}

static int
kqueue_change(struct kq *q, const struct kevent *kev)
{
	int (*change)(struct kq *, const struct kevent *);
	int result;

	if ((kev->flags & EV_ADD) && (kev->flags & EV_KEEPUDATA)) {
		errno = EINVAL;
		return -1;
	}
	switch (kev->filter) {
	case EVFILT_READ:
	case EVFILT_WRITE:
		change = kq_fd_change;
		break;
	case EVFILT_TIMER:
		change = kq_timer_change;
		break;
	case EVFILT_USER:
		change = kq_user_change;
		break;
	case EVFILT_VNODE:
		change = kq_vnode_change;
		break;
	case EVFILT_SIGNAL:
		return kq_signal_change(q, kev);
	default:
		errno = EINVAL;
		return -1;
	}
	(void)pthread_mutex_lock(&q->lock);
	result = change(q, kev);
	(void)pthread_mutex_unlock(&q->lock);
	return result;
}

static bool
kqueue_is_open(const struct kq *q)
{
	if (kq_table_check(q))
		return true;
	errno = EBADF;
	return false;
}

/*
 * Whether nothing else in this call would find out that the queue has been
 * closed: epoll is not asked. To change a knote that is there is let pass.
 */
static bool
kqueue_needs_proof(const struct kevent *changes, int nchanges, int nevents)
{
	int i;

	for (i = 0; i < nchanges; i++)
		if ((changes[i].flags & EV_ADD) &&
		    changes[i].filter != EVFILT_READ &&
		    changes[i].filter != EVFILT_WRITE)
			return true;
	return nchanges == 0 && nevents == 0;
}

/*
 * changes may be the same array as out->events, so each is copied first. A
 * receipt for which there is no room ends it, as the manual says.
 */
static int
kqueue_apply(
    struct kq *q, const struct kevent *changes, int n, struct kq_out *out)
{
	struct kevent kev;
	int i, error;

	for (i = 0; i < n; i++) {
		kev = changes[i];
		error = kqueue_change(q, &kev) == -1 ? errno : 0;
		/* What epoll_ctl(2) says of a number that is no queue. */
		if ((error == EBADF || error == EINVAL) && !kqueue_is_open(q))
			return -1;
		if (error == 0 && (kev.flags & EV_RECEIPT) == 0)
			continue;
		if (out->n < out->max) {
			kev.flags = EV_ERROR;
			kev.data = error;
			out->events[out->n++] = kev;
		} else {
			errno = error;
			return error == 0 ? 0 : -1;
		}
	}
	return 0;
}

/*
 * Waits, but maybe not for all of the time: what is left of it when the whole
 * milliseconds are over is for the next call. Where epoll_pwait2(2) is missing
 * or forbidden, a whole one will do.
 */
static int
kqueue_wait(int fd, struct epoll_event *batch, int max, uint64_t wait_ns)
{
	uint64_t ms = wait_ns / NS_PER_MS;
#ifdef SYS_epoll_pwait2
	const int64_t span[2] = {0, (int64_t)wait_ns};
	long n;

	if (ms == 0 && wait_ns != 0) {
		n = syscall(SYS_epoll_pwait2, fd, batch, max, span, NULL, 0);
		if (n != -1 || (errno != ENOSYS && errno != EPERM))
			return (int)n;
	}
#endif
	if (wait_ns == UINT64_MAX)
		return epoll_wait(fd, batch, max, -1);
	ms += ms == 0 && wait_ns != 0;
	return epoll_wait(fd, batch, max, ms > INT_MAX ? INT_MAX : (int)ms);
}

static void
kqueue_put(void *arg)
{
	kq_table_put(arg);
}

/* The one place where a thread can be cancelled, as it can't in a poll. */
static int
kqueue_wait_cancel(
    struct kq *q, struct epoll_event *batch, int max, uint64_t wait_ns, int how)
{
	int n;

	if (wait_ns == 0)
		return kqueue_wait(atomic_load(&q->fd), batch, max, 0);
	pthread_cleanup_push(kqueue_put, q);
	kqueue_let_cancel(how);
	n = kqueue_wait(atomic_load(&q->fd), batch, max, wait_ns);
	(void)kqueue_hold_cancel();
	pthread_cleanup_pop(0);
	return n;
}

static int
kqueue_collect(
    struct kq *q, const struct epoll_event *batch, int n, struct kq_out *out)
{
	int result;

	(void)pthread_mutex_lock(&q->lock);
	result = kq_collect(q, batch, n, out);
	(void)pthread_mutex_unlock(&q->lock);
	if (out->signals)
		kq_signal_pump(q);
	if (out->rebuilt)
		kq_fd_renew_all(atomic_load(&q->fd));
	out->signals = out->rebuilt = false;
	return result;
}

/*
 * Waits until there is an event, but not past wait_ns (UINT64_MAX: for ever).
 */
static int
kqueue_scan(struct kq *q, struct kq_out *out, uint64_t wait_ns, int cancel)
{
	const int max = out->max < KQUEUE_BATCH ? out->max : KQUEUE_BATCH;
	struct epoll_event batch[KQUEUE_BATCH] KQUEUE_SCRATCH;
	uint64_t end_ns = UINT64_MAX, now_ns;
	int n, fruitless = 0;

	if (wait_ns != 0 && wait_ns != UINT64_MAX)
		end_ns = kq_core_now_ns() + wait_ns;
	if (atomic_load(&q->files) != 0) {
		(void)pthread_mutex_lock(&q->lock);
		kq_core_raise(q);
		(void)pthread_mutex_unlock(&q->lock);
	}
	for (;;) {
		n = kqueue_wait_cancel(q, batch, max, wait_ns, cancel);
		if (atomic_load(&q->fd) == -1 || (n == -1 && errno == EINVAL)) {
			errno = EBADF;
			return -1;
		}
		if (n == -1 || (n == 0 && wait_ns == 0))
			return n;
		if (n > 0 && kqueue_collect(q, batch, n, out) == -1)
			return -1;
		if (out->n > 0)
			return 0;
		if (end_ns != UINT64_MAX) {
			now_ns = kq_core_now_ns();
			wait_ns = now_ns < end_ns ? end_ns - now_ns : 0;
		}
		/* What woke us may hide behind it what the caller wants. */
		if (wait_ns == 0 && ++fruitless == KQUEUE_FRUITLESS)
			return 0;
	}
}

static int
kqueue_timeout(const struct timespec *timeout, uint64_t *wait_ns)
{
	*wait_ns = UINT64_MAX;
	if (timeout == NULL)
		return 0;
	if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
	    timeout->tv_nsec >= (long)NS_PER_S) {
		errno = EINVAL;
		return -1;
	}
	/* 292 years are for ever. */
	if ((uint64_t)timeout->tv_sec < INT64_MAX / NS_PER_S)
		*wait_ns = (uint64_t)timeout->tv_sec * NS_PER_S +
		    (uint64_t)timeout->tv_nsec;
	return 0;
}

static bool
kqueue_is_array(const void *p, int n)
{
	if (n < 0)
		errno = EINVAL;
	else if (n > 0 && p == NULL)
		errno = EFAULT;
	else
		return true;
	return false;
}

static int
kqueue_run(struct kq *q, const struct kevent *changelist, int nchanges,
    struct kq_out *out, uint64_t wait_ns, int cancel)
{
	if (kqueue_needs_proof(changelist, nchanges, out->max) &&
	    !kqueue_is_open(q))
		return -1;
	if (kqueue_apply(q, changelist, nchanges, out) == -1)
		return -1;
	if (out->n > 0 || out->max == 0)
		return 0;
	return kqueue_scan(q, out, wait_ns, cancel);
}

int
kevent(int kq, const struct kevent *changelist, int nchanges,
    struct kevent *eventlist, int nevents, const struct timespec *timeout)
{
	struct kq_out out = {.events = eventlist, .max = nevents};
	uint64_t wait_ns;
	struct kq *q;
	int result, cancel;

	if (!kqueue_is_array(changelist, nchanges) ||
	    !kqueue_is_array(eventlist, nevents) ||
	    kqueue_timeout(timeout, &wait_ns) == -1)
		return -1;
	if (nevents > 0)
		pthread_testcancel();
	q = kq_table_get(kq);
	if (q == NULL)
		return -1;
	cancel = kqueue_hold_cancel();
	result = kqueue_run(q, changelist, nchanges, &out, wait_ns, cancel);
	kq_table_put(q);
	kqueue_let_cancel(cancel);
	return result == -1 ? -1 : out.n;
}
