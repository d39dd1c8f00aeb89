/* rtt: the last one, percentiles against a sorted copy, and the sparkline. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtt.h"

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
without_samples_everything_is_zero(void **state)
{
	struct rtt r = {.count = 0};
	char bars[BARS_BYTES];

	(void)state;
	assert_int_equal(rtt_last(&r), 0);
	assert_int_equal(rtt_percentile(&r, 500), 0);
	assert_string_equal(rtt_bars(bars, &r, 4, true), "");
}

static void
one_sample_is_every_percentile(void **state)
{
	struct rtt r = {.count = 0};

	(void)state;
	rtt_add(&r, 42);
	assert_int_equal(rtt_last(&r), 42);
	assert_int_equal(rtt_percentile(&r, 0), 42);
	assert_int_equal(rtt_percentile(&r, 500), 42);
	assert_int_equal(rtt_percentile(&r, 1000), 42);
}

static void
percentiles_are_of_the_nearest_rank(void **state)
{
	struct rtt r = {.count = 0};
	unsigned i;

	(void)state;
	for (i = 100; i > 0; i--)
		rtt_add(&r, i);
	assert_int_equal(rtt_percentile(&r, 500), 50);
	assert_int_equal(rtt_percentile(&r, 501), 51);
	assert_int_equal(rtt_percentile(&r, 990), 99);
	assert_int_equal(rtt_percentile(&r, 999), 100);
	assert_int_equal(rtt_percentile(&r, 1000), 100);
	assert_int_equal(rtt_percentile(&r, 5000), 100);
	assert_int_equal(rtt_percentile(&r, 0), 1);
}

static void
percentiles_agree_with_sorting(void **state)
{
	struct rtt r = {.count = 0};
	uint32_t sorted[RTT_SAMPLES], seed = 1;
	size_t n, rank;
	unsigned permille;

	(void)state;
	for (n = 1; n <= RTT_SAMPLES; n++) {
		seed = seed * 1664525u + 1013904223u;
		/* Few values: many are equal. */
		rtt_add(&r, n % 2 ? seed >> 28 : seed);
		if (n % 37 != 0 && n != RTT_SAMPLES)
			continue;
		memcpy(sorted, r.us, n * sizeof(sorted[0]));
		qsort(sorted, n, sizeof(sorted[0]), compare);
		for (permille = 1; permille <= 1000; permille += 3) {
			rank = (n * permille + 999) / 1000;
			assert_int_equal(
			    rtt_percentile(&r, permille), sorted[rank - 1]);
		}
	}
}

static void
only_the_last_samples_count(void **state)
{
	struct rtt r = {.count = 0};
	int i;

	(void)state;
	for (i = 0; i < RTT_SAMPLES; i++)
		rtt_add(&r, 1000000);
	for (i = 0; i < RTT_SAMPLES; i++)
		rtt_add(&r, 5);
	assert_int_equal(rtt_percentile(&r, 1000), 5);
	rtt_add(&r, 7);
	assert_int_equal(rtt_last(&r), 7);
	assert_int_equal(rtt_percentile(&r, 1000), 7);
	assert_int_equal(r.count, 2 * RTT_SAMPLES + 1);
}

static void
longer_than_an_hour_saturates(void **state)
{
	struct rtt r = {.count = 0};

	(void)state;
	rtt_add(&r, UINT64_MAX);
	assert_int_equal(rtt_last(&r), UINT32_MAX);
	rtt_add(&r, (uint64_t)UINT32_MAX + 1);
	assert_int_equal(rtt_last(&r), UINT32_MAX);
	rtt_add(&r, UINT32_MAX - 1);
	assert_int_equal(rtt_last(&r), UINT32_MAX - 1);
}

static void
bars_are_as_high_as_the_round_trips(void **state)
{
	struct rtt r = {.count = 0};
	char bars[BARS_BYTES];

	(void)state;
	rtt_add(&r, 5000); /* too old to be seen */
	for (unsigned i = 0; i < 8; i++)
		rtt_add(&r, 100 + i);
	assert_string_equal(rtt_bars(bars, &r, 8, true), "▁▂▃▄▅▆▇█");
	assert_string_equal(rtt_bars(bars, &r, 8, false), "_.,-~=*#");
	assert_string_equal(rtt_bars(bars, &r, 3, false), "_-#");
	assert_string_equal(rtt_bars(bars, &r, 1, false), "_");
	for (unsigned i = 0; i < BARS_MAX; i++)
		rtt_add(&r, i);
	(void)rtt_bars(bars, &r, SIZE_MAX, true);
	assert_int_equal(strlen(bars), BARS_BYTES - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_samples_everything_is_zero),
	    cmocka_unit_test(one_sample_is_every_percentile),
	    cmocka_unit_test(percentiles_are_of_the_nearest_rank),
	    cmocka_unit_test(percentiles_agree_with_sorting),
	    cmocka_unit_test(only_the_last_samples_count),
	    cmocka_unit_test(longer_than_an_hour_saturates),
	    cmocka_unit_test(bars_are_as_high_as_the_round_trips),
	};

	return cmocka_run_group_tests_name("rtt", tests, NULL, NULL);
}
