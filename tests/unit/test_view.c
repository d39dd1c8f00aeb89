/* view: what a pane shows while it follows, is left, and comes back. */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "transcript.h"
#include "view.h"

#define HEIGHT_MAX 30

static void
add_kind(struct transcript *t, enum transcript_kind kind, const char *text,
    size_t len)
{
	uint64_t id;

	assert_int_equal(transcript_add(t, kind, 0, text, len, false, &id), 0);
}

static void
add_lines(struct transcript *t, int count)
{
	while (count-- > 0)
		add_kind(t, TRANSCRIPT_SENT, "0123456789", 10);
}

static struct transcript *
transcript_make(size_t max_entries)
{
	struct transcript *t = transcript_new(max_entries, 10000);

	assert_non_null(t);
	return t;
}

/* The rows, told as "id.row" each, and an x in a dump. */
static void
assert_shows(struct view *v, const struct transcript *t, const char *rows)
{
	struct view_row shown[HEIGHT_MAX];
	char text[512] = "";
	size_t count = view_rows(v, t, shown, HEIGHT_MAX), at = 0;

	for (size_t i = 0; i < count; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    shown[i].gone ? "%sgone" : "%s%u.%u%s", i > 0 ? " " : "",
		    (unsigned)shown[i].id, (unsigned)shown[i].row,
		    shown[i].hex ? "x" : "");
	assert_string_equal(text, rows);
}

static void
an_empty_transcript_has_no_rows(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	assert_shows(&v, t, "");
	view_resize(&v, t, 10, 4);
	assert_shows(&v, t, "");
	view_scroll(&v, t, -1);
	view_scroll(&v, t, 1);
	view_to_start(&v, t);
	view_to_entry(&v, t, 0);
	view_to_end(&v);
	assert_true(v.following);
	assert_shows(&v, t, "");
	assert_int_equal(view_new_entries(&v, t), 0);
	transcript_free(t);
}

static void
a_short_transcript_stands_at_the_top_and_does_not_scroll(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 10, 4);
	add_lines(t, 4);
	view_scroll(&v, t, -1);
	view_to_start(&v, t);
	view_to_entry(&v, t, 0);
	assert_true(v.following);
	assert_shows(&v, t, "0.0 1.0 2.0 3.0");
	transcript_free(t);
}

static void
following_shows_the_last_rows(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 5, 3);
	add_lines(t, 3);
	assert_shows(&v, t, "1.1 2.0 2.1");
	add_lines(t, 1);
	assert_shows(&v, t, "2.1 3.0 3.1");
	transcript_free(t);
}

static void
nothing_moves_while_lines_arrive_above_the_end(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 5, 3);
	add_lines(t, 3);
	view_scroll(&v, t, -2);
	assert_false(v.following);
	assert_shows(&v, t, "0.1 1.0 1.1");
	add_lines(t, 2);
	assert_shows(&v, t, "0.1 1.0 1.1");
	assert_int_equal(view_new_entries(&v, t), 2);
	view_scroll(&v, t, -1);
	assert_int_equal(view_new_entries(&v, t), 2);
	view_scroll(&v, t, -1);
	assert_shows(&v, t, "0.0 0.1 1.0");
	view_to_end(&v);
	assert_int_equal(view_new_entries(&v, t), 0);
	assert_shows(&v, t, "3.1 4.0 4.1");
	transcript_free(t);
}

static void
reaching_the_end_follows_again(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 10, 3);
	add_lines(t, 6);
	view_scroll(&v, t, -2);
	view_scroll(&v, t, 1);
	assert_false(v.following);
	view_scroll(&v, t, 1);
	assert_true(v.following);
	view_scroll(&v, t, LONG_MIN);
	assert_shows(&v, t, "0.0 1.0 2.0");
	view_scroll(&v, t, LONG_MAX);
	assert_true(v.following);
	assert_shows(&v, t, "3.0 4.0 5.0");
	transcript_free(t);
}

static void
what_falls_out_takes_the_view_to_the_first_entry(void **state)
{
	struct transcript *t = transcript_make(6);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 5, 3);
	add_lines(t, 6);
	view_scroll(&v, t, -8);
	assert_shows(&v, t, "0.1 1.0 1.1");
	add_lines(t, 1);
	assert_shows(&v, t, "gone 1.0 1.1");
	add_lines(t, 1);
	assert_shows(&v, t, "gone 2.0 2.1");
	assert_int_equal(view_new_entries(&v, t), 2);
	view_scroll(&v, t, 1);
	assert_shows(&v, t, "2.0 2.1 3.0");
	add_lines(t, 1);
	assert_shows(&v, t, "gone 3.0 3.1");
	transcript_clear(t);
	assert_int_equal(view_new_entries(&v, t), 0);
	assert_shows(&v, t, "");
	add_lines(t, 1);
	assert_shows(&v, t, "9.0 9.1");
	assert_true(v.following);
	transcript_free(t);
}

static void
an_entry_stands_in_the_middle(void **state)
{
	struct transcript *t = transcript_make(20);
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 10, 5);
	add_lines(t, 15);
	view_to_entry(&v, t, 7);
	assert_shows(&v, t, "5.0 6.0 7.0 8.0 9.0");
	view_to_entry(&v, t, 1);
	assert_shows(&v, t, "0.0 1.0 2.0 3.0 4.0");
	view_to_entry(&v, t, 99);
	assert_shows(&v, t, "0.0 1.0 2.0 3.0 4.0");
	view_to_entry(&v, t, 14);
	assert_shows(&v, t, "10.0 11.0 12.0 13.0 14.0");
	assert_true(v.following);
	transcript_free(t);
}

static void
widths_may_change_and_come_back(void **state)
{
	struct transcript *t = transcript_make(20);
	static char text[400];
	struct view v;

	(void)state;
	memset(text, 'x', sizeof(text));
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 40, 4);
	for (int i = 0; i < 3; i++)
		add_kind(t, TRANSCRIPT_SENT, text, sizeof(text));
	view_to_start(&v, t);
	view_scroll(&v, t, 15); /* byte 200 of entry 1 */
	assert_shows(&v, t, "1.5 1.6 1.7 1.8");
	for (unsigned width = 1; width < 200; width++) {
		struct view_row rows[4];

		view_resize(&v, t, width, 4);
		assert_int_equal(view_rows(&v, t, rows, 4), 4);
		assert_int_equal(rows[0].id, 1);
		assert_true(rows[0].start <= 200);
		assert_true(rows[0].start + rows[0].len > 200);
	}
	view_resize(&v, t, 40, 4);
	assert_shows(&v, t, "1.5 1.6 1.7 1.8");
	view_resize(&v, t, 0, 0);
	assert_shows(&v, t, "");
	view_resize(&v, t, 40, 4);
	assert_shows(&v, t, "1.5 1.6 1.7 1.8");
	transcript_free(t);
}

static void
a_byte_stands_in_the_middle(void **state)
{
	struct transcript *t = transcript_make(20);
	static char text[400];
	struct view v;

	(void)state;
	memset(text, 'x', sizeof(text));
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 40, 5);
	add_lines(t, 3);
	add_kind(t, TRANSCRIPT_SENT, text, sizeof(text));
	add_lines(t, 3);
	view_to_byte(&v, t, 3, 0);
	assert_shows(&v, t, "1.0 2.0 3.0 3.1 3.2");
	view_to_byte(&v, t, 3, 239);
	assert_shows(&v, t, "3.3 3.4 3.5 3.6 3.7");
	view_to_byte(&v, t, 3, 240);
	assert_shows(&v, t, "3.4 3.5 3.6 3.7 3.8");
	view_to_byte(&v, t, 3, SIZE_MAX);
	assert_shows(&v, t, "3.7 3.8 3.9 4.0 5.0");
	view_to_byte(&v, t, 7, 0);
	assert_shows(&v, t, "3.7 3.8 3.9 4.0 5.0");
	view_to_byte(&v, t, 6, 0);
	assert_true(v.following);
	transcript_free(t);
}

static void
a_look_around_ends_where_it_began(void **state)
{
	struct transcript *t = transcript_make(20);
	struct view_bookmark mark;
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 5, 3);
	add_lines(t, 8);
	view_mark(&v, &mark);
	view_to_start(&v, t);
	add_lines(t, 1);
	view_return(&v, t, &mark);
	assert_shows(&v, t, "7.1 8.0 8.1");
	assert_true(v.following);
	view_scroll(&v, t, -4);
	assert_shows(&v, t, "5.1 6.0 6.1");
	view_mark(&v, &mark);
	view_to_end(&v);
	add_lines(t, 2);
	view_return(&v, t, &mark);
	assert_shows(&v, t, "5.1 6.0 6.1");
	assert_int_equal(view_new_entries(&v, t), 2);
	/* What it was at may be gone by then. */
	view_mark(&v, &mark);
	add_lines(t, 18);
	view_return(&v, t, &mark);
	assert_shows(&v, t, "gone 9.0 9.1");
	transcript_free(t);
}

static void
what_came_back_has_a_dump_below_it(void **state)
{
	struct transcript *t = transcript_make(20);
	struct view_row rows[8];
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 40, 8);
	add_lines(t, 1);
	add_kind(t, TRANSCRIPT_RECEIVED, "0123456", 7);
	add_kind(t, TRANSCRIPT_RECEIVED, "", 0);
	transcript_set_eol(t, 1, TRANSCRIPT_CRLF);
	view_set_hex(&v, t, true);
	assert_shows(&v, t, "0.0 1.0 1.1x 1.2x 2.0");
	assert_int_equal(view_rows(&v, t, rows, 8), 5);
	assert_true(rows[1].last);
	assert_int_equal(rows[2].start, 0);
	assert_int_equal(rows[2].len, 8);
	assert_int_equal(rows[3].start, 8);
	assert_int_equal(rows[3].len, 1);
	assert_false(rows[3].last);
	transcript_set_eol(t, 2, TRANSCRIPT_LF);
	assert_shows(&v, t, "0.0 1.0 1.1x 1.2x 2.0 2.1x");
	/* 16 bytes, 4, and no room. */
	view_resize(&v, t, 80, 8);
	assert_shows(&v, t, "0.0 1.0 1.1x 2.0 2.1x");
	view_resize(&v, t, 30, 8);
	assert_shows(&v, t, "0.0 1.0 1.1x 1.2x 1.3x 2.0 2.1x");
	view_resize(&v, t, 20, 8);
	assert_shows(&v, t, "0.0 1.0 2.0");
	view_set_hex(&v, t, false);
	view_resize(&v, t, 80, 8);
	assert_shows(&v, t, "0.0 1.0 2.0");
	transcript_free(t);
}

static void
the_row_at_the_top_stays_when_dumps_come_and_go(void **state)
{
	struct transcript *t = transcript_make(20);
	static char text[120];
	struct view v;

	(void)state;
	memset(text, 'x', sizeof(text));
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 40, 3);
	for (int i = 0; i < 4; i++)
		add_kind(t, TRANSCRIPT_RECEIVED, text, sizeof(text));
	view_scroll(&v, t, -5);
	assert_shows(&v, t, "1.1 1.2 2.0");
	view_set_hex(&v, t, true);
	assert_shows(&v, t, "1.1 1.2 1.3x");
	view_scroll(&v, t, 10);
	assert_shows(&v, t, "1.11x 1.12x 1.13x"); /* byte 64 on */
	view_resize(&v, t, 80, 3);
	assert_shows(&v, t, "1.6x 1.7x 1.8x");
	view_resize(&v, t, 40, 3);
	view_set_hex(&v, t, false);
	assert_shows(&v, t, "1.1 1.2 2.0");
	/* At the end it goes on to follow. */
	view_to_end(&v);
	view_set_hex(&v, t, true);
	assert_shows(&v, t, "3.15x 3.16x 3.17x");
	view_scroll(&v, t, -20);
	assert_shows(&v, t, "2.13x 2.14x 2.15x");
	view_scroll(&v, t, LONG_MIN);
	assert_shows(&v, t, "0.0 0.1 0.2");
	view_scroll(&v, t, 19);
	assert_shows(&v, t, "1.1 1.2 1.3x");
	transcript_free(t);
}

static void
rows_are_no_more_than_asked_for(void **state)
{
	struct transcript *t = transcript_make(10);
	struct view_row rows[2];
	struct view v;

	(void)state;
	view_init(&v, NULL, NULL);
	view_resize(&v, t, 5, 4);
	add_lines(t, 5);
	assert_int_equal(view_rows(&v, t, rows, 2), 2);
	assert_int_equal(rows[0].id, 3);
	assert_false(rows[0].last);
	assert_int_equal(rows[1].start, 5);
	assert_int_equal(rows[1].len, 5);
	assert_true(rows[1].last);
	assert_int_equal(view_rows(&v, t, rows, 0), 0);
	transcript_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_transcript_has_no_rows),
	    cmocka_unit_test(
		a_short_transcript_stands_at_the_top_and_does_not_scroll),
	    cmocka_unit_test(following_shows_the_last_rows),
	    cmocka_unit_test(nothing_moves_while_lines_arrive_above_the_end),
	    cmocka_unit_test(reaching_the_end_follows_again),
	    cmocka_unit_test(what_falls_out_takes_the_view_to_the_first_entry),
	    cmocka_unit_test(an_entry_stands_in_the_middle),
	    cmocka_unit_test(widths_may_change_and_come_back),
	    cmocka_unit_test(a_byte_stands_in_the_middle),
	    cmocka_unit_test(a_look_around_ends_where_it_began),
	    cmocka_unit_test(what_came_back_has_a_dump_below_it),
	    cmocka_unit_test(the_row_at_the_top_stays_when_dumps_come_and_go),
	    cmocka_unit_test(rows_are_no_more_than_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
