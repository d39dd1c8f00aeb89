/* filter: which terms a line passes, and why. */

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "log_events.h"
#include "record.h"

#define DATA_TEXT \
	"2026-11-22 14:02:12.140 info  data    #13 12 B \"hello World\\n\""
#define DATA_JSON                                                         \
	"{\"ts\":\"2026-11-22T14:02:12.140Z\",\"level\":\"info\","        \
	"\"event\":\"data\",\"client\":13,\"bytes\":12,\"text\":\"hello " \
	"World\\\\n\"}"
#define CLOSE_TEXT                                                    \
	"2026-11-22 14:02:13.140 warning close   #3 127.0.0.1:53122 " \
	"reason=\"by peer\" secs=12.345"

static struct record *record;

static struct filter *
make(const char *text)
{
	struct filter *f = filter_new(text, strlen(text));

	assert_non_null(f);
	return f;
}

static bool
passes(const char *text, const char *line)
{
	struct filter *f = make(text);
	bool passed;

	record_parse(record, line, strlen(line));
	passed = filter_passes(f, record);
	if (passed)
		assert_true(filter_may_pass(f, line, strlen(line)));
	filter_free(f);
	return passed;
}

static void
a_word_stands_anywhere_in_what_is_shown(void **state)
{
	static const char *const lines[] = {DATA_TEXT, DATA_JSON};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(passes("hello", lines[i]));
		assert_true(passes("#13", lines[i]));
		assert_true(passes("B", lines[i]));
		assert_true(passes("14:02", lines[i]));
		assert_true(passes("d\\n", lines[i]));
		assert_true(passes("\"info  data\"", lines[i]));
		/* The day is not shown, nor is the form of JSON. */
		assert_false(passes("2026", lines[i]));
		assert_false(passes("client", lines[i]));
		assert_false(passes("{", lines[i]));
	}
	assert_true(passes("wor", "some other words"));
}

static void
case_is_ignored_without_a_capital(void **state)
{
	(void)state;
	assert_true(passes("world", DATA_TEXT));
	assert_true(passes("World", DATA_TEXT));
	assert_false(passes("Hello", DATA_TEXT));
	assert_true(passes("Wor hel", DATA_TEXT));
	assert_true(passes("한글", "여기 한글 있음"));
}

static void
a_key_has_its_value_looked_at_alone(void **state)
{
	(void)state;
	assert_true(passes("peer=127", CLOSE_TEXT));
	assert_true(passes("peer=:53", CLOSE_TEXT));
	assert_false(passes("peer=close", CLOSE_TEXT));
	assert_false(passes("text=127", CLOSE_TEXT));
	assert_true(passes("text=hello", DATA_JSON));
	assert_true(passes("event=data", DATA_JSON));
	assert_true(passes("ts=2026-11-22", DATA_JSON));
	assert_true(passes("ts=2026-11-22", DATA_TEXT));
	assert_true(passes("text=other", "some other words"));
	/* No key: no word either. */
	assert_true(passes("1:53", CLOSE_TEXT));
	assert_false(passes("=peer", CLOSE_TEXT));
}

static void
a_number_is_all_of_it(void **state)
{
	(void)state;
	assert_true(passes("client=13", DATA_TEXT));
	assert_true(passes("client=13", DATA_JSON));
	assert_false(passes("client=1", DATA_TEXT));
	assert_false(passes("client=3", DATA_JSON));
	assert_true(passes("secs=12", CLOSE_TEXT));
	assert_false(passes("secs=1", CLOSE_TEXT));
	assert_true(passes("secs=12.3", CLOSE_TEXT));
}

static void
a_level_begins_with_it(void **state)
{
	(void)state;
	assert_true(passes("level=warning", CLOSE_TEXT));
	assert_true(passes("level=warn", CLOSE_TEXT));
	assert_false(passes("level=ing", CLOSE_TEXT));
	assert_false(passes("level=error", CLOSE_TEXT));
	assert_false(passes("level=info", "a line without"));
	assert_true(passes("!level=info", "a line without"));
}

static void
all_terms_have_to_hold(void **state)
{
	(void)state;
	assert_true(passes("hello world", DATA_TEXT));
	assert_true(passes("world  hello\t#13 ", DATA_TEXT));
	assert_false(passes("hello nobody", DATA_TEXT));
	assert_true(passes("hello !nobody", DATA_TEXT));
	assert_false(passes("hello !world", DATA_TEXT));
	assert_false(passes("!event=data", DATA_JSON));
	assert_true(passes("!event=close !peer=1", DATA_JSON));
	assert_true(passes("!!hello", DATA_TEXT));
}

static void
quotes_keep_blanks_together(void **state)
{
	(void)state;
	assert_true(passes("\"by peer\"", CLOSE_TEXT));
	assert_false(passes("\"peer by\"", CLOSE_TEXT));
	assert_true(passes("reason=\"by peer\"", CLOSE_TEXT));
	assert_true(passes("reason=by\" \"peer", CLOSE_TEXT));
	assert_false(passes("!reason=\"by peer\"", CLOSE_TEXT));
	/* Within them nothing is a key. */
	assert_false(passes("\"peer=127\"", CLOSE_TEXT));
	assert_true(passes("\"secs=12\"", CLOSE_TEXT));
}

static void
what_is_not_complete_asks_for_nothing(void **state)
{
	static const char *const texts[] = {"", " ", "!", "!!",
	    "peer=", "!peer=", "\"", "\"\"", "!\"", "level=\"", "! ! !"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct filter *f = make(texts[i]);

		assert_false(filter_asks(f));
		filter_free(f);
		assert_true(passes(texts[i], CLOSE_TEXT));
	}
	assert_true(passes("\"by pe", CLOSE_TEXT));
	assert_false(passes("peer= nobody", CLOSE_TEXT));
	assert_true(passes("peer= by", CLOSE_TEXT));
	/* The key that asks for nothing is none of the next one's. */
	assert_true(passes("reason= in=12 ", "{\"in\":12}"));
}

static void
a_line_that_cannot_pass_is_not_taken_apart(void **state)
{
	struct filter *f = make("refuse");

	(void)state;
	assert_false(filter_may_pass(f, DATA_TEXT, strlen(DATA_TEXT)));
	assert_false(filter_may_pass(f, DATA_JSON, strlen(DATA_JSON)));
	/* It may be written in another way. */
	assert_true(filter_may_pass(f, "{\"a\":\"r\\u0065fuse\"}", 19));
	assert_true(filter_may_pass(f, "{\"a\":\"x\\\\uy\"}", 13) == false);
	filter_free(f);
	f = make("14:02");
	assert_true(filter_may_pass(f, "{\"ts\":1}", 8));
	assert_false(filter_may_pass(f, "ts=1", 4));
	filter_free(f);
}

static void
expect_ranges(const char *text, const char *line, size_t from, size_t max,
    const char *expected)
{
	struct filter_range ranges[8];
	struct filter *f = make(text);
	char lit[256] = "";
	const char *shown;
	size_t count, len;

	record_parse(record, line, strlen(line));
	shown = record_text(record, &len);
	count = filter_ranges(f, record, from, ranges, max);
	assert_true(count <= max);
	for (size_t i = 0; i < count; i++) {
		assert_true(ranges[i].start + ranges[i].len <= len);
		if (i > 0)
			assert_true(ranges[i - 1].start <= ranges[i].start);
		strncat(lit, shown + ranges[i].start, ranges[i].len);
		strcat(lit, "|");
	}
	assert_string_equal(lit, expected);
	filter_free(f);
}

static void
the_reason_is_told(void **state)
{
	(void)state;
	expect_ranges("o", DATA_TEXT, 0, 8, "o|o|o|");
	expect_ranges("o", DATA_JSON, 0, 2, "o|o|");
	expect_ranges("world !nobody hello", DATA_JSON, 0, 8, "hello|World|");
	expect_ranges("world hello", DATA_JSON, 0, 1, "hello|");
	expect_ranges("world hello", DATA_TEXT, 42, 8, "World|");
	expect_ranges("client=13", DATA_JSON, 0, 8, "13|");
	expect_ranges("event=data level=in", DATA_TEXT, 0, 8, "in|data|");
	expect_ranges(
	    "reason=\"by peer\" secs=12", CLOSE_TEXT, 0, 8, "by peer|12|");
	expect_ranges("ts=14:02 2", CLOSE_TEXT, 0, 3, "14:02|2|2|");
	expect_ranges("", CLOSE_TEXT, 0, 8, "");
}

static size_t
random_filter(char *buf, size_t max)
{
	static const char *const pieces[] = {"!", "\"", " ", "=",
	    "peer=", "client=", "level=", "text=", "a", "A", "1", "127", "info",
	    "data", "error", "\\", "\xff", "한", "#", "x=1", "e3", "reason"};
	size_t len = 0;

	for (unsigned n = log_events_random() % 6; n > 0; n--) {
		const char *piece = pieces[log_events_random() %
		    (sizeof(pieces) / sizeof(*pieces))];

		if (len + strlen(piece) > max)
			break;
		memcpy(buf + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return len;
}

/* The reasons are within the line, and are none where it does not pass. */
static void
check_ranges(const struct filter *f, size_t from)
{
	struct filter_range ranges[4];
	size_t count, len;

	record_text(record, &len);
	count = filter_ranges(f, record, from, ranges, 4);
	assert_true(count <= 4);
	for (size_t i = 0; i < count; i++) {
		assert_true(ranges[i].len > 0);
		assert_true(ranges[i].start + ranges[i].len > from);
		assert_true(ranges[i].start + ranges[i].len <= len);
	}
}

/* The same event passes in both formats, and what may not pass does not. */
static void
any_filter_says_the_same_of_both_formats(void **state)
{
	static char lines[2][LOG_LINE_MAX];
	unsigned passed = 0;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		char text[64];
		size_t len = random_filter(text, sizeof(text));
		struct filter *f = filter_new(text, len);
		struct log_event_made e;
		bool both[2];

		assert_non_null(f);
		log_events_make(&e);
		for (int json = 0; json < 2; json++) {
			size_t n = log_events_format(lines[json], json, &e);

			record_parse(record, lines[json], n);
			both[json] = filter_passes(f, record);
			if (both[json])
				assert_true(filter_may_pass(f, lines[json], n));
			check_ranges(f, log_events_random() % 60);
		}
		assert_int_equal(both[0], both[1]);
		passed += both[0];
		filter_free(f);
	}
	assert_in_range(passed, 5000, 25000);
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
	    cmocka_unit_test(a_word_stands_anywhere_in_what_is_shown),
	    cmocka_unit_test(case_is_ignored_without_a_capital),
	    cmocka_unit_test(a_key_has_its_value_looked_at_alone),
	    cmocka_unit_test(a_number_is_all_of_it),
	    cmocka_unit_test(a_level_begins_with_it),
	    cmocka_unit_test(all_terms_have_to_hold),
	    cmocka_unit_test(quotes_keep_blanks_together),
	    cmocka_unit_test(what_is_not_complete_asks_for_nothing),
	    cmocka_unit_test(a_line_that_cannot_pass_is_not_taken_apart),
	    cmocka_unit_test(the_reason_is_told),
	    cmocka_unit_test(any_filter_says_the_same_of_both_formats),
	};

	return cmocka_run_group_tests(tests, open_record, close_record);
}
