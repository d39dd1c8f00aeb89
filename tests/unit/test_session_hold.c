/* session: ask, always, never: lines typed while down, and the last place. */

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

static void
expect_notice(struct session_probe *p, const char *text)
{
	(void)session_probe_read(p, TRANSCRIPT_NOTICE, "%s", text);
}

static void
go_down(struct session_probe *p)
{
	session_probe_hang_up(p);
	session_probe_until_state(p, LINK_WAITING);
	expect_notice(p, "closed by peer");
}

static void
come_back(struct session_probe *p)
{
	session_probe_accept(p);
	expect_notice(p, "connected again to ");
}

/* To another listener, which is the probe's from now on. */
static void
go_elsewhere(struct session_probe *p)
{
	peer_listener_free(p->listener);
	p->listener = peer_listen(0);
	session_probe_connect_to(p, session_probe_port(p));
	session_probe_accept(p);
}

/* Reads the rest of the notices, until the session has nothing more to say. */
static void
skip_notices(struct session_probe *p)
{
	session_probe_settle(p);
	p->next = transcript_end(p->transcript);
}

static void
it_asks_to_begin_with(void **state)
{
	struct session_probe *p = *state;

	assert_int_equal(session_resend(p->session), SESSION_ASK);
	session_set_resend(p->session, SESSION_NEVER);
	assert_int_equal(session_resend(p->session), SESSION_NEVER);
	session_probe_expect_end(p);
}

static void
always_sends_them_when_it_is_back(void **state)
{
	struct session_probe *p = *state;
	uint64_t one;

	session_set_resend(p->session, SESSION_ALWAYS);
	go_down(p);
	one = session_probe_say(p, "one");
	session_probe_say(p, "two");
	assert_int_equal(session_probe_mark(p, one), TRANSCRIPT_WAITING);
	assert_int_equal(counts(p)->waiting, 2);
	assert_int_equal(counts(p)->held, 0);
	assert_false(session_probe_has_said(p, one));
	come_back(p);
	expect_notice(p, "2 lines that waited go out");
	peer_expect(p->peer, "one\ntwo\n");
	assert_int_equal(session_probe_mark(p, one), TRANSCRIPT_PLAIN);
	assert_true(session_probe_has_said(p, one));
	assert_int_equal(counts(p)->waiting, 0);
	session_probe_expect_end(p);
}

static void
always_greets_before_that(void **state)
{
	struct session_probe *p = session_probe_new("HELO me", false);

	(void)state;
	session_set_resend(p->session, SESSION_ALWAYS);
	session_probe_connect(p);
	(void)session_probe_read(p, TRANSCRIPT_SENT, "HELO me");
	peer_expect(p->peer, "HELO me\n");
	go_down(p);
	session_probe_say(p, "late");
	come_back(p);
	(void)session_probe_read(p, TRANSCRIPT_SENT, "HELO me");
	expect_notice(p, "1 line that waited goes out");
	peer_expect(p->peer, "HELO me\nlate\n");
	session_probe_free(p);
}

static bool
has_tried(const struct session_probe *p, uint64_t tries)
{
	return session_status(p->session)->tries >= tries;
}

static void
always_keeps_them_over_tries_that_fail(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint16_t port = link_probe_free_port();

	(void)state;
	session_set_resend(p->session, SESSION_ALWAYS);
	session_probe_connect_to(p, port);
	session_probe_until(p, has_tried, 1);
	session_probe_send(p, "one");
	session_probe_until(p, has_tried, 3);
	session_probe_send(p, "two");
	assert_int_equal(counts(p)->waiting, 2);
	peer_listener_free(p->listener);
	p->listener = peer_listen(port);
	session_probe_accept(p);
	peer_expect(p->peer, "one\ntwo\n");
	session_probe_free(p);
}

static void
always_asks_for_another_place(void **state)
{
	struct session_probe *p = *state;
	uint64_t id;

	session_set_resend(p->session, SESSION_ALWAYS);
	go_down(p);
	id = session_probe_say(p, "for the first");
	go_elsewhere(p);
	skip_notices(p);
	session_probe_say(p, "for the second");
	peer_expect(p->peer, "for the second\n");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_WAITING);
	assert_int_equal(counts(p)->held, 1);
	/* Nor does it go when this place has been away. */
	session_probe_hang_up(p);
	session_probe_until_state(p, LINK_WAITING);
	session_probe_send(p, "later");
	session_probe_accept(p);
	peer_expect(p->peer, "later\n");
	session_set_resend(p->session, SESSION_ASK);
	session_set_resend(p->session, SESSION_ALWAYS);
	assert_int_equal(counts(p)->held, 1);
	assert_int_equal(session_release(p->session), 1);
	peer_expect(p->peer, "for the first\n");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_PLAIN);
}

static void
always_knows_the_same_place_by_its_name(void **state)
{
	struct session_probe *p = *state;

	session_set_resend(p->session, SESSION_ALWAYS);
	session_disconnect(p->session);
	expect_notice(p, "disconnected");
	session_probe_say(p, "for this one");
	session_connect(p->session, session_place(p->session));
	session_probe_accept(p);
	expect_notice(p, "connected to ");
	expect_notice(p, "1 line that waited goes out");
	peer_expect(p->peer, "for this one\n");
}

static void
turning_to_always_sends_what_is_held(void **state)
{
	struct session_probe *p = *state;

	go_down(p);
	session_probe_say(p, "one");
	come_back(p);
	expect_notice(p, "1 line waits: ");
	session_probe_say(p, "two");
	session_set_resend(p->session, SESSION_ALWAYS);
	expect_notice(p, "1 line that waited goes out");
	peer_expect(p->peer, "two\none\n");
	assert_int_equal(counts(p)->held, 0);
	session_probe_expect_end(p);
}

static void
turning_to_always_while_down_sends_it_later(void **state)
{
	struct session_probe *p = *state;

	go_down(p);
	session_probe_say(p, "one");
	session_set_resend(p->session, SESSION_ALWAYS);
	session_probe_expect_end(p);
	assert_int_equal(counts(p)->waiting, 1);
	session_probe_say(p, "two");
	come_back(p);
	expect_notice(p, "2 lines that waited go out");
	peer_expect(p->peer, "one\ntwo\n");
}

static void
turning_to_ask_while_down_holds_them_back(void **state)
{
	struct session_probe *p = *state;

	session_set_resend(p->session, SESSION_ALWAYS);
	go_down(p);
	session_probe_say(p, "one");
	session_set_resend(p->session, SESSION_ASK);
	assert_int_equal(counts(p)->held, 1);
	come_back(p);
	expect_notice(p, "1 line waits: ");
	assert_int_equal(session_status(p->session)->bytes_out, 0);
}

static void
never_says_at_once_that_it_is_not_sent(void **state)
{
	struct session_probe *p = *state;
	uint64_t id;

	session_set_resend(p->session, SESSION_NEVER);
	go_down(p);
	id = session_probe_say(p, "one");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_DROPPED);
	assert_true(session_probe_has_said(p, id));
	expect_notice(p, "not sent: ");
	assert_int_equal(counts(p)->held + counts(p)->waiting, 0);
	come_back(p);
	session_probe_say(p, "two");
	peer_expect(p->peer, "two\n");
	assert_int_equal(counts(p)->lines_out, 1);
	session_probe_expect_end(p);
}

static void
never_lets_a_line_on_the_way_to_a_named_place_wait(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint64_t id;

	(void)state;
	session_set_resend(p->session, SESSION_NEVER);
	session_probe_connect_to(p, session_probe_port(p));
	id = session_probe_say(p, "early");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_WAITING);
	session_probe_accept(p);
	peer_expect(p->peer, "early\n");
	session_probe_free(p);
}

static void
never_drops_it_where_that_place_refuses(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint64_t id;

	(void)state;
	session_set_resend(p->session, SESSION_NEVER);
	session_probe_connect_to(p, link_probe_free_port());
	id = session_probe_say(p, "early");
	expect_notice(p, "connection refused by");
	expect_notice(p, "1 line that waited is not sent");
	assert_int_equal(session_probe_mark(p, id), TRANSCRIPT_DROPPED);
	session_probe_free(p);
}

static void
turning_to_never_drops_what_is_held(void **state)
{
	struct session_probe *p = *state;
	uint64_t one, two;

	go_down(p);
	one = session_probe_say(p, "for the first");
	go_elsewhere(p);
	skip_notices(p);
	go_down(p);
	two = session_probe_say(p, "for the second");
	assert_int_equal(counts(p)->held, 2);
	session_set_resend(p->session, SESSION_NEVER);
	expect_notice(p, "2 lines that waited are not sent");
	assert_int_equal(session_probe_mark(p, one), TRANSCRIPT_DROPPED);
	assert_int_equal(session_probe_mark(p, two), TRANSCRIPT_DROPPED);
	assert_int_equal(counts(p)->held, 0);
	session_probe_expect_end(p);
}

static void
the_place_is_the_one_named_last(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	uint16_t port = link_probe_free_port();

	(void)state;
	assert_null(session_place(p->session));
	session_probe_connect_to(p, port);
	assert_string_equal(session_place(p->session)->host, "127.0.0.1");
	assert_int_equal(session_place(p->session)->port, port);
	session_probe_connect_to(p, session_probe_port(p));
	session_disconnect(p->session);
	assert_int_equal(
	    session_place(p->session)->port, session_probe_port(p));
	session_probe_free(p);
}

static void
a_name_is_told_with_the_address_that_won(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);
	struct endpoint endpoint;

	(void)state;
	assert_int_equal(
	    endpoint_parse(&endpoint, "localhost", session_probe_port(p)), 0);
	session_connect(p->session, &endpoint);
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u (localhost)", session_probe_port(p));
	go_down(p);
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "connected again to 127.0.0.1:%u (localhost, after ",
	    session_probe_port(p));
	session_probe_free(p);
}

#define connected_test(f)                \
	cmocka_unit_test_setup_teardown( \
	    f, session_probe_setup, session_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    connected_test(it_asks_to_begin_with),
	    connected_test(always_sends_them_when_it_is_back),
	    cmocka_unit_test(always_greets_before_that),
	    cmocka_unit_test(always_keeps_them_over_tries_that_fail),
	    connected_test(always_asks_for_another_place),
	    connected_test(always_knows_the_same_place_by_its_name),
	    connected_test(turning_to_always_sends_what_is_held),
	    connected_test(turning_to_always_while_down_sends_it_later),
	    connected_test(turning_to_ask_while_down_holds_them_back),
	    connected_test(never_says_at_once_that_it_is_not_sent),
	    cmocka_unit_test(
		never_lets_a_line_on_the_way_to_a_named_place_wait),
	    cmocka_unit_test(never_drops_it_where_that_place_refuses),
	    connected_test(turning_to_never_drops_what_is_held),
	    cmocka_unit_test(the_place_is_the_one_named_last),
	    cmocka_unit_test(a_name_is_told_with_the_address_that_won),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
