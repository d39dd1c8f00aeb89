/*
 * The one kqueue. What is ready is told in any order, sometimes some turns
 * late, and sometimes what is not ready is told too, as a kernel does that
 * found it out in between.
 */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sim.h"
#include "sim_conn.h"
#include "sim_fd.h"
#include "sim_listen.h"

#define OTHERS	 32
#define LATE_MAX 3    /* turns */
#define STEP_US	 4000 /* at most, while something goes on */
#define NEVER_US UINT64_MAX

int __wrap_kqueue(void);
int __wrap_kevent(int, const struct kevent *, int, struct kevent *, int,
    const struct timespec *);

/* A knote; filter 0: there is none. */
struct note {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	void *udata;
	unsigned late;
	uint64_t due_us, every_us; /* of a timer */
	int64_t count;		   /* of a signal, a timer or a user event */
};

enum { TRACE_EVENT = 32 };

static struct {
	struct note io[SIM_FDS][2]; /* READ, WRITE */
	struct note others[OTHERS];
	struct kevent *events; /* of the call that waits */
	int room, found;
	int top; /* no knote of a descriptor from here on */
} kq;

void
sim_kqueue_reset(void)
{
	memset(&kq, 0, sizeof(kq));
}

void
sim_kqueue_forget(int fd)
{
	memset(kq.io[fd - SIM_FD_BASE], 0, sizeof(kq.io[0]));
}

int
__wrap_kqueue(void)
{
	return sim_fd_open(SIM_KQUEUE, NULL);
}

static struct note *
find_other(uintptr_t ident, short filter)
{
	int i;

	for (i = 0; i < OTHERS; i++)
		if (kq.others[i].filter == filter &&
		    (filter == 0 || kq.others[i].ident == ident))
			return &kq.others[i];
	return NULL;
}

static bool
is_io(const struct kevent *change)
{
	return change->filter == EVFILT_READ || change->filter == EVFILT_WRITE;
}

/* The knote of a change; or NULL: there is none. */
static struct note *
find(const struct kevent *change)
{
	struct note *note;

	if (!is_io(change))
		return find_other(change->ident, change->filter);
	note =
	    &kq.io[change->ident - SIM_FD_BASE][change->filter == EVFILT_WRITE];
	return note->filter == 0 ? NULL : note;
}

/* A place for a new one. */
static struct note *
make(const struct kevent *change)
{
	struct note *note;
	int i;

	if (sim_lacks_memory())
		return NULL;
	if (!is_io(change)) {
		note = find_other(0, 0);
	} else {
		i = (int)change->ident - SIM_FD_BASE;
		note = &kq.io[i][change->filter == EVFILT_WRITE];
		if (kq.top <= i)
			kq.top = i + 1;
	}
	*note = (struct note){.ident = change->ident, .filter = change->filter};
	return note;
}

static void
set_timer(struct note *note, const struct kevent *change)
{
	const uint64_t us = (uint64_t)change->data * 1000;

	note->due_us = sim_now_us() + us;
	note->every_us = change->flags & EV_ONESHOT ? 0 : us;
	note->count = 0;
}

/* Returns 0 or an errno. */
static int
apply(const struct kevent *change)
{
	struct note *note;

	if (is_io(change) && sim_fd_at((int)change->ident) == NULL)
		return EBADF;
	note = find(change);
	if (note == NULL && (change->flags & EV_ADD) == 0)
		return ENOENT;
	if (change->flags & EV_DELETE) {
		note->filter = 0;
		return 0;
	}
	if (note == NULL && (note = make(change)) == NULL)
		return ENOMEM;
	if (change->flags & EV_ADD) {
		note->flags = change->flags;
		note->udata = change->udata;
		note->late = 0;
	}
	if (note->filter == EVFILT_TIMER)
		set_timer(note, change);
	if (note->filter == EVFILT_USER && change->fflags & NOTE_TRIGGER)
		note->count = 1;
	return 0;
}

void
sim_signal(int signo)
{
	struct note *note = find_other((uintptr_t)signo, EVFILT_SIGNAL);

	if (note != NULL)
		note->count++;
}

/* Whether it has to be told in this turn. */
static bool
is_told(struct note *note, bool ready)
{
	if (!ready)
		return sim_happens(sim_odds()->spurious);
	if (note->late < LATE_MAX && sim_happens(sim_odds()->late)) {
		note->late++;
		return false;
	}
	return true;
}

static struct kevent *
add_event(struct note *note)
{
	struct kevent *ev = &kq.events[kq.found++];

	EV_SET(ev, note->ident, note->filter, note->flags, 0, 0, note->udata);
	note->late = 0;
	sim_count()->events++;
	/* Of the others but signals the ident is an address. */
	sim_trace(TRACE_EVENT,
	    note->filter == EVFILT_TIMER || note->filter == EVFILT_USER
		? 0
		: note->ident,
	    (uint64_t)note->filter);
	return ev;
}

/* The error may be told with the end, and then it is gone from the socket. */
static void
add_io_event(struct note *note, struct sim_conn *conn)
{
	struct kevent *ev = add_event(note);

	if (conn == NULL)
		return;
	conn->event_us = sim_now_us();
	if (conn->fin || conn->error != 0 || conn->told != 0)
		ev->flags |= EV_EOF;
	if (conn->error != 0 && sim_below(2) == 0) {
		ev->fflags = (unsigned)conn->error;
		conn->told = conn->error;
		conn->error = 0;
	}
}

static void
look_at_fd(int i)
{
	const int fd = SIM_FD_BASE + i;
	struct note *note;
	struct sim_conn *conn;
	bool ready;
	int write;

	for (write = 0; write < 2 && kq.found < kq.room; write++) {
		note = &kq.io[i][write];
		if (note->filter == 0)
			continue;
		conn = sim_fd_at(fd)->conn;
		if (conn == NULL)
			ready = sim_listen_waiting() > 0;
		else
			ready = write ? sim_conn_writable(conn)
				      : sim_conn_readable(conn);
		/* Nobody is told of a connection before there is one. */
		if (!ready && conn != NULL && conn->connecting)
			continue;
		if (is_told(note, ready))
			add_io_event(note, conn);
	}
}

/* A timer that was missed several times is told once. */
static bool
is_due(struct note *note)
{
	if (note->filter != EVFILT_TIMER)
		return note->count > 0;
	return note->due_us <= sim_now_us();
}

static void
look_at_other(struct note *note)
{
	struct kevent *ev;

	if (note->filter == 0 || kq.found == kq.room || !is_due(note) ||
	    !is_told(note, true))
		return;
	ev = add_event(note);
	ev->data = note->filter == EVFILT_SIGNAL ? note->count : 1;
	note->count = 0;
	if (note->filter != EVFILT_TIMER)
		return;
	if (note->every_us == 0)
		note->filter = 0;
	while (note->every_us > 0 && note->due_us <= sim_now_us())
		note->due_us += note->every_us;
}

static void
mix_events(void)
{
	struct kevent ev;
	int i, j;

	for (i = kq.found; i > 1; i--) {
		j = (int)sim_below((uint64_t)i);
		ev = kq.events[i - 1];
		kq.events[i - 1] = kq.events[j];
		kq.events[j] = ev;
	}
}

static int
look(void)
{
	const int first = (int)sim_below((uint64_t)kq.top + 1);
	int i;

	kq.found = 0;
	for (i = 0; i < OTHERS; i++)
		look_at_other(&kq.others[i]);
	for (i = first; i < kq.top; i++)
		look_at_fd(i);
	for (i = 0; i < first && i < kq.top; i++)
		look_at_fd(i);
	mix_events();
	return kq.found;
}

/* Time goes on, to the end of the wait at most, unless it leaps. */
static void
pass(uint64_t until_us)
{
	const uint64_t now_us = sim_now_us();
	uint64_t us = 1 + sim_below(STEP_US);

	if (sim_happens(sim_odds()->leap)) {
		sim_leap();
		return;
	}
	if (us > until_us - now_us)
		us = until_us - now_us;
	sim_pass(us);
}

static int
wait_for_events(const struct timespec *timeout)
{
	uint64_t until_us = NEVER_US;

	if (timeout != NULL)
		until_us = sim_now_us() + (uint64_t)timeout->tv_sec * 1000000 +
		    (uint64_t)timeout->tv_nsec / 1000;
	for (;;) {
		sim_turn();
		if (sim_blamed() != NULL) {
			errno = EIO;
			return -1;
		}
		if (sim_happens(sim_odds()->eintr)) {
			errno = EINTR;
			return -1;
		}
		pass(until_us);
		if (look() > 0)
			return kq.found;
		if (sim_now_us() >= until_us)
			return 0;
	}
}

int
__wrap_kevent(int fd, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout)
{
	int i, n, error;

	if (sim_fd_at(fd) == NULL)
		return -1;
	for (i = 0; i < nchanges; i++) {
		error = apply(&changes[i]);
		if (error != 0) {
			errno = error;
			return -1;
		}
	}
	if (nevents == 0)
		return 0;
	sim_enter(false);
	kq.events = events;
	kq.room = nevents;
	if (sim_below(4) == 0)
		kq.room = 1 + (int)sim_below((uint64_t)nevents);
	n = wait_for_events(timeout);
	sim_enter(true);
	return n;
}
