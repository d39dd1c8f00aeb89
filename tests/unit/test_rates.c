/* rates: what passed in a second, over spans that end at the last sample. */

#include <string.h>

#include "harness/harness.h"
#include "rates.h"
#include "stats.h"

#define START_MS UINT64_C(1000000)

/* A sample of counters that are in proportion. */
static void
sample(struct rates *rates, uint64_t at_ms, uint64_t messages)
{
	const struct stats stats = {.messages = messages,
	    .in_bytes = messages * 10,
	    .out_bytes = messages * 20};

	rates_add(rates, START_MS + at_ms, &stats);
}

/* In thousandths of a message. */
static void
check(const struct rates *rates, unsigned seconds, uint64_t expected)
{
	struct rates_values values;

	rates_over(rates, seconds, &values);
	assert_int_equal(values.messages, expected);
	assert_in_range(values.in_bytes, expected * 10, expected * 10 + 9);
	assert_in_range(values.out_bytes, expected * 20, expected * 20 + 19);
}

static void
nothing_is_known_at_first(void **state)
{
	struct rates rates = {.count = 0};

	(void)state;
	check(&rates, 1, 0);
	check(&rates, 60, 0);
	sample(&rates, 0, 0);
	check(&rates, 1, 0);
	check(&rates, 60, 0);
}

static void
a_steady_flow_has_one_rate(void **state)
{
	struct rates rates = {.count = 0};
	uint64_t second;

	(void)state;
	for (second = 0; second <= 200; second++)
		sample(&rates, second * 1000, second * 7);
	check(&rates, 1, 7000);
	check(&rates, 10, 7000);
	check(&rates, 60, 7000);
}

static void
a_short_while_counts_as_a_part_of_the_span(void **state)
{
	struct rates rates = {.count = 0};
	uint64_t second;

	(void)state;
	for (second = 0; second <= 6; second++)
		sample(&rates, second * 1000, second * 10);
	check(&rates, 1, 10000);
	check(&rates, 10, 6000);
	check(&rates, 60, 1000);
}

static void
what_is_over_is_forgotten(void **state)
{
	struct rates rates = {.count = 0};
	uint64_t second;

	(void)state;
	sample(&rates, 0, 0);
	for (second = 1; second <= 61; second++) {
		sample(&rates, second * 1000, 600);
		check(&rates, 1, second == 1 ? 600000 : 0);
		check(&rates, 10, second <= 10 ? 60000 : 0);
		check(&rates, 60, second <= 60 ? 10000 : 0);
	}
}

static void
a_sample_that_is_late_counts_as_long_as_it_took(void **state)
{
	struct rates rates = {.count = 0};

	(void)state;
	sample(&rates, 0, 0);
	sample(&rates, 1250, 100);
	check(&rates, 1, 80000);
	sample(&rates, 2250, 100);
	check(&rates, 1, 0);
}

/* Nobody took samples while nothing passed. */
static void
a_pause_does_not_thin_out_what_comes_after(void **state)
{
	struct rates rates = {.count = 0};

	(void)state;
	sample(&rates, 0, 0);
	sample(&rates, 1000, 50);
	sample(&rates, 1000000, 50);
	check(&rates, 60, 0);
	sample(&rates, 1001000, 110);
	check(&rates, 1, 60000);
	check(&rates, 10, 6000);
	check(&rates, 60, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_known_at_first),
	    cmocka_unit_test(a_steady_flow_has_one_rate),
	    cmocka_unit_test(a_short_while_counts_as_a_part_of_the_span),
	    cmocka_unit_test(what_is_over_is_forgotten),
	    cmocka_unit_test(a_sample_that_is_late_counts_as_long_as_it_took),
	    cmocka_unit_test(a_pause_does_not_thin_out_what_comes_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
