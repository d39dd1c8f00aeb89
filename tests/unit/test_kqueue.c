#include "kev.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

#define NO_FILTER (-4242)

static void
a_new_queue_has_no_event(void **state)
{
	const struct timespec short_time = {.tv_nsec = 1500};
	const struct timespec whole_ms = {.tv_nsec = 1000000};
	struct kevent ev;
	const int kq = kev_queue(state);

	kev_none(kq);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &short_time), 0);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &whole_ms), 0);
}

static void
a_timeout_is_never_cut_short(void **state)
{
	const struct timespec span = {.tv_nsec = 2300000};
	struct timespec before, after;
	struct kevent ev;

	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(kevent(kev_queue(state), NULL, 0, &ev, 1, &span), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000000000 +
		after.tv_nsec - before.tv_nsec >=
	    span.tv_nsec);
}

static void
an_impossible_timeout_is_refused(void **state)
{
	const struct timespec negative = {.tv_sec = -1};
	const struct timespec too_many = {.tv_nsec = 1000000000};
	struct kevent ev;
	const int kq = kev_queue(state);

	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &negative), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &too_many), -1);
	assert_int_equal(errno, EINVAL);
}

static void
without_room_for_events_it_never_waits(void **state)
{
	assert_int_equal(kevent(kev_queue(state), NULL, 0, NULL, 0, NULL), 0);
}

static void
a_bad_change_names_its_reason(void **state)
{
	const int kq = kev_queue(state);

	assert_int_equal(kev_change_error(kq, 1, NO_FILTER, EV_ADD, 0), EINVAL);
	assert_int_equal(
	    kev_change_error(kq, 999999, EVFILT_READ, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, 999999, EVFILT_READ, EV_DELETE, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, INT_MAX, EVFILT_READ, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, UINTPTR_MAX, EVFILT_READ, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, 0, EVFILT_READ, EV_DELETE, 0), ENOENT);
	assert_int_equal(
	    kev_change_error(kq, 0, EVFILT_WRITE, EV_ENABLE, 0), ENOENT);
	assert_int_equal(
	    kev_change_error(kq, 7, EVFILT_TIMER, EV_DELETE, 0), ENOENT);
	assert_int_equal(
	    kev_change_error(kq, 7, EVFILT_USER, EV_DISABLE, 0), ENOENT);
	assert_int_equal(
	    kev_change_error(kq, SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0), ENOENT);
}

static void
bad_changes_are_events_while_there_is_room(void **state)
{
	struct kevent changes[3], events[4];
	const int kq = kev_queue(state);

	EV_SET(&changes[0], 1, EVFILT_USER, EV_DELETE, 0, 0, NULL);
	EV_SET(&changes[1], 2, EVFILT_USER, EV_ADD, 0, 0, NULL);
	EV_SET(&changes[2], 3, NO_FILTER, EV_ADD, 0, 0, NULL);
	assert_int_equal(kevent(kq, changes, 3, events, 4, NULL), 2);
	assert_int_equal(events[0].ident, 1);
	assert_true(events[0].flags & EV_ERROR);
	assert_int_equal(events[0].data, ENOENT);
	assert_int_equal(events[1].ident, 3);
	assert_true(events[1].flags & EV_ERROR);
	assert_int_equal(events[1].data, EINVAL);
	kev_change(kq, 2, EVFILT_USER, EV_DELETE, 0);
}

static void
a_bad_change_without_room_ends_the_call(void **state)
{
	struct kevent changes[3], event;
	const int kq = kev_queue(state);

	EV_SET(&changes[0], 1, EVFILT_USER, EV_DELETE, 0, 0, NULL);
	EV_SET(&changes[1], 2, NO_FILTER, EV_ADD, 0, 0, NULL);
	EV_SET(&changes[2], 3, EVFILT_USER, EV_ADD, 0, 0, NULL);
	assert_int_equal(kevent(kq, changes, 3, &event, 1, NULL), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(
	    kev_change_error(kq, 3, EVFILT_USER, EV_DELETE, 0), ENOENT);
}

static void
receipts_answer_every_change_and_hold_events_back(void **state)
{
	struct kevent both[3];
	const int kq = kev_queue(state);

	EV_SET(&both[0], 1, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL);
	EV_SET(&both[1], 1, EVFILT_USER, EV_RECEIPT, NOTE_TRIGGER, 0, NULL);
	EV_SET(&both[2], 2, EVFILT_USER, EV_DELETE | EV_RECEIPT, 0, 0, NULL);
	assert_int_equal(kevent(kq, both, 3, both, 3, NULL), 2);
	assert_true(both[0].flags & EV_ERROR);
	assert_int_equal(both[0].ident, 1);
	assert_int_equal(both[0].data, 0);
	assert_true(both[1].flags & EV_ERROR);
	assert_int_equal(both[1].ident, 2);
	assert_int_equal(both[1].data, ENOENT);
	assert_int_equal(kev_wait(kq).ident, 1);
}

static void
one_call_takes_many_changes_and_returns_many_events(void **state)
{
	struct kevent both[700];
	const int kq = kev_queue(state), n = 300;
	bool seen[300] = {false};
	int i, got;

	for (i = 0; i < n; i++) {
		EV_SET(&both[i], (uintptr_t)i, EVFILT_USER, EV_ADD | EV_CLEAR,
		    0, 0, NULL);
		EV_SET(&both[n + i], (uintptr_t)i, EVFILT_USER, 0, NOTE_TRIGGER,
		    0, NULL);
	}
	got = kevent(kq, both, 2 * n, both, 700, NULL);
	assert_int_equal(got, n);
	for (i = 0; i < got; i++) {
		assert_false(seen[both[i].ident]);
		seen[both[i].ident] = true;
	}
	kev_none(kq);
}

static void
a_thousand_descriptors_are_each_reported_once(void **state)
{
	static int fds[1000][2];
	static struct kevent events[2000];
	const int kq = kev_queue(state);
	struct rlimit limit;
	int i, n;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < 2100)
		skip();
	limit.rlim_cur = 2100;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (i = 0; i < 1000; i++) {
		kev_pair(fds[i]);
		kev_change(kq, (uintptr_t)fds[i][0], EVFILT_READ,
		    EV_ADD | EV_CLEAR, NOTE_NODATA);
		kev_send(fds[i][1], "x");
	}
	for (n = 0; n < 1000;)
		n += kev_poll(kq, events + n, 1100);
	kev_none(kq);
	for (i = 0; i < 1000; i++)
		kev_change(kq, (uintptr_t)fds[i][0], EVFILT_READ, EV_DELETE, 0);
	for (i = 0; i < 1000; i++)
		kev_pair_close(fds[i]);
	assert_int_equal(n, 1000);
}

static void
nothing_starves_when_events_are_taken_one_by_one(void **state)
{
	const int kq = kev_queue(state), n = 8;
	int fds[8][2], seen[16] = {0}, users[4] = {0}, i, k;
	struct kevent ev;

	for (i = 0; i < n; i++) {
		kev_pair(fds[i]);
		kev_send(fds[i][1], "x");
		kev_change(kq, (uintptr_t)fds[i][0], EVFILT_READ, EV_ADD, 0);
		kev_change(kq, (uintptr_t)fds[i][0], EVFILT_WRITE,
		    i < n / 2 ? EV_ADD : EV_ADD | EV_CLEAR, 0);
	}
	for (i = 0; i < 4; i++) {
		kev_change(kq, (uintptr_t)i, EVFILT_USER, EV_ADD, 0);
		kev_change(kq, (uintptr_t)i, EVFILT_USER, 0, NOTE_TRIGGER);
	}
	for (k = 0; k < 500; k++) {
		assert_int_equal(kev_poll(kq, &ev, 1), 1);
		if (ev.filter == EVFILT_USER)
			users[ev.ident]++;
		for (i = 0; i < n; i++)
			if (ev.filter != EVFILT_USER &&
			    ev.ident == (uintptr_t)fds[i][0])
				seen[2 * i + (ev.filter == EVFILT_WRITE)]++;
	}
	for (i = 0; i < n; i++) {
		assert_true(seen[2 * i] > 1);
		assert_true(seen[2 * i + 1] > (i < n / 2 ? 1 : 0));
		kev_pair_close(fds[i]);
	}
	for (i = 0; i < 4; i++)
		assert_true(users[i] > 1);
}

static void
several_queues_watch_one_descriptor(void **state)
{
	const int first = kev_queue(state), second = kqueue();
	int fds[2];

	kev_pair(fds);
	kev_change(first, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	kev_change(second, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	kev_send(fds[1], "x");
	assert_int_equal(kev_wait(first).ident, fds[0]);
	assert_int_equal(kev_wait(second).ident, fds[0]);
	close(second);
	kev_drain(fds[0]);
	kev_none(first);
	kev_pair_close(fds);
}

static void
ignore_signal(int signo)
{
	(void)signo;
}

static void
a_signal_handler_interrupts_the_wait(void **state)
{
	const struct itimerval often = {{0, 5000}, {0, 5000}}, never = {0};
	struct sigaction act = {.sa_handler = ignore_signal}, before;
	struct kevent ev;

	assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(kevent(kev_queue(state), NULL, 0, &ev, 1, NULL), -1);
	assert_int_equal(errno, EINTR);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_new_queue_has_no_event),
	    TEST(a_timeout_is_never_cut_short),
	    TEST(an_impossible_timeout_is_refused),
	    TEST(without_room_for_events_it_never_waits),
	    TEST(a_bad_change_names_its_reason),
	    TEST(bad_changes_are_events_while_there_is_room),
	    TEST(a_bad_change_without_room_ends_the_call),
	    TEST(receipts_answer_every_change_and_hold_events_back),
	    TEST(one_call_takes_many_changes_and_returns_many_events),
	    TEST(a_thousand_descriptors_are_each_reported_once),
	    TEST(nothing_starves_when_events_are_taken_one_by_one),
	    TEST(several_queues_watch_one_descriptor),
	    TEST(a_signal_handler_interrupts_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
