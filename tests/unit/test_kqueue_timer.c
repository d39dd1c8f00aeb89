#include "kev.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "kev_timer.h"

static void
each_unit_fires_and_none_too_early(void **state)
{
	static const struct {
		unsigned fflags;
		int64_t data, ns;
	} cases[] = {
	    {0, 3, 3000000},
#ifdef NOTE_MSECONDS
	    {NOTE_MSECONDS, 2, 2000000},
#endif
	    {NOTE_USECONDS, 1500, 1500000},
	    {NOTE_NSECONDS, 1700000, 1700000},
	    {NOTE_NSECONDS, 1, 1},
	};
	const int kq = kev_queue(state);
	struct kevent ev;
	int64_t start_ns;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
		kev_timer(kq, i, EV_ONESHOT, cases[i].fflags, cases[i].data);
		ev = kev_wait(kq);
		assert_true(kev_timer_now_ns(CLOCK_MONOTONIC) - start_ns >=
		    cases[i].ns);
		assert_int_equal(ev.ident, i);
		assert_int_equal(ev.filter, EVFILT_TIMER);
		assert_ptr_equal(ev.udata, (void *)i);
		assert_int_equal(ev.data, 1);
	}
	kev_timer(kq, 9, EV_ONESHOT, NOTE_SECONDS, 0);
	assert_int_equal(kev_wait(kq).ident, 9);
	kev_timer(kq, 9, EV_ONESHOT, NOTE_SECONDS, 3600);
	kev_none(kq);
}

static void
oneshot_fires_once_and_is_gone(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_ONESHOT, 0, 1);
	assert_int_equal(kev_wait(kq).ident, 1);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_DELETE, 0), ENOENT);
}

static void
a_periodic_timer_counts_what_nobody_took(void **state)
{
	const int kq = kev_queue(state);
	int64_t start_ns, end_ns, total = 0;
	struct kevent ev;

	start_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
	kev_timer(kq, 1, 0, NOTE_USECONDS, 500);
	kev_timer(kq, 2, EV_ONESHOT, 0, 20);
	do
		ev = kev_wait(kq);
	while (ev.ident != 2);
	while (total < 60) {
		ev = kev_wait(kq);
		assert_int_equal(ev.ident, 1);
		assert_true(ev.data >= 1);
		total += ev.data;
	}
	end_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
	/* Each expiry is counted once. */
	assert_true(total <= (end_ns - start_ns) / 500000);
	kev_change(kq, 1, EVFILT_TIMER, EV_DELETE, 0);
	kev_none(kq);
}

static bool
two_ms_have_passed(void *arg)
{
	const int64_t *start_ns = arg;

	return kev_timer_now_ns(CLOCK_MONOTONIC) - *start_ns >= 2000000;
}

static void
wait_two_ms(void)
{
	int64_t start_ns = kev_timer_now_ns(CLOCK_MONOTONIC);

	assert_true(deadline_wait(
	    deadline_in(DEADLINE_MS), two_ms_have_passed, &start_ns));
}

static void
expirations_add_up_until_they_are_taken(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, 0, NOTE_USECONDS, 100);
	wait_two_ms();
	assert_true(kev_wait(kq).data >= 20);
}

static void
adding_it_again_arms_it_again(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	uintptr_t other;

	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, 3600);
	kev_timer(kq, 1, EV_ONESHOT, 0, 1);
	assert_int_equal(kev_wait(kq).ident, 1);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_USECONDS, 1);
	wait_two_ms();
	/* It has expired, but this takes it back. */
	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, 3600);
	kev_none(kq);
	/* So it does when it has been found expired along with another one. */
	kev_timer(kq, 1, EV_ONESHOT, NOTE_USECONDS, 2);
	kev_timer(kq, 2, EV_ONESHOT, NOTE_USECONDS, 1);
	wait_two_ms();
	other = 3 - kev_wait(kq).ident;
	kev_timer(kq, other, EV_ONESHOT, NOTE_SECONDS, 3600);
	kev_none(kq);
	EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1, &ev);
	assert_int_equal(kevent(kq, &ev, 1, NULL, 0, NULL), 0);
	assert_ptr_equal(kev_wait(kq).udata, &ev);
}

static void
a_deleted_timer_never_fires(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_ONESHOT, NOTE_USECONDS, 1);
	kev_timer(kq, 2, EV_ONESHOT, 0, 4);
	wait_two_ms();
	kev_change(kq, 1, EVFILT_TIMER, EV_DELETE, 0);
	assert_int_equal(kev_wait(kq).ident, 2);
	kev_none(kq);
}

static void
a_disabled_timer_waits_to_be_enabled(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_DISABLE, NOTE_USECONDS, 200);
	kev_timer(kq, 2, EV_ONESHOT, 0, 3);
	assert_int_equal(kev_wait(kq).ident, 2);
	kev_none(kq);
	kev_change(kq, 1, EVFILT_TIMER, EV_ENABLE, 0);
	assert_true(kev_wait(kq).data >= 1);
	kev_change(kq, 1, EVFILT_TIMER, EV_DISABLE, 0);
	kev_none(kq);
}

static void
dispatch_disables_a_timer_that_has_fired(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_DISPATCH, NOTE_USECONDS, 100);
	assert_int_equal(kev_wait(kq).ident, 1);
	wait_two_ms();
	kev_none(kq);
	kev_change(kq, 1, EVFILT_TIMER, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).ident, 1);
}

static void
a_time_of_day_fires_once_also_when_it_is_past(void **state)
{
#ifdef NOTE_ABSTIME
	const int kq = kev_queue(state);
	const int64_t at_us = kev_timer_now_ns(CLOCK_REALTIME) / 1000 + 3000;

	kev_timer(kq, 1, EV_CLEAR, NOTE_ABSTIME | NOTE_USECONDS, at_us);
	assert_int_equal(kev_wait(kq).data, 1);
	assert_true(kev_timer_now_ns(CLOCK_REALTIME) / 1000 >= at_us - 1000);
	kev_none(kq);
	kev_timer(kq, 2, EV_ONESHOT, NOTE_ABSTIME | NOTE_SECONDS, 1);
	assert_int_equal(kev_wait(kq).ident, 2);
	kev_timer(kq, 3, EV_ONESHOT, NOTE_ABSTIME | NOTE_SECONDS,
	    at_us / 1000000 + 3600);
	kev_none(kq);
#else
	(void)state;
	skip();
#endif
}

struct due {
	int64_t first_ns; /* not before */
	int64_t last_ns;  /* not after, as far as arming it goes */
};

/* Scattered over 8 ms, from 5 ms on. */
static struct due
timer_scattered(int kq, int i)
{
	const int64_t us = 5000 + (i * 7919) % 8000;
	struct due due;

	due.first_ns = kev_timer_now_ns(CLOCK_MONOTONIC) + us * 1000;
	kev_timer(kq, (uintptr_t)i, EV_ONESHOT, NOTE_USECONDS, us);
	due.last_ns = kev_timer_now_ns(CLOCK_MONOTONIC) + us * 1000;
	return due;
}

static void
timers_fire_in_the_order_of_their_times(void **state)
{
	const int kq = kev_queue(state), n = 200;
	int64_t latest_ns = 0;
	struct due due[200];
	struct kevent ev;
	int i, left = n;

	for (i = 0; i < n; i++)
		due[i] = timer_scattered(kq, i);
	for (i = 0; i < n; i += 3) {
		kev_change(kq, (uintptr_t)i, EVFILT_TIMER, EV_DELETE, 0);
		left--;
	}
	for (; left > 0; left--) {
		ev = kev_wait(kq);
		assert_int_not_equal(ev.ident % 3, 0);
		assert_true(kev_timer_now_ns(CLOCK_MONOTONIC) >=
		    due[ev.ident].first_ns);
#ifdef __linux__
		/* None that was due later for sure has come before it. */
		assert_true(due[ev.ident].last_ns >= latest_ns);
#endif
		if (latest_ns < due[ev.ident].first_ns)
			latest_ns = due[ev.ident].first_ns;
	}
	kev_none(kq);
}

static void
impossible_times_are_refused(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;

	EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD, 0, -1, NULL);
	assert_int_equal(kevent(kq, &ev, 1, NULL, 0, NULL), -1);
	assert_int_equal(errno, EINVAL);
	EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD, NOTE_SECONDS | NOTE_USECONDS, 1,
	    NULL);
	assert_int_equal(kevent(kq, &ev, 1, NULL, 0, NULL), -1);
	assert_int_equal(errno, EINVAL);
	/* A time that nobody lives to see is not impossible. */
	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, INT64_MAX);
	kev_none(kq);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(each_unit_fires_and_none_too_early),
	    TEST(oneshot_fires_once_and_is_gone),
	    TEST(a_periodic_timer_counts_what_nobody_took),
	    TEST(expirations_add_up_until_they_are_taken),
	    TEST(adding_it_again_arms_it_again),
	    TEST(a_deleted_timer_never_fires),
	    TEST(a_disabled_timer_waits_to_be_enabled),
	    TEST(dispatch_disables_a_timer_that_has_fired),
	    TEST(a_time_of_day_fires_once_also_when_it_is_past),
	    TEST(timers_fire_in_the_order_of_their_times),
	    TEST(impossible_times_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
