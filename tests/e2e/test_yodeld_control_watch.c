/* yodeld: watching its log through the control socket. */

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/console.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define WATCHERS  32 /* as many as there may be */
#define VISITS	  6000
#define TURNS	  5000
#define QUESTIONS 2000
#define PATH_SIZE 512
#define GROWTH	  (16 * 1024 * 1024) /* bytes */

static void
visit(const struct server *server, const char *text)
{
	struct peer *peer = peer_connect(server_port(server));

	peer_echo(peer, text, strlen(text));
	peer_free(peer);
}

/* What a client does has to be told, whatever the log itself has. */
static void
check_watched(const char *const *args)
{
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	const char *events;

	console_expect(console, "watch", CONSOLE_OK);
	console_expect(console, "watch", CONSOLE_OK);
	console_expect(console, "log-data on", CONSOLE_OK);
	visit(server, "a \"b\"\n");
	events = console_wait_event(console, "\"event\":\"close\"");
	assert_int_equal(console_count(events, "\"event\":\"connect\""), 1);
	assert_non_null(strstr(events,
	    "\"level\":\"info\",\"event\":\"data\",\"client\":1,\"bytes\":6,"
	    "\"text\":\"a \\\\\\\"b\\\\\\\"\\\\n\"}\n"));
	assert_int_equal(console_count(events, "\"event\":\"close\""), 1);
	/* Answers go on between events. */
	assert_int_equal(console_stat(console, "accepted"), 1);
	process_signal(server_process(server), SIGTERM);
	process_expect_exit(server_process(server), 0);
	/* The last events are there before the end. */
	events = console_wait_end(console);
	assert_int_equal(console_count(events, "\"event\":\"drain\"}\n"), 1);
	events = strstr(events, "\"event\":\"stop\"}\n");
	assert_non_null(events);
	assert_string_equal(events, "\"event\":\"stop\"}\n");
	console_free(console);
	server_free(server);
}

static void
test_a_watcher_sees_what_happens_from_then_on(void **state)
{
	(void)state;
	check_watched(NULL);
}

static void
test_the_form_of_the_log_is_its_own(void **state)
{
	char path[PATH_SIZE];
	const char *const args[] = {"--log-format", "json", "-l", path, NULL};
	char *text;

	(void)state;
	scratch_path(path, sizeof(path), "json.log");
	check_watched(args);
	text = scratch_read(path, NULL);
	assert_non_null(text);
	assert_int_equal(console_count(text, "\"event\":\"data\""), 1);
	free(text);
}

/* Between bind(2) and listen(2) there is a file, and nobody behind it. */
static bool
is_listening(void *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), result;

	assert_int_not_equal(fd, -1);
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", (char *)path);
	result = connect(fd, (const struct sockaddr *)&to, sizeof(to));
	(void)close(fd);
	return result == 0;
}

/* The harness waits for a listen event, which a quiet log does not have. */
static void
test_a_quiet_log_can_be_watched(void **state)
{
	char path[PATH_SIZE];
	const char *const argv[] = {process_yodeld(), "-q", "-p", "0", "-b",
	    "127.0.0.1", "--control", path, NULL};
	struct process_options options = {.stdin_fd = PROCESS_NULL};
	struct process *process;
	struct console *console;
	struct peer *peer;
	const char *answer, *port;

	(void)state;
	scratch_path(path, sizeof(path), "quiet.sock");
	process = process_start(argv, &options);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), is_listening, path));
	console = console_open_at(path);
	console_expect(console, "watch", CONSOLE_OK);
	answer = console_ask(console, "stats");
	port = strstr(answer, "\"addr\":\"127.0.0.1:");
	assert_non_null(port);
	port += strlen("\"addr\":\"127.0.0.1:");
	peer = peer_connect((uint16_t)strtoul(port, NULL, 10));
	peer_echo(peer, "hello", 5);
	peer_free(peer);
	console_wait_event(console, "\"event\":\"close\"");
	console_expect(console, "drain", CONSOLE_OK);
	console_wait_event(console, "\"event\":\"stop\"");
	process_expect_exit(process, 0);
	/* Nothing of it is in the log. */
	assert_null(strstr(process_output(process, PROCESS_ERR, NULL), "info"));
	console_free(console);
	process_free(process);
}

/* How many events of a kind the watchers and what they miss come to. */
static void
expect_accounted(const char *events, size_t connects)
{
	const size_t seen = console_count(events, "\"event\":\"connect\"") +
	    console_count(events, "\"event\":\"close\"");

	assert_int_equal(seen + console_dropped(events), 2 * connects);
}

static void
test_who_does_not_read_loses_events_and_holds_up_nobody(void **state)
{
	struct server *server = server_start(NULL);
	struct console *stalled = console_open(server);
	struct console *quick = console_open(server);
	const char *events;
	char last[64];
	uint64_t rss;
	int i;

	(void)state;
	console_expect(stalled, "watch", CONSOLE_OK);
	console_expect(quick, "watch", CONSOLE_OK);
	rss = console_stat(quick, "rss");
	for (i = 0; i < VISITS; i++) {
		visit(server, "every byte comes back\n");
		if (i % 100 == 0)
			assert_int_equal(console_stat(quick, "refused"), 0);
	}
	assert_in_range(console_stat(quick, "rss"), 1, rss + GROWTH);
	snprintf(
	    last, sizeof(last), "\"event\":\"close\",\"client\":%d,", VISITS);
	events = console_wait_event(quick, last);
	expect_accounted(events, VISITS);
	assert_int_equal(console_dropped(events), 0);
	events = console_wait_event(stalled, "\"event\":\"dropped\"");
	expect_accounted(events, VISITS);
	console_free(stalled);
	console_free(quick);
	server_stop(server);
}

/* More of what clients say than a second has room for. */
static void
test_what_there_was_too_much_of_is_counted(void **state)
{
	const char *const args[] = {"-t", "4", NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	struct peer *peer = peer_connect(server_port(server));
	const char *events;
	int i;

	(void)state;
	console_expect(console, "watch", CONSOLE_OK);
	console_expect(console, "log-data on", CONSOLE_OK);
	for (i = 0; i < TURNS; i++)
		peer_echo(peer, "m", 1);
	peer_free(peer);
	console_wait_event(console, "\"event\":\"close\"");
	process_signal(server_process(server), SIGTERM);
	process_expect_exit(server_process(server), 0);
	events = console_wait_end(console);
	/* What is over the rate in the last second is told by the log alone. */
	assert_in_range(console_count(events, "\"event\":\"data\"") +
		console_dropped(events),
	    1, TURNS);
	assert_int_equal(
	    journal_count(server, " data ") + journal_dropped(server), TURNS);
	assert_int_equal(console_count(events, "\"event\":\"data\""),
	    journal_count(server, " data "));
	console_free(console);
	server_free(server);
}

static void
test_many_may_watch_and_one_more_is_told_so(void **state)
{
	struct server *server = server_start(NULL);
	struct console *consoles[WATCHERS], *more;
	char path[PATH_SIZE];
	char *answer;
	int i;

	(void)state;
	for (i = 0; i < WATCHERS; i++) {
		consoles[i] = console_open(server);
		console_expect(consoles[i], "watch", CONSOLE_OK);
	}
	more = console_open_at(console_path(path, sizeof(path), server));
	answer = peer_recv_all(console_peer(more), NULL);
	assert_string_equal(
	    answer, CONSOLE_NO("too many connections: 32 at most"));
	free(answer);
	console_free(more);
	visit(server, "hello");
	for (i = 0; i < WATCHERS; i++)
		console_wait_event(consoles[i], "\"event\":\"close\"");
	/* Who sends no more and then goes is not heard of, and makes way. */
	peer_shutdown(console_peer(consoles[0]));
	assert_int_equal(console_stat(consoles[1], "accepted"), 1);
	console_free(consoles[0]);
	consoles[0] = console_open(server);
	assert_int_equal(console_stat(consoles[0], "accepted"), 1);
	for (i = 0; i < WATCHERS; i++)
		console_free(consoles[i]);
	server_stop(server);
}

static bool
hears_something(struct console *console)
{
	char byte;

	return recv(peer_fd(console_peer(console)), &byte, 1,
		   MSG_PEEK | MSG_DONTWAIT) == 1;
}

/*
 * Whoever asks without a pause sees each event at once. The others have theirs
 * a moment later, which so many questions are more than.
 */
static void
test_who_asks_all_the_time_keeps_no_events_from_others(void **state)
{
	struct server *server = server_start(NULL);
	struct console *busy = console_open(server);
	struct console *calm = console_open(server);
	int i;

	(void)state;
	console_expect(busy, "watch", CONSOLE_OK);
	console_expect(calm, "watch", CONSOLE_OK);
	for (i = 0; i < QUESTIONS && !hears_something(calm); i++) {
		visit(server, "hello");
		(void)console_ask(busy, "kick 0");
	}
	assert_true(i < QUESTIONS);
	console_free(busy);
	console_free(calm);
	server_stop(server);
}

static void
test_a_watcher_that_goes_takes_nobody_along(void **state)
{
	struct server *server = server_start(NULL);
	struct console *staying = console_open(server), *going;
	struct peer *peer = peer_connect(server_port(server));
	int i;

	(void)state;
	console_expect(staying, "watch", CONSOLE_OK);
	for (i = 0; i < 50; i++) {
		going = console_open(server);
		console_expect(going, "watch", CONSOLE_OK);
		peer_send_text(console_peer(going), "clients\nstats\nkick 0\n");
		console_free(going);
		visit(server, "hello");
		peer_echo(peer, "hello", 5);
	}
	assert_int_equal(console_stat(staying, "accepted"), 51);
	peer_free(peer);
	console_free(staying);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_a_watcher_sees_what_happens_from_then_on,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_form_of_the_log_is_its_own, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_quiet_log_can_be_watched, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_does_not_read_loses_events_and_holds_up_nobody,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_what_there_was_too_much_of_is_counted, process_teardown),
	    cmocka_unit_test_teardown(
		test_many_may_watch_and_one_more_is_told_so, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_asks_all_the_time_keeps_no_events_from_others,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_watcher_that_goes_takes_nobody_along, process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: watching", tests, NULL, NULL);
}
