/* loop: timers. */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/resource.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "loop_probe.h"

#define A_LONG_TIME_MS UINT64_C(3600000)

static void
a_timer_fires_once(void **state)
{
	struct probe probe = probe_of(*state);

	probe_timer(&probe, 3);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(probe.last.filter, EVFILT_TIMER);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(loop_once(*state, 10), 0);
	assert_int_equal(probe.calls, 1);
}

static void
a_timer_of_no_time_fires_in_the_next_batch(void **state)
{
	struct probe probe = probe_of(*state);

	probe_timer(&probe, 0);
	assert_int_equal(loop_once(*state, DEADLINE_MS), 1);
	assert_int_equal(probe.calls, 1);
}

static void
a_timer_needs_no_descriptor(void **state)
{
	struct probe probe = probe_of(*state);
	struct rlimit before, none;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	probe_timer(&probe, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	probe_turn(*state, &probe.calls, 1);
}

static void
rearm_until_three(struct probe *probe)
{
	if (probe->calls < 3)
		probe_timer(probe, 1);
}

static void
a_timer_may_be_armed_again_by_its_own_callback(void **state)
{
	struct probe probe = probe_of(*state);

	probe.then = rearm_until_three;
	probe_timer(&probe, 1);
	probe_turn(*state, &probe.calls, 3);
	assert_int_equal(loop_once(*state, 10), 0);
	assert_int_equal(probe.calls, 3);
}

static void
an_armed_timer_that_is_started_again_takes_the_new_time(void **state)
{
	struct probe sooner = probe_of(*state), later = probe_of(*state);
	struct probe after = probe_of(*state);

	probe_timer(&sooner, A_LONG_TIME_MS);
	probe_timer(&sooner, 1);
	probe_timer(&later, 1);
	probe_timer(&later, A_LONG_TIME_MS);
	probe_timer(&after, 10);
	probe_turn(*state, &after.calls, 1);
	assert_int_equal(sooner.calls, 1);
	assert_int_equal(later.calls, 0);
	loop_timer_stop(*state, &later.src);
}

static void
a_stopped_timer_does_not_fire(void **state)
{
	struct probe probe = probe_of(*state), after = probe_of(*state);

	loop_timer_stop(*state, &probe.src);
	probe_timer(&probe, 0);
	loop_timer_stop(*state, &probe.src);
	loop_timer_stop(*state, &probe.src);
	probe_timer(&after, 5);
	probe_turn(*state, &after.calls, 1);
	assert_int_equal(probe.calls, 0);
	loop_timer_stop(*state, &after.src);
}

static void
stop_the_other_timer(struct probe *probe)
{
	loop_timer_stop(probe->loop, &probe->other->src);
}

static void
put_off_the_other_timer(struct probe *probe)
{
	probe_timer(probe->other, A_LONG_TIME_MS);
}

/* Two timers in one batch: what the first does to the second. */
static void
check_timers_in_one_batch(struct loop *loop, void (*then)(struct probe *))
{
	struct probe a = probe_of(loop), b = probe_of(loop);

	a.then = b.then = then;
	a.other = &b;
	b.other = &a;
	probe_timer(&a, 0);
	probe_timer(&b, 0);
	assert_int_equal(loop_once(loop, DEADLINE_MS), 2);
	assert_int_equal(a.calls + b.calls, 1);
	assert_int_equal(loop_once(loop, 5), 0);
	loop_timer_stop(loop, &a.src);
	loop_timer_stop(loop, &b.src);
}

static void
a_timer_that_expired_may_still_be_stopped_within_the_batch(void **state)
{
	check_timers_in_one_batch(*state, stop_the_other_timer);
}

static void
a_timer_that_expired_may_still_be_put_off_within_the_batch(void **state)
{
	check_timers_in_one_batch(*state, put_off_the_other_timer);
}

static void
stop_at_three(struct probe *probe)
{
	if (probe->calls == 3)
		loop_timer_stop(probe->loop, &probe->src);
}

static void
a_repeating_timer_fires_until_it_is_stopped(void **state)
{
	struct probe probe = probe_of(*state);

	probe.then = stop_at_three;
	probe.src.arg = &probe;
	assert_int_equal(loop_timer_repeat(*state, &probe.src, 1), 0);
	probe_turn(*state, &probe.calls, 3);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(loop_once(*state, 10), 0);
	assert_int_equal(probe.calls, 3);
}

static void
a_repeating_timer_may_become_one_that_fires_once(void **state)
{
	struct probe probe = probe_of(*state);

	assert_int_equal(
	    loop_timer_repeat(*state, &probe.src, A_LONG_TIME_MS), 0);
	probe_timer(&probe, 1);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(loop_once(*state, 10), 0);
	assert_int_equal(probe.calls, 1);
}

static void
the_longest_time_is_accepted(void **state)
{
	struct probe probe = probe_of(*state);

	probe_timer(&probe, UINT64_MAX);
	assert_int_equal(loop_once(*state, 5), 0);
	loop_timer_stop(*state, &probe.src);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PROBE_TESTS(a_timer_fires_once),
	    PROBE_TESTS(a_timer_of_no_time_fires_in_the_next_batch),
	    PROBE_TESTS(a_timer_needs_no_descriptor),
	    PROBE_TESTS(a_timer_may_be_armed_again_by_its_own_callback),
	    PROBE_TESTS(
		an_armed_timer_that_is_started_again_takes_the_new_time),
	    PROBE_TESTS(a_stopped_timer_does_not_fire),
	    PROBE_TESTS(
		a_timer_that_expired_may_still_be_stopped_within_the_batch),
	    PROBE_TESTS(
		a_timer_that_expired_may_still_be_put_off_within_the_batch),
	    PROBE_TESTS(a_repeating_timer_fires_until_it_is_stopped),
	    PROBE_TESTS(a_repeating_timer_may_become_one_that_fires_once),
	    PROBE_TESTS(the_longest_time_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
