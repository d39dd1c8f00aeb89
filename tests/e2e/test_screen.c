/* The full screen: what it shows, at which size, in which terminal. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "clock.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "server.h"
#include "term.h"

static void
a_line_comes_back_verified(void **state)
{
	static const char *const args[] = {"--log-data", "on", NULL};
	struct server *server = server_start(args);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	client_say_verified(term, "hello world");
	client_say_verified(term, "안녕하세요, 메아리");
	server_wait_log(server, "12 B \"hello world\\n\"");
	term_wait_row(term, -2, "2↑ 2↓");
	client_quit(term);
	server_stop(server);
}

static void
the_first_line_tells_how_to_get_help_and_how_to_leave(void **state)
{
	static const struct term_options sizes[] = {
	    {.rows = 8, .columns = 40}, {.rows = 40, .columns = 120}};
	struct server *server = server_start(NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct term *term =
		    client_connect(server_port(server), NULL, &sizes[i]);

		term_wait_row(term, i == 0 ? 0 : 2, "F1 for help, ^D to leave");
		client_quit(term);
	}
	server_stop(server);
}

static int
compare_sizes(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define COST_LINES 15
#define FULL_LINES 30
#define QUIET_MS   60 /* after that a change is drawn at once */

struct quiet {
	size_t len;
	uint64_t since_ms;
};

static bool
is_quiet(struct term *term, void *arg)
{
	struct quiet *quiet = arg;
	uint64_t now = clock_now_ms();
	size_t len;

	(void)term_raw(term, &len);
	if (len != quiet->len) {
		quiet->len = len;
		quiet->since_ms = now;
	}
	return now >= quiet->since_ms + QUIET_MS;
}

/* Waits until nothing has been drawn for a while. Returns all bytes so far. */
static size_t
bytes_when_quiet(struct term *term)
{
	struct quiet quiet = {0, 0};

	term_wait(term, is_quiet, &quiet, "a quiet moment");
	return quiet.len;
}

/*
 * From Enter until both rows and the status are drawn, on a full screen, which
 * scrolls. Where this machine is slow an echo misses the picture of its line,
 * and a second one is drawn: most of them do not.
 */
static void
an_echoed_line_costs_less_than_300_bytes(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);
	size_t costs[COST_LINES], before;
	char line[32], counts[32];

	(void)state;
	for (int i = 1; i <= FULL_LINES + COST_LINES; i++) {
		snprintf(line, sizeof(line), "a usual line, %d", i);
		term_type(term, line);
		term_wait_row(term, -1, line);
		before = i > FULL_LINES ? bytes_when_quiet(term) : 0;
		term_type(term, "\r");
		snprintf(counts, sizeof(counts), "%d↑ %d↓", i, i);
		term_wait_row(term, -2, counts);
		if (i > FULL_LINES)
			costs[i - FULL_LINES - 1] =
			    bytes_when_quiet(term) - before;
	}
	qsort(costs, COST_LINES, sizeof(costs[0]), compare_sizes);
	print_message("bytes for an echoed line: %zu to %zu, median %zu\n",
	    costs[0], costs[COST_LINES - 1], costs[COST_LINES / 2]);
	assert_true(costs[COST_LINES / 2] < 300);
	client_quit(term);
	server_stop(server);
}

static void
the_wheel_can_be_left_to_the_terminal(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	assert_true(term_modes(term).mouse);
	client_say(term, "/set mouse off");
	client_say_verified(term, "off");
	assert_false(term_modes(term).mouse);
	term_type(term, "\032");
	term_wait_stop(term);
	term_signal(term, SIGCONT);
	client_say_verified(term, "still off");
	assert_false(term_modes(term).mouse);
	client_say(term, "/set mouse on");
	client_say_verified(term, "on");
	assert_true(term_modes(term).mouse);
	client_quit(term);
	server_stop(server);
}

static void
the_cursor_is_behind_what_is_typed(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	term_wait_cursor(term, 23, 4);
	term_type(term, "ab");
	term_wait_cursor(term, 23, 6);
	term_type(term, "한글");
	term_wait_cursor(term, 23, 10);
	term_key(term, KEY_LEFT, 0);
	term_wait_cursor(term, 23, 8);
	term_type(term, "\010");
	term_wait_row(term, -1, "$> ab글");
	term_wait_cursor(term, 23, 6);
	client_drop_and_quit(term);
	server_stop(server);
}

/* Every cell of a row belongs to a whole character: none is torn at an edge. */
static bool
is_whole(struct term *term, void *arg)
{
	int columns = term_columns(term);

	(void)arg;
	for (int row = 0; row < term_rows(term); row++)
		for (int column = 0; column < columns;) {
			struct emulator_cell cell =
			    term_cell(term, row, column);

			column += cell.width;
			if (cell.width == 0 || column > columns)
				return false;
		}
	return true;
}

static void
wide_characters_are_whole_at_every_width(void **state)
{
	static const char line[] = "a한글b 메아리 e\xcc\x81 漢字 🎉 안녕하세요 "
				   "여러분 wide and narrow 끝";
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	client_say(term, line);
	term_wait_text(term, "1↑ 1↓");
	for (int columns = 40; columns <= 200; columns++) {
		term_resize(term, 24, columns);
		if (columns < 100)
			term_wait_row(term, -1, "$>");
		else
			term_wait_row(term, -2, "$>");
		term_wait_text(term, "끝");
		term_wait_text(term, "✓");
		/* the emulator tears some itself, until all is drawn anew */
		term_wait(term, is_whole, NULL, "whole characters");
	}
	client_quit(term);
	server_stop(server);
}

static void
without_utf8_all_is_ascii(void **state)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	struct term_options plain = {.env = env};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, &plain);
	const char *screen;

	(void)state;
	client_say(term, "plain");
	term_wait_text(term, "< plain");
	term_wait_text(term, "ok");
	for (screen = term_screen(term); *screen != '\0'; screen++)
		assert_true((unsigned char)*screen < 0x80);
	client_quit(term);
	server_stop(server);
}

static void
a_screen_that_is_too_small_says_so_and_recovers(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	term_type(term, "draft");
	term_resize(term, 5, 20);
	term_wait_text(term, "20x5 is too small");
	term_resize(term, 1, 1);
	term_resize(term, 8, 40);
	term_wait_row(term, -1, "$> draft");
	client_drop_and_quit(term);
	server_stop(server);
}

static void
help_opens_turns_and_closes(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);

	(void)state;
	term_key(term, KEY_F1, 0);
	term_wait_text(term, "drop the line; twice: quit");
	term_key(term, KEY_PGDN, 0);
	term_wait_text(term, "write the transcript to a file");
	/* Another key of that kind turns no page back. */
	term_key(term, KEY_F4, 0);
	term_type(term, "x");
	term_wait_row(term, -1, "$> x");
	term_wait_text(term, "write the transcript to a file");
	term_type(term, "\b");
	/* What is behind it stays where it is. */
	term_type(term, "\033<");
	term_wait_row(term, 0, "send the line");
	term_type(term, "\033>");
	term_wait_text(term, "the time of each line");
	term_key(term, KEY_F1, 0);
	term_wait_no_text(term, "the time of each line");
	term_wait_no_text(term, "back to the end");
	client_say(term, "/help");
	term_wait_text(term, "drop the line; twice: quit");
	client_quit(term);
	server_stop(server);
}

static void
help_is_whole_on_a_narrow_screen(void **state)
{
	struct server *server = server_start(NULL);
	struct term_options narrow = {.rows = 8, .columns = 40};
	struct term *term = client_connect(server_port(server), NULL, &narrow);

	(void)state;
	term_key(term, KEY_F1, 0);
	term_wait_row(term, 0, "Enter");
	term_wait_row(term, 1, "send the line");
	for (int i = 0; i < 40; i++)
		term_key(term, KEY_PGDN, 0);
	term_wait_row(term, 3, "time on|off");
	term_wait_row(term, 4, "the time of each line");
	term_wait_row(term, -2, "PgUp PgDn turn it");
	client_quit(term);
	server_stop(server);
}

static void
a_long_line_is_marked_where_it_goes_on(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);
	struct emulator_cell cell;

	(void)state;
	for (int i = 0; i < 60; i++)
		term_type(term, "한글");
	term_wait_row(term, -1, "$>‹");
	assert_null(strstr(term_row(term, 23), "›"));
	term_type(term, "\001");
	term_wait_row(term, -1, "$> 한글");
	term_wait_cursor(term, 23, 4);
	cell = term_cell(term, 23, 79);
	assert_string_equal(cell.text, "›");
	client_drop_and_quit(term);
	server_stop(server);
}

static void
a_page_and_the_wheel_scroll(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);
	char line[32], before[256];

	(void)state;
	for (int i = 0; i < 30; i++) {
		snprintf(line, sizeof(line), "line %02d.", i);
		client_say(term, line);
	}
	term_wait_text(term, "30↑ 30↓");
	term_key(term, KEY_PGUP, 0);
	term_wait_no_text(term, "‹ line 29.");
	snprintf(before, sizeof(before), "%s", term_row(term, 3));
	term_wheel(term, 5, 5, true);
	term_wait_row(term, 6, before);
	term_wheel(term, 5, 5, false);
	term_wait_row(term, 3, before);
	term_key(term, KEY_PGDN, 0);
	term_wait_text(term, "‹ line 29.");
	client_quit(term);
	server_stop(server);
}

static void
what_arrives_while_scrolled_up_is_counted(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	struct term *term =
	    client_start(peer_listener_port(listener), NULL, NULL);
	struct peer *peer = peer_accept(listener);
	char before[256];

	(void)state;
	for (int i = 0; i < 50; i++)
		peer_send_text(peer, "from the server\n");
	peer_send_text(peer, "the last one\n");
	term_wait_text(term, "the last one");
	term_key(term, KEY_PGUP, 0);
	term_wait_no_text(term, "the last one");
	snprintf(before, sizeof(before), "%s", term_row(term, 3));
	peer_send_text(peer, "more\nand more\nand more\n");
	term_wait_row(term, -3, "3 new");
	assert_string_equal(term_row(term, 3), before);
	/* M-> */
	term_type(term, "\033>");
	term_wait_row(term, -4, "and more");
	term_wait_no_text(term, "3 new");
	client_quit(term);
	peer_free(peer);
	peer_listener_free(listener);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_line_comes_back_verified),
	    TEST(the_first_line_tells_how_to_get_help_and_how_to_leave),
	    TEST(an_echoed_line_costs_less_than_300_bytes),
	    TEST(the_wheel_can_be_left_to_the_terminal),
	    TEST(the_cursor_is_behind_what_is_typed),
	    TEST(wide_characters_are_whole_at_every_width),
	    TEST(without_utf8_all_is_ascii),
	    TEST(a_screen_that_is_too_small_says_so_and_recovers),
	    TEST(help_opens_turns_and_closes),
	    TEST(help_is_whole_on_a_narrow_screen),
	    TEST(a_long_line_is_marked_where_it_goes_on),
	    TEST(a_page_and_the_wheel_scroll),
	    TEST(what_arrives_while_scrolled_up_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
