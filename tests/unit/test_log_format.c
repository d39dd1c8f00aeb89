/* log_format, log_ring: the form of a line, and where lines wait. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/harness.h"
#include "log_format.h"
#include "log_ring.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2026-11-22 14:02:12 UTC, a Sunday */
#define A_SECOND_MS UINT64_C(1795356132000)

static const char *
body_of(bool json, enum log_level level, const char *event,
    const struct log_field *fields, size_t nfields)
{
	static char body[LOG_BODY_MAX + 1];
	size_t len;

	len = log_format_body(body, json, level, event, fields, nfields);
	assert_in_range(len, 1, LOG_BODY_MAX);
	body[len] = '\0';
	assert_int_equal(strlen(body), len);
	/* Whatever is in it, it is one line. */
	assert_ptr_equal(strchr(body, '\n'), body + len - 1);
	return body;
}

static void
check_both(enum log_level level, const char *event,
    const struct log_field *fields, size_t nfields, const char *text,
    const char *json)
{
	assert_string_equal(
	    body_of(false, level, event, fields, nfields), text);
	assert_string_equal(body_of(true, level, event, fields, nfields), json);
}

static void
check_field(struct log_field field, const char *text, const char *json)
{
	char text_line[2 * LOG_LINE_MAX], json_line[2 * LOG_LINE_MAX];

	snprintf(text_line, sizeof(text_line), "info  event   %s\n", text);
	snprintf(json_line, sizeof(json_line),
	    "\"level\":\"info\",\"event\":\"event\",%s}\n", json);
	check_both(LOG_LEVEL_INFO, "event", &field, 1, text_line, json_line);
}

static void
the_events_of_a_client_look_as_documented(void **state)
{
	const struct log_field connected[] = {
	    log_number("client", 1),
	    log_text("peer", "127.0.0.1:53122"),
	    log_number("open", 1),
	};
	const struct log_field data[] = {
	    log_number("client", 1),
	    log_number("bytes", 12),
	    log_bytes("text", "hello world\n", 12),
	};
	const struct log_field closed[] = {
	    log_number("client", 1),
	    log_text("peer", "[::1]:53122"),
	    log_text("reason", "peer"),
	    log_number("in", 12),
	    log_number("out", 12),
	    log_seconds("secs", 61007),
	    log_number("open", 0),
	};

	(void)state;
	check_both(LOG_LEVEL_INFO, "connect", connected, COUNT(connected),
	    "info  connect #1 127.0.0.1:53122 open=1\n",
	    "\"level\":\"info\",\"event\":\"connect\",\"client\":1,"
	    "\"peer\":\"127.0.0.1:53122\",\"open\":1}\n");
	check_both(LOG_LEVEL_INFO, "data", data, COUNT(data),
	    "info  data    #1 12 B \"hello world\\n\"\n",
	    "\"level\":\"info\",\"event\":\"data\",\"client\":1,"
	    "\"bytes\":12,\"text\":\"hello world\\\\n\"}\n");
	check_both(LOG_LEVEL_INFO, "close", closed, COUNT(closed),
	    "info  close   #1 [::1]:53122 reason=peer in=12 out=12 "
	    "secs=61.007 open=0\n",
	    "\"level\":\"info\",\"event\":\"close\",\"client\":1,"
	    "\"peer\":\"[::1]:53122\",\"reason\":\"peer\",\"in\":12,"
	    "\"out\":12,\"secs\":61.007,\"open\":0}\n");
}

static void
every_level_has_its_name(void **state)
{
	(void)state;
	check_both(LOG_LEVEL_DEBUG, "stop", NULL, 0, "debug stop\n",
	    "\"level\":\"debug\",\"event\":\"stop\"}\n");
	check_both(LOG_LEVEL_INFO, "stop", NULL, 0, "info  stop\n",
	    "\"level\":\"info\",\"event\":\"stop\"}\n");
	check_both(LOG_LEVEL_WARNING, "stop", NULL, 0, "warning stop\n",
	    "\"level\":\"warning\",\"event\":\"stop\"}\n");
	check_both(LOG_LEVEL_ERROR, "stop", NULL, 0, "error stop\n",
	    "\"level\":\"error\",\"event\":\"stop\"}\n");
}

static void
a_value_is_quoted_where_it_has_to_be(void **state)
{
	(void)state;
	check_field(log_text("reason", "per-ip"), "reason=per-ip",
	    "\"reason\":\"per-ip\"");
	check_field(log_text("reason", "no room"), "reason=\"no room\"",
	    "\"reason\":\"no room\"");
	check_field(log_text("reason", "a\"b"), "reason=\"a\\\"b\"",
	    "\"reason\":\"a\\\\\\\"b\"");
	check_field(log_text("reason", ""), "reason=\"\"", "\"reason\":\"\"");
	check_field(log_text("reason", NULL), "reason=\"\"", "\"reason\":\"\"");
	check_field(log_text("error", "EPIPE"), "error=\"EPIPE\"",
	    "\"error\":\"EPIPE\"");
	check_field(log_errno(EPIPE), "error=\"Broken pipe\"",
	    "\"error\":\"Broken pipe\"");
	check_field(log_text("text", "hi"), "\"hi\"", "\"text\":\"hi\"");
	check_field(log_text("peer", "unix:/a b"), "\"unix:/a b\"",
	    "\"peer\":\"unix:/a b\"");
	check_field(
	    log_text("addr", "unix:/a"), "unix:/a", "\"addr\":\"unix:/a\"");
}

static void
numbers_keep_all_their_digits(void **state)
{
	(void)state;
	check_field(log_number("in", UINT64_MAX), "in=18446744073709551615",
	    "\"in\":18446744073709551615");
	check_field(log_seconds("secs", 0), "secs=0.000", "\"secs\":0.000");
	check_field(log_seconds("secs", 1), "secs=0.001", "\"secs\":0.001");
	check_field(log_seconds("secs", UINT64_MAX),
	    "secs=18446744073709551.615", "\"secs\":18446744073709551.615");
}

static void
bytes_that_would_act_are_spelt_out(void **state)
{
	(void)state;
	check_field(log_bytes("text", "a\r\n\tb", 5), "\"a\\r\\n\\tb\"",
	    "\"text\":\"a\\\\r\\\\n\\\\tb\"");
	check_field(log_bytes("text", "\0\033[2J\177", 6),
	    "\"\\x00\\x1b[2J\\x7f\"", "\"text\":\"\\\\x00\\\\x1b[2J\\\\x7f\"");
	check_field(log_bytes("text", "\\\"", 2), "\"\\\\\\\"\"",
	    "\"text\":\"\\\\\\\\\\\\\\\"\"");
	check_field(log_text("text", "\xff\xc3\xa9\xc2\x85"),
	    "\"\\xff\xc3\xa9\\x85\"", "\"text\":\"\\\\xff\xc3\xa9\\\\x85\"");
	check_field(log_text("text", "\xe2\x80\xae"), "\"<U+202E>\"",
	    "\"text\":\"<U+202E>\"");
	/* A forged line stays inside its quotes. */
	check_field(log_text("reason", "x\n2026-11-22 info"),
	    "reason=\"x\\n2026-11-22 info\"",
	    "\"reason\":\"x\\\\n2026-11-22 info\"");
}

static void
a_long_text_is_cut_and_says_so(void **state)
{
	char said[200], cut[256], json[256];

	(void)state;
	memset(said, 'x', sizeof(said));
	snprintf(cut, sizeof(cut), "\"%.117s...\"", said);
	snprintf(json, sizeof(json), "\"text\":\"%.117s...\"", said);
	check_field(log_bytes("text", said, sizeof(said)), cut, json);
	snprintf(cut, sizeof(cut), "\"%.120s\"", said);
	snprintf(json, sizeof(json), "\"text\":\"%.120s\"", said);
	check_field(log_bytes("text", said, 120), cut, json);
}

static void
check_ends_well(const char *body, bool json)
{
	size_t len = strlen(body);

	assert_in_range(len, 100, LOG_BODY_MAX);
	if (json)
		assert_string_equal(body + len - 3, "0}\n");
}

static void
what_has_no_room_is_left_out_and_the_line_stays_whole(void **state)
{
	const size_t huge_len = 10 * 1024 * 1024;
	struct log_field fields[42];
	char *huge;
	size_t i;
	int fill;

	(void)state;
	huge = malloc(huge_len);
	assert_non_null(huge);
	for (fill = 0; fill < 256; fill += 5) {
		memset(huge, fill, huge_len);
		for (i = 0; i < COUNT(fields) - 1; i++)
			fields[i] = log_bytes("reason", huge, huge_len);
		fields[i] = log_number("open", 0);
		check_ends_well(body_of(false, LOG_LEVEL_INFO, "refuse", fields,
				    COUNT(fields)),
		    false);
		check_ends_well(body_of(true, LOG_LEVEL_INFO, "refuse", fields,
				    COUNT(fields)),
		    true);
	}
	free(huge);
}

static const char *
object_of(const struct log_field *fields, size_t nfields)
{
	static char line[LOG_LINE_MAX + 1];
	size_t len;

	len = log_format_object(line, fields, nfields);
	assert_in_range(len, 1, LOG_LINE_MAX);
	line[len] = '\0';
	assert_ptr_equal(strchr(line, '\n'), line + len - 1);
	return line;
}

static void
an_object_has_its_fields_and_nothing_else(void **state)
{
	char huge[2 * LOG_LINE_MAX];
	const struct log_field fields[] = {
	    log_number("worker", 0),
	    log_text("peer", "a\n"),
	    log_safe("error", "a \"b\"\\n"),
	    log_thousandths("in_1s", 1500),
	};
	struct log_field too_much[3];

	(void)state;
	assert_string_equal(object_of(NULL, 0), "{}\n");
	assert_string_equal(object_of(fields, COUNT(fields)),
	    "{\"worker\":0,\"peer\":\"a\\\\n\",\"error\":\"a \\\"b\\\"\\\\n\","
	    "\"in_1s\":1.500}\n");
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	too_much[0] = log_number("first", 1);
	too_much[1] = log_safe("huge", huge);
	too_much[2] = log_number("last", 2);
	assert_string_equal(object_of(too_much, 1), "{\"first\":1}\n");
	assert_string_equal(
	    object_of(too_much, COUNT(too_much)), "{\"first\":1,\"last\":2}\n");
}

static void
check_stamp(struct log_stamp *stamp, bool json, uint64_t ms, const char *text)
{
	log_format_stamp(stamp, json, ms);
	assert_int_equal(stamp->len, strlen(text));
	assert_memory_equal(stamp->text, text, stamp->len);
}

static void
a_stamp_follows_the_clock_both_ways(void **state)
{
	struct log_stamp stamp = {0};

	(void)state;
	check_stamp(&stamp, false, A_SECOND_MS + 1, "2026-11-22 14:02:12.001 ");
	check_stamp(
	    &stamp, false, A_SECOND_MS + 999, "2026-11-22 14:02:12.999 ");
	check_stamp(
	    &stamp, false, A_SECOND_MS + 1000, "2026-11-22 14:02:13.000 ");
	check_stamp(&stamp, false, A_SECOND_MS, "2026-11-22 14:02:12.000 ");
	check_stamp(&stamp, false, 0, "1970-01-01 00:00:00.000 ");
	log_format_stamp(&stamp, false, UINT64_MAX);
	assert_in_range(stamp.len, 1, LOG_STAMP_MAX);
}

static void
a_stamp_is_local_time_in_text_and_utc_in_json(void **state)
{
	struct log_stamp text = {0}, json = {0};

	(void)state;
	assert_int_equal(setenv("TZ", "XXX-02:00", 1), 0);
	tzset();
	check_stamp(&text, false, A_SECOND_MS, "2026-11-22 16:02:12.000 ");
	check_stamp(&json, true, A_SECOND_MS + 45,
	    "{\"ts\":\"2026-11-22T14:02:12.045Z\",");
	log_format_stamp(&json, true, UINT64_MAX);
	assert_in_range(json.len, 1, LOG_STAMP_MAX);
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
}

static void
append_text(struct log_ring *ring, const char *text)
{
	log_ring_append(ring, text, strlen(text));
}

static void
check_take(struct log_ring *ring, size_t size, uint64_t until, const char *text)
{
	char buf[64];
	size_t len;

	assert_in_range(size, 0, sizeof(buf));
	len = log_ring_take(ring, buf, size, until);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(buf, text, len);
}

static void
a_ring_gives_whole_lines_in_order(void **state)
{
	struct log_ring ring;

	(void)state;
	assert_int_equal(log_ring_init(&ring, 16), 0);
	check_take(&ring, 16, UINT64_MAX, "");
	append_text(&ring, "one\n");
	append_text(&ring, "tw");
	append_text(&ring, "o\n");
	append_text(&ring, "three\n");
	check_take(&ring, 3, UINT64_MAX, "");
	check_take(&ring, 6, UINT64_MAX, "one\n");
	check_take(&ring, 16, UINT64_MAX, "two\nthree\n");
	check_take(&ring, 16, UINT64_MAX, "");
	log_ring_end(&ring);
}

static void
a_ring_goes_round(void **state)
{
	char line[16];
	struct log_ring ring;
	int i;

	(void)state;
	assert_int_equal(log_ring_init(&ring, 16), 0);
	append_text(&ring, "000\n");
	for (i = 1; i < 200; i++) {
		snprintf(line, sizeof(line), "%03d-%.*s\n", i, i % 3, "abc");
		append_text(&ring, line);
		snprintf(line, sizeof(line), i == 1 ? "000\n" : "%03d-%.*s\n",
		    i - 1, (i - 1) % 3, "abc");
		check_take(&ring, strlen(line), UINT64_MAX, line);
	}
	assert_int_equal(ring.appended - ring.taken, ring.used);
	log_ring_end(&ring);
}

static void
a_ring_stops_at_a_mark(void **state)
{
	struct log_ring ring;
	uint64_t mark;

	(void)state;
	assert_int_equal(log_ring_init(&ring, 16), 0);
	append_text(&ring, "old\n");
	mark = ring.appended;
	append_text(&ring, "new\n");
	check_take(&ring, 16, mark, "old\n");
	check_take(&ring, 16, mark, "");
	check_take(&ring, 16, UINT64_MAX, "new\n");
	log_ring_end(&ring);
}

static void
the_last_quarter_of_a_ring_is_for_what_is_important(void **state)
{
	struct log_ring ring;

	(void)state;
	assert_int_equal(log_ring_init(&ring, 16), 0);
	assert_true(log_ring_fits(&ring, 12, false));
	assert_false(log_ring_fits(&ring, 13, false));
	assert_true(log_ring_fits(&ring, 16, true));
	assert_false(log_ring_fits(&ring, 17, true));
	append_text(&ring, "0123456789ab\n");
	assert_false(log_ring_fits(&ring, 0, false));
	assert_true(log_ring_fits(&ring, 3, true));
	assert_false(log_ring_fits(&ring, 4, true));
	log_ring_end(&ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_events_of_a_client_look_as_documented),
	    cmocka_unit_test(every_level_has_its_name),
	    cmocka_unit_test(a_value_is_quoted_where_it_has_to_be),
	    cmocka_unit_test(numbers_keep_all_their_digits),
	    cmocka_unit_test(bytes_that_would_act_are_spelt_out),
	    cmocka_unit_test(a_long_text_is_cut_and_says_so),
	    cmocka_unit_test(
		what_has_no_room_is_left_out_and_the_line_stays_whole),
	    cmocka_unit_test(an_object_has_its_fields_and_nothing_else),
	    cmocka_unit_test(a_stamp_follows_the_clock_both_ways),
	    cmocka_unit_test(a_stamp_is_local_time_in_text_and_utc_in_json),
	    cmocka_unit_test(a_ring_gives_whole_lines_in_order),
	    cmocka_unit_test(a_ring_goes_round),
	    cmocka_unit_test(a_ring_stops_at_a_mark),
	    cmocka_unit_test(
		the_last_quarter_of_a_ring_is_for_what_is_important),
	};

	if (setenv("TZ", "UTC0", 1) == -1)
		return 1;
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
