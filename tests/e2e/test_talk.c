/* The conversation: what differs, what is only shown, what must not act. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "peer.h"
#include "scratch.h"
#include "server.h"
#include "talk.h"
#include "term.h"

static void
a_wrong_echo_is_shown_at_the_byte(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "hello world");
	peer_expect(talk.peer, "hello world\n");
	peer_send_text(talk.peer, "hello world\n");
	term_wait_text(talk.term, "✓");
	client_say(talk.term, "hello again");
	peer_expect(talk.peer, "hello again\n");
	peer_send_text(talk.peer, "hello aGain\n");
	term_wait_text(talk.term, "differs");
	term_wait_text(talk.term, "at byte 7");
	talk_end(&talk);
}

static void
an_echo_that_the_end_cuts_off_is_no_difference(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "hello world");
	peer_expect(talk.peer, "hello world\n");
	peer_send_text(talk.peer, "hello wo");
	peer_free(talk.peer);
	term_wait_text(talk.term, "closed by peer");
	term_wait_text(talk.term, "unanswered");
	assert_null(strstr(term_screen(talk.term), "differs"));
	talk.peer = peer_accept(talk.listener);
	talk_end(&talk);
}

static void
a_service_that_does_not_echo_is_simply_shown(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	peer_send_text(talk.peer, "220 mail.example ready\r\n");
	term_wait_text(talk.term, "‹ 220 mail.example ready");
	client_say(talk.term, "HELO me");
	peer_send_text(talk.peer, "250 pleased to meet you\r\n");
	term_wait_text(talk.term, "‹ 250 pleased to meet you");
	assert_null(strstr(term_screen(talk.term), "differs"));
	assert_null(strstr(term_screen(talk.term), "^M"));
	talk_end(&talk);
}

static void
a_prompt_is_shown_before_its_line_ends(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	peer_send_text(talk.peer, "login: ");
	term_wait_text(talk.term, "‹ login:");
	client_say(talk.term, "me");
	peer_expect(talk.peer, "me\n");
	peer_send_text(talk.peer, "welcome\n");
	term_wait_text(talk.term, "‹ welcome");
	term_wait_row(talk.term, -2, "1↑ 1↓");
	talk_end(&talk);
}

static void
crlf_ends_lines_when_asked_to(void **state)
{
	static const char *const args[] = {
	    "--crlf", "--send-on-connect", "hi", NULL};
	struct talk talk = talk_start(args, NULL);

	(void)state;
	peer_expect(talk.peer, "hi\r\n");
	client_say(talk.term, "one");
	peer_expect(talk.peer, "one\r\n");
	client_say(talk.term, "/crlf off");
	client_say(talk.term, "//two");
	peer_expect(talk.peer, "/two\n");
	talk_end(&talk);
}

/* What would act on a terminal, if it ever got there. */
static const char *const payloads[] = {
    "\033[2J",		      /* erase */
    "\033]0;owned\007",	      /* title */
    "\033]52;c;b3duZWQ=\007", /* clipboard */
    "\033[6n",		      /* report the cursor */
    "\033[31;5m",	      /* colours, blink */
    "\xc2\x9b"
    "2J", /* C1 as UTF-8 */
    "\x9b"
    "2J",		/* C1 as a byte */
    "\033P$q\"p\033\\", /* DCS */
    "\007\007",		/* bell */
    "\033(0",		/* line drawing */
    "\xe2\x80\xae"
    "desrever",				     /* right to left */
    "\033]8;;http://x\033\\x\033]8;;\033\\", /* link */
};

static bool
contains(const char *bytes, size_t len, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= len; i++)
		if (memcmp(bytes + i, text, n) == 0)
			return true;
	return false;
}

static void
nothing_from_the_server_acts_on_the_terminal(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	char line[128];
	const char *raw;
	size_t before, len;

	(void)state;
	term_raw(talk.term, &before);
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		snprintf(
		    line, sizeof(line), "<%s> number %zu.\n", payloads[i], i);
		peer_send_text(talk.peer, line);
		snprintf(line, sizeof(line), "number %zu.", i);
		term_wait_text(talk.term, line);
	}
	raw = term_raw(talk.term, &len);
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		assert_false(contains(raw + before, len - before, payloads[i]));
	assert_int_equal(term_modes(talk.term).bells, 0);
	/* A report would have come in as typed text. */
	term_wait_row(talk.term, -1, "$>");
	assert_string_equal(term_row(talk.term, 23), " $>");
	term_wait_text(talk.term, "<^[[2J>");
	term_wait_text(talk.term, "<U+202E>");
	talk_end(&talk);
}

static void
every_byte_can_be_shown(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		char line[4] = {(char)byte, 'x', '\n'};

		if (byte != '\n')
			peer_send(talk.peer, line, 3);
	}
	peer_send_text(talk.peer, "the end\n");
	term_wait_text(talk.term, "the end");
	term_wait_text(talk.term, "\\xffx");
	assert_true(term_modes(talk.term).alternate);
	assert_int_equal(term_modes(talk.term).bells, 0);
	talk_end(&talk);
}

static void
a_line_without_end_is_shown_and_bounded(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	static char block[65536];

	(void)state;
	memset(block, 'z', sizeof(block));
	for (int i = 0; i < 64; i++)
		peer_send(talk.peer, block, sizeof(block));
	peer_send_text(talk.peer, " over\n");
	term_wait_text(talk.term, "over");
	client_say(talk.term, "still here");
	peer_expect(talk.peer, "still here\n");
	talk_end(&talk);
}

static void
connect_goes_to_another_place_and_keeps_the_transcript(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct server *server = server_start(NULL);
	char line[64];

	(void)state;
	peer_send_text(talk.peer, "from the first\n");
	term_wait_text(talk.term, "from the first");
	snprintf(
	    line, sizeof(line), "/connect 127.0.0.1 %u", server_port(server));
	client_say(talk.term, line);
	peer_expect_eof(talk.peer);
	term_wait_text(talk.term, "connected to 127.0.0.1");
	client_say_verified(talk.term, "to the second");
	term_wait_text(talk.term, "from the first");
	client_say(talk.term, "/connect ::::");
	term_wait_text(talk.term, "/connect '::::'");
	talk_end(&talk);
	server_stop(server);
}

static void
commands_that_are_not_right_are_answered(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "/nope");
	term_wait_text(talk.term, "no such command: /nope");
	client_say(talk.term, "/re");
	term_wait_text(talk.term, "more than one command begins like /re");
	client_say(talk.term, "/crlf perhaps");
	term_wait_text(talk.term, "/crlf 'perhaps': on or off is wanted");
	client_say(talk.term, "/save");
	term_wait_text(talk.term, "the name of a file is wanted");
	talk_end(&talk);
}

static void
save_writes_what_was_said(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);
	char path[256], line[300], *text;

	(void)state;
	client_say_verified(term, "keep this");
	scratch_path(path, sizeof(path), "conversation");
	snprintf(line, sizeof(line), "/save %s", path);
	client_say(term, line);
	term_wait_text(term, "entries saved to");
	text = scratch_read(path, NULL);
	assert_non_null(strstr(text, " > keep this\n"));
	assert_non_null(strstr(text, " < keep this"));
	free(text);
	client_say(term, "/save /no/such/folder/x");
	term_wait_text(term, "No such file or directory");
	client_say(term, "/clear");
	term_wait_no_text(term, "keep this");
	client_quit(term);
	server_stop(server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_wrong_echo_is_shown_at_the_byte),
	    TEST(an_echo_that_the_end_cuts_off_is_no_difference),
	    TEST(a_service_that_does_not_echo_is_simply_shown),
	    TEST(a_prompt_is_shown_before_its_line_ends),
	    TEST(crlf_ends_lines_when_asked_to),
	    TEST(nothing_from_the_server_acts_on_the_terminal),
	    TEST(every_byte_can_be_shown),
	    TEST(a_line_without_end_is_shown_and_bounded),
	    TEST(connect_goes_to_another_place_and_keeps_the_transcript),
	    TEST(commands_that_are_not_right_are_answered),
	    TEST(save_writes_what_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
