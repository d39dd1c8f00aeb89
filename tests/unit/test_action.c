/* action: what the commands do to a session, a transcript and a view. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "command.h"
#include "prefs.h"
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
	struct prefs prefs;
	char log[1024];	     /* the path of the one that runs, or empty */
	const char *log_why; /* what is wrong with the next one */
};

static const char *
fake_log(void *arg, const char *path)
{
	struct fixture *f = arg;

	if (f->log_why != NULL)
		return f->log_why;
	snprintf(f->log, sizeof(f->log), "%s", path != NULL ? path : "");
	return NULL;
}

static const char *
fake_log_path(void *arg)
{
	struct fixture *f = arg;

	return f->log[0] != '\0' ? f->log : NULL;
}

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
	view_init(&f->view, NULL, NULL);
	view_resize(&f->view, f->probe->transcript, 80, 2);
	prefs_init(&f->prefs, false);
	f->action = (struct action){
	    .settings = &f->settings,
	    .session = f->probe->session,
	    .transcript = f->probe->transcript,
	    .view = &f->view,
	    .prefs = &f->prefs,
	    .log = fake_log,
	    .log_path = fake_log_path,
	    .arg = f,
	};
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
	assert_int_equal(action_run(&f->action, "/hel"), ACTION_HELP);
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
	run(f, "/connect a:99999");
	expect_notice(f, "/connect 'a:99999': a port is a number");
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

/* The place of the command line is only where it begins. */
static void
connect_alone_goes_to_the_last_place(void **state)
{
	struct fixture *f = *state;
	char line[64];

	assert_int_equal(
	    endpoint_parse(&f->settings.server, "127.0.0.1", 1), 0);
	snprintf(line, sizeof(line), "/connect 127.0.0.1:%u",
	    session_probe_port(f->probe));
	run(f, line);
	session_probe_accept(f->probe);
	expect_notice(f, "connected to ");
	run(f, "/disconnect");
	expect_notice(f, "disconnected");
	run(f, "/connect");
	session_probe_accept(f->probe);
	(void)session_probe_read(f->probe, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u", session_probe_port(f->probe));
}

static void
crlf_is_switched_and_told(void **state)
{
	struct fixture *f = *state;

	run(f, "/crlf");
	expect_notice(f, "crlf is off: lines end with LF");
	assert_false(session_crlf(f->probe->session));
	run(f, "/crlf on");
	expect_notice(f, "crlf is on: lines end with CR LF");
	assert_true(session_crlf(f->probe->session));
	run(f, "/crlf sometimes");
	expect_notice(f, "/crlf 'sometimes': on or off is wanted");
	assert_true(session_crlf(f->probe->session));
	run(f, "/crlf off \t");
	expect_notice(f, "crlf is off: lines end with LF");
	assert_false(session_crlf(f->probe->session));
}

static void
time_and_hex_are_switched_and_told(void **state)
{
	struct fixture *f = *state;

	run(f, "/time");
	expect_notice(f, "time is on: ");
	run(f, "/time off");
	expect_notice(f, "time is off: ");
	assert_false(f->prefs.times);
	run(f, "/hex on");
	expect_notice(f, "hex is on: ");
	assert_true(f->prefs.hex);
	run(f, "/hex 16");
	expect_notice(f, "/hex '16': on or off is wanted");
	assert_true(f->prefs.hex);
}

static void
set_lists_tells_and_sets(void **state)
{
	struct fixture *f = *state;

	run(f, "/set");
	expect_notice(f, "crlf    off     lines end with LF");
	expect_notice(f, "hex     off     ");
	expect_notice(f, "mouse   on      ");
	expect_notice(f, "resend  ask     lines typed while down wait");
	expect_notice(f, "time    on      ");
	session_probe_expect_end(f->probe);
	run(f, "/set resend");
	expect_notice(f, "resend is ask: ");
	run(f, "/set resend always");
	expect_notice(f, "resend is always: ");
	assert_int_equal(session_resend(f->probe->session), SESSION_ALWAYS);
	run(f, "/set \t mouse  off ");
	expect_notice(f, "mouse is off: ");
	assert_false(f->prefs.mouse);
}

static void
set_says_what_is_wrong_and_changes_nothing(void **state)
{
	struct fixture *f = *state;

	run(f, "/set resend perhaps");
	expect_notice(
	    f, "/set resend 'perhaps': ask, always or never is wanted");
	assert_int_equal(session_resend(f->probe->session), SESSION_ASK);
	run(f, "/set colour off");
	expect_notice(f, "/set 'colour': no such setting (");
	run(f, "/set time on off");
	expect_notice(f, "/set time 'on off': on or off is wanted");
	session_probe_expect_end(f->probe);
}

static void
log_begins_ends_and_is_told(void **state)
{
	struct fixture *f = *state;

	run(f, "/log");
	expect_notice(f, "nothing is logged");
	run(f, "/log a file");
	expect_notice(f, "what is said is logged to a file");
	assert_string_equal(f->log, "a file");
	run(f, "/log");
	expect_notice(f, "what is said is logged to a file");
	f->log_why = "Permission denied";
	run(f, "/log x");
	expect_notice(f, "/log: x: Permission denied");
	assert_string_equal(f->log, "a file");
	f->log_why = NULL;
	run(f, "/log off");
	expect_notice(f, "nothing is logged");
	assert_string_equal(f->log, "");
}

static void
stats_tell_of_the_log_as_well(void **state)
{
	struct fixture *f = *state;
	struct transcript_entry last;

	run(f, "/log kept.txt");
	run(f, "/stats");
	last = session_probe_entry(
	    f->probe, transcript_end(f->probe->transcript) - 1);
	assert_int_equal(last.len, strlen("log         kept.txt"));
	assert_memory_equal(last.text, "log         kept.txt", last.len);
}

static void
run_with_a_long_end(struct fixture *f, const char *begin, const char *expected)
{
	static const char unit[] = "한";
	char line[4096], *to = line;
	struct transcript_entry last;
	size_t len = strlen(expected);

	to += sprintf(to, "%s", begin);
	for (int i = 0; i < 1000; i++)
		to += sprintf(to, "%s", unit);
	run(f, line);
	last = session_probe_entry(
	    f->probe, transcript_end(f->probe->transcript) - 1);
	assert_in_range(last.len, len, 512);
	assert_memory_equal(last.text + last.len - len, expected, len);
}

static void
what_is_wrong_is_told_however_long_the_line(void **state)
{
	struct fixture *f = *state;

	run_with_a_long_end(
	    f, "/x", "... (/help lists them; // sends a slash)");
	run_with_a_long_end(f, "/hex ", "...': on or off is wanted");
	run_with_a_long_end(f, "/connect ", "...': too long");
	run_with_a_long_end(f, "/save ", "...: File name too long");
	f->log_why = "Permission denied";
	run_with_a_long_end(f, "/log ", "...: Permission denied");
}

static void
a_long_path_is_told_whole(void **state)
{
	struct fixture *f = *state;
	char line[sizeof(f->log) + 8];
	struct transcript_entry last;

	memset(line, 'p', sizeof(line));
	memcpy(line, "/log ", 5);
	line[5 + sizeof(f->log) - 1] = '\0';
	run(f, line);
	expect_notice(f, "what is said is logged to ppp");
	run(f, "/stats");
	last = session_probe_entry(
	    f->probe, transcript_end(f->probe->transcript) - 1);
	assert_int_equal(last.len, 12 + sizeof(f->log) - 1);
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
	assert_non_null(strstr(text, "> kept"));
	free(text);
	run(f, line);
	(void)session_probe_read(
	    f->probe, TRANSCRIPT_NOTICE, "/save: %s: ", path);
	run(f, "/save");
	expect_notice(f, "/save: the name of a file is wanted");
	session_probe_expect_end(f->probe);
}

static void
save_knows_the_home(void **state)
{
	struct fixture *f = *state;
	char path[256], *text;

	assert_int_equal(setenv("HOME", scratch_dir(), 1), 0);
	session_notice(f->probe->session, "kept");
	f->probe->next++;
	run(f, "/save ~/at home");
	scratch_path(path, sizeof(path), "at home");
	(void)session_probe_read(
	    f->probe, TRANSCRIPT_NOTICE, "1 entry saved to %s", path);
	text = scratch_read(path, NULL);
	assert_non_null(text);
	free(text);
}

/* Every command of the table does something, or is the caller's. */
static void
every_command_is_carried_out(void **state)
{
	struct fixture *f = *state;
	size_t count;
	const struct command_entry *table = command_table(&count);

	for (size_t i = 0; i < count; i++) {
		enum action_result result =
		    action_run(&f->action, table[i].name);

		assert_int_equal(result,
		    table[i].id == COMMAND_HELP	      ? ACTION_HELP
			: table[i].id == COMMAND_QUIT ? ACTION_QUIT
						      : ACTION_DONE);
	}
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
	    action_test(connect_alone_goes_to_the_last_place),
	    action_test(crlf_is_switched_and_told),
	    action_test(time_and_hex_are_switched_and_told),
	    action_test(set_lists_tells_and_sets),
	    action_test(set_says_what_is_wrong_and_changes_nothing),
	    action_test(log_begins_ends_and_is_told),
	    action_test(stats_tell_of_the_log_as_well),
	    action_test(what_is_wrong_is_told_however_long_the_line),
	    action_test(a_long_path_is_told_whole),
	    action_test(held_lines_are_dropped_or_sent),
	    action_test(save_writes_a_new_file),
	    action_test(save_knows_the_home),
	    action_test(every_command_is_carried_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
