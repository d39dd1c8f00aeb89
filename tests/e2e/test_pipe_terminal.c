/* yodel as a pipe where one of its sides, or both, is a terminal. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "term.h"

#define SCRIPT_MAX 1024

/* A shell's line in a terminal, with the test as the server that it talks to. */
struct line {
	struct peer_listener *listener;
	struct peer *peer;
	struct term *term;
};

/* Runs yodel with what a shell is told to put before and behind it. */
static struct line
line_start(const char *before, const char *behind)
{
	char text[SCRIPT_MAX];
	const char *argv[] = {"sh", "-c", text, NULL};
	struct line line;

	line.listener = peer_listen(0);
	snprintf(text, sizeof(text), "%s '%s' --pipe 127.0.0.1:%u %s", before,
	    process_yodel(), peer_listener_port(line.listener), behind);
	line.term = term_start(argv, NULL);
	line.peer = peer_accept(line.listener);
	return line;
}

/* It ends with this status, the terminal as it was. */
static void
line_end(struct line *line, int status)
{
	term_expect_exit(line->term, status);
	term_expect_restored(line->term);
	term_free(line->term);
	peer_free(line->peer);
	peer_listener_free(line->listener);
}

static void
a_terminal_on_both_sides_is_talked_through(void **state)
{
	struct line line = line_start("exec", "");

	(void)state;
	term_type(line.term, "안녕 there\r");
	peer_expect(line.peer, "안녕 there\n");
	peer_send_text(line.peer, "and to you, without an end");
	term_wait_text(line.term, "and to you, without an end");
	assert_false(term_modes(line.term).alternate);
	/* The terminal's own line editing: what is not ended is not sent. */
	term_type(line.term, "oops\025that is all\r\004");
	peer_expect(line.peer, "that is all\n");
	peer_expect_eof(line.peer);
	peer_send_text(line.peer, "\r\ngoodbye");
	peer_shutdown(line.peer);
	term_wait_text(line.term, "goodbye");
	line_end(&line, 0);
}

static void
control_c_ends_it(void **state)
{
	struct line line = line_start("exec", "");

	(void)state;
	peer_send_text(line.peer, "hello");
	term_wait_text(line.term, "hello");
	term_type(line.term, "\003");
	line_end(&line, 128 + SIGINT);
}

static void
a_terminal_can_be_the_input_alone(void **state)
{
	char path[256], behind[300], *text;
	struct line line;

	(void)state;
	scratch_path(path, sizeof(path), "output");
	snprintf(behind, sizeof(behind), ">'%s'", path);
	line = line_start("exec", behind);
	term_type(line.term, "question\r\004");
	peer_expect(line.peer, "question\n");
	peer_expect_eof(line.peer);
	peer_send_text(line.peer, "the answer\n");
	peer_shutdown(line.peer);
	term_expect_exit(line.term, 0);
	assert_null(strstr(term_screen(line.term), "the answer"));
	line_end(&line, 0);
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_string_equal(text, "the answer\n");
	free(text);
}

static void
a_terminal_can_be_the_output_alone(void **state)
{
	struct line line = line_start("printf question |", "");

	(void)state;
	peer_expect(line.peer, "question");
	peer_expect_eof(line.peer);
	/* More than a terminal takes at once, and nothing is added. */
	for (int i = 0; i < 1000; i++)
		peer_send_text(line.peer,
		    "an answer of several thousand "
		    "characters for each question\r\n");
	peer_send_text(line.peer, "the last of it");
	peer_shutdown(line.peer);
	term_wait_text(line.term, "the last of it");
	line_end(&line, 0);
}

static void
a_terminal_is_told_why_it_ended(void **state)
{
	struct line line = line_start("exec", "");

	(void)state;
	peer_send_text(line.peer, "half an ans");
	term_wait_text(line.term, "half an ans");
	peer_reset(line.peer);
	line.peer = NULL;
	term_wait_text(line.term, "yodel: reset by peer");
	line_end(&line, 3);
}

static void
what_nobody_wants_goes_to_dev_null(void **state)
{
	struct line line = line_start("", "</dev/null >/dev/null");

	(void)state;
	peer_expect_eof(line.peer);
	peer_send_text(line.peer, "anyone?");
	peer_shutdown(line.peer);
	term_expect_exit(line.term, 0);
	assert_string_equal(term_row(line.term, 0), "");
	line_end(&line, 0);
}

static void
a_full_disk_is_told(void **state)
{
	struct line line = line_start("", "</dev/zero >/dev/full");

	(void)state;
	peer_send_text(line.peer, "more");
	term_wait_text(line.term, "yodel: stdout: No space left on device");
	line_end(&line, 3);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_terminal_on_both_sides_is_talked_through),
	    TEST(control_c_ends_it),
	    TEST(a_terminal_can_be_the_input_alone),
	    TEST(a_terminal_can_be_the_output_alone),
	    TEST(a_terminal_is_told_why_it_ended),
	    TEST(what_nobody_wants_goes_to_dev_null),
	    TEST(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
