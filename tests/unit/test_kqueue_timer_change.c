/* kqueue(2), EVFILT_TIMER: expirations are counted, timers are changed. */

#include "kev.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "kev_timer.h"

#define HOUR_S	  3600
#define PERIOD_NS 300000
#define CROWD	  20000

static bool
time_has_come(void *arg)
{
	return kev_timer_now_ns(CLOCK_MONOTONIC) >= *(const int64_t *)arg;
}

static void
let_pass(int64_t ns)
{
	int64_t end_ns = kev_timer_now_ns(CLOCK_MONOTONIC) + ns;

	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), time_has_come, &end_ns));
}

/* A periodic timer, and when it was added: not before, not after. */
struct counted {
	int kq;
	int64_t from_ns, to_ns;
	int64_t taken;
};

static struct counted
counted_start(int kq, int flags)
{
	struct counted c = {.kq = kq};

	c.from_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
	kev_timer(kq, 1, flags, NOTE_NSECONDS, PERIOD_NS);
	c.to_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
	return c;
}

/* Takes what has expired so far: all of it, and not more. */
static void
counted_take(struct counted *c)
{
	const int64_t before_ns = kev_timer_now_ns(CLOCK_MONOTONIC);
	struct kevent ev = kev_wait(c->kq);
	const int64_t after_ns = kev_timer_now_ns(CLOCK_MONOTONIC);

	assert_int_equal(ev.ident, 1);
	assert_true(ev.data >= 1);
	c->taken += ev.data;
	assert_true(c->taken <= (after_ns - c->from_ns) / PERIOD_NS);
#ifdef __linux__
	/* Not after a moment: the count is of the clock. */
	assert_true(c->taken >= (before_ns - c->to_ns) / PERIOD_NS);
#else
	(void)before_ns;
#endif
}

static void
each_expiration_is_counted_once(void **state)
{
	struct counted c = counted_start(kev_queue(state), 0);
	int i;

	for (i = 0; i < 10; i++) {
		let_pass(PERIOD_NS * (i % 3));
		counted_take(&c);
	}
}

/* "The filter itself is not disabled." */
static void
a_disabled_timer_goes_on_counting(void **state)
{
	struct counted c = counted_start(kev_queue(state), 0);

	counted_take(&c);
	kev_change(c.kq, 1, EVFILT_TIMER, EV_DISABLE, 0);
	let_pass(5 * PERIOD_NS);
	kev_none(c.kq);
	kev_change(c.kq, 1, EVFILT_TIMER, EV_ENABLE, 0);
	counted_take(&c);
}

static void
a_dispatched_timer_goes_on_counting(void **state)
{
	struct counted c = counted_start(kev_queue(state), EV_DISPATCH);
	int i;

	for (i = 0; i < 3; i++) {
		counted_take(&c);
		let_pass(3 * PERIOD_NS);
		kev_none(c.kq);
		kev_change(c.kq, 1, EVFILT_TIMER, EV_ENABLE, 0);
	}
}

/* "... throwing away any undelivered record of previous expiration." */
static void
adding_again_forgets_what_has_expired(void **state)
{
	struct counted c = counted_start(kev_queue(state), 0);

	let_pass(20 * PERIOD_NS);
	c = counted_start(c.kq, 0);
	counted_take(&c);
	let_pass(3 * PERIOD_NS);
	kev_timer(c.kq, 1, 0, NOTE_SECONDS, HOUR_S);
	kev_none(c.kq);
}

/* Found expired, but not returned yet, it is forgotten just so. */
static void
adding_again_forgets_what_waits_to_be_returned(void **state)
{
	const int kq = kev_queue(state);
	int i;

	for (i = 0; i < 4; i++)
		kev_timer(kq, (uintptr_t)i, 0, NOTE_USECONDS, 10);
	let_pass(100000);
	(void)kev_wait(kq);
	for (i = 0; i < 4; i++)
		kev_timer(kq, (uintptr_t)i, 0, NOTE_SECONDS, HOUR_S);
	kev_none(kq);
}

/* "... and re-started using the new parameters." */
static void
a_periodic_timer_becomes_oneshot_and_back(void **state)
{
	const int kq = kev_queue(state);
	int i;

	kev_timer(kq, 1, 0, NOTE_USECONDS, 100);
	(void)kev_wait(kq);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_USECONDS, 100);
	assert_int_equal(kev_wait(kq).data, 1);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_DELETE, 0), ENOENT);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, HOUR_S);
	kev_timer(kq, 1, 0, NOTE_USECONDS, 100);
	for (i = 0; i < 3; i++)
		assert_true(kev_wait(kq).data >= 1);
	kev_change(kq, 1, EVFILT_TIMER, EV_DELETE, 0);
}

static void
a_unit_can_be_changed(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, HOUR_S);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_NSECONDS, HOUR_S);
	assert_int_equal(kev_wait(kq).ident, 1);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_NSECONDS, 1000000);
	kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, 1000000);
	let_pass(2000000);
	kev_none(kq);
}

/* A change that is refused leaves the timer that is there alone. */
static void
a_bad_change_leaves_the_timer_running(void **state)
{
	static const struct {
		unsigned fflags;
		int64_t data;
	} bad[] = {{0, -1}, {NOTE_SECONDS, INT64_MIN},
	    {NOTE_SECONDS | NOTE_USECONDS, 1},
	    {NOTE_USECONDS | NOTE_NSECONDS, 1}};
	struct counted c = counted_start(kev_queue(state), 0);
	struct kevent change;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EV_SET(&change, 1, EVFILT_TIMER, EV_ADD, bad[i].fflags,
		    bad[i].data, NULL);
		assert_int_equal(kevent(c.kq, &change, 1, NULL, 0, NULL), -1);
		assert_int_equal(errno, EINVAL);
		EV_SET(&change, 2, EVFILT_TIMER, EV_ADD, bad[i].fflags,
		    bad[i].data, NULL);
		assert_int_equal(kevent(c.kq, &change, 1, NULL, 0, NULL), -1);
		assert_int_equal(
		    kev_change_error(c.kq, 2, EVFILT_TIMER, EV_DELETE, 0),
		    ENOENT);
		counted_take(&c);
	}
}

static void
a_oneshot_that_expires_while_disabled_waits(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, EV_ONESHOT | EV_DISABLE, NOTE_USECONDS, 1);
	let_pass(200000);
	kev_none(kq);
	kev_change(kq, 1, EVFILT_TIMER, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).data, 1);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_ENABLE, 0), ENOENT);
}

/* A period of nothing is one of a unit: not none, and not endless. */
static void
a_period_of_zero_is_one_unit(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, 0, NOTE_USECONDS, 0);
	assert_true(kev_wait(kq).data >= 1);
	assert_true(kev_wait(kq).data >= 1);
	kev_timer(kq, 1, 0, NOTE_SECONDS, 0);
	kev_none(kq);
}

#ifdef NOTE_ABSTIME
static void
a_time_of_day_in_each_unit(void **state)
{
	static const struct {
		unsigned fflags;
		int64_t ns;
	} units[] = {{NOTE_SECONDS, 1000000000}, {NOTE_MSECONDS, 1000000},
	    {0, 1000000}, {NOTE_USECONDS, 1000}, {NOTE_NSECONDS, 1}};
	const int kq = kev_queue(state);
	int64_t at;
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		at = kev_timer_now_ns(CLOCK_REALTIME) / units[i].ns;
		kev_timer(
		    kq, 1, EV_ONESHOT, NOTE_ABSTIME | units[i].fflags, at);
		assert_int_equal(kev_wait(kq).data, 1);
		at += HOUR_S * (1000000000 / units[i].ns);
		kev_timer(
		    kq, 1, EV_ONESHOT, NOTE_ABSTIME | units[i].fflags, at);
		kev_none(kq);
	}
}

static void
a_time_of_day_is_changed_to_a_period_and_back(void **state)
{
	const int kq = kev_queue(state);
	const int64_t now_s = kev_timer_now_ns(CLOCK_REALTIME) / 1000000000;

	kev_timer(kq, 1, EV_CLEAR, NOTE_ABSTIME | NOTE_SECONDS, now_s + HOUR_S);
	kev_timer(kq, 1, 0, NOTE_USECONDS, 50);
	(void)kev_wait(kq);
	(void)kev_wait(kq);
	kev_timer(kq, 1, EV_CLEAR, NOTE_ABSTIME | NOTE_SECONDS, now_s - 1);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
	/* Not deleted: EV_ONESHOT was not asked for. */
	kev_change(kq, 1, EVFILT_TIMER, EV_DELETE, 0);
}

#ifdef __linux__
/* README.md: FreeBSD's kernel gives no EV_CLEAR to such a timer. */
static void
a_time_of_day_has_clear_of_itself(void **state)
{
	const int kq = kev_queue(state);

	kev_timer(kq, 1, 0, NOTE_ABSTIME | NOTE_SECONDS, 1);
	assert_true(kev_wait(kq).flags & EV_CLEAR);
	kev_none(kq);
}
#endif
#endif

static void
an_ident_is_not_a_descriptor(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	kev_pair(fds);
	kev_timer(kq, (uintptr_t)fds[0], EV_ONESHOT, NOTE_SECONDS, HOUR_S);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_USER, EV_ADD, 0);
	kev_send(fds[1], "x");
	ev = kev_wait(kq);
	assert_int_equal(ev.filter, EVFILT_READ);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_DELETE, 0);
	kev_none(kq);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_TIMER, EV_DELETE, 0);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_USER, EV_DELETE, 0);
	kev_pair_close(fds);
}

/* Scattered, put off, some deleted: each of those that are left comes once. */
static void
a_crowd_of_timers_comes_and_goes(void **state)
{
	static struct kevent events[256];
	static unsigned char seen[CROWD];
	const int kq = kev_queue(state);
	int i, n, left = CROWD;

	for (i = 0; i < CROWD; i++)
		kev_timer(
		    kq, (uintptr_t)i, EV_ONESHOT, NOTE_SECONDS, HOUR_S + i);
	for (i = 0; i < CROWD; i += 4) {
		kev_change(kq, (uintptr_t)i, EVFILT_TIMER, EV_DELETE, 0);
		left--;
	}
	for (i = 0; i < CROWD; i++)
		if (i % 4 != 0)
			kev_timer(kq, (uintptr_t)i, EV_ONESHOT, NOTE_USECONDS,
			    (i * 7919) % 5000);
	for (; left > 0; left -= n) {
		n = kevent(kq, NULL, 0, events, 256, NULL);
		assert_in_range(n, 1, 256);
		for (i = 0; i < n; i++)
			assert_int_equal(seen[events[i].ident]++, 0);
	}
	for (i = 0; i < CROWD; i++)
		assert_int_equal(seen[i], i % 4 != 0);
	kev_none(kq);
}

static void *
wait_once(void *arg)
{
	static struct kevent ev;

	return kevent(*(const int *)arg, NULL, 0, &ev, 1, NULL) == 1 ? &ev
								     : NULL;
}

/* For a thread that waits already: sooner counts at once, later as well. */
static void
a_timer_is_changed_under_a_thread_that_waits(void **state)
{
	int kq = kev_queue(state), i;
	struct kevent *ev;
	pthread_t thread;
	void *result;

	kev_timer(kq, 1, EV_ONESHOT, 0, 2);
	assert_int_equal(pthread_create(&thread, NULL, wait_once, &kq), 0);
	for (i = 0; i < 200; i++)
		kev_timer(kq, 1, EV_ONESHOT, NOTE_SECONDS, HOUR_S);
	kev_timer(kq, 2, EV_ONESHOT, NOTE_SECONDS, HOUR_S);
	kev_timer(kq, 2, EV_ONESHOT, NOTE_USECONDS, 1);
	assert_int_equal(pthread_join(thread, &result), 0);
	ev = result;
	assert_non_null(ev);
	assert_in_range(ev->ident, 1, 2);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(each_expiration_is_counted_once),
	    TEST(a_disabled_timer_goes_on_counting),
	    TEST(a_dispatched_timer_goes_on_counting),
	    TEST(adding_again_forgets_what_has_expired),
	    TEST(adding_again_forgets_what_waits_to_be_returned),
	    TEST(a_periodic_timer_becomes_oneshot_and_back),
	    TEST(a_unit_can_be_changed),
	    TEST(a_bad_change_leaves_the_timer_running),
	    TEST(a_oneshot_that_expires_while_disabled_waits),
	    TEST(a_period_of_zero_is_one_unit),
#ifdef NOTE_ABSTIME
	    TEST(a_time_of_day_in_each_unit),
	    TEST(a_time_of_day_is_changed_to_a_period_and_back),
#ifdef __linux__
	    TEST(a_time_of_day_has_clear_of_itself),
#endif
#endif
	    TEST(an_ident_is_not_a_descriptor),
	    TEST(a_crowd_of_timers_comes_and_goes),
	    TEST(a_timer_is_changed_under_a_thread_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
