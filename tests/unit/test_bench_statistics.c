/*
 * quartiles, stall, ledger and shuffle: from windows to what is said of them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger.h"
#include "quartiles.h"
#include "shuffle.h"
#include "stall.h"

static void
assert_near(double value, double expected)
{
	assert_true(value > expected - 1e-9 && value < expected + 1e-9);
}

static void
test_quartiles_of_nothing_and_of_one(void **state)
{
	double one[] = {7};
	struct quartiles q = quartiles_of(NULL, 0);

	(void)state;
	assert_int_equal(q.count, 0);
	assert_near(q.median, 0);
	q = quartiles_of(one, 1);
	assert_near(q.low, 7);
	assert_near(q.median, 7);
	assert_near(q.high, 7);
}

static void
test_quartiles_sort_and_interpolate(void **state)
{
	double odd[] = {5, 1, 4, 2, 3}, even[] = {4, 1, 3, 2};
	struct quartiles q = quartiles_of(odd, 5);

	(void)state;
	assert_near(q.low, 2);
	assert_near(q.median, 3);
	assert_near(q.high, 4);
	q = quartiles_of(even, 4);
	assert_near(q.low, 1.75);
	assert_near(q.median, 2.5);
	assert_near(q.high, 3.25);
}

static void
fill_slices(struct stall_slice slices[STALL_SLICES])
{
	int i;

	for (i = 0; i < STALL_SLICES; i++)
		slices[i] =
		    (struct stall_slice){.messages = 1000 + i, .cpu = 900 + i};
}

static void
test_an_even_window_is_kept(void **state)
{
	struct stall_slice slices[STALL_SLICES];

	(void)state;
	fill_slices(slices);
	assert_false(stall_happened(slices));
	slices[2].messages = 600;
	slices[2].cpu = 500;
	assert_false(stall_happened(slices));
}

static void
test_a_window_in_which_nobody_worked_is_left_out(void **state)
{
	struct stall_slice slices[STALL_SLICES];

	(void)state;
	fill_slices(slices);
	slices[4].messages = 300;
	slices[4].cpu = 200;
	assert_true(stall_happened(slices));
}

static void
test_a_server_that_is_busy_and_slow_keeps_its_window(void **state)
{
	struct stall_slice slices[STALL_SLICES];

	(void)state;
	fill_slices(slices);
	slices[4].messages = 0;
	assert_false(stall_happened(slices));
}

static void
enter(struct ledger *l, size_t round, size_t server, double messages)
{
	struct ledger_entry *e = ledger_at(l, round, 0, server);

	e->state = LEDGER_GOOD;
	e->result.messages = messages;
	e->result.seconds = 2;
	e->result.cpu_us = 3 * messages;
}

static void
test_values_are_for_a_second_or_a_message(void **state)
{
	struct ledger *l = ledger_new(1, 1, 1);

	(void)state;
	assert_non_null(l);
	enter(l, 0, 0, 500);
	assert_near(ledger_quartiles(l, 0, 0, LEDGER_PER_S).median, 250);
	assert_near(ledger_quartiles(l, 0, 0, LEDGER_CPU_US).median, 3);
	ledger_free(l);
	ledger_free(NULL);
}

static void
test_ratios_pair_within_a_round(void **state)
{
	struct ledger *l = ledger_new(3, 1, 2);
	struct quartiles q;
	size_t round;

	(void)state;
	assert_non_null(l);
	/* each round is twice as fast as the one before, for both */
	for (round = 0; round < 3; round++) {
		enter(l, round, 0, 300 << round);
		enter(l, round, 1, 100 << round);
	}
	q = ledger_ratio(l, 0, 0, 1, LEDGER_PER_S);
	assert_int_equal(q.count, 3);
	assert_near(q.low, 3);
	assert_near(q.high, 3);
	ledger_free(l);
}

static void
test_a_window_left_out_takes_its_pair_with_it(void **state)
{
	struct ledger *l = ledger_new(3, 1, 2);
	struct quartiles q;

	(void)state;
	assert_non_null(l);
	enter(l, 0, 0, 100);
	enter(l, 0, 1, 100);
	enter(l, 1, 0, 100);
	ledger_at(l, 1, 0, 1)->state = LEDGER_STALLED;
	enter(l, 2, 1, 100);
	q = ledger_ratio(l, 0, 0, 1, LEDGER_PER_S);
	assert_int_equal(q.count, 1);
	assert_near(q.median, 1);
	assert_int_equal(ledger_count(l, 0, 0, LEDGER_GOOD), 2);
	assert_int_equal(ledger_count(l, 0, 1, LEDGER_STALLED), 1);
	assert_int_equal(ledger_count(l, 0, 0, LEDGER_EMPTY), 1);
	ledger_free(l);
}

static void
test_an_order_has_everyone_once(void **state)
{
	uint64_t random = 42;
	size_t order[20], again[20], i;
	unsigned seen = 0;

	(void)state;
	shuffle_order(order, 20, &random);
	for (i = 0; i < 20; i++)
		seen |= 1u << order[i];
	assert_int_equal(seen, (1u << 20) - 1);
	random = 42;
	shuffle_order(again, 20, &random);
	assert_memory_equal(order, again, sizeof(order));
	shuffle_order(again, 20, &random);
	assert_memory_not_equal(order, again, sizeof(order));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quartiles_of_nothing_and_of_one),
	    cmocka_unit_test(test_quartiles_sort_and_interpolate),
	    cmocka_unit_test(test_an_even_window_is_kept),
	    cmocka_unit_test(test_a_window_in_which_nobody_worked_is_left_out),
	    cmocka_unit_test(
		test_a_server_that_is_busy_and_slow_keeps_its_window),
	    cmocka_unit_test(test_values_are_for_a_second_or_a_message),
	    cmocka_unit_test(test_ratios_pair_within_a_round),
	    cmocka_unit_test(test_a_window_left_out_takes_its_pair_with_it),
	    cmocka_unit_test(test_an_order_has_everyone_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
