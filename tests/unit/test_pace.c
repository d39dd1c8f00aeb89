/* pace: when to draw. Nothing is measured: only what the loop is woken for. */

#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "loop.h"
#include "loop_probe.h"
#include "pace.h"

/* Turns the loop until something has happened in it. */
static void
turn_once(struct loop *loop)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int n = 0;

	while (n == 0) {
		int left = deadline_left_ms(deadline);

		assert_int_not_equal(left, 0);
		n = loop_once(loop, left);
		assert_int_not_equal(n, -1);
	}
}

/*
 * Draws and marks again until that came too early, as it does unless this
 * machine is slow just now: then the frame is wanted, and the loop is to be
 * woken for it.
 */
static void
mark_too_early(struct pace *pace)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	do {
		assert_int_not_equal(deadline_left_ms(deadline), 0);
		pace_mark(pace);
	} while (pace_take(pace));
}

static void
the_first_frame_is_due_at_once(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_end(&pace);
}

/* The frame of an echo does not wait for that of its line. */
static void
so_are_a_few_more(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	for (int i = 0; i < 3; i++) {
		pace_mark(&pace);
		assert_true(pace_take(&pace));
	}
	pace_end(&pace);
}

static void
nothing_is_due_where_nothing_has_changed(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	assert_false(pace_take(&pace));
	pace.even_ms = 0; /* however long ago that was */
	assert_false(pace_take(&pace));
	pace_mark(&pace);
	assert_true(pace_take(&pace));
	pace_end(&pace);
}

static void
a_frame_too_early_comes_when_the_loop_is_woken(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	mark_too_early(&pace);
	do
		turn_once(*state);
	while (!pace_take(&pace));
	assert_false(pace_take(&pace));
	pace_end(&pace);
}

static void
a_held_frame_comes_with_the_answer(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_hold(&pace);
	assert_false(pace_take(&pace));
	/* Whatever else has changed: it is in the same picture. */
	pace_mark(&pace);
	assert_false(pace_take(&pace));
	pace_answered(&pace);
	pace.even_ms = 0;
	assert_true(pace_take(&pace));
	assert_false(pace_take(&pace));
	pace_end(&pace);
}

static void
a_held_frame_comes_without_an_answer(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_hold(&pace);
	do
		turn_once(*state);
	while (!pace_take(&pace));
	assert_false(pace_take(&pace));
	pace_end(&pace);
}

static void
an_answer_is_shown_though_nothing_was_held(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_answered(&pace);
	assert_true(pace_take(&pace));
	pace_end(&pace);
}

static void
a_tick_marks_once(void **state)
{
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_tick(&pace, 1);
	assert_true(pace.ticking);
	assert_false(pace.dirty);
	turn_once(*state);
	assert_true(pace.dirty);
	assert_false(pace.ticking);
	pace.even_ms = 0;
	assert_true(pace_take(&pace));
	assert_int_equal(loop_once(*state, 0), 0);
	pace_end(&pace);
}

/* It is asked for with every frame: else it would never come. */
static void
a_tick_under_way_is_not_put_off(void **state)
{
	const uint64_t never_ms = 1000u * DEADLINE_MS;
	struct pace pace;

	pace_init(&pace, *state);
	assert_true(pace_take(&pace));
	pace_tick(&pace, 1);
	pace_tick(&pace, never_ms);
	turn_once(*state);
	assert_true(pace.dirty);
	pace_end(&pace);
}

static void
nothing_comes_after_the_end(void **state)
{
	struct probe later = probe_of(*state);
	struct pace pace;

	pace_init(&pace, *state);
	mark_too_early(&pace);
	pace_tick(&pace, 1);
	pace_end(&pace);
	pace.dirty = false;
	probe_timer(&later, 50);
	do
		assert_in_range(loop_once(*state, DEADLINE_MS), 0, 1);
	while (later.calls == 0);
	assert_false(pace.dirty);
	loop_timer_stop(*state, &later.src);
}

static void
one_that_was_never_begun_can_be_ended(void **state)
{
	struct pace pace;

	(void)state;
	memset(&pace, 0, sizeof(pace));
	pace_end(&pace);
}

#define loop_test(f) \
	cmocka_unit_test_setup_teardown(f, probe_setup, probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    loop_test(the_first_frame_is_due_at_once),
	    loop_test(so_are_a_few_more),
	    loop_test(nothing_is_due_where_nothing_has_changed),
	    loop_test(a_frame_too_early_comes_when_the_loop_is_woken),
	    loop_test(a_held_frame_comes_with_the_answer),
	    loop_test(a_held_frame_comes_without_an_answer),
	    loop_test(an_answer_is_shown_though_nothing_was_held),
	    loop_test(a_tick_marks_once),
	    loop_test(a_tick_under_way_is_not_put_off),
	    loop_test(nothing_comes_after_the_end),
	    cmocka_unit_test(one_that_was_never_begun_can_be_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
