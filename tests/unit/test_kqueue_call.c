/* kqueue(2): what the two calls take and return; RETURN VALUES and ERRORS. */

#include "kev.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

#define MANY 600

/* RETURN VALUES: a descriptor, which a program that is executed has not. */
static void
a_queue_is_a_descriptor(void **state)
{
	assert_int_not_equal(fcntl(kev_queue(state), F_GETFD), -1);
#ifdef __linux__
	assert_true(fcntl(kev_queue(state), F_GETFD) & FD_CLOEXEC);
#endif
}

/* ERRORS, EMFILE. What was opened on the way must be closed again. */
static void
without_descriptors_there_is_no_queue(void **state)
{
	struct rlimit before, limit;
	const int next = dup(kev_queue(state));
	int i, kq, lowest;

	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (i = 0; i < 2; i++) {
		limit = before;
		limit.rlim_cur = (rlim_t)(next + i);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		kq = kqueue();
		if (kq == -1)
			assert_int_equal(errno, EMFILE);
		else
			close(kq);
		assert_true(kq == -1 || i == 1);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		lowest = dup(kev_queue(state));
		close(lowest);
		assert_int_equal(lowest, next);
	}
}

#ifdef __linux__
/* A timer, or a file, wants a descriptor: the change says that there is none. */
static void
without_descriptors_there_is_no_timer(void **state)
{
	const int kq = kev_queue(state), next = dup(kq);
	struct rlimit before, limit;

	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_ADD, 0), EMFILE);
	assert_int_equal(
	    kev_change_error(kq, SIGUSR2, EVFILT_SIGNAL, EV_ADD, 0), EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_DELETE, 0), ENOENT);
	kev_change(kq, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0);
	assert_int_equal(kev_wait(kq).ident, 1);
}
#endif

/* "When nevents is zero, kevent() will return immediately." */
static void
without_room_it_returns_though_there_is_time(void **state)
{
	const struct timespec hour = {.tv_sec = 3600};
	const int kq = kev_queue(state);
	struct kevent change;

	EV_SET(&change, 1, EVFILT_USER, EV_ADD, 0, 0, NULL);
	assert_int_equal(kevent(kq, &change, 1, NULL, 0, &hour), 0);
	assert_int_equal(kevent(kq, NULL, 0, NULL, 0, &hour), 0);
	kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
	assert_int_equal(kevent(kq, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(kev_wait(kq).ident, 1);
}

/* "All changes are applied before any pending events are read." */
static void
changes_are_applied_before_events_are_read(void **state)
{
	const int kq = kev_queue(state);
	struct kevent both[3];

	kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
	kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
	EV_SET(&both[0], 1, EVFILT_USER, EV_DELETE, 0, 0, NULL);
	EV_SET(&both[1], 2, EVFILT_USER, EV_ADD, 0, 0, NULL);
	EV_SET(&both[2], 2, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
	assert_int_equal(kevent(kq, both, 3, both, 3, NULL), 1);
	assert_int_equal(both[0].ident, 2);
}

/* "... the number of events, up to the value given by nevents." */
static void
never_more_events_than_there_is_room_for(void **state)
{
	static struct kevent events[MANY + 1];
	const int kq = kev_queue(state);
	int i, n, room, got;

	for (i = 0; i < MANY; i++) {
		kev_change(
		    kq, (uintptr_t)i, EVFILT_USER, EV_ADD | EV_ONESHOT, 0);
		kev_change(kq, (uintptr_t)i, EVFILT_USER, 0, NOTE_TRIGGER);
	}
	for (got = 0, room = 1; got < MANY; got += n, room = room % 50 + 1) {
		events[room].ident = 4242;
		n = kev_poll(kq, events, room);
		assert_in_range(n, 1, room);
		assert_int_equal(events[room].ident, 4242);
	}
	assert_int_equal(got, MANY);
	kev_none(kq);
}

/* "If the time limit expires, then kevent() returns 0." */
static void
when_the_time_is_up_it_returns_nothing(void **state)
{
	static const long spans_ns[] = {
	    0, 1, 999, 1000, 999999, 1000000, 1000001, 2999999};
	struct kevent ev = {.ident = 4242};
	struct timespec span = {0};
	size_t i;

	for (i = 0; i < sizeof(spans_ns) / sizeof(spans_ns[0]); i++) {
		span.tv_nsec = spans_ns[i];
		assert_int_equal(
		    kevent(kev_queue(state), NULL, 0, &ev, 1, &span), 0);
		assert_int_equal(ev.ident, 4242);
	}
}

/* ERRORS, EINVAL: no change of a call that is refused is made. */
static void
a_bad_time_changes_nothing(void **state)
{
	const struct timespec bad[] = {
	    {.tv_sec = -1}, {.tv_nsec = -1}, {.tv_nsec = 1000000000}};
	const int kq = kev_queue(state);
	struct kevent ev;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EV_SET(&ev, 1, EVFILT_USER, EV_DELETE, 0, 0, NULL);
		assert_int_equal(kevent(kq, &ev, 1, &ev, 1, &bad[i]), -1);
		assert_int_equal(errno, EINVAL);
	}
}

/* A time that nobody lives to see is for ever, and not past. */
static void
a_very_long_time_is_waited(void **state)
{
	const struct timespec longest = {
	    .tv_sec = (time_t)(INT64_MAX / 2), .tv_nsec = 999999999};
	const int kq = kev_queue(state);
	struct kevent ev;

#ifdef __linux__
	kev_change_data(kq, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 5);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &longest), 1);
	assert_int_equal(ev.ident, 1);
#else
	(void)kq;
	(void)ev;
	(void)longest;
	skip();
#endif
}

#ifdef __linux__
/* ERRORS, EFAULT; the count of an array that has none. */
static void
what_is_no_array_is_refused(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;

	EV_SET(&ev, 1, EVFILT_USER, EV_ADD, 0, 0, NULL);
	assert_int_equal(kevent(kq, NULL, 1, &ev, 1, NULL), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(kevent(kq, NULL, 0, NULL, 1, NULL), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(kevent(kq, &ev, -1, NULL, 0, NULL), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(kevent(kq, NULL, 0, &ev, -1, NULL), -1);
	assert_int_equal(errno, EINVAL);
}
#endif

/* RETURN VALUES: an error takes a place that an event could have had. */
static void
errors_come_alone_and_first(void **state)
{
	struct kevent changes[2], events[4];
	const int kq = kev_queue(state);

	kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
	EV_SET(&changes[0], 1, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
	EV_SET(&changes[1], 2, EVFILT_USER, EV_DELETE, 0, 0, &changes);
	assert_int_equal(kevent(kq, changes, 2, events, 4, NULL), 1);
	assert_int_equal(events[0].ident, 2);
	assert_int_equal(events[0].filter, EVFILT_USER);
	assert_true(events[0].flags & EV_ERROR);
	assert_int_equal(events[0].data, ENOENT);
	assert_ptr_equal(events[0].udata, &changes);
	assert_int_equal(kev_wait(kq).ident, 1);
}

/* EV_RECEIPT: "... then subsequent changes will not get processed." */
static void
a_receipt_without_room_ends_the_changes(void **state)
{
	struct kevent changes[3], event;
	const int kq = kev_queue(state);
	int i;

	for (i = 0; i < 3; i++)
		EV_SET(&changes[i], (uintptr_t)i, EVFILT_USER,
		    EV_ADD | EV_RECEIPT, 0, 0, NULL);
	assert_int_equal(kevent(kq, changes, 3, &event, 1, NULL), 1);
	assert_int_equal(event.ident, 0);
	assert_int_equal(event.data, 0);
	kev_change(kq, 0, EVFILT_USER, EV_DELETE, 0);
#ifdef __linux__
	/* macOS goes on. */
	kev_change(kq, 1, EVFILT_USER, EV_DELETE, 0);
	assert_int_equal(
	    kev_change_error(kq, 2, EVFILT_USER, EV_DELETE, 0), ENOENT);
#endif
}

static void
note_signal(int signo)
{
	(void)signo;
}

/* ERRORS: "When kevent() fails with EINTR, all changes have been applied." */
static void
interrupted_it_has_applied_all_changes(void **state)
{
	const struct itimerval often = {{0, 5000}, {0, 5000}}, never = {0};
	struct sigaction act = {.sa_handler = note_signal}, before;
	const int kq = kev_queue(state);
	struct kevent changes[20], ev;
	int i;

	for (i = 0; i < 20; i++)
		EV_SET(
		    &changes[i], (uintptr_t)i, EVFILT_USER, EV_ADD, 0, 0, NULL);
	assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(kevent(kq, changes, 20, &ev, 1, NULL), -1);
	assert_int_equal(errno, EINTR);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	for (i = 0; i < 20; i++)
		kev_change(kq, (uintptr_t)i, EVFILT_USER, EV_DELETE, 0);
}

/* ERRORS, EINVAL: filters that are not there, or not here. */
static void
other_filters_are_refused(void **state)
{
	static const int filters[] = {0, 1, -100, SHRT_MIN, SHRT_MAX};
	size_t i;

	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		assert_int_equal(kev_change_error(kev_queue(state), 1,
				     filters[i], EV_ADD, 0),
		    EINVAL);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_queue_is_a_descriptor),
	    TEST(without_descriptors_there_is_no_queue),
	    TEST(without_room_it_returns_though_there_is_time),
	    TEST(changes_are_applied_before_events_are_read),
	    TEST(never_more_events_than_there_is_room_for),
	    TEST(when_the_time_is_up_it_returns_nothing),
	    TEST(a_bad_time_changes_nothing),
	    TEST(a_very_long_time_is_waited),
	    TEST(errors_come_alone_and_first),
	    TEST(a_receipt_without_room_ends_the_changes),
	    TEST(interrupted_it_has_applied_all_changes),
	    TEST(other_filters_are_refused),
#ifdef __linux__
	    TEST(without_descriptors_there_is_no_timer),
	    TEST(what_is_no_array_is_refused),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
