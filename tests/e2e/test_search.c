/* Searching the transcript: M-/, n and N, Esc. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "talk.h"
#include "term.h"

#define FIND   "\033/"
#define ESCAPE "\033"

/* "first 0", "first 1" ...; waits for the last one. */
static void
send_lines(struct talk *talk, const char *first, int count)
{
	char line[64];

	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%s %d\n", first, i);
		peer_send_text(talk->peer, line);
	}
	line[strlen(line) - 1] = '\0';
	term_wait_text(talk->term, line);
}

/* How a text is lit from its first cell to its last one, in some row. */
struct light {
	const char *text;
	bool here;
	const char *beside; /* in the same row, or NULL */
};

static bool
row_is_lit(struct term *term, int row, const struct light *light)
{
	char text[256] = "";

	for (int column = 0; column < term_columns(term); column++) {
		struct emulator_cell cell = term_cell(term, row, column);

		if (cell.width == 0)
			continue;
		if (light->here ? cell.reverse
				: cell.underline && !cell.reverse)
			strncat(
			    text, cell.text, sizeof(text) - strlen(text) - 1);
		else if (strcmp(text, light->text) == 0)
			return true;
		else
			text[0] = '\0';
	}
	return strcmp(text, light->text) == 0;
}

static bool
is_lit(struct term *term, void *arg)
{
	const struct light *light = arg;

	for (int row = 0; row < term_rows(term); row++)
		if (row_is_lit(term, row, light) &&
		    (light->beside == NULL ||
			strstr(term_row(term, row), light->beside) != NULL))
			return true;
	return false;
}

static bool
is_dark(struct term *term, void *arg)
{
	(void)arg;
	for (int row = 0; row < term_rows(term); row++)
		for (int column = 0; column < term_columns(term); column++) {
			struct emulator_cell cell =
			    term_cell(term, row, column);

			if (cell.reverse || cell.underline)
				return false;
		}
	return true;
}

static bool
is_screen(struct term *term, void *arg)
{
	return strcmp(term_screen(term), arg) == 0;
}

static void
wait_lit(struct term *term, const char *text, bool here)
{
	struct light light = {text, here, NULL};

	term_wait(
	    term, is_lit, &light, here ? "the match, lit" : "a match, lit");
}

/* The match where the search stands, in the row that has this text too. */
static void
wait_here(struct term *term, const char *match, const char *beside)
{
	struct light light = {match, true, beside};

	term_wait(term, is_lit, &light, beside);
}

/* The input row, with a count at its end. */
static void
wait_count(struct term *term, const char *count)
{
	char text[64];

	snprintf(text, sizeof(text), "  %s", count);
	term_wait_row(term, -1, text);
}

static void
matches_are_lit_and_counted_as_one_types(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	peer_send_text(talk.peer, "an Apple and apples\nnone\nAPPLE pie\n");
	term_wait_text(term, "APPLE pie");
	term_type(term, FIND);
	term_wait_row(term, -1, "find:");
	term_wait_cursor(term, 23, 7);
	term_type(term, "appl");
	wait_lit(term, "APPL", true);
	wait_lit(term, "Appl", false);
	wait_lit(term, "appl", false);
	wait_count(term, "3/3");
	term_wait_cursor(term, 23, 11);
	term_type(term, "es");
	wait_lit(term, "apples", true);
	wait_count(term, "1/1");
	term_type(term, "x");
	wait_count(term, "no match");
	term_wait(term, is_dark, NULL, "no match lit");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

static void
without_colours_the_match_is_told_from_the_others(void **state)
{
	static const char *const env[] = {"NO_COLOR=1", NULL};
	struct term_options plain = {.env = env};
	struct talk talk = talk_start(NULL, &plain);
	struct term *term = talk.term;

	(void)state;
	peer_send_text(talk.peer, "one two one\n");
	term_wait_text(term, "one two one");
	term_type(term, FIND "one\r");
	wait_lit(term, "one", true);
	wait_lit(term, "one", false);
	wait_count(term, "2/2");
	term_type(term, "n");
	wait_count(term, "1/2");
	wait_lit(term, "one", true);
	wait_lit(term, "one", false);
	term_type(term, ESCAPE);
	term_wait(term, is_dark, NULL, "no match lit");
	talk_end(&talk);
}

static void
n_walks_up_and_the_other_one_down(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	send_lines(&talk, "apple", 2);
	send_lines(&talk, "other", 100);
	send_lines(&talk, "apple", 3);
	term_type(term, FIND "apple\r");
	term_wait_row(term, -1, "n older, N newer, Esc back  5/5");
	wait_here(term, "apple", "‹ apple 2");
	term_type(term, "nn");
	wait_count(term, "3/5");
	wait_here(term, "apple", "‹ apple 0");
	term_type(term, "n");
	wait_count(term, "2/5");
	term_wait_text(term, "other 0");
	wait_here(term, "apple", "‹ apple 1");
	term_type(term, "nn");
	wait_count(term, "5/5");
	term_wait_text(term, "other 99");
	term_type(term, "N");
	wait_count(term, "1/5");
	wait_here(term, "apple", "‹ apple 0");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

static void
escape_restores_what_was_seen_and_what_was_typed(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;
	char *before;

	(void)state;
	peer_send_text(talk.peer, "a needle\n");
	send_lines(&talk, "other", 100);
	term_type(term, "글 draft");
	term_key(term, KEY_LEFT, 0);
	term_key(term, KEY_PGUP, 0);
	term_wait_text(term, "PgDn: back to the end");
	term_wait_cursor(term, 23, 11);
	before = strdup(term_screen(term));
	assert_non_null(before);
	term_type(term, FIND "needle");
	wait_lit(term, "needle", true);
	term_wait_no_text(term, "draft");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$> 글 draft");
	term_wait_cursor(term, 23, 11);
	term_wait(term, is_screen, before, "the screen as it was");
	term_wait(term, is_dark, NULL, "no match lit");
	free(before);
	/* ^C is no other, and leaves the line alone. */
	term_type(term, FIND "nothing like it");
	wait_count(term, "no match");
	term_type(term, "\003");
	term_wait_row(term, -1, "$> 글 draft");
	term_type(term, "\005!\r");
	peer_expect(talk.peer, "글 draft!\n");
	talk_end(&talk);
}

static void
another_key_goes_on_with_the_line(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	peer_send_text(talk.peer, "a needle\n");
	send_lines(&talk, "other", 100);
	term_type(term, "say ");
	term_type(term, FIND "needle\r");
	wait_count(term, "1/1");
	term_type(term, "한글");
	term_wait_row(term, -1, "$> say 한글");
	/* It is still there, to be quoted. */
	term_wait_text(term, "‹ a needle");
	term_wait(term, is_dark, NULL, "no match lit");
	/* A second Enter sends nothing, and stays as well. */
	term_type(term, FIND "\r\r");
	term_wait_row(term, -1, "$> say 한글");
	term_type(term, "!\r");
	peer_expect(talk.peer, "say 한글!\n");
	term_wait_text(term, "other 99");
	talk_end(&talk);
}

static void
any_script_is_searched_and_lit(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	peer_send_text(
	    talk.peer, "안녕하세요, 메아리\n漢字とひらがな\nparty 🎉🎊\n");
	term_wait_text(term, "party");
	term_type(term, FIND "메아리");
	wait_here(term, "메아리", "안녕하세요");
	wait_count(term, "1/1");
	term_wait_cursor(term, 23, 13);
	term_type(term, "\010\010\010字と");
	term_wait_row(term, -1, "find: 字と");
	wait_here(term, "字と", "漢字");
	term_type(term, "\025🎊");
	wait_here(term, "🎊", "party");
	term_type(term, "\025");
	term_paste(term, "세요, 메");
	wait_here(term, "세요, 메", "안녕하세요");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

static void
the_last_pattern_is_offered(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	send_lines(&talk, "apple", 3);
	term_type(term, FIND "apple" ESCAPE);
	term_wait_row(term, -1, "$>");
	term_type(term, FIND);
	term_wait_row(term, -1, "find: apple");
	term_wait_cursor(term, 23, 7);
	term_type(term, "\rn");
	wait_count(term, "2/3");
	term_type(term, "/1");
	term_wait_row(term, -1, "find: 1");
	wait_here(term, "1", "‹ apple 1");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

static void
the_match_is_on_the_screen_at_every_size(void **state)
{
	static const int sizes[][2] = {
	    {8, 40}, {40, 120}, {9, 100}, {24, 80}, {8, 79}, {50, 200}};
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;

	(void)state;
	send_lines(&talk, "other", 50);
	peer_send_text(talk.peer, "a needle in some hay\n");
	send_lines(&talk, "more", 50);
	term_type(term, FIND "needle\r");
	wait_lit(term, "needle", true);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		term_resize(term, sizes[i][0], sizes[i][1]);
		term_wait_text(term, "find: needle");
		term_wait_text(term, "1/1");
		wait_here(term, "needle", "‹ a needle in");
	}
	term_type(term, ESCAPE);
	term_wait_text(term, "more 49");
	talk_end(&talk);
}

static void
lines_that_arrive_are_counted_and_move_nothing(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;
	int row;

	(void)state;
	send_lines(&talk, "other", 100);
	peer_send_text(talk.peer, "a needle\n");
	send_lines(&talk, "more", 50);
	term_type(term, FIND "needle\r");
	wait_count(term, "1/1");
	row = term_wait_text(term, "‹ a needle");
	for (int i = 0; i < 60; i++)
		peer_send_text(talk.peer, "one needle more\n");
	wait_count(term, "1/61");
	wait_here(term, "needle", "‹ a needle");
	assert_int_equal(term_wait_text(term, "‹ a needle"), row);
	term_type(term, "N");
	wait_count(term, "2/61");
	wait_here(term, "needle", "‹ one needle more");
	/* At the end as well it stays on the screen. */
	term_type(term, "nn");
	wait_count(term, "61/61");
	for (int i = 0; i < 60; i++)
		peer_send_text(talk.peer, "hay\n");
	term_wait_text(term, " new ↓");
	wait_here(term, "needle", "needle more");
	wait_count(term, "61/61");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

#define MANY 100000

/* The pattern is typed before the first match is found. */
static void
a_long_transcript_is_searched_to_its_start(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct term *term = talk.term;
	size_t size = MANY * 64, len = 0;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (int i = 10; i < MANY; i++)
		len += (size_t)snprintf(text + len, size - len,
		    "%d: nothing that one would look for in it\n", i);
	peer_send_text(talk.peer, "the needle\n");
	peer_send(talk.peer, text, len);
	free(text);
	term_wait_text(term, "99999: nothing");
	term_type(term, FIND "needle\r");
	wait_here(term, "needle", "the needle");
	wait_count(term, "1/1");
	term_type(term, "/nothing");
	wait_count(term, "99990/99990");
	term_type(term, "\r");
	term_type(term, "N");
	wait_here(term, "nothing", "‹ 10: nothing");
	wait_count(term, "1/99990");
	term_type(term, ESCAPE);
	term_wait_text(term, "99999: nothing");
	talk_end(&talk);
}

static void
a_small_screen_has_room_for_both(void **state)
{
	struct term_options small = {.rows = 8, .columns = 40};
	struct talk talk = talk_start(NULL, &small);
	struct term *term = talk.term;

	(void)state;
	send_lines(&talk, "apple", 30);
	term_type(term, FIND "apple");
	term_wait_row(term, -1, " find: apple                      30/30");
	term_wait_cursor(term, 7, 12);
	/* What is longer than the row is shown from its end. */
	term_type(term, " and a text that is long enough");
	term_wait_row(term, -1, "long enough");
	wait_count(term, "no match");
	term_wait_row(term, -1, "‹");
	term_type(term, ESCAPE);
	term_wait_row(term, -1, "$>");
	talk_end(&talk);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(matches_are_lit_and_counted_as_one_types),
	    TEST(without_colours_the_match_is_told_from_the_others),
	    TEST(n_walks_up_and_the_other_one_down),
	    TEST(escape_restores_what_was_seen_and_what_was_typed),
	    TEST(another_key_goes_on_with_the_line),
	    TEST(any_script_is_searched_and_lit),
	    TEST(the_last_pattern_is_offered),
	    TEST(the_match_is_on_the_screen_at_every_size),
	    TEST(lines_that_arrive_are_counted_and_move_nothing),
	    TEST(a_long_transcript_is_searched_to_its_start),
	    TEST(a_small_screen_has_room_for_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
