/* summary: what an answer to `stats` has, and what it lacks or makes up. */

#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "record.h"
#include "summary.h"

static void
take(struct summary *s, const char *line)
{
	struct record *r = record_new();

	assert_non_null(r);
	record_parse(r, line, strlen(line));
	summary_take(s, r);
	record_free(r);
}

static void
an_answer_is_taken_over(void **state)
{
	struct summary s = {0};

	(void)state;
	take(&s,
	    "{\"pid\":1,\"addr\":\"[::1]:8080\",\"uptime\":12.345,\"open\":3,"
	    "\"refused\":7,\"log_data\":\"on\",\"messages_1s\":41.6,"
	    "\"in_1s\":2500.5}");
	assert_true(s.known);
	assert_true(s.log_data);
	assert_string_equal(s.addr, "[::1]:8080");
	assert_int_equal(s.uptime_ms, 12345);
	assert_int_equal(s.open, 3);
	assert_int_equal(s.refused, 7);
	assert_int_equal(s.messages, 41);
	assert_int_equal(s.bytes, 2500);
}

static void
what_it_lacks_is_nothing(void **state)
{
	struct summary s = {0};

	(void)state;
	take(&s, "{\"addr\":\"a\",\"open\":3,\"log_data\":\"on\"}");
	take(&s, "{\"pid\":1}");
	assert_true(s.known);
	assert_false(s.log_data);
	assert_string_equal(s.addr, "");
	assert_int_equal(s.open, 0);
}

static void
nonsense_is_kept_in_bounds(void **state)
{
	struct summary s = {0};
	char line[256], name[128];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(line, sizeof(line),
	    "{\"addr\":\"%s\",\"uptime\":-1,\"open\":\"3\",\"refused\":1e300,"
	    "\"log_data\":true}",
	    name);
	take(&s, line);
	assert_int_equal(strlen(s.addr), sizeof(s.addr) - 1);
	assert_int_equal(s.uptime_ms, 0);
	assert_int_equal(s.open, 0);
	assert_int_equal(s.refused, 1000000000000000);
	assert_false(s.log_data);
}

static void
each_answer_is_a_bar_of_the_minute(void **state)
{
	struct summary s = {0};
	char bars[BARS_BYTES];

	(void)state;
	take(&s, "{\"messages_1s\":1,\"in_1s\":8}");
	take(&s, "{\"messages_1s\":8,\"in_1s\":1}");
	assert_int_equal(s.messages_minute.count, 2);
	assert_string_equal(
	    series_bars(&s.messages_minute, bars, BARS_MAX, true), "█");
	assert_int_equal(s.messages_minute.values[0], 1);
	assert_int_equal(s.messages_minute.values[1], 8);
	assert_int_equal(s.bytes_minute.values[0], 8);
	assert_int_equal(s.bytes_minute.values[1], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_is_taken_over),
	    cmocka_unit_test(what_it_lacks_is_nothing),
	    cmocka_unit_test(nonsense_is_kept_in_bounds),
	    cmocka_unit_test(each_answer_is_a_bar_of_the_minute),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
