/* record: lines of a log in both formats, answers, and all that is neither. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/effort.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "log_events.h"
#include "log_format.h"
#include "record.h"

static struct record *record;

static void
parse(const char *line)
{
	record_parse(record, line, strlen(line));
}

static void
expect_kind(const char *line, enum record_kind kind)
{
	parse(line);
	if (record_kind(record) != kind)
		print_error("%s\n", line);
	assert_int_equal(record_kind(record), kind);
}

static void
expect_field(const char *key, const char *text)
{
	const struct record_field *field = record_find(record, key);

	assert_non_null(field);
	assert_int_equal(field->len, strlen(text));
	assert_memory_equal(field->text, text, field->len);
	assert_true(record_is(record, key, text));
}

static void
expect_text(const char *text)
{
	size_t len;
	const char *shown = record_text(record, &len);

	assert_int_equal(len, strlen(text));
	assert_memory_equal(shown, text, len);
}

static void
expect_count(const char *key, uint64_t number)
{
	uint64_t count = 0;

	assert_true(record_count(record, key, &count));
	assert_int_equal(count, number);
}

static void
a_line_of_text_is_taken_apart(void **state)
{
	size_t count;

	(void)state;
	parse("2026-11-22 14:02:12.001 info  connect #1 127.0.0.1:53122 "
	      "open=1");
	assert_int_equal(record_kind(record), RECORD_TEXT);
	assert_int_equal(record_level(record), LOG_LEVEL_INFO);
	record_fields(record, &count);
	assert_int_equal(count, 6);
	expect_field("ts", "2026-11-22 14:02:12.001");
	expect_field("level", "info");
	expect_field("event", "connect");
	expect_field("client", "1");
	expect_field("peer", "127.0.0.1:53122");
	expect_count("open", 1);
	expect_text("14:02:12.001 info  connect #1 127.0.0.1:53122 open=1");
}

static void
what_stands_without_a_key_is_known_by_its_form(void **state)
{
	(void)state;
	parse("2026-11-22 14:02:12.140 info  data    #1 12 B "
	      "\"say \\\"hi\\\"\\n\"");
	expect_count("bytes", 12);
	expect_field("text", "say \\\"hi\\\"\\n");
	parse("2026-11-22 14:02:12.140 info  listen  [::1]:8080");
	expect_field("addr", "[::1]:8080");
	parse("2026-11-22 14:02:12.140 info  listen  \"unix:/a b\"");
	expect_field("addr", "unix:/a b");
	parse("2026-11-22 14:02:12.140 warning refuse  192.0.2.1:99 "
	      "reason=deny");
	expect_field("peer", "192.0.2.1:99");
	assert_int_equal(record_level(record), LOG_LEVEL_WARNING);
	parse("2026-11-22 14:02:12.140 info  drain");
	expect_field("event", "drain");
	parse("2026-11-22 14:02:12.140 error error   unix:/a=b "
	      "error=\"No such file\"");
	expect_field("addr", "unix:/a=b");
	expect_field("error", "No such file");
}

static void
json_is_shown_as_text_has_it(void **state)
{
	(void)state;
	parse("{\"event\":\"data\",\"client\":1,\"ts\":\"2026-11-22T14:02:"
	      "12.140Z\",\"bytes\":12,\"text\":\"hello world\\\\n\","
	      "\"level\":\"info\",\"secs\":0.200}");
	assert_int_equal(record_kind(record), RECORD_JSON);
	assert_int_equal(record_level(record), LOG_LEVEL_INFO);
	expect_field("text", "hello world\\n");
	expect_text("14:02:12.140 info  data    #1 12 B \"hello world\\n\" "
		    "secs=0.200");
}

/* An answer of the control socket has neither time nor level. */
static void
an_answer_is_a_record_too(void **state)
{
	double age = 0;
	uint64_t count = 77;

	(void)state;
	parse("{\"client\":3,\"peer\":\"127.0.0.1:53122\",\"age\":12.345,"
	      "\"in\":9223372036854775807,\"log_data\":\"\"}");
	assert_int_equal(record_kind(record), RECORD_JSON);
	assert_int_equal(record_level(record), RECORD_NO_LEVEL);
	assert_true(record_number(record, "age", &age));
	assert_true(age == 12.345);
	assert_false(record_count(record, "age", &count));
	assert_false(record_count(record, "peer", &count));
	assert_false(record_number(record, "nobody", &age));
	assert_int_equal(count, 77);
	expect_count("in", 9223372036854775807u);
	expect_text("#3 127.0.0.1:53122 age=12.345 in=9223372036854775807 "
		    "log_data=\"\"");
	parse("{\"ok\":true}");
	expect_field("ok", "true");
	parse("{}");
	assert_int_equal(record_kind(record), RECORD_JSON);
	expect_text("");
}

static void
numbers_are_spelt_as_yodeld_does(void **state)
{
	double value;
	uint64_t count;

	(void)state;
	parse("{\"a\":0.200,\"b\":-3,\"c\":1e3,\"d\":0.1234567,\"e\":1e300,"
	      "\"f\":-0.5}");
	expect_text("a=0.200 b=-3 c=1000.000 d=0.1234567 e=1e300 f=-0.5");
	assert_true(record_number(record, "d", &value));
	assert_true(value == 0.1234567);
	parse("2026-11-22 14:02:12.140 info  close   #1 secs=12.340 in=007");
	assert_true(record_number(record, "secs", &value));
	assert_true(value == 12.34);
	expect_count("in", 7);
	/* Up to the most that there is room for. */
	parse("2026-11-22 14:02:12.140 info  close   #1 "
	      "in=18446744073709551615 out=18446744073709551616");
	expect_count("in", UINT64_MAX);
	assert_false(record_count(record, "out", &count));
}

/* Whatever its head claims: what has no place there stands among the rest. */
static void
a_strange_head_is_shown_as_fields(void **state)
{
	(void)state;
	parse("{\"ts\":\"yesterday\",\"level\":30,\"event\":\"a b\"}");
	assert_int_equal(record_kind(record), RECORD_JSON);
	assert_int_equal(record_level(record), RECORD_NO_LEVEL);
	expect_text("ts=yesterday level=30 event=\"a b\"");
	parse("{\"ts\":\"2026-13-22T14:02:12.140Z\",\"event\":\"x\"}");
	expect_text("x       ts=2026-13-22T14:02:12.140Z");
	parse("{\"level\":\"fatal\",\"client\":1.5,\"bytes\":\"12\"}");
	expect_text("level=fatal client=1.500 bytes=12");
}

static void
anything_else_is_plain(void **state)
{
	static const char *const lines[] = {"", " ", "hello", "{", "{]", "[]",
	    "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":1} x", "{\"a\":1}{\"b\":2}",
	    "{\"a\":99999999999999999999}", "{\"a\":1e999}",
	    "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}",
	    "{\"a\":\"\x1b\"}",
	    "{\"ts\":\"2026-11-22T14:02:12.140Z\",\"level\":\"in",
	    "2026-11-22 14:02:12.140", "2026-11-22 14:02:12.140 ",
	    "2026-11-22 14:02:12.140 info", "2026-11-22 14:02:12.140 info  ",
	    "2026-11-22 14:02:12.140 info drain",
	    "2026-11-22 14:02:12.140 note  drain",
	    "2026-11-22T14:02:12.140 info  drain",
	    "2026-11-22 14:02:12.14x info  drain",
	    "2026-11-22 14:02:12.140 info  drain ",
	    "2026-11-22 14:02:12.140 info  data    #1 12 B \"cut",
	    "2026-11-22 14:02:12.140 info  data    #1 12 B \"cut\\\"",
	    "2026-11-22 14:02:12.140 info  data    #1 12 B \"cut\\",
	    "2026-11-22 14:02:12.140 info  data    #1  12 B",
	    "2026-11-22 14:02:12.140 info  data    # 12 B",
	    "2026-11-22 14:02:12.140 info  data    #1x",
	    "2026-11-22 14:02:12.140 info  connect #1 ",
	    "2026-11-22 14:02:12.140 info  data    \"a\"b",
	    "2026-11-22 14:02:12.140 info  close   #1 in=",
	    "2026-11-22 14:02:12.140 info  close   #1 in= out=1"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		expect_kind(lines[i], RECORD_PLAIN);
		assert_int_equal(record_level(record), RECORD_NO_LEVEL);
		expect_field("text", lines[i]);
		expect_text(lines[i]);
	}
	record_parse(record, "{\"a\":\"\0\"}", 9);
	assert_int_equal(record_kind(record), RECORD_PLAIN);
}

/* {"k":0,"k1":0 ... }, or its like as text */
static void
put_fields(char *buf, bool json, int fields)
{
	size_t n = (size_t)sprintf(
	    buf, json ? "{\"k\":0" : "2026-11-22 14:02:12.140 info  event   k");

	for (int i = 1; i < fields; i++)
		n +=
		    (size_t)sprintf(buf + n, json ? ",\"k%d\":0" : " k%d=0", i);
	if (json)
		strcat(buf, "}");
}

static void
there_is_a_bound_on_what_is_taken_apart(void **state)
{
	static char line[1 << 20];

	(void)state;
	put_fields(line, true, RECORD_FIELDS_MAX);
	expect_kind(line, RECORD_JSON);
	put_fields(line, true, RECORD_FIELDS_MAX + 1);
	expect_kind(line, RECORD_PLAIN);
	put_fields(line, false, RECORD_FIELDS_MAX - 3);
	expect_kind(line, RECORD_TEXT);
	put_fields(line, false, RECORD_FIELDS_MAX - 2);
	expect_kind(line, RECORD_PLAIN);
	memset(line, ' ', sizeof(line) - 1);
	memcpy(line, "{\"a\":1", 6);
	line[RECORD_LINE_MAX - 1] = '}';
	line[RECORD_LINE_MAX] = '\0';
	expect_kind(line, RECORD_JSON);
	memset(line, '[', sizeof(line) - 1);
	memcpy(line, "{\"a\":", 5);
	expect_kind(line, RECORD_PLAIN);
	record_parse(record, line, RECORD_LINE_MAX);
	assert_int_equal(record_kind(record), RECORD_PLAIN);
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "{\"a\":\"", 6);
	memcpy(line + sizeof(line) - 3, "\"}", 2);
	expect_kind(line, RECORD_PLAIN);
}

static void
a_value_has_its_place_in_what_is_shown(void **state)
{
	static const char *const lines[] = {
	    "2026-11-22 14:02:12.140 warning close   #1 in=\"a b\" out=3",
	    "{\"ts\":\"2026-11-22T14:02:12.140Z\",\"level\":\"warning\","
	    "\"event\":\"close\",\"client\":1,\"in\":\"a b\",\"out\":3}"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		static const char *const values[] = {
		    "14:02:12.140", "warning", "close", "1", "a b", "3"};
		const struct record_field *fields;
		size_t count, shown_len, start, len;
		const char *shown;

		parse(lines[i]);
		shown = record_text(record, &shown_len);
		fields = record_fields(record, &count);
		assert_int_equal(count, 6);
		for (size_t k = 0; k < count; k++) {
			record_place(record, &fields[k], &start, &len);
			assert_true(start + len <= shown_len);
			assert_int_equal(len, strlen(values[k]));
			assert_memory_equal(shown + start, values[k], len);
		}
	}
}

static void
compare_fields(const struct record *a, const struct record *b)
{
	size_t na, nb;
	const struct record_field *fa = record_fields(a, &na);
	const struct record_field *fb = record_fields(b, &nb);

	assert_int_equal(na, nb);
	for (size_t i = 0; i < na; i++) {
		assert_int_equal(fa[i].key_len, fb[i].key_len);
		assert_memory_equal(fa[i].key, fb[i].key, fa[i].key_len);
		assert_int_equal(fa[i].len, fb[i].len);
		assert_memory_equal(fa[i].text, fb[i].text, fa[i].len);
	}
}

static void
both_formats_of_an_event_say_the_same(void **state)
{
	static char lines[2][LOG_LINE_MAX];
	struct record *other = record_new();

	(void)state;
	assert_non_null(other);
	for (int i = 0; i < 20000; i++) {
		size_t len[2], shown_len, json_len;
		const char *shown, *json;
		struct log_event_made e;

		log_events_make(&e);
		len[0] = log_events_format(lines[0], false, &e);
		len[1] = log_events_format(lines[1], true, &e);
		record_parse(record, lines[0], len[0]);
		record_parse(other, lines[1], len[1]);
		assert_int_equal(record_kind(record), RECORD_TEXT);
		assert_int_equal(record_kind(other), RECORD_JSON);
		assert_int_equal(record_level(record), e.level);
		assert_int_equal(record_level(other), e.level);
		compare_fields(record, other);
		shown = record_line(record, &shown_len);
		json = record_line(other, &json_len);
		assert_int_equal(json_len, shown_len);
		assert_memory_equal(json, shown, shown_len);
	}
	record_free(other);
}

/* From 1970 to 2239, leap years among them: UTC in one, local in the other. */
static void
a_time_is_the_same_in_both_formats(void **state)
{
	char text[LOG_LINE_MAX], json[LOG_LINE_MAX];
	struct log_stamp stamps[2] = {0};

	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint64_t wall_ms = (uint64_t)log_events_random() * 506963 +
		    log_events_random() % 1000;

		log_format_stamp(&stamps[0], false, wall_ms);
		log_format_stamp(&stamps[1], true, wall_ms);
		snprintf(text, sizeof(text), "%.*s", 23, stamps[0].text);
		snprintf(json, sizeof(json), "%.*s\"event\":\"x\"}",
		    (int)stamps[1].len, stamps[1].text);
		parse(json);
		expect_field("ts", text);
	}
}

/* All that is asked of a record lies within it, whatever it came from. */
static void
expect_sane(const char *line, size_t len)
{
	size_t count, shown_len, start, place_len;
	const struct record_field *fields = record_fields(record, &count);
	const char *shown = record_text(record, &shown_len);

	assert_true(count <= RECORD_FIELDS_MAX);
	if (record_kind(record) == RECORD_PLAIN) {
		assert_ptr_equal(shown, line);
		assert_int_equal(shown_len, len);
	}
	for (size_t i = 0; i < count; i++) {
		record_place(record, &fields[i], &start, &place_len);
		assert_true(start + place_len <= shown_len);
		if (place_len == fields[i].len)
			assert_memory_equal(
			    shown + start, fields[i].text, place_len);
	}
}

/* Lines that were cut, or of which some bytes are others. */
static void
a_damaged_line_is_plain_or_sane(void **state)
{
	static char line[LOG_LINE_MAX], *copy;
	const int rounds = effort_rounds(50000);

	(void)state;
	for (int i = 0; i < rounds; i++) {
		struct log_event_made e;
		size_t len;

		log_events_make(&e);
		len = log_events_format(line, log_events_random() % 2 == 0, &e);
		for (unsigned n = log_events_random() % 4; n > 0; n--)
			line[log_events_random() % len] =
			    "\"\\{}[]:,= #\n\0\xff\xed"
			    "19tue"[log_events_random() % 20];
		if (log_events_random() % 3 == 0)
			len = log_events_random() % len;
		/* Where the sanitizers see a byte too many. */
		copy = malloc(len > 0 ? len : 1);
		assert_non_null(copy);
		memcpy(copy, line, len);
		record_parse(record, copy, len);
		expect_sane(copy, len);
		record_parse(record, "", 0);
		free(copy);
	}
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
	    cmocka_unit_test(a_line_of_text_is_taken_apart),
	    cmocka_unit_test(what_stands_without_a_key_is_known_by_its_form),
	    cmocka_unit_test(json_is_shown_as_text_has_it),
	    cmocka_unit_test(an_answer_is_a_record_too),
	    cmocka_unit_test(numbers_are_spelt_as_yodeld_does),
	    cmocka_unit_test(a_strange_head_is_shown_as_fields),
	    cmocka_unit_test(anything_else_is_plain),
	    cmocka_unit_test(there_is_a_bound_on_what_is_taken_apart),
	    cmocka_unit_test(a_value_has_its_place_in_what_is_shown),
	    cmocka_unit_test(both_formats_of_an_event_say_the_same),
	    cmocka_unit_test(a_time_is_the_same_in_both_formats),
	    cmocka_unit_test(a_damaged_line_is_plain_or_sane),
	};

	return cmocka_run_group_tests(tests, open_record, close_record);
}
