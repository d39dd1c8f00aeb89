/* backoff: waits that grow, stay in their bounds and differ. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backoff.h"

static void
waits_double_up_to_the_longest(void **state)
{
	static const uint64_t ceilings[] = {
	    500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
	struct backoff b;
	uint64_t seed, wait;
	size_t i;

	(void)state;
	for (seed = 0; seed < 1000; seed++) {
		backoff_init(&b, 500, 30000, seed);
		for (i = 0; i < sizeof(ceilings) / sizeof(ceilings[0]); i++) {
			wait = backoff_next(&b);
			assert_in_range(wait, ceilings[i] / 2, ceilings[i]);
		}
	}
}

static void
after_a_reset_the_first_wait_comes_again(void **state)
{
	struct backoff b;
	int i;

	(void)state;
	backoff_init(&b, 500, 30000, 7);
	for (i = 0; i < 20; i++)
		(void)backoff_next(&b);
	backoff_reset(&b);
	assert_in_range(backoff_next(&b), 250, 500);
	assert_in_range(backoff_next(&b), 500, 1000);
}

static void
clients_that_fall_together_come_back_apart(void **state)
{
	struct backoff b;
	uint64_t seed, wait, least = UINT64_MAX, most = 0;

	(void)state;
	for (seed = 0; seed < 200; seed++) {
		backoff_init(&b, 1000, 30000, seed);
		wait = backoff_next(&b);
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
	}
	assert_true(least < 550);
	assert_true(most > 950);
}

static void
a_longest_below_the_first_is_the_first(void **state)
{
	struct backoff b;
	int i;

	(void)state;
	backoff_init(&b, 500, 10, 1);
	for (i = 0; i < 10; i++)
		assert_in_range(backoff_next(&b), 250, 500);
}

static void
the_largest_bounds_do_not_overflow(void **state)
{
	struct backoff b;
	int i;

	(void)state;
	backoff_init(&b, 1, UINT64_MAX, 1);
	for (i = 0; i < 63; i++)
		(void)backoff_next(&b);
	for (; i < 80; i++)
		assert_true(backoff_next(&b) >= UINT64_MAX / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(waits_double_up_to_the_longest),
	    cmocka_unit_test(after_a_reset_the_first_wait_comes_again),
	    cmocka_unit_test(clients_that_fall_together_come_back_apart),
	    cmocka_unit_test(a_longest_below_the_first_is_the_first),
	    cmocka_unit_test(the_largest_bounds_do_not_overflow),
	};

	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
