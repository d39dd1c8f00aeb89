/* units and clock: numbers with units, and the time. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "clock.h"
#include "units.h"

/* What none of the parsers takes. */
static const char *const junk[] = {"", " ", "x", "-1", "+1", " 1", "1 ", "-0",
    "1.5", "1e3", "0x10", "1,000", "1\n", "ms", "K", ".5", "1-", "\xd9\xa1"};

static void
assert_ms(const char *text, uint64_t expected)
{
	uint64_t ms = 1;

	assert_int_equal(units_parse_ms(text, &ms), 0);
	assert_true(ms == expected);
}

static void
assert_bytes(const char *text, uint64_t expected)
{
	uint64_t bytes = 1;

	assert_int_equal(units_parse_bytes(text, &bytes), 0);
	assert_true(bytes == expected);
}

static void
assert_number(const char *text, uint64_t min, uint64_t max, int error)
{
	uint64_t number = 99;

	errno = 0;
	assert_int_equal(
	    units_parse_number(text, min, max, &number), error == 0 ? 0 : -1);
	assert_int_equal(errno, error);
	if (error != 0)
		assert_true(number == 99);
}

static void
assert_wrong_ms(const char *text, int error)
{
	uint64_t ms = 99;

	errno = 0;
	assert_int_equal(units_parse_ms(text, &ms), -1);
	assert_int_equal(errno, error);
	assert_true(ms == 99);
}

static void
assert_wrong_bytes(const char *text, int error)
{
	uint64_t bytes = 99;

	errno = 0;
	assert_int_equal(units_parse_bytes(text, &bytes), -1);
	assert_int_equal(errno, error);
	assert_true(bytes == 99);
}

static void
durations_are_parsed(void **state)
{
	(void)state;
	assert_ms("0", 0);
	assert_ms("0ms", 0);
	assert_ms("0h", 0);
	assert_ms("500ms", 500);
	assert_ms("30s", 30000);
	assert_ms("030s", 30000);
	assert_ms("5m", 300000);
	assert_ms("2h", 7200000);
	assert_ms("18446744073709551615ms", UINT64_MAX);
}

static void
wrong_durations_are_refused(void **state)
{
	static const char *const wrong[] = {
	    "1", "00", "5S", "5M", "5mss", "5 s", "5d", "5s5", "5m30s", "s"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_wrong_ms(junk[i], EINVAL);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_wrong_ms(wrong[i], EINVAL);
	assert_wrong_ms("18446744073709551616ms", ERANGE);
	assert_wrong_ms("18446744073709552s", ERANGE);
	assert_wrong_ms("99999999999999999999999999h", ERANGE);
}

static void
assert_us(const char *text, uint64_t expected)
{
	uint64_t us = 1;

	assert_int_equal(units_parse_us(text, &us), 0);
	assert_true(us == expected);
}

static void
assert_wrong_us(const char *text, int error)
{
	uint64_t us = 99;

	errno = 0;
	assert_int_equal(units_parse_us(text, &us), -1);
	assert_int_equal(errno, error);
	assert_true(us == 99);
}

static void
short_durations_are_parsed(void **state)
{
	(void)state;
	assert_us("0", 0);
	assert_us("0us", 0);
	assert_us("50us", 50);
	assert_us("500ms", 500000);
	assert_us("30s", 30000000);
	assert_us("5m", 300000000);
	assert_us("2h", UINT64_C(7200000000));
	assert_us("18446744073709551615us", UINT64_MAX);
}

static void
wrong_short_durations_are_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_wrong_us(junk[i], EINVAL);
	assert_wrong_us("50", EINVAL);
	assert_wrong_us("50u", EINVAL);
	assert_wrong_us("50US", EINVAL);
	assert_wrong_us("50 us", EINVAL);
	assert_wrong_ms("50us", EINVAL);
	assert_wrong_us("18446744073709551616us", ERANGE);
	assert_wrong_us("18446744073709552ms", ERANGE);
	assert_wrong_us("5124095577h", ERANGE);
}

static void
sizes_are_parsed(void **state)
{
	(void)state;
	assert_bytes("0", 0);
	assert_bytes("1", 1);
	assert_bytes("64K", 65536);
	assert_bytes("3M", 3145728);
	assert_bytes("2G", 2147483648u);
	assert_bytes("18446744073709551615", UINT64_MAX);
	assert_bytes("17179869183G", 17179869183u * (UINT64_C(1) << 30));
}

static void
wrong_sizes_are_refused(void **state)
{
	static const char *const wrong[] = {
	    "1k", "1KB", "1KiB", "1T", "1 K", "1B", "1KK"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_wrong_bytes(junk[i], EINVAL);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_wrong_bytes(wrong[i], EINVAL);
	assert_wrong_bytes("18446744073709551616", ERANGE);
	assert_wrong_bytes("17179869184G", ERANGE);
}

static void
numbers_keep_to_their_bounds(void **state)
{
	size_t i;

	(void)state;
	assert_number("1", 1, 3, 0);
	assert_number("3", 1, 3, 0);
	assert_number("0", 1, 3, ERANGE);
	assert_number("4", 1, 3, ERANGE);
	assert_number("0", 0, 0, 0);
	assert_number("18446744073709551615", 0, UINT64_MAX, 0);
	assert_number("18446744073709551616", 0, UINT64_MAX, ERANGE);
	assert_number("1K", 0, UINT64_MAX, EINVAL);
	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_number(junk[i], 0, UINT64_MAX, EINVAL);
}

static void
sizes_are_formatted_for_a_person(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {{0, "0 B"}, {214, "214 B"}, {999, "999 B"},
	    {1000, "1.0 kB"}, {1249, "1.2 kB"}, {1250, "1.3 kB"},
	    {3400000, "3.4 MB"}, {999949, "999.9 kB"}, {999950, "1.0 MB"},
	    {999949999, "999.9 MB"}, {999950000, "1.0 GB"},
	    {UINT64_MAX, "18.4 EB"}};
	char buf[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    units_format_bytes(buf, sizeof(buf), cases[i].bytes),
		    cases[i].text);
}

static void
counts_are_formatted_for_a_person(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(units_format_count(buf, sizeof(buf), 0), "0");
	assert_string_equal(units_format_count(buf, sizeof(buf), 999), "999");
	assert_string_equal(units_format_count(buf, sizeof(buf), 1249), "1.2k");
	assert_string_equal(
	    units_format_count(buf, sizeof(buf), 999950), "1.0M");
	assert_string_equal(
	    units_format_count(buf, sizeof(buf), UINT64_MAX), "18.4E");
}

static void
round_trips_are_formatted_for_a_person(void **state)
{
	static const struct {
		uint64_t us;
		const char *text;
	} cases[] = {{0, "0.00 ms"}, {4, "0.00 ms"}, {5, "0.01 ms"},
	    {210, "0.21 ms"}, {9994, "9.99 ms"}, {9995, "10 ms"},
	    {12345, "12 ms"}, {999499, "999 ms"}, {999500, "1.0 s"},
	    {1249999, "1.2 s"}, {61000000, "61.0 s"},
	    {UINT64_MAX, "18446744073709.6 s"}};
	char buf[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    units_format_us(buf, sizeof(buf), cases[i].us),
		    cases[i].text);
}

static void
ages_are_formatted_as_a_clock(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(
	    units_format_age(buf, sizeof(buf), 999), "00:00:00");
	assert_string_equal(
	    units_format_age(buf, sizeof(buf), 751000), "00:12:31");
	assert_string_equal(
	    units_format_age(buf, sizeof(buf), 86399999), "23:59:59");
	assert_string_equal(
	    units_format_age(buf, sizeof(buf), UINT64_C(1000) * 3600 * 1000),
	    "1000:00:00");
}

static void
what_does_not_fit_is_cut_and_terminated(void **state)
{
	char buf[4] = "xyz";

	(void)state;
	assert_string_equal(units_format_bytes(buf, sizeof(buf), 1000), "1.0");
	assert_string_equal(units_format_us(buf, sizeof(buf), 1000), "1.0");
	assert_string_equal(units_format_age(buf, sizeof(buf), 0), "00:");
}

static void
the_monotonic_clocks_agree_and_never_go_back(void **state)
{
	uint64_t ms, us, last = clock_now_us();
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		us = clock_now_us();
		assert_true(us >= last);
		last = us;
	}
	us = clock_now_us();
	ms = clock_now_ms();
	assert_true(ms >= us / 1000);
	assert_true(clock_now_us() / 1000 >= ms);
}

static void
the_wall_clock_is_that_of_the_system(void **state)
{
	time_t before = time(NULL), after;
	uint64_t ms = clock_wall_ms();

	(void)state;
	after = time(NULL);
	/* time(2) may read a coarser clock, which lags by a tick. */
	assert_true(ms / 1000 >= (uint64_t)before);
	assert_true(ms / 1000 <= (uint64_t)after + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durations_are_parsed),
	    cmocka_unit_test(wrong_durations_are_refused),
	    cmocka_unit_test(short_durations_are_parsed),
	    cmocka_unit_test(wrong_short_durations_are_refused),
	    cmocka_unit_test(sizes_are_parsed),
	    cmocka_unit_test(wrong_sizes_are_refused),
	    cmocka_unit_test(numbers_keep_to_their_bounds),
	    cmocka_unit_test(sizes_are_formatted_for_a_person),
	    cmocka_unit_test(counts_are_formatted_for_a_person),
	    cmocka_unit_test(round_trips_are_formatted_for_a_person),
	    cmocka_unit_test(ages_are_formatted_as_a_clock),
	    cmocka_unit_test(what_does_not_fit_is_cut_and_terminated),
	    cmocka_unit_test(the_monotonic_clocks_agree_and_never_go_back),
	    cmocka_unit_test(the_wall_clock_is_that_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
