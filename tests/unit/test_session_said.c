/*
 * session: each entry is told as said once, when it is settled. (That none is
 * left out or told twice, the probe sees to in every test of the session.)
 */

#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "session_probe.h"

/* What is told next has to be this entry: the tests read them in order. */
static void
expect_said(struct session_probe *p, size_t *at, uint64_t id)
{
	assert_in_range(*at, 0, p->said_count - 1);
	assert_int_equal(p->said[(*at)++], id);
}

static bool
has_said(const struct session_probe *p, uint64_t count)
{
	return p->said_count >= count;
}

static void
a_line_is_said_when_it_goes_out_and_its_echo_with_its_verdict(void **state)
{
	struct session_probe *p = *state;
	size_t at = p->said_count;
	uint64_t sent, received;

	sent = session_probe_say(p, "hello");
	expect_said(p, &at, sent);
	peer_send_text(p->peer, "hello\n");
	received = session_probe_read(p, TRANSCRIPT_RECEIVED, "hello");
	expect_said(p, &at, received);
	assert_int_equal(session_probe_mark(p, received), TRANSCRIPT_VERIFIED);
	assert_int_equal(p->said_count, at);
}

static void
a_difference_is_said_before_the_words_about_it(void **state)
{
	struct session_probe *p = *state;
	size_t at;
	uint64_t received, notice;

	session_probe_say(p, "hello");
	at = p->said_count;
	peer_send_text(p->peer, "hellO\n");
	received = session_probe_read(p, TRANSCRIPT_RECEIVED, "hellO");
	notice = session_probe_read(p, TRANSCRIPT_NOTICE, "this echo differs");
	expect_said(p, &at, received);
	expect_said(p, &at, notice);
}

static void
a_line_that_waits_is_said_when_it_goes_out(void **state)
{
	struct session_probe *p = *state;
	uint64_t waits, now;
	size_t at;

	session_probe_hang_up(p);
	session_probe_until_state(p, LINK_WAITING);
	p->next = transcript_end(p->transcript);
	waits = session_probe_say(p, "waits");
	assert_false(session_probe_has_said(p, waits));
	session_probe_accept(p);
	p->next = transcript_end(p->transcript);
	now = session_probe_say(p, "now");
	at = p->said_count - 1;
	session_release(p->session);
	expect_said(p, &at, now);
	expect_said(p, &at, waits);
}

static void
a_line_that_is_dropped_is_said_then(void **state)
{
	struct session_probe *p = *state;
	uint64_t id;

	session_disconnect(p->session);
	p->next = transcript_end(p->transcript);
	id = session_probe_say(p, "regretted");
	assert_false(session_probe_has_said(p, id));
	session_drop_held(p->session);
	assert_true(session_probe_has_said(p, id));
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_DROPPED);
}

#define PIECE_BYTES 65536u
#define LONG_BYTES  (2 * PIECE_BYTES + 100)

static void
the_pieces_of_a_long_line_are_all_said(void **state)
{
	struct session_probe *p = *state;
	char *text = malloc(LONG_BYTES + 1);
	size_t at;

	assert_non_null(text);
	memset(text, 'x', LONG_BYTES);
	text[LONG_BYTES] = '\0';
	session_probe_send(p, text);
	p->next++;
	at = p->said_count;
	peer_send(p->peer, text, LONG_BYTES);
	peer_send_text(p->peer, "\n");
	session_probe_until(p, has_said, at + 3);
	for (uint64_t i = 0; i < 3; i++)
		expect_said(p, &at, p->next + i);
	assert_true(session_probe_entry(p, p->next + 1).continued);
	assert_int_equal(
	    session_probe_mark(p, p->next + 2), TRANSCRIPT_VERIFIED);
	free(text);
}

static void
what_the_end_cuts_off_is_said_before_the_end(void **state)
{
	struct session_probe *p = *state;
	size_t at = p->said_count;
	uint64_t cut, notice;

	peer_send_text(p->peer, "bye for no");
	session_probe_hang_up(p);
	cut = session_probe_read(p, TRANSCRIPT_RECEIVED, "bye for no");
	notice = session_probe_read(p, TRANSCRIPT_NOTICE, "closed by peer");
	expect_said(p, &at, cut);
	expect_said(p, &at, notice);
}

static void
a_prompt_is_said_before_the_answer_to_it(void **state)
{
	struct session_probe *p = *state;
	uint64_t prompt, answer;
	size_t at;

	peer_send_text(p->peer, "login: ");
	at = p->said_count;
	prompt = session_probe_read(p, TRANSCRIPT_RECEIVED, "login: ");
	answer = session_probe_say(p, "me");
	expect_said(p, &at, prompt);
	expect_said(p, &at, answer);
}

static void
what_waits_at_the_end_is_said_as_not_sent(void **state)
{
	struct session_probe *p = *state;
	uint64_t held, out;
	size_t at;

	session_disconnect(p->session);
	p->next = transcript_end(p->transcript);
	held = session_probe_say(p, "held");
	session_set_resend(p->session, SESSION_ALWAYS);
	session_set_resend(p->session, SESSION_ASK);
	session_connect(p->session, session_place(p->session));
	out = session_probe_say(p, "on its way");
	at = p->said_count;
	session_free(p->session);
	p->session = NULL;
	expect_said(p, &at, held);
	expect_said(p, &at, out);
	assert_int_equal(session_probe_mark(p, held), TRANSCRIPT_DROPPED);
	assert_int_equal(session_probe_mark(p, out), TRANSCRIPT_DROPPED);
}

#define connected_test(f)                \
	cmocka_unit_test_setup_teardown( \
	    f, session_probe_setup, session_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    connected_test(
		a_line_is_said_when_it_goes_out_and_its_echo_with_its_verdict),
	    connected_test(a_difference_is_said_before_the_words_about_it),
	    connected_test(a_line_that_waits_is_said_when_it_goes_out),
	    connected_test(a_line_that_is_dropped_is_said_then),
	    connected_test(the_pieces_of_a_long_line_are_all_said),
	    connected_test(what_the_end_cuts_off_is_said_before_the_end),
	    connected_test(a_prompt_is_said_before_the_answer_to_it),
	    connected_test(what_waits_at_the_end_is_said_as_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
