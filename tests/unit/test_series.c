/* series, bars: the last minute as a row of bars. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "series.h"

static void
bars_reach_from_the_least_to_the_greatest(void **state)
{
	static const uint64_t values[] = {100, 800, 450, 200};
	static const uint64_t extremes[] = {0, UINT64_MAX, UINT64_MAX / 2};
	char buf[BARS_BYTES];

	(void)state;
	assert_string_equal(bars_text(buf, values, 4, 100, true), "▁█▄▂");
	assert_string_equal(bars_text(buf, values, 4, 0, false), "_#-.");
	assert_string_equal(bars_text(buf, extremes, 3, 0, false), "_#-");
	assert_string_equal(bars_text(buf, values, 1, 100, false), "_");
	assert_string_equal(bars_text(buf, values, 0, 0, false), "");
}

static void
bars_are_never_too_many(void **state)
{
	uint64_t values[BARS_MAX + 1];
	char buf[BARS_BYTES];

	(void)state;
	for (size_t i = 0; i <= BARS_MAX; i++)
		values[i] = i;
	(void)bars_text(buf, values, BARS_MAX + 1, 0, true);
	assert_int_equal(strlen(buf), BARS_BYTES - 1);
}

static void
without_values_there_are_no_bars(void **state)
{
	struct series s = {.count = 0};
	char buf[BARS_BYTES];

	(void)state;
	assert_string_equal(series_bars(&s, buf, 12, true), "");
	series_add(&s, 5);
	assert_string_equal(series_bars(&s, buf, 0, true), "");
	assert_string_equal(series_bars(&s, buf, 12, false), "#");
}

static void
a_quiet_minute_is_flat(void **state)
{
	struct series s = {.count = 0};
	char buf[BARS_BYTES];

	(void)state;
	for (int i = 0; i < 3 * SERIES_VALUES; i++)
		series_add(&s, 0);
	assert_string_equal(series_bars(&s, buf, 12, false), "____________");
}

/* A peak stays as high and moves by whole bars only, then leaves. */
static void
a_peak_keeps_its_height_for_a_minute(void **state)
{
	struct series s = {.count = 0};
	char buf[BARS_BYTES];
	size_t seconds = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		series_add(&s, 10);
	series_add(&s, 70);
	while (strchr(series_bars(&s, buf, 12, false), '#') != NULL &&
	    strchr(buf, '.') != NULL) {
		assert_ptr_equal(strchr(buf, '#'), strrchr(buf, '#'));
		assert_int_equal(strchr(buf, '#') - buf, 11 - (seconds / 5));
		assert_true(seconds <= SERIES_VALUES);
		series_add(&s, 10);
		seconds++;
	}
	assert_in_range(seconds, SERIES_VALUES - 5, SERIES_VALUES);
	assert_string_equal(series_bars(&s, buf, 12, false), "############");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bars_reach_from_the_least_to_the_greatest),
	    cmocka_unit_test(bars_are_never_too_many),
	    cmocka_unit_test(without_values_there_are_no_bars),
	    cmocka_unit_test(a_quiet_minute_is_flat),
	    cmocka_unit_test(a_peak_keeps_its_height_for_a_minute),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
