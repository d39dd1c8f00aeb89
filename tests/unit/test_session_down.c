/* session: what becomes of lines when the connection is not there, or goes. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "link_probe.h"
#include "session_probe.h"

static const struct session_counts *
counts(const struct session_probe *p)
{
	return session_counts(p->session);
}

/* The peer closes, and the session has noticed: it waits for the next try. */
static void
go_down(struct session_probe *p)
{
	session_probe_hang_up(p);
	session_probe_until_state(p, LINK_WAITING);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "closed by peer");
}

static void
come_back(struct session_probe *p)
{
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "connected again to 127.0.0.1:%u (after ", session_probe_port(p));
}

static void
unanswered_lines_are_marked_at_the_end(void **state)
{
	struct session_probe *p = *state;
	uint64_t answered, first, second;

	answered = session_probe_say(p, "answered");
	peer_send_text(p->peer, "answered\n");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "answered");
	first = session_probe_say(p, "first");
	second = session_probe_say(p, "second");
	peer_expect(p->peer, "answered\nfirst\nsecond\n");
	go_down(p);
	assert_int_equal(session_probe_mark(p, answered), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, first), TRANSCRIPT_UNANSWERED);
	assert_int_equal(session_probe_mark(p, second), TRANSCRIPT_UNANSWERED);
	assert_int_equal(counts(p)->unanswered, 2);
	/* Nor is it taken for an answer over the next connection. */
	come_back(p);
	peer_send_text(p->peer, "first\n");
	assert_int_equal(
	    session_probe_mark(
		p, session_probe_read(p, TRANSCRIPT_RECEIVED, "first")),
	    TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->verified, 1);
}

/* What a service said after it, in words of its own, was the answer. */
static void
a_service_that_does_not_echo_has_answered(void **state)
{
	struct session_probe *p = *state;
	uint64_t answered, last;

	answered = session_probe_say(p, "HELO me");
	peer_send_text(p->peer, "250 pleased to meet you\n");
	(void)session_probe_read(
	    p, TRANSCRIPT_RECEIVED, "250 pleased to meet you");
	last = session_probe_say(p, "QUIT");
	peer_expect(p->peer, "HELO me\nQUIT\n");
	go_down(p);
	assert_int_equal(session_probe_mark(p, answered), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, last), TRANSCRIPT_UNANSWERED);
	assert_int_equal(counts(p)->unanswered, 1);
}

static void
a_line_without_its_end_comes_at_the_close(void **state)
{
	struct session_probe *p = *state;

	peer_send_text(p->peer, "bye\nfor now");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "bye");
	session_probe_settle(p);
	session_probe_expect_end(p);
	session_probe_hang_up(p);
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "for now");
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "closed by peer");
	assert_int_equal(counts(p)->lines_in, 1);
}

/* No echo, and none that differs: the rest of it never came. */
static void
a_cut_off_line_answers_nothing(void **state)
{
	struct session_probe *p = *state;
	uint64_t sent = session_probe_say(p, "hello"), cut;

	peer_expect(p->peer, "hello\n");
	peer_send_text(p->peer, "hell");
	session_probe_hang_up(p);
	cut = session_probe_read(p, TRANSCRIPT_RECEIVED, "hell");
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "closed by peer");
	assert_int_equal(session_probe_mark(p, cut), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, sent), TRANSCRIPT_UNANSWERED);
	assert_int_equal(counts(p)->mismatched, 0);
}

static void
lines_typed_while_down_wait_for_a_word(void **state)
{
	struct session_probe *p = *state;
	uint64_t one, two;

	go_down(p);
	one = session_probe_say(p, "one");
	two = session_probe_say(p, "two");
	assert_int_equal(session_probe_mark(p, one), TRANSCRIPT_WAITING);
	assert_int_equal(counts(p)->held, 2);
	assert_int_equal(counts(p)->waiting, 0);
	come_back(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "2 lines wait: ");
	assert_int_equal(session_status(p->session)->bytes_out, 0);
	/* What is typed now goes out, although they still wait. */
	session_probe_say(p, "now");
	peer_expect(p->peer, "now\n");
	assert_int_equal(session_release(p->session), 2);
	peer_expect(p->peer, "one\ntwo\n");
	assert_int_equal(session_probe_mark(p, one), TRANSCRIPT_PLAIN);
	assert_int_equal(session_probe_mark(p, two), TRANSCRIPT_PLAIN);
	assert_int_equal(counts(p)->held, 0);
	assert_int_equal(counts(p)->lines_out, 3);
	assert_int_equal(session_release(p->session), 0);
	session_probe_expect_end(p);
}

static void
held_lines_can_be_dropped(void **state)
{
	struct session_probe *p = *state;
	uint64_t id;

	go_down(p);
	id = session_probe_say(p, "regretted");
	come_back(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "1 line waits: ");
	assert_int_equal(session_drop_held(p->session), 1);
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_DROPPED);
	assert_int_equal(counts(p)->held, 0);
	session_probe_say(p, "next");
	peer_expect(p->peer, "next\n");
	assert_int_equal(session_drop_held(p->session), 0);
}

static void
lines_released_while_down_go_with_the_next_connection(void **state)
{
	struct session_probe *p = *state;

	go_down(p);
	session_probe_say(p, "one");
	session_probe_say(p, "two");
	assert_int_equal(session_release(p->session), 2);
	assert_int_equal(counts(p)->waiting, 2);
	session_probe_say(p, "three");
	come_back(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "1 line waits: ");
	peer_expect(p->peer, "one\ntwo\n");
	assert_int_equal(counts(p)->lines_out, 2);
	assert_int_equal(counts(p)->held, 1);
}

static bool
has_tried(const struct session_probe *p, uint64_t tries)
{
	return session_status(p->session)->tries >= tries;
}

static void
lines_keep_their_order_over_tries_that_fail(void **state)
{
	struct session_probe *p = *state;
	uint16_t port = link_probe_free_port();

	session_probe_connect_to(p, port);
	session_probe_until(p, has_tried, 1);
	session_probe_send(p, "one");
	session_release(p->session);
	session_probe_send(p, "two");
	session_probe_until(p, has_tried, 3);
	assert_int_equal(counts(p)->held, 2);
	session_probe_connect_to(p, session_probe_port(p));
	session_probe_accept(p);
	assert_int_equal(session_release(p->session), 2);
	peer_expect(p->peer, "one\ntwo\n");
}

static void
lines_typed_on_the_way_to_a_named_place_go_by_themselves(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint64_t id;

	(void)state;
	session_probe_connect_to(p, session_probe_port(p));
	id = session_probe_say(p, "early");
	session_probe_say(p, "bird");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_WAITING);
	assert_int_equal(counts(p)->waiting, 2);
	assert_int_equal(counts(p)->held, 0);
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connected to ");
	peer_expect(p->peer, "early\nbird\n");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_PLAIN);
	session_probe_expect_end(p);
	session_probe_free(p);
}

static void
they_wait_for_a_word_once_that_place_has_refused(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint16_t port = link_probe_free_port();

	(void)state;
	session_probe_connect_to(p, port);
	session_probe_say(p, "early");
	session_probe_until(p, has_tried, 1);
	(void)session_probe_read(
	    p, TRANSCRIPT_NOTICE, "connection refused by 127.0.0.1:%u", port);
	assert_int_equal(counts(p)->waiting, 0);
	assert_int_equal(counts(p)->held, 1);
	peer_listener_free(p->listener);
	p->listener = peer_listen(port);
	session_probe_accept(p);
	(void)session_probe_read(
	    p, TRANSCRIPT_NOTICE, "connected to 127.0.0.1:%u", port);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "1 line waits: ");
	assert_int_equal(session_status(p->session)->bytes_out, 0);
	session_probe_free(p);
}

static void
they_are_not_for_another_place_that_is_named_meanwhile(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint16_t port = link_probe_free_port();

	(void)state;
	session_probe_connect_to(p, port);
	session_probe_say(p, "for the first");
	session_probe_connect_to(p, session_probe_port(p));
	assert_int_equal(counts(p)->held, 1);
	session_probe_say(p, "for the second");
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connected to ");
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "1 line waits: ");
	peer_expect(p->peer, "for the second\n");
	assert_int_equal(counts(p)->lines_out, 1);
	session_probe_free(p);
}

static void
the_greeting_goes_first_each_time(void **state)
{
	struct session_probe *p = session_probe_new("HELO me", true);

	(void)state;
	session_probe_connect_to(p, session_probe_port(p));
	session_probe_say(p, "early");
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connected to ");
	(void)session_probe_read(p, TRANSCRIPT_SENT, "HELO me");
	peer_expect(p->peer, "HELO me\r\nearly\r\n");
	assert_int_equal(counts(p)->lines_out, 2);
	peer_send_text(p->peer, "HELO me\r\n");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "HELO me");
	assert_int_equal(counts(p)->verified, 1);
	go_down(p);
	come_back(p);
	(void)session_probe_read(p, TRANSCRIPT_SENT, "HELO me");
	peer_expect(p->peer, "HELO me\r\n");
	session_probe_free(p);
}

static void
held_lines_are_bounded(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	char *text = calloc(1, 4096);
	unsigned lines = 0;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 4096);
	while (session_send(p->session, text, 4096) == 0)
		assert_in_range(++lines, 1, 1024);
	assert_int_equal(errno, ENOBUFS);
	assert_in_range(lines, 200, 256);
	assert_int_equal(transcript_end(p->transcript), lines);
	assert_int_equal(counts(p)->held, lines);
	assert_true(session_is_busy(p->session));
	session_drop_held(p->session);
	assert_int_equal(session_send(p->session, text, 4096), 0);
	free(text);
	session_probe_free(p);
}

/* Whether the last peer echoed is nothing that is known of the next one. */
static void
another_place_is_judged_afresh(void **state)
{
	struct session_probe *p = *state;
	struct peer_listener *other = peer_listen(0);
	uint64_t id;

	session_probe_say(p, "abcd");
	peer_send_text(p->peer, "abcd\n");
	(void)session_probe_read(p, TRANSCRIPT_RECEIVED, "abcd");
	session_probe_say(p, "abcd");
	peer_send_text(p->peer, "wxyz\n");
	id = session_probe_read(p, TRANSCRIPT_RECEIVED, "wxyz");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_MISMATCH);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "this echo differs");
	session_probe_connect_to(p, peer_listener_port(other));
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "closed, to connect");
	peer_listener_free(p->listener);
	p->listener = other;
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u", session_probe_port(p));
	session_probe_say(p, "abcd");
	peer_send_text(p->peer, "wxyz\n");
	id = session_probe_read(p, TRANSCRIPT_RECEIVED, "wxyz");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_PLAIN);
}

static void
another_place_is_not_connected_to_again(void **state)
{
	struct session_probe *p = *state;
	uint16_t port = link_probe_free_port();

	session_probe_connect_to(p, port);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "closed, to connect");
	session_probe_until(p, has_tried, 3);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connection refused");
	session_probe_expect_end(p);
	peer_listener_free(p->listener);
	p->listener = peer_listen(port);
	session_probe_accept(p);
	(void)session_probe_read(
	    p, TRANSCRIPT_NOTICE, "connected to 127.0.0.1:%u", port);
	go_down(p);
	come_back(p);
}

static void
a_reconnect_that_was_asked_for_is_told_as_such(void **state)
{
	struct session_probe *p = *state;
	uint64_t sent = session_probe_say(p, "unanswered");

	session_reconnect(p->session);
	(void)session_probe_read(
	    p, TRANSCRIPT_NOTICE, "closed, to connect again");
	assert_int_equal(session_probe_mark(p, sent), TRANSCRIPT_UNANSWERED);
	session_probe_say(p, "on the way");
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connected to ");
	peer_expect(p->peer, "on the way\n");
}

static void
a_disconnect_is_told_and_lasts(void **state)
{
	struct session_probe *p = *state;

	session_disconnect(p->session);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "disconnected");
	peer_expect_eof(p->peer);
	assert_int_equal(session_status(p->session)->state, LINK_IDLE);
	session_probe_say(p, "typed to nobody");
	assert_int_equal(counts(p)->held, 1);
	session_disconnect(p->session);
	session_probe_expect_end(p);
}

static void
so_is_one_in_the_middle_of_many_tries(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);

	(void)state;
	session_probe_connect_to(p, link_probe_free_port());
	session_probe_until(p, has_tried, 3);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "connection refused");
	session_disconnect(p->session);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "disconnected");
	session_probe_expect_end(p);
	session_probe_free(p);
}

#define connected_test(f)                \
	cmocka_unit_test_setup_teardown( \
	    f, session_probe_setup, session_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    connected_test(unanswered_lines_are_marked_at_the_end),
	    connected_test(a_service_that_does_not_echo_has_answered),
	    connected_test(a_line_without_its_end_comes_at_the_close),
	    connected_test(a_cut_off_line_answers_nothing),
	    connected_test(lines_typed_while_down_wait_for_a_word),
	    connected_test(held_lines_can_be_dropped),
	    connected_test(
		lines_released_while_down_go_with_the_next_connection),
	    connected_test(lines_keep_their_order_over_tries_that_fail),
	    cmocka_unit_test(
		lines_typed_on_the_way_to_a_named_place_go_by_themselves),
	    cmocka_unit_test(they_wait_for_a_word_once_that_place_has_refused),
	    cmocka_unit_test(
		they_are_not_for_another_place_that_is_named_meanwhile),
	    cmocka_unit_test(the_greeting_goes_first_each_time),
	    cmocka_unit_test(held_lines_are_bounded),
	    connected_test(another_place_is_judged_afresh),
	    connected_test(another_place_is_not_connected_to_again),
	    connected_test(a_reconnect_that_was_asked_for_is_told_as_such),
	    connected_test(a_disconnect_is_told_and_lasts),
	    cmocka_unit_test(so_is_one_in_the_middle_of_many_tries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
