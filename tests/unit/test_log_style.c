/* log_style: what stands out of a line, and where. */

#include <string.h>

#include "filter.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "log_style.h"
#include "record.h"

static struct record *record;

/* A letter for each byte: what it looks like. */
static void
expect(const char *line, const char *text, size_t from, const char *looks)
{
	static const char letters[SCREEN_STYLES] = {
	    [SCREEN_PLAIN] = '.',
	    [SCREEN_DIM] = 'd',
	    [SCREEN_STRONG] = 'S',
	    [SCREEN_ALERT] = 'A',
	    [SCREEN_SPELT] = 's',
	    [SCREEN_MATCH] = 'M',
	};
	struct filter *filter = filter_new(text, strlen(text));
	struct log_style style;
	char seen[128] = "";
	size_t len;

	assert_non_null(filter);
	record_parse(record, line, strlen(line));
	record_text(record, &len);
	assert_true(len < sizeof(seen));
	log_style_init(&style, record, filter, from);
	for (size_t at = from; at < len; at++)
		seen[at - from] =
		    letters[log_style_of(&style, at, at + 1, line[0] == '^')];
	assert_string_equal(seen, looks);
	filter_free(filter);
}

static void
time_and_level_are_quiet(void **state)
{
	(void)state;
	expect("2026-11-22 14:02:12.140 info  data    #1 12 B", "", 0,
	    "ddddddddddddddddd.................");
	expect("{\"ts\":\"2026-11-22T14:02:12.140Z\",\"level\":\"debug\","
	       "\"event\":\"data\"}",
	    "", 0, "dddddddddddddddddd.....");
	expect("some other line", "", 0, "...............");
	expect("{\"client\":1,\"event\":5}", "", 0, "..........");
}

static void
warnings_and_errors_stand_out(void **state)
{
	(void)state;
	expect("2026-11-22 14:02:12.140 warning refuse  1 reason=deny", "", 0,
	    "dddddddddddd.SSSSSSSSSSSSSS...............");
	expect("2026-11-22 14:02:12.140 error error   error=\"x\"", "", 0,
	    "dddddddddddd.AAAAAAAAAAA............");
	expect("{\"level\":\"error\",\"event\":\"x\",\"client\":1}", "", 0,
	    "AAAAAAA.........");
	expect("{\"level\":\"error\"}", "", 0, "AAAAA");
}

static void
what_a_filter_asks_for_is_lit(void **state)
{
	(void)state;
	expect("2026-11-22 14:02:12.140 warning refuse  1 reason=deny",
	    "14:02 refuse reason=deny", 0,
	    "MMMMMddddddd.SSSSSSSSMMMMMM"
	    "...........MMMM");
	expect("aXaXa", "a", 0, "M.M.M");
	expect("aXaXa", "a", 2, "M.M");
	/* Overlapping reasons are lit as one. */
	expect("abcdef", "bcd cde", 0, ".MMMM.");
	expect("abcdef", "bcde c f", 0, ".MMMMM");
	expect("^b", "b", 0, "sM");
}

static int
open_record(void **state)
{
	record = record_new();
	return record != NULL ? region_setup(state) : -1;
}

static int
close_record(void **state)
{
	(void)state;
	record_free(record);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(time_and_level_are_quiet),
	    cmocka_unit_test(warnings_and_errors_stand_out),
	    cmocka_unit_test(what_a_filter_asks_for_is_lit),
	};

	return cmocka_run_group_tests(tests, open_record, close_record);
}
