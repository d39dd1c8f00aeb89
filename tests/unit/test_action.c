/* action: what the commands do to a session, a transcript and a view. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/scratch.h"
#include "session_probe.h"
#include "settings.h"
#include "view.h"

struct fixture {
	struct session_probe *probe;
	struct settings settings;
	struct view view;
	struct action action;
};

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint16_t port;

	assert_non_null(f);
	f->probe = session_probe_new(NULL, false);
	port = session_probe_port(f->probe);
	assert_int_equal(
	    endpoint_parse(&f->settings.server, "127.0.0.1", port), 0);
	view_init(&f->view, NULL);
	view_resize(&f->view, f->probe->transcript, 80, 2);
	f->action = (struct action){
	    &f->settings, f->probe->session, f->probe->transcript, &f->view};
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	session_probe_free(f->probe);
	free(f);
	return 0;
}

static void
run(struct fixture *f, const char *line)
{
	assert_int_equal(action_run(&f->action, line), ACTION_DONE);
}

static void
expect_notice(struct fixture *f, const char *text)
{
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE, "%s", text);
}

static void
help_and_quit_are_the_callers(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(action_run(&f->action, "/help"), ACTION_HELP);
	assert_int_equal(action_run(&f->action, "/h"), ACTION_HELP);
	assert_int_equal(action_run(&f->action, "/quit"), ACTION_QUIT);
	session_probe_expect_end(f->probe);
}

static void
an_unknown_one_is_told(void **state)
{
	struct fixture *f = *state;

	run(f, "/nonsense 1");
	expect_notice(f, "no such command: /nonsense 1 (");
	run(f, "/c");
	expect_notice(f, "more than one command begins like /c (");
	session_probe_expect_end(f->probe);
}

static void
clear_empties_the_transcript_and_follows_its_end(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		session_notice(f->probe->session, "%d", i);
	view_to_start(&f->view, f->probe->transcript);
	assert_false(f->view.following);
	run(f, "/clear");
	assert_true(f->view.following);
	assert_int_equal(transcript_first(f->probe->transcript),
	    transcript_end(f->probe->transcript));
}

static void
connect_goes_to_the_place_that_is_named(void **state)
{
	struct fixture *f = *state;
	struct peer_listener *other = peer_listen(0);
	char line[64];

	run(f, "/connect");
	session_probe_accept(f->probe);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u", session_probe_port(f->probe));
	peer_listener_free(f->probe->listener);
	f->probe->listener = other;
	snprintf(line, sizeof(line), "/connect 127.0.0.1 %u",
	    session_probe_port(f->probe));
	run(f, line);
	expect_notice(f, "closed, to connect again");
	session_probe_accept(f->probe);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u", session_probe_port(f->probe));
}

static void
connect_says_what_is_wrong_and_changes_nothing(void **state)
{
	struct fixture *f = *state;

	run(f, "/connect a b c");
	expect_notice(f, "/connect 'a b c': HOST");
	run(f, "/connect a 99999");
	expect_notice(f, "/connect 'a 99999': a port is a number");
	assert_int_equal(session_status(f->probe->session)->state, LINK_IDLE);
}

static void
disconnect_and_reconnect(void **state)
{
	struct fixture *f = *state;

	session_probe_connect(f->probe);
	run(f, "/disconnect");
	expect_notice(f, "disconnected");
	assert_int_equal(session_status(f->probe->session)->state, LINK_IDLE);
	run(f, "/reconnect");
	session_probe_accept(f->probe);
	expect_notice(f, "connected to ");
}

static void
crlf_is_switched_and_told(void **state)
{
	struct fixture *f = *state;

	run(f, "/crlf");
	expect_notice(f, "lines end with LF");
	assert_false(session_crlf(f->probe->session));
	run(f, "/crlf on");
	expect_notice(f, "lines end with CR LF");
	assert_true(session_crlf(f->probe->session));
	run(f, "/crlf sometimes");
	expect_notice(f, "/crlf 'sometimes': on or off is wanted");
	assert_true(session_crlf(f->probe->session));
	run(f, "/crlf off");
	expect_notice(f, "lines end with LF");
	assert_false(session_crlf(f->probe->session));
}

static void
held_lines_are_dropped_or_sent(void **state)
{
	struct fixture *f = *state;

	session_probe_say(f->probe, "one");
	run(f, "/drop");
	expect_notice(f, "1 line dropped");
	run(f, "/drop");
	expect_notice(f, "0 lines dropped");
	session_probe_say(f->probe, "two");
	session_probe_say(f->probe, "three");
	session_probe_connect(f->probe);
	expect_notice(f, "2 lines wait");
	run(f, "/resend");
	expect_notice(f, "2 lines released");
	peer_expect(f->probe->peer, "two\nthree\n");
}

static void
save_writes_a_new_file(void **state)
{
	struct fixture *f = *state;
	char path[256], line[300], *text;

	scratch_path(path, sizeof(path), "conversation");
	snprintf(line, sizeof(line), "/save %s", path);
	session_probe_say(f->probe, "kept");
	run(f, line);
	(void)session_probe_read(
	    f->probe, TRANSCRIPT_NOTICE, "1 entry saved to %s", path);
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_non_null(strstr(text, "> kept\n"));
	free(text);
	run(f, line);
	(void)session_probe_read(
	    f->probe, TRANSCRIPT_NOTICE, "/save: %s: ", path);
	run(f, "/save");
	expect_notice(f, "/save: the name of a file is wanted");
	session_probe_expect_end(f->probe);
}

#define action_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    action_test(help_and_quit_are_the_callers),
	    action_test(an_unknown_one_is_told),
	    action_test(clear_empties_the_transcript_and_follows_its_end),
	    action_test(connect_goes_to_the_place_that_is_named),
	    action_test(connect_says_what_is_wrong_and_changes_nothing),
	    action_test(disconnect_and_reconnect),
	    action_test(crlf_is_switched_and_told),
	    action_test(held_lines_are_dropped_or_sent),
	    action_test(save_writes_a_new_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
