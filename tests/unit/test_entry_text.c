/* entry_text: entries of the transcript as lines of a text file. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "entry_text.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "transcript.h"
#include "visible.h"

/* All that was written, or as much of it as there is room for. */
struct sheet {
	struct entry_text text;
	char data[2048];
	size_t len;
	size_t room;
	int writes;
};

static int
sheet_write(void *arg, const char *p, size_t len)
{
	struct sheet *sheet = arg;

	if (len > sheet->room - sheet->len) {
		errno = ENOSPC;
		return -1;
	}
	memcpy(sheet->data + sheet->len, p, len);
	sheet->len += len;
	sheet->data[sheet->len] = '\0';
	sheet->writes++;
	return 0;
}

static int
setup(void **state)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));

	if (sheet == NULL)
		return -1;
	sheet->text.write = sheet_write;
	sheet->text.arg = sheet;
	sheet->room = sizeof(sheet->data) - 1;
	*state = sheet;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

static struct transcript_entry
entry_of(enum transcript_kind kind, const char *text)
{
	return (struct transcript_entry){
	    .wall_ms = 1500, .text = text, .len = strlen(text), .kind = kind};
}

static int
add(struct sheet *sheet, enum transcript_kind kind, const char *text,
    bool continued)
{
	struct transcript_entry entry = entry_of(kind, text);

	entry.continued = continued;
	return entry_text_add(&sheet->text, &entry);
}

static void
expect(struct sheet *sheet, const char *text)
{
	assert_string_equal(sheet->data, text);
	sheet->len = 0;
	sheet->data[0] = '\0';
}

static void
each_kind_has_its_glyph(void **state)
{
	struct sheet *sheet = *state;

	assert_int_equal(add(sheet, TRANSCRIPT_NOTICE, "connected", false), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_SENT, "one", false), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_RECEIVED, "", false), 0);
	expect(sheet,
	    "1970-01-01 00:00:01.500 - connected\n"
	    "1970-01-01 00:00:01.500 > one\n"
	    "1970-01-01 00:00:01.500 < \n");
	assert_int_equal(entry_text_end(&sheet->text), 0);
	expect(sheet, "");
}

static void
the_time_is_each_entry_s_own(void **state)
{
	static const struct {
		uint64_t wall_ms;
		const char *line;
	} times[] = {
	    {0, "1970-01-01 00:00:00.000 > x\n"},
	    {7, "1970-01-01 00:00:00.007 > x\n"},
	    {1099, "1970-01-01 00:00:01.099 > x\n"},
	    {999, "1970-01-01 00:00:00.999 > x\n"},
	    {1795356131123, "2026-11-22 14:02:11.123 > x\n"},
	};
	struct transcript_entry entry = entry_of(TRANSCRIPT_SENT, "x");

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		entry.wall_ms = times[i].wall_ms;
		assert_int_equal(
		    entry_text_add(&((struct sheet *)*state)->text, &entry), 0);
		expect(*state, times[i].line);
	}
}

static void
a_verdict_stands_behind_a_tab(void **state)
{
	static const struct {
		enum transcript_mark mark;
		uint64_t value;
		const char *line;
	} marks[] = {
	    {TRANSCRIPT_PLAIN, 7, "1970-01-01 00:00:01.500 < hello\n"},
	    {TRANSCRIPT_WAITING, 0,
		"1970-01-01 00:00:01.500 < hello\t(waiting)\n"},
	    {TRANSCRIPT_UNANSWERED, 0,
		"1970-01-01 00:00:01.500 < hello\t(unanswered)\n"},
	    {TRANSCRIPT_DROPPED, 0,
		"1970-01-01 00:00:01.500 < hello\t(not sent)\n"},
	    {TRANSCRIPT_VERIFIED, 210,
		"1970-01-01 00:00:01.500 < hello\t(0.21 ms)\n"},
	    {TRANSCRIPT_MISMATCH, 3,
		"1970-01-01 00:00:01.500 < hello\t(differs at byte 3)\n"},
	};
	struct transcript_entry entry = entry_of(TRANSCRIPT_RECEIVED, "hello");

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		entry.mark = marks[i].mark;
		entry.value = marks[i].value;
		assert_int_equal(
		    entry_text_add(&((struct sheet *)*state)->text, &entry), 0);
		expect(*state, marks[i].line);
	}
}

static void
no_text_can_forge_a_verdict_or_a_line(void **state)
{
	struct sheet *sheet = *state;

	assert_int_equal(
	    add(sheet, TRANSCRIPT_RECEIVED,
		"x\t(0.21 ms)\n1970-01-01 00:00:01.500 > never said", false),
	    0);
	expect(sheet,
	    "1970-01-01 00:00:01.500 < "
	    "x^I(0.21 ms)^J1970-01-01 00:00:01.500 > never said\n");
}

static void
all_of_it_is_made_visible(void **state)
{
	struct sheet *sheet = *state;

	assert_int_equal(
	    add(sheet, TRANSCRIPT_RECEIVED,
		"\xcc\x81\033[2J 안녕 e\xcc\x81 \xff \x7f \xe2\x80\xae~",
		false),
	    0);
	expect(sheet,
	    "1970-01-01 00:00:01.500 < \xe2\x97\x8c\xcc\x81^[[2J 안녕 "
	    "e\xcc\x81 \\xff ^? <U+202E>~\n");
}

/* Every pair of bytes, as visible has it unit by unit. */
static void
the_fast_way_is_visible_s_way(void **state)
{
	struct sheet *sheet = *state;
	char pair[2], expected[256];

	for (int both = 0; both < 65536; both++) {
		struct transcript_entry entry = entry_of(TRANSCRIPT_SENT, "");

		pair[0] = (char)(both >> 8);
		pair[1] = (char)(both & 0xff);
		entry.text = pair;
		entry.len = 2;
		assert_int_equal(entry_text_add(&sheet->text, &entry), 0);
		strcpy(expected, "1970-01-01 00:00:01.500 > ");
		visible_text(expected + strlen(expected), 100, pair, 2, 0, 0);
		strcat(expected, "\n");
		expect(sheet, expected);
	}
}

static void
a_long_plain_text_is_one_write(void **state)
{
	struct sheet *sheet = *state;
	char text[1001];

	memset(text, 'x', 1000);
	text[1000] = '\0';
	assert_int_equal(add(sheet, TRANSCRIPT_SENT, text, false), 0);
	assert_int_equal(sheet->writes, 3);
	assert_int_equal(sheet->len, 26 + 1000 + 1);
}

static void
the_pieces_of_a_line_are_one_line(void **state)
{
	struct sheet *sheet = *state;
	struct transcript_entry end = entry_of(TRANSCRIPT_RECEIVED, "line");

	assert_int_equal(add(sheet, TRANSCRIPT_RECEIVED, "a ", true), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_RECEIVED, "long ", true), 0);
	/* Where it differs is a byte of the piece: of no use in the line. */
	end.mark = TRANSCRIPT_MISMATCH;
	end.value = 2;
	assert_int_equal(entry_text_add(&sheet->text, &end), 0);
	expect(sheet, "1970-01-01 00:00:01.500 < a long line\t(differs)\n");
}

static void
what_is_said_in_the_middle_ends_the_line(void **state)
{
	struct sheet *sheet = *state;

	assert_int_equal(add(sheet, TRANSCRIPT_RECEIVED, "a long ", true), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_SENT, "typed", false), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_RECEIVED, "line ", true), 0);
	assert_int_equal(add(sheet, TRANSCRIPT_NOTICE, "closed", true), 0);
	assert_int_equal(entry_text_end(&sheet->text), 0);
	assert_int_equal(entry_text_end(&sheet->text), 0);
	expect(sheet,
	    "1970-01-01 00:00:01.500 < a long \n"
	    "1970-01-01 00:00:01.500 > typed\n"
	    "1970-01-01 00:00:01.500 < line \n"
	    "1970-01-01 00:00:01.500 - closed\n");
}

/* Wherever it stops: the error comes out, and nothing is written after it. */
static void
a_write_that_fails_is_the_end(void **state)
{
	struct sheet *sheet = *state;
	static const char whole[] = "1970-01-01 00:00:01.500 < x\033y\n";

	for (size_t room = 0; room < sizeof(whole); room++) {
		struct entry_text text = {.write = sheet_write, .arg = sheet};
		struct transcript_entry entry =
		    entry_of(TRANSCRIPT_RECEIVED, "x\033y");

		sheet->room = room;
		sheet->len = 0;
		errno = 0;
		assert_int_equal(entry_text_add(&text, &entry), -1);
		assert_int_equal(errno, ENOSPC);
		assert_true(sheet->len <= room);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(each_kind_has_its_glyph),
	    TEST(the_time_is_each_entry_s_own),
	    TEST(a_verdict_stands_behind_a_tab),
	    TEST(no_text_can_forge_a_verdict_or_a_line),
	    TEST(all_of_it_is_made_visible),
	    TEST(the_fast_way_is_visible_s_way),
	    TEST(a_long_plain_text_is_one_write),
	    TEST(the_pieces_of_a_line_are_one_line),
	    TEST(what_is_said_in_the_middle_ends_the_line),
	    TEST(a_write_that_fails_is_the_end),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
