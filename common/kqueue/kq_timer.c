/*
 * kq_timer: EVFILT_TIMER, all timers of a queue in one heap over one timerfd.
 *
 * A timer that has fired, or is disabled, leaves the heap: how often it has
 * expired is found from the clock when it is returned, so a short period that
 * nobody looks at wakes nobody.
 */

#define _GNU_SOURCE
#include <sys/timerfd.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "kq.h"

#define TIMER_UNITS \
	(NOTE_SECONDS | NOTE_MSECONDS | NOTE_USECONDS | NOTE_NSECONDS)
#define NS_PER_S 1000000000u

static void
heap_put(struct kq *q, size_t at, struct kq_note *note)
{
	q->heap[at - 1] = note;
	note->heap = at;
}

static void
heap_up(struct kq *q, size_t at, struct kq_note *note)
{
	struct kq_note *parent;

	for (; at > 1; at /= 2) {
		parent = q->heap[at / 2 - 1];
		if (parent->deadline_ns <= note->deadline_ns)
			break;
		heap_put(q, at, parent);
	}
	heap_put(q, at, note);
}

static void
heap_down(struct kq *q, size_t at, struct kq_note *note)
{
	size_t child;

	for (; (child = 2 * at) <= q->heap_len; at = child) {
		if (child < q->heap_len &&
		    q->heap[child]->deadline_ns <
			q->heap[child - 1]->deadline_ns)
			child++;
		if (q->heap[child - 1]->deadline_ns >= note->deadline_ns)
			break;
		heap_put(q, at, q->heap[child - 1]);
	}
	heap_put(q, at, note);
}

static void
heap_insert(struct kq *q, struct kq_note *note)
{
	q->heap_len++;
	heap_up(q, q->heap_len, note);
}

static void
heap_remove(struct kq *q, struct kq_note *note)
{
	const size_t at = note->heap;
	struct kq_note *last;

	if (at == 0)
		return;
	note->heap = 0;
	last = q->heap[--q->heap_len];
	if (last == note)
		return;
	heap_down(q, at, last);
	heap_up(q, last->heap, last);
}

/* Room for one more timer, so that nothing can fail later. */
static int
heap_reserve(struct kq *q)
{
	struct kq_note **heap;
	size_t max;

	if (q->ntimers < q->heap_max)
		return 0;
	max = q->heap_max == 0 ? 16 : 2 * q->heap_max;
	heap = realloc(q->heap, max * sizeof(struct kq_note *));
	if (heap == NULL)
		return -1;
	q->heap = heap;
	q->heap_max = max;
	return 0;
}

static void
timer_arm(struct kq *q, uint64_t at_ns)
{
	struct itimerspec when = {0};

	q->armed_ns = at_ns;
	if (at_ns != UINT64_MAX) {
		/* All zero would disarm it. */
		at_ns += at_ns == 0;
		when.it_value.tv_sec = (time_t)(at_ns / NS_PER_S);
		when.it_value.tv_nsec = (long)(at_ns % NS_PER_S);
	}
	(void)timerfd_settime(q->timerfd, TFD_TIMER_ABSTIME, &when, NULL);
}

/*
 * Puts the timer where it belongs. The timerfd is only moved forward: one wake
 * too early is cheaper than a system call each time a time-out is put off.
 */
static void
timer_settle(struct kq *q, struct kq_note *note)
{
	heap_remove(q, note);
	if (!note->fired && (note->state & KQ_ENABLED) &&
	    note->deadline_ns != UINT64_MAX)
		heap_insert(q, note);
	kq_note_settle(q, note);
	if (q->heap_len > 0 && q->heap[0]->deadline_ns < q->armed_ns)
		timer_arm(q, q->heap[0]->deadline_ns);
}

static uint64_t
timer_unit_ns(unsigned fflags)
{
	switch (fflags & TIMER_UNITS) {
	case NOTE_SECONDS:
		return NS_PER_S;
	case 0:
	case NOTE_MSECONDS:
		return 1000000;
	case NOTE_USECONDS:
		return 1000;
	case NOTE_NSECONDS:
		return 1;
	default:
		return 0;
	}
}

/* What can't be reached is never; INT64_MAX ns are 292 years. */
static uint64_t
timer_span_ns(const struct kevent *kev, uint64_t unit_ns)
{
	const uint64_t n = (uint64_t)kev->data;

	if (n > INT64_MAX / unit_ns)
		return INT64_MAX;
	/* A period of nothing would never end. */
	if (n == 0 && (kev->flags & EV_ONESHOT) == 0 &&
	    (kev->fflags & NOTE_ABSTIME) == 0)
		return unit_ns;
	return n * unit_ns;
}

static uint64_t
timer_from_wall_ns(uint64_t at_ns, uint64_t now_ns)
{
	struct timespec wall;
	uint64_t wall_ns;

	(void)clock_gettime(CLOCK_REALTIME, &wall);
	wall_ns = (uint64_t)wall.tv_sec * NS_PER_S + (uint64_t)wall.tv_nsec;
	return at_ns <= wall_ns ? now_ns : now_ns + (at_ns - wall_ns);
}

static int
timer_set(struct kq_note *note, const struct kevent *kev)
{
	const uint64_t unit_ns = timer_unit_ns(kev->fflags);
	uint64_t now_ns, span_ns;

	if (unit_ns == 0 || kev->data < 0 ||
	    (kev->fflags & ~(unsigned)(TIMER_UNITS | NOTE_ABSTIME))) {
		errno = EINVAL;
		return -1;
	}
	if (note == NULL)
		return 0;
	now_ns = kq_core_now_ns();
	span_ns = timer_span_ns(kev, unit_ns);
	note->period_ns = 0;
	note->fired = false;
	if (kev->fflags & NOTE_ABSTIME) {
		note->deadline_ns = timer_from_wall_ns(span_ns, now_ns);
		return 0;
	}
	note->deadline_ns = now_ns + span_ns;
	if ((kev->flags & EV_ONESHOT) == 0)
		note->period_ns = span_ns;
	return 0;
}

static int
timer_open(struct kq *q)
{
	int fd, saved_errno;

	if (q->timerfd != -1)
		return 0;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd == -1)
		return -1;
	if (kq_core_watch(q, fd, KQ_OWN_TIMER) == -1) {
		saved_errno = errno;
		(void)close(fd);
		errno = saved_errno;
		return -1;
	}
	q->timerfd = fd;
	return 0;
}

static struct kq_note *
timer_add(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;

	if (timer_open(q) == -1 || heap_reserve(q) == -1)
		return NULL;
	note = kq_note_add(q, kev);
	if (note != NULL)
		q->ntimers++;
	return note;
}

int
kq_timer_change(struct kq *q, const struct kevent *kev)
{
	struct kq_note *note;

	note = kq_note_find(q, EVFILT_TIMER, kev->ident);
	if (note == NULL && (kev->flags & EV_ADD) == 0) {
		errno = ENOENT;
		return -1;
	}
	if (note != NULL && (kev->flags & EV_DELETE)) {
		kq_note_free(q, note);
		return 0;
	}
	if (kev->flags & EV_ADD) {
		if (timer_set(NULL, kev) == -1)
			return -1;
		if (note == NULL && (note = timer_add(q, kev)) == NULL)
			return -1;
		(void)timer_set(note, kev);
	}
	note->udata = kq_core_udata(note->udata, kev);
	/* The manual: the filter sets EV_CLEAR itself. */
	note->state =
	    (uint8_t)(kq_core_state(note->state, kev->flags) | KQ_CLEAR);
	timer_settle(q, note);
	return 0;
}

void
kq_timer_expire(struct kq *q)
{
	const uint64_t now_ns = kq_core_now_ns();
	struct kq_note *note;

	while (q->heap_len > 0 && q->heap[0]->deadline_ns <= now_ns) {
		note = q->heap[0];
		heap_remove(q, note);
		note->fired = true;
		kq_note_settle(q, note);
	}
	/* This also takes back that the timerfd is readable. */
	timer_arm(q, q->heap_len > 0 ? q->heap[0]->deadline_ns : UINT64_MAX);
}

void
kq_timer_return(struct kq *q, struct kq_note *note, struct kevent *ev)
{
	uint64_t count;

	note->fired = false;
	if (note->period_ns == 0) {
		ev->data = 1;
		note->deadline_ns = UINT64_MAX;
		return;
	}
	count = (kq_core_now_ns() - note->deadline_ns) / note->period_ns + 1;
	note->deadline_ns += count * note->period_ns;
	ev->data = (int64_t)count;
	if (note->state != 0)
		timer_settle(q, note);
}

void
kq_timer_remove(struct kq *q, struct kq_note *note)
{
	heap_remove(q, note);
	q->ntimers--;
}
