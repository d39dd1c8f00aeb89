#include "dial.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"

#define DIAL_DELAY_MS 250 /* RFC 8305, 5: Connection Attempt Delay */

struct dial_attempt {
	struct loop_source io;
	struct dial *dial;
	struct endpoint_addr addr;
	int fd; /* -1: not begun, or failed */
};

struct dial {
	struct loop *loop;
	struct loop_source timer;
	void (*done)(void *, int, int);
	void *arg;
	struct dial_attempt attempts[DIAL_ADDRS_MAX];
	int count, next, open;
	int error;
};

static void dial_timer_fired(void *, const struct loop_event *);

struct dial *
dial_new(struct loop *loop, void (*done)(void *, int, int), void *arg)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->loop = loop;
	d->done = done;
	d->arg = arg;
	d->timer.fn = dial_timer_fired;
	d->timer.arg = d;
	return d;
}

void
dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	dial_cancel(d);
	free(d);
}

/* Takes the descriptor away from the attempt; the caller closes it. */
static int
dial_attempt_release(struct dial_attempt *a)
{
	int fd = a->fd;

	(void)loop_io_set(a->dial->loop, &a->io, fd, 0);
	a->fd = -1;
	a->dial->open--;
	return fd;
}

void
dial_cancel(struct dial *d)
{
	int i;

	loop_timer_stop(d->loop, &d->timer);
	for (i = 0; i < d->next; i++)
		if (d->attempts[i].fd != -1)
			(void)close(dial_attempt_release(&d->attempts[i]));
	d->count = d->next = 0;
}

static void
dial_finish(struct dial *d, int fd, int error)
{
	dial_cancel(d);
	d->done(d->arg, fd, error);
}

/*
 * Of several failures, one that says something of the peer tells more than that
 * this machine lacks a family or a route.
 */
static void
dial_note(struct dial *d, int error)
{
	bool local = error == EAFNOSUPPORT || error == EADDRNOTAVAIL ||
	    error == ENETUNREACH || error == EHOSTUNREACH;

	if (d->error == 0 || !local)
		d->error = error;
}

/* 0 or an errno. */
static int
dial_attempt_begin(struct dial_attempt *a)
{
	struct dial *d = a->dial;
	int error;

	a->fd = endpoint_connect(&a->addr);
	if (a->fd == -1)
		return errno;
	d->open++;
	if (loop_io_set(d->loop, &a->io, a->fd, LOOP_WRITE) == 0)
		return 0;
	error = errno;
	(void)close(dial_attempt_release(a));
	return error;
}

/* Begins the next attempt that does not fail at once; -1: none is left. */
static int
dial_advance(struct dial *d)
{
	int error;

	while (d->next < d->count) {
		error = dial_attempt_begin(&d->attempts[d->next++]);
		if (error == 0 && d->next < d->count)
			error = loop_timer_start(
				    d->loop, &d->timer, DIAL_DELAY_MS) == -1
			    ? errno
			    : 0;
		if (error == 0)
			return 0;
		dial_note(d, error);
	}
	return d->open > 0 ? 0 : -1;
}

static void
dial_timer_fired(void *arg, const struct loop_event *event)
{
	struct dial *d = arg;

	(void)event;
	if (dial_advance(d) == -1)
		dial_finish(d, -1, d->error);
}

static void
dial_attempt_ready(void *arg, const struct loop_event *event)
{
	struct dial_attempt *a = arg;
	struct dial *d = a->dial;
	int fd = dial_attempt_release(a), error;

	error = endpoint_connect_result(fd);
	/* The kqueue may have had to take the error to tell it. */
	if (event->error != 0)
		error = event->error;
	if (error == 0) {
		dial_finish(d, fd, 0);
		return;
	}
	(void)close(fd);
	dial_note(d, error);
	loop_timer_stop(d->loop, &d->timer);
	if (dial_advance(d) == -1)
		dial_finish(d, -1, d->error);
}

static void
dial_add(struct dial *d, const struct endpoint_addr *addr)
{
	struct dial_attempt *a = &d->attempts[d->count++];

	*a = (struct dial_attempt){
	    .io = {.fn = dial_attempt_ready, .arg = a},
	    .dial = d,
	    .addr = *addr,
	    .fd = -1,
	};
}

/* The first from i on that is, or is not, of this family; count: none. */
static int
dial_find(
    const struct endpoint_addr *addrs, int count, int i, int family, bool is)
{
	while (i < count && (addrs[i].sa.ss_family == family) != is)
		i++;
	return i;
}

/* RFC 8305, 4: the families take turns, each in the resolver's order. */
static void
dial_interleave(struct dial *d, const struct endpoint_addr *addrs, int count)
{
	int family = addrs[0].sa.ss_family;
	int a = 0, b = dial_find(addrs, count, 0, family, false);

	while (a < count || b < count) {
		if (a < count) {
			dial_add(d, &addrs[a]);
			a = dial_find(addrs, count, a + 1, family, true);
		}
		if (b < count) {
			dial_add(d, &addrs[b]);
			b = dial_find(addrs, count, b + 1, family, false);
		}
	}
}

int
dial_start(struct dial *d, const struct endpoint_addr *addrs, int count)
{
	dial_cancel(d);
	d->error = 0;
	if (count > DIAL_ADDRS_MAX)
		count = DIAL_ADDRS_MAX;
	if (count > 0)
		dial_interleave(d, addrs, count);
	if (dial_advance(d) == 0)
		return 0;
	errno = d->error == 0 ? EADDRNOTAVAIL : d->error;
	dial_cancel(d);
	return -1;
}
