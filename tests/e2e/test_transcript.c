/* The transcript: what is long, what is binary, what differs, what is gone. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "talk.h"
#include "term.h"

static void
an_end_of_line_that_comes_late_makes_no_row(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	int row;

	(void)state;
	peer_send_text(talk.peer, "a prompt");
	row = term_wait_text(talk.term, "‹ a prompt");
	peer_send_text(talk.peer, "\nnext\n");
	assert_int_equal(term_wait_text(talk.term, "‹ next"), row + 1);
	talk_end(&talk);
}

/* Waits until this row has ten words from that one on, and nothing before. */
static void
wait_words(struct term *term, int row, int from)
{
	char words[64];

	snprintf(words, sizeof(words), "%s w%03d w%03d ", from == 0 ? "‹" : "",
	    from, from + 1);
	term_wait_row(term, row, words);
	snprintf(words, sizeof(words), "w%03d", from + 9);
	term_wait_row(term, row, words);
	assert_int_equal(strchr(term_row(term, row), ':') != NULL, from == 0);
}

static void
a_long_message_can_be_read_from_end_to_end(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	char word[16];

	(void)state;
	/* 60 rows of ten words, and one more; two notices are above. */
	for (int i = 0; i < 600; i++) {
		snprintf(word, sizeof(word), "w%03d ", i);
		peer_send_text(talk.peer, word);
	}
	peer_send_text(talk.peer, "end\n");
	term_wait_row(talk.term, 20, "end");
	for (int row = 0; row < 20; row++)
		wait_words(talk.term, row, (row + 40) * 10);
	term_type(talk.term, "\033<");
	for (int page = 0; page < 3; page++) {
		for (int row = page == 0 ? 2 : 0; row < 21; row++)
			wait_words(talk.term, row, (page * 20 + row - 2) * 10);
		term_key(talk.term, KEY_PGDN, 0);
	}
	term_wait_row(talk.term, 20, "end");
	talk_end(&talk);
}

/* 10 MB, and then something else that shows that all of it is there. */
static void
send_ten_megabytes(struct talk *talk)
{
	static char block[1 << 16];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)('a' + i % 26);
	for (int i = 0; i < 160; i++)
		peer_send(talk->peer, block, sizeof(block));
}

static void
ten_megabytes_without_an_end_are_one_line(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	send_ten_megabytes(&talk);
	/* It stops: what came is shown. Its end makes no row. */
	term_wait_text(talk.term, "uvwxyz");
	peer_send_text(talk.peer, "\nnext\n");
	term_wait_text(talk.term, "‹ next");
	term_wait_row(talk.term, 20, "‹ next");
	term_wait_row(talk.term, 19, "uvwxyz");
	assert_null(strstr(term_row(talk.term, 19), ":"));
	client_say(talk.term, "still here");
	peer_expect(talk.peer, "still here\n");
	/* One time and one glyph, at its beginning. */
	term_type(talk.term, "\033<");
	term_wait_no_text(talk.term, "still here");
	term_wait_row(talk.term, 2, "‹ abcdef");
	for (int row = 3; row < 21; row++)
		assert_null(strstr(term_row(talk.term, row), ":"));
	talk_end(&talk);
}

static void
what_fell_out_of_the_scrollback_is_told(void **state)
{
	static const char *const args[] = {"--scrollback", "100", NULL};
	struct talk talk = talk_start(args, NULL);
	char line[32];

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		peer_send_text(talk.peer, line);
	}
	term_wait_text(talk.term, "line 299");
	assert_null(strstr(term_screen(talk.term), "earlier"));
	term_type(talk.term, "\033<");
	/* The two notices at the beginning have gone as well. */
	term_wait_row(talk.term, 0, "... 202 earlier lines are gone");
	term_wait_row(talk.term, 1, "‹ line 200");
	peer_send_text(talk.peer, "one more\n");
	term_wait_row(talk.term, 0, "... 203 earlier lines are gone");
	term_wait_row(talk.term, 1, "‹ line 201");
	client_say(talk.term, "/clear");
	term_wait_no_text(talk.term, "line");
	client_say(talk.term, "new");
	term_wait_text(talk.term, "› new");
	assert_null(strstr(term_screen(talk.term), "earlier"));
	talk_end(&talk);
}

static void
the_beginning_of_a_line_may_be_gone(void **state)
{
	static const char *const args[] = {"--scrollback", "2000", NULL};
	struct talk talk = talk_start(args, NULL);

	(void)state;
	send_ten_megabytes(&talk);
	peer_send_text(talk.peer, "\nnext\n");
	term_wait_text(talk.term, "‹ next");
	term_type(talk.term, "\033<");
	term_wait_no_text(talk.term, "next");
	/* The notices were lines. */
	term_wait_row(talk.term, 0, "... 2 earlier lines are gone");
	for (int row = 0; row < 21; row++)
		assert_null(strstr(term_row(talk.term, row), ":"));
	talk_end(&talk);
}

static void
bytes_are_shown_in_hex_when_asked_for(void **state)
{
	static const char *const args[] = {"--hex", NULL};
	struct talk talk = talk_start(args, NULL);
	char bytes[64];
	int row;

	(void)state;
	for (int i = 0; i < 64; i++)
		bytes[i] = (char)(0xc0 + i);
	peer_send(talk.peer, bytes, sizeof(bytes));
	peer_send_text(talk.peer, "\r\nhi\n\n");
	row = term_wait_text(talk.term, "‹ hi");
	term_wait_row(talk.term, row - 5, "0000  c0 c1 c2 c3 c4 c5 c6 c7  c8");
	term_wait_row(talk.term, row - 2, "0030  f0 f1 f2 f3 f4 f5 f6 f7  f8");
	term_wait_row(talk.term, row - 1, "0040  0d 0a    ");
	term_wait_row(talk.term, row - 1, "  ..");
	term_wait_row(talk.term, row + 1, "0000  68 69 0a    ");
	term_wait_row(talk.term, row + 1, "  hi.");
	term_wait_row(talk.term, row + 3, "0000  0a    ");
	/* What is sent has none. */
	client_say(talk.term, "mine");
	term_wait_text(talk.term, "› mine");
	assert_null(strstr(term_screen(talk.term), "6d 69 6e 65"));
	/* On a narrow screen they are fewer a row. */
	term_resize(talk.term, 24, 40);
	term_wait_text(talk.term, "0038  f8 f9 fa fb fc fd fe ff  ........");
	client_say(talk.term, "/hex off");
	term_wait_no_text(talk.term, "0038");
	term_wait_no_text(talk.term, "68 69 0a");
	term_resize(talk.term, 24, 80);
	client_say(talk.term, "/hex on");
	term_wait_text(talk.term, "0040  0d 0a ");
	talk_end(&talk);
}

static void
times_can_be_switched_off(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	char text[128];
	int row;

	(void)state;
	memset(text, 'x', sizeof(text));
	snprintf(text + 62, sizeof(text) - 62, "\n");
	peer_send_text(talk.peer, text);
	row = term_wait_text(talk.term, "‹ xxx");
	term_wait_row(talk.term, row + 1, "    xxx");
	client_say(talk.term, "/time off");
	/* There is room for it in one row then, and no time in any. */
	term_wait_row(talk.term, row, " ‹ xxx");
	term_wait_row(talk.term, row + 1, " · ");
	for (int i = 0; i < row; i++)
		assert_string_equal(term_cell(talk.term, i, 1).text, "·");
	assert_string_equal(term_cell(talk.term, row, 1).text, "‹");
	client_say(talk.term, "/time on");
	term_wait_row(talk.term, row + 1, "    xxx");
	talk_end(&talk);
}

/* The first cell of the row that shows this character; fails without one. */
static int
column_of(struct term *term, int row, const char *text)
{
	for (int column = 0; column < term_columns(term); column++)
		if (strcmp(term_cell(term, row, column).text, text) == 0)
			return column;
	fail_msg("row %d has no '%s'", row, text);
	return 0;
}

static void
an_echo_that_differs_is_lit_from_the_byte_on(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	int row, column;

	(void)state;
	client_say(talk.term, "한글 and more");
	peer_expect(talk.peer, "한글 and more\n");
	peer_send_text(talk.peer, "한글 \001nd more\n");
	row = term_wait_text(talk.term, "‹ 한글 ^And more");
	term_wait_row(talk.term, row, "differs !!");
	column = column_of(talk.term, row, "^");
	assert_false(term_cell(talk.term, row, column - 3).bold);
	assert_true(term_cell(talk.term, row, column).bold);
	assert_true(term_cell(talk.term, row, column + 1).bold);
	assert_true(term_cell(talk.term, row, column + 8).bold);
	assert_int_equal(term_cell(talk.term, row, column + 8).colour, 1);
	assert_false(term_cell(talk.term, row, column + 11).bold);
	/* In the middle of a character: all of it. */
	client_say(talk.term, "한글");
	peer_expect(talk.peer, "한글\n");
	peer_send_text(talk.peer, "한금\n");
	row = term_wait_text(talk.term, "‹ 한금");
	term_wait_row(talk.term, row, "differs !!");
	column = column_of(talk.term, row, "금");
	assert_false(term_cell(talk.term, row, column - 2).bold);
	assert_true(term_cell(talk.term, row, column).bold);
	talk_end(&talk);
}

/* How the cells of a text look, from this one on: so many of them alike. */
static void
expect_look(struct term *term, int row, int column, int cells, bool underline,
    bool reverse)
{
	for (int i = 0; i < cells; i++) {
		struct emulator_cell cell = term_cell(term, row, column + i);

		/* The right half of a wide character is part of it. */
		if (cell.width == 0)
			continue;
		assert_int_equal(cell.underline, underline);
		assert_int_equal(cell.reverse, reverse);
	}
}

static void
matches_are_lit_across_rows(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	int row, column;

	(void)state;
	/* The first wide character has no room in the first row. */
	peer_send_text(talk.peer,
	    "1234567890123456789012345678901234567890123456789한글메아리\n");
	row = term_wait_text(talk.term, "‹ 12345");
	peer_send_text(talk.peer, "tab\tb89한\t89한글\n");
	term_wait_row(talk.term, row + 2, "‹ tab");
	term_type(talk.term, "\033/89한글");
	term_wait_row(talk.term, -1, "2/2");
	/* The newest one is where it stands; a tab before it has its columns. */
	column = column_of(talk.term, row + 2, "글") - 4;
	assert_int_equal(column, 16 + 16);
	expect_look(talk.term, row + 2, 16, 16, false, false);
	expect_look(talk.term, row + 2, column, 6, false, true);
	expect_look(talk.term, row, 16 + 40, 7, false, false);
	expect_look(talk.term, row, 16 + 47, 2, true, false);
	expect_look(talk.term, row + 1, 16, 4, true, false);
	expect_look(talk.term, row + 1, 20, 6, false, false);
	/* And up to the other one. */
	term_type(talk.term, "\rn");
	term_wait_row(talk.term, -1, "1/2");
	expect_look(talk.term, row, 16 + 47, 2, false, true);
	expect_look(talk.term, row + 1, 16, 4, false, true);
	expect_look(talk.term, row + 2, column, 6, true, false);
	term_key(talk.term, KEY_ESCAPE, 0);
	term_wait_row(talk.term, -1, "$>");
	expect_look(talk.term, row + 2, column, 6, false, false);
	talk_end(&talk);
}

static void
every_match_of_a_line_is_lit(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	char text[101];
	int row;

	(void)state;
	/* Two full rows of them. */
	memset(text, 'q', sizeof(text));
	text[100] = '\n';
	peer_send(talk.peer, text, sizeof(text));
	row = term_wait_text(talk.term, "‹ qqq");
	term_type(talk.term, "\033/q");
	term_wait_row(talk.term, -1, "/100");
	for (int i = 0; i < 100; i++) {
		struct emulator_cell cell =
		    term_cell(talk.term, row + i / 50, 16 + i % 50);

		assert_string_equal(cell.text, "q");
		assert_int_not_equal(cell.underline, cell.reverse);
	}
	term_key(talk.term, KEY_ESCAPE, 0);
	term_wait_row(talk.term, -1, "$>");
	talk_end(&talk);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(an_end_of_line_that_comes_late_makes_no_row),
	    TEST(a_long_message_can_be_read_from_end_to_end),
	    TEST(ten_megabytes_without_an_end_are_one_line),
	    TEST(what_fell_out_of_the_scrollback_is_told),
	    TEST(the_beginning_of_a_line_may_be_gone),
	    TEST(bytes_are_shown_in_hex_when_asked_for),
	    TEST(times_can_be_switched_off),
	    TEST(an_echo_that_differs_is_lit_from_the_byte_on),
	    TEST(matches_are_lit_across_rows),
	    TEST(every_match_of_a_line_is_lit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
