#include "loop.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "loop_tasks.h"
#include "spin.h"

#ifndef NOTE_NODATA
#define NOTE_NODATA 0
#endif

#define LOOP_BATCH	  256
#define LOOP_TIMER_MAX_MS (UINT64_C(365) * 24 * 3600 * 1000)

/* Bits of loop_source.watched beside those of the header. */
#define LOOP_IO	   (LOOP_READ | LOOP_WRITE | LOOP_NODATA)
#define LOOP_TIMER 0x10u
#define LOOP_WAKE  0x20u
#define LOOP_VNODE 0x40u
#define LOOP_AGAIN 0x80u /* the timer repeats itself */

struct loop {
	int kq;
	bool running; /* inside loop_once() */
	bool stopped;
	int next;	 /* the first event of the batch not yet dispatched */
	int count;	 /* events in the batch */
	uint64_t now_ms; /* 0: not asked for in this batch */
	struct spin spin;
	struct loop_tasks tasks;
	struct kevent batch[LOOP_BATCH];
};

/* Linux takes a descriptor for a queue's first timer, and keeps it. */
static int
loop_open(struct loop *loop)
{
	struct loop_source first = {0};

	loop_tasks_init(&loop->tasks);
	loop->kq = kqueue();
	/* A kqueue is not inherited by fork(2), but it may be by execve(2). */
	if (loop->kq == -1 || fcntl(loop->kq, F_SETFD, FD_CLOEXEC) == -1 ||
	    loop_timer_start(loop, &first, LOOP_TIMER_MAX_MS) == -1)
		return -1;
	loop_timer_stop(loop, &first);
	return 0;
}

struct loop *
loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int saved_errno;

	if (loop == NULL || loop_open(loop) == 0)
		return loop;
	saved_errno = errno;
	loop_free(loop);
	errno = saved_errno;
	return NULL;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->kq != -1)
		(void)close(loop->kq);
	free(loop);
}

static int
loop_submit(struct loop *loop, const struct kevent *changes, int n)
{
	if (kevent(loop->kq, changes, n, NULL, 0, NULL) != -1)
		return 0;
	/* kevent(2): interrupted, all changes have been applied. */
	return errno == EINTR ? 0 : -1;
}

/* For what may be gone already: a fired timer, a closed descriptor. */
static void
loop_submit_anyway(struct loop *loop, const struct kevent *changes, int n)
{
	int i, saved_errno;

	saved_errno = errno;
	for (i = 0; i < n; i++)
		(void)loop_submit(loop, &changes[i], 1);
	errno = saved_errno;
}

/* Strikes what the batch still holds of the knote that change is about. */
static void
loop_strike(struct loop *loop, const struct kevent *change)
{
	struct kevent *ev;
	int i;

	for (i = loop->next; i < loop->count; i++) {
		ev = &loop->batch[i];
		if (ev->udata == change->udata &&
		    ev->filter == change->filter && ev->ident == change->ident)
			ev->udata = NULL;
	}
}

/* The changes that lead from one interest to another, and how many. */
static int
loop_io_changes(struct kevent *changes, struct loop_source *src, int fd,
    unsigned from, unsigned to)
{
	static const struct {
		unsigned bit;
		short filter;
	} filters[] = {{LOOP_READ, EVFILT_READ}, {LOOP_WRITE, EVFILT_WRITE}};
	unsigned fflags, stale;
	size_t i;
	int n;

	fflags = (to & LOOP_NODATA) ? NOTE_NODATA : 0;
	n = 0;
	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		stale = (from ^ to) & (filters[i].bit | LOOP_NODATA);
		if ((to & filters[i].bit) && stale != 0)
			EV_SET(&changes[n++], (uintptr_t)fd, filters[i].filter,
			    EV_ADD, fflags, 0, src);
		else if ((from & filters[i].bit) && stale & filters[i].bit)
			EV_SET(&changes[n++], (uintptr_t)fd, filters[i].filter,
			    EV_DELETE, 0, 0, src);
	}
	return n;
}

/* A source has one descriptor at a time, whatever it wants to know of it. */
static bool
loop_is_elsewhere(const struct loop_source *src, int fd)
{
	return (src->watched & (LOOP_IO | LOOP_VNODE)) != 0 && fd != src->fd;
}

int
loop_io_set(struct loop *loop, struct loop_source *src, int fd, unsigned want)
{
	struct kevent changes[2];
	unsigned from;
	int i, n;

	want &= LOOP_IO;
	if ((want & (LOOP_READ | LOOP_WRITE)) == 0)
		want = 0;
	from = src->watched & LOOP_IO;
	if (from == want && (want == 0 || fd == src->fd))
		return 0;
	if (loop_is_elsewhere(src, fd)) {
		errno = EBUSY;
		return -1;
	}
	n = loop_io_changes(changes, src, fd, from, want);
	if (want == 0) {
		loop_submit_anyway(loop, changes, n);
	} else if (loop_submit(loop, changes, n) == -1) {
		n = loop_io_changes(changes, src, fd, want, from);
		loop_submit_anyway(loop, changes, n);
		return -1;
	}
	for (i = 0; i < n; i++)
		if (changes[i].flags & EV_DELETE)
			loop_strike(loop, &changes[i]);
	src->fd = fd;
	src->watched = (src->watched & ~LOOP_IO) | want;
	return 0;
}

int
loop_vnode_start(
    struct loop *loop, struct loop_source *src, int fd, unsigned fflags)
{
	struct kevent change;

	if (loop_is_elsewhere(src, fd)) {
		errno = EBUSY;
		return -1;
	}
	EV_SET(&change, (uintptr_t)fd, EVFILT_VNODE, EV_ADD | EV_CLEAR, fflags,
	    0, src);
	if (loop_submit(loop, &change, 1) == -1)
		return -1;
	src->fd = fd;
	src->watched |= LOOP_VNODE;
	return 0;
}

static int
loop_timer_set(
    struct loop *loop, struct loop_source *src, uint64_t ms, unsigned again)
{
	const unsigned short once = again ? 0 : EV_ONESHOT;
	struct kevent change;

	if (ms > LOOP_TIMER_MAX_MS)
		ms = LOOP_TIMER_MAX_MS;
	EV_SET(&change, (uintptr_t)src, EVFILT_TIMER,
	    (unsigned short)(EV_ADD | once), 0, (int64_t)ms, src);
	if (loop_submit(loop, &change, 1) == -1)
		return -1;
	/* An expiry of the earlier time may be waiting in the batch. */
	loop_strike(loop, &change);
	src->watched = (src->watched & ~LOOP_AGAIN) | LOOP_TIMER | again;
	return 0;
}

int
loop_timer_start(struct loop *loop, struct loop_source *src, uint64_t ms)
{
	return loop_timer_set(loop, src, ms, 0);
}

int
loop_timer_repeat(struct loop *loop, struct loop_source *src, uint64_t ms)
{
	return loop_timer_set(loop, src, ms == 0 ? 1 : ms, LOOP_AGAIN);
}

/* Ends a knote of src: bit says which, and whether there is one. */
static void
loop_end(struct loop *loop, struct loop_source *src, unsigned bit, short filter)
{
	struct kevent change;
	uintptr_t ident;

	if ((src->watched & bit) == 0)
		return;
	ident = bit == LOOP_VNODE ? (uintptr_t)src->fd : (uintptr_t)src;
	EV_SET(&change, ident, filter, EV_DELETE, 0, 0, src);
	loop_submit_anyway(loop, &change, 1);
	loop_strike(loop, &change);
	src->watched &= ~bit;
}

void
loop_vnode_stop(struct loop *loop, struct loop_source *src)
{
	loop_end(loop, src, LOOP_VNODE, EVFILT_VNODE);
}

void
loop_timer_stop(struct loop *loop, struct loop_source *src)
{
	loop_end(loop, src, LOOP_TIMER, EVFILT_TIMER);
	src->watched &= ~LOOP_AGAIN;
}

int
loop_signal_start(struct loop *loop, struct loop_source *src, int signo)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	struct kevent change;
	int saved_errno;

	(void)sigemptyset(&ignore.sa_mask);
	if (sigaction(signo, NULL, &before) == -1)
		return -1;
	/*
	 * Ignored first: what comes in between must not end the process. A
	 * SIGCHLD that is ignored would take the children's statuses along.
	 */
	if (signo != SIGCHLD && sigaction(signo, &ignore, NULL) == -1)
		return -1;
	EV_SET(&change, (uintptr_t)signo, EVFILT_SIGNAL, EV_ADD, 0, 0, src);
	if (loop_submit(loop, &change, 1) == 0)
		return 0;
	saved_errno = errno;
	(void)sigaction(signo, &before, NULL);
	errno = saved_errno;
	return -1;
}

void
loop_signal_stop(struct loop *loop, struct loop_source *src, int signo)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	struct kevent change;

	EV_SET(&change, (uintptr_t)signo, EVFILT_SIGNAL, EV_DELETE, 0, 0, src);
	/* Still ignored here: what is pending must not end the process. */
	if (loop_submit(loop, &change, 1) == -1)
		return;
	loop_strike(loop, &change);
	(void)sigemptyset(&dfl.sa_mask);
	(void)sigaction(signo, &dfl, NULL);
}

int
loop_wake_start(struct loop *loop, struct loop_source *src)
{
	struct kevent change;

	EV_SET(
	    &change, (uintptr_t)src, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, src);
	if (loop_submit(loop, &change, 1) == -1)
		return -1;
	src->watched |= LOOP_WAKE;
	return 0;
}

void
loop_wake_stop(struct loop *loop, struct loop_source *src)
{
	loop_end(loop, src, LOOP_WAKE, EVFILT_USER);
}

int
loop_wake_send(struct loop *loop, struct loop_source *src)
{
	struct kevent change;

	/* Other threads come here: only what never changes may be read. */
	EV_SET(&change, (uintptr_t)src, EVFILT_USER, 0, NOTE_TRIGGER, 0, src);
	return loop_submit(loop, &change, 1);
}

void
loop_defer(struct loop *loop, struct loop_task *task)
{
	loop_tasks_add(&loop->tasks, task);
}

void
loop_cancel(struct loop *loop, struct loop_task *task)
{
	loop_tasks_cancel(&loop->tasks, task);
}

static void
loop_dispatch(const struct kevent *ev)
{
	struct loop_source *src = (struct loop_source *)ev->udata;
	struct loop_event event = {.filter = ev->filter};

	if (ev->flags & EV_ERROR) {
		event.eof = true;
		event.error = (int)ev->data;
	} else if (ev->filter == EVFILT_VNODE) {
		event.data = (int64_t)ev->fflags;
		event.eof = (ev->flags & EV_EOF) != 0;
	} else {
		event.data = (int64_t)ev->data;
		event.eof = (ev->flags & EV_EOF) != 0;
		event.error = event.eof ? (int)ev->fflags : 0;
	}
	if (ev->filter == EVFILT_TIMER && (src->watched & LOOP_AGAIN) == 0)
		src->watched &= ~LOOP_TIMER;
	src->fn(src->arg, &event);
}

static void
loop_dispatch_batch(struct loop *loop)
{
	const struct kevent *ev;

	while (loop->next < loop->count) {
		ev = &loop->batch[loop->next++];
		if (ev->udata != NULL)
			loop_dispatch(ev);
	}
	loop->next = loop->count = 0;
}

static int
loop_wait(struct loop *loop, int timeout_ms)
{
	int n;

	if (loop_tasks_wait(&loop->tasks))
		timeout_ms = 0;
	n = spin_wait(
	    &loop->spin, loop->kq, loop->batch, LOOP_BATCH, timeout_ms);
	if (n == -1 && errno == EINTR)
		return 0;
	return n;
}

int
loop_once(struct loop *loop, int timeout_ms)
{
	int n;

	if (loop->running) {
		errno = EBUSY;
		return -1;
	}
	n = loop_wait(loop, timeout_ms);
	if (n == -1)
		return -1;
	loop->running = true;
	loop->now_ms = 0;
	loop->count = n;
	if (n > 0 || loop_tasks_wait(&loop->tasks))
		spin_renew(&loop->spin);
	loop_dispatch_batch(loop);
	loop_tasks_run(&loop->tasks);
	loop->running = false;
	return n;
}

int
loop_run(struct loop *loop)
{
	while (!loop->stopped)
		if (loop_once(loop, -1) == -1)
			return -1;
	loop->stopped = false;
	return 0;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

void
loop_set_spin(struct loop *loop, uint64_t spin_us)
{
	spin_set(&loop->spin, spin_us);
}

uint64_t
loop_now_ms(struct loop *loop)
{
	if (!loop->running)
		return clock_now_ms();
	if (loop->now_ms == 0)
		loop->now_ms = clock_now_ms();
	return loop->now_ms;
}
