/* histogram: the benchmark's quantiles. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "histogram.h"

static struct histogram *
filled(uint64_t first, uint64_t last)
{
	struct histogram *h = histogram_new();

	assert_non_null(h);
	for (; first <= last; first++)
		histogram_add(h, first);
	return h;
}

static void
test_nothing_seen_is_zero(void **state)
{
	struct histogram *h = histogram_new();

	(void)state;
	assert_non_null(h);
	assert_int_equal(histogram_count(h), 0);
	assert_int_equal(histogram_quantile(h, 500), 0);
	histogram_free(h);
	histogram_free(NULL);
}

static void
test_small_values_are_exact(void **state)
{
	struct histogram *h = filled(1, 100);

	(void)state;
	assert_int_equal(histogram_count(h), 100);
	assert_int_equal(histogram_quantile(h, 0), 1);
	assert_int_equal(histogram_quantile(h, 500), 50);
	assert_int_equal(histogram_quantile(h, 990), 99);
	assert_int_equal(histogram_quantile(h, 999), 100);
	assert_int_equal(histogram_quantile(h, 1000), 100);
	histogram_free(h);
}

/* Never below the value, and above it by less than a 64th. */
static void
test_each_magnitude_is_within_its_bucket(void **state)
{
	uint64_t value, near, told;
	int i;

	(void)state;
	for (value = 2; value < HISTOGRAM_MAX; value *= 2)
		for (i = -1; i <= 1; i++) {
			struct histogram *h = histogram_new();

			assert_non_null(h);
			near = value + (uint64_t)(int64_t)i;
			histogram_add(h, near);
			told = histogram_quantile(h, 500);
			assert_true(told >= near);
			assert_true(told - near <= near / 64);
			histogram_free(h);
		}
}

static void
test_buckets_keep_the_order(void **state)
{
	uint64_t value, before = 0;

	(void)state;
	for (value = 1; value < 100000; value += 7) {
		struct histogram *h = filled(value, value);
		uint64_t told = histogram_quantile(h, 1000);

		assert_true(told >= before);
		before = told;
		histogram_free(h);
	}
}

static void
test_one_in_a_thousand_shows_behind_p999_only(void **state)
{
	struct histogram *h = histogram_new();
	int i;

	(void)state;
	assert_non_null(h);
	for (i = 0; i < 999; i++)
		histogram_add(h, 10);
	histogram_add(h, 1000000);
	assert_int_equal(histogram_quantile(h, 999), 10);
	assert_true(histogram_quantile(h, 1000) >= 1000000);
	histogram_free(h);
}

static void
test_what_is_too_large_counts_as_the_largest(void **state)
{
	struct histogram *h = histogram_new();

	(void)state;
	assert_non_null(h);
	histogram_add(h, UINT64_MAX);
	assert_true(histogram_quantile(h, 500) == HISTOGRAM_MAX);
	histogram_free(h);
}

static void
test_clear_forgets(void **state)
{
	struct histogram *h = filled(1000, 2000);

	(void)state;
	histogram_clear(h);
	assert_int_equal(histogram_count(h), 0);
	histogram_add(h, 5);
	assert_int_equal(histogram_quantile(h, 1000), 5);
	histogram_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_seen_is_zero),
	    cmocka_unit_test(test_small_values_are_exact),
	    cmocka_unit_test(test_each_magnitude_is_within_its_bucket),
	    cmocka_unit_test(test_buckets_keep_the_order),
	    cmocka_unit_test(test_one_in_a_thousand_shows_behind_p999_only),
	    cmocka_unit_test(test_what_is_too_large_counts_as_the_largest),
	    cmocka_unit_test(test_clear_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
