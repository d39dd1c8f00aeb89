/* yodeld: the commands of its control socket, and what is none. */

#include <sys/socket.h>

#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/console.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define THREADS "4"
#define CROWD	8    /* two clients for each thread */
#define MANY	1000 /* clients of a long list */
#define PIPED	1000 /* pairs of commands */
#define WINDOW	50   /* of them, sent ahead of the answers */
#define ENDLESS (8 * 1024 * 1024)
#define MESSAGE "hello world\n"
#define UNKNOWN(word)                                              \
	CONSOLE_NO("unknown command \\\"" word                     \
		   "\\\": stats, clients, watch, kick ID, drain, " \
		   "log-data on|off")

static void
expect_match(const char *text, const char *pattern)
{
	regex_t regex;
	int result;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	result = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	if (result != 0)
		fail_msg("%s\ndoes not match\n%s", text, pattern);
}

static struct peer *
connect_and_say(const struct server *server, const char *text)
{
	struct peer *peer = peer_connect(server_port(server));

	peer_echo(peer, text, strlen(text));
	return peer;
}

static void
test_stats_tell_of_the_server(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	struct peer *peer;
	char addr[64];
	const char *answer;

	(void)state;
	peer = connect_and_say(server, MESSAGE);
	/* The worker counts what it has sent before it gets to this. */
	(void)console_ask(console, "clients");
	answer = console_ask(console, "stats");
	expect_match(answer,
	    "^\\{\"worker\":0,\"clients\":1\\}\n"
	    "\\{\"version\":\"[0-9.]+\",\"pid\":[0-9]+,\"addr\":\"[^\"]+\","
	    "\"addrs\":\"[^\"]+\",\"uptime\":[0-9]+\\.[0-9]{3},\"threads\":1,"
	    "\"open\":1,\"accepted\":1,\"refused\":0,\"messages\":1,"
	    "\"in\":12,\"out\":12,\"rss\":[1-9][0-9]+,\"log_data\":\"off\","
	    "\"messages_1s\":[0-9]+\\.[0-9]{3},"
	    "\"messages_10s\":[0-9]+\\.[0-9]{3},"
	    "\"messages_60s\":[0-9]+\\.[0-9]{3},"
	    "\"in_1s\":[0-9]+\\.[0-9]{3},\"in_10s\":[0-9]+\\.[0-9]{3},"
	    "\"in_60s\":[0-9]+\\.[0-9]{3},\"out_1s\":[0-9]+\\.[0-9]{3},"
	    "\"out_10s\":[0-9]+\\.[0-9]{3},\"out_60s\":[0-9]+\\.[0-9]{3}\\}\n"
	    "\\{\"ok\":true\\}\n$");
	assert_int_equal(
	    console_number(answer, "pid"), process_pid(server_process(server)));
	snprintf(addr, sizeof(addr), "\"addr\":\"127.0.0.1:%u\"",
	    (unsigned)server_port(server));
	assert_non_null(strstr(answer, addr));
	peer_free(peer);
	console_free(console);
	server_stop(server);
}

/* For deadline_wait(): whether a rate has been seen. */
static bool
rate_is_seen(void *console)
{
	const char *answer = console_ask(console, "stats");

	/* 600 bytes in a minute are 10 in each second of it. */
	return console_number(answer, "in_60s") == 10 &&
	    console_number(answer, "out_60s") == 10 &&
	    console_number(answer, "in_10s") == 60;
}

static void
test_rates_are_over_the_whole_span(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	char text[600];
	struct peer *peer;

	(void)state;
	assert_int_equal(console_stat(console, "in_60s"), 0);
	memset(text, 'x', sizeof(text));
	peer = peer_connect(server_port(server));
	peer_echo(peer, text, sizeof(text));
	/* Nobody need be there any more. */
	peer_free(peer);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), rate_is_seen, console));
	console_free(console);
	server_stop(server);
}

static void
test_stats_tell_of_each_worker(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	struct peer *peers[CROWD];
	const char *answer;
	char line[64];
	int i;

	(void)state;
	for (i = 0; i < CROWD; i++)
		peers[i] = connect_and_say(server, MESSAGE);
	answer = console_ask(console, "stats");
	for (i = 0; i < 4; i++) {
		snprintf(
		    line, sizeof(line), "{\"worker\":%d,\"clients\":2}\n", i);
		assert_non_null(strstr(answer, line));
	}
	assert_int_equal(console_number(answer, "threads"), 4);
	assert_int_equal(console_number(answer, "open"), CROWD);
	assert_int_equal(console_number(answer, "messages"), CROWD);
	for (i = 0; i < CROWD; i++)
		peer_free(peers[i]);
	console_free(console);
	server_stop(server);
}

static void
test_clients_are_listed(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	struct peer *first, *second;
	char pattern[512];

	(void)state;
	console_expect(console, "clients", CONSOLE_OK);
	first = connect_and_say(server, MESSAGE);
	second = connect_and_say(server, "x");
	snprintf(pattern, sizeof(pattern),
	    "\\{\"client\":1,\"peer\":\"127\\.0\\.0\\.1:%u\",\"worker\":0,"
	    "\"age\":[0-9]+\\.[0-9]{3},\"idle\":[0-9]+\\.[0-9]{3},"
	    "\"in\":12,\"out\":12,\"queued\":0\\}\n",
	    (unsigned)peer_port(first));
	expect_match(console_ask(console, "clients"), pattern);
	peer_free(first);
	journal_wait_count(server, " close ", 1);
	snprintf(pattern, sizeof(pattern),
	    "^\\{\"client\":2,\"peer\":\"127\\.0\\.0\\.1:%u\",[^}]*\"in\":1,"
	    "\"out\":1,\"queued\":0\\}\n\\{\"ok\":true\\}\n$",
	    (unsigned)peer_port(second));
	expect_match(console_ask(console, "clients"), pattern);
	peer_free(second);
	console_free(console);
	server_stop(server);
}

/* For deadline_wait(): whether something waits for the client to read. */
static bool
something_is_queued(void *console)
{
	const char *answer = console_ask(console, "clients");

	if (console_number(answer, "queued") == 0)
		return false;
	assert_int_equal(
	    console_number(answer, "out") + console_number(answer, "queued"),
	    console_number(answer, "in"));
	return true;
}

static void
send_until_something_is_queued(struct peer *peer, struct console *console)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	char text[65536];

	memset(text, 'x', sizeof(text));
	while (!something_is_queued(console)) {
		(void)peer_send_some(peer, text, sizeof(text));
		assert_true(deadline_left_ms(deadline) > 0);
	}
}

static void
test_what_a_client_does_not_read_is_told(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	struct peer *peer = peer_connect_rcvbuf(server_port(server), 4096);

	(void)state;
	send_until_something_is_queued(peer, console);
	peer_free(peer);
	console_free(console);
	server_stop(server);
}

/* Also while it drains, when it listens no more. */
static void
test_a_client_of_a_unix_socket_is_called_as_that(void **state)
{
	char a[300], b[300], path[300], peers[700];
	const char *const args[] = {
	    "-b", "127.0.0.1", "-b", a, "-b", b, "--drain-timeout", "1m", NULL};
	struct console *console;
	struct server *server;
	struct peer *one, *other;

	(void)state;
	snprintf(a, sizeof(a), "unix:%s", scratch_path(path, 256, "a.sock"));
	snprintf(b, sizeof(b), "unix:%s", scratch_path(path, 256, "b.sock"));
	server = server_start(args);
	console = console_open(server);
	one = peer_connect_unix(b + strlen("unix:"));
	send_until_something_is_queued(one, console);
	other = peer_connect_unix(a + strlen("unix:"));
	peer_echo(other, MESSAGE, strlen(MESSAGE));
	snprintf(peers, sizeof(peers),
	    "\"client\":1,\"peer\":\"%s\",[^\n]*\n"
	    ".\"client\":2,\"peer\":\"%s\"",
	    b, a);
	expect_match(console_ask(console, "clients"), peers);
	console_expect(console, "drain", CONSOLE_OK);
	journal_expect(server, "info  drain");
	snprintf(peers, sizeof(peers), "\"client\":1,\"peer\":\"%s\"", b);
	expect_match(console_ask(console, "clients"), peers);
	peer_free(one);
	peer_free(other);
	process_expect_exit(server_process(server), 0);
	console_free(console);
	server_free(server);
}

static void
test_a_long_list_is_whole_and_in_order(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	struct peer *peers[MANY];
	const char *answer, *row;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		peers[i] = peer_connect(server_port(server));
	peer_echo(peers[MANY - 1], MESSAGE, strlen(MESSAGE));
	journal_wait_count(server, " connect ", MANY);
	answer = console_ask(console, "clients");
	for (i = 0, row = answer; strncmp(row, "{\"ok\"", 5) != 0; i++) {
		assert_int_equal(console_number(row, "client"), i + 1);
		row = strchr(row, '\n') + 1;
	}
	assert_int_equal(i, MANY);
	for (i = 0; i < MANY; i++)
		peer_free(peers[i]);
	console_free(console);
	server_stop(server);
}

static void
test_a_client_is_kicked_whichever_thread_has_it(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	struct peer *peers[CROWD];
	char command[32], pattern[128];
	int i;

	(void)state;
	for (i = 0; i < CROWD; i++)
		peers[i] = connect_and_say(server, MESSAGE);
	for (i = 0; i < CROWD; i += 2) {
		snprintf(command, sizeof(command), "kick %d", i + 1);
		console_expect(console, command, CONSOLE_OK);
		peer_expect_eof(peers[i]);
		snprintf(pattern, sizeof(pattern),
		    " close   #%d 127\\.0\\.0\\.1:%u reason=kicked in=12 "
		    "out=12",
		    i + 1, (unsigned)peer_port(peers[i]));
		journal_expect(server, pattern);
	}
	console_expect(console, "kick 1", CONSOLE_NO("no client #1"));
	console_expect(console, "kick 99", CONSOLE_NO("no client #99"));
	assert_int_equal(console_stat(console, "open"), CROWD / 2);
	for (i = 0; i < CROWD; i++) {
		if (i % 2 != 0)
			peer_echo(peers[i], MESSAGE, strlen(MESSAGE));
		peer_free(peers[i]);
	}
	console_free(console);
	server_stop(server);
}

static void
test_what_clients_say_is_logged_from_then_on(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	struct peer *peer = connect_and_say(server, "before\n");

	(void)state;
	console_expect(console, "log-data on", CONSOLE_OK);
	assert_non_null(
	    strstr(console_ask(console, "stats"), "\"log_data\":\"on\""));
	peer_echo(peer, "meanwhile\n", 10);
	journal_expect(server, " data    #1 10 B \"meanwhile\\\\n\"$");
	console_expect(console, "log-data off", CONSOLE_OK);
	peer_echo(peer, "after\n", 6);
	peer_free(peer);
	journal_expect(server, " close   #1 ");
	assert_int_equal(journal_count(server, " data "), 1);
	console_free(console);
	server_stop(server);
}

static void
test_drain_is_as_term_once(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	struct peer *peer = connect_and_say(server, MESSAGE);

	(void)state;
	console_expect(console, "watch", CONSOLE_OK);
	/* The second one may come too late, but is never a second TERM. */
	peer_send_text(console_peer(console), "drain\ndrain\n");
	assert_string_equal(console_answer(console), CONSOLE_OK);
	peer_expect_eof(peer);
	peer_free(peer);
	console_wait_end(console);
	console_free(console);
	process_expect_exit(server_process(server), 0);
	assert_int_equal(journal_count(server, " drain\n"), 1);
	assert_int_equal(journal_count(server, " stop\n"), 1);
	server_free(server);
}

static void
test_what_is_no_command_is_refused_in_words(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	struct peer *peer = console_peer(console);
	char *endless = malloc(ENDLESS);

	(void)state;
	assert_non_null(endless);
	console_expect(console, "foo", UNKNOWN("foo"));
	console_expect(console, "", UNKNOWN(""));
	console_expect(console, "\033[2J\xff", UNKNOWN("\\\\x1b[2J\\\\xff"));
	console_expect(
	    console, "kick", CONSOLE_NO("kick takes ID, not \\\"\\\""));
	console_expect(
	    console, "kick -1", CONSOLE_NO("kick takes ID, not \\\"-1\\\""));
	peer_send(peer, "sta\0ts\n", 7);
	assert_string_equal(
	    console_answer(console), CONSOLE_NO("a command has no NUL in it"));
	memset(endless, 'x', ENDLESS);
	peer_send(peer, endless, ENDLESS);
	free(endless);
	assert_string_equal(console_answer(console),
	    CONSOLE_NO("a command has at most 255 bytes"));
	peer_send_text(peer, "stats\nlog-data on\r\n");
	assert_string_equal(console_answer(console), CONSOLE_OK);
	assert_in_range(console_stat(console, "rss"), 1, ENDLESS * 4);
	console_free(console);
	server_stop(server);
}

static void
test_commands_may_come_in_any_pieces(void **state)
{
	static const char text[] = "kick 7\nlog-data on\r\nkick 8\n";
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	size_t i;

	(void)state;
	for (i = 0; text[i] != '\0'; i++) {
		peer_send(console_peer(console), &text[i], 1);
		if (text[i] == ' ')
			console_free(console_open(server));
	}
	assert_string_equal(
	    console_answer(console), CONSOLE_NO("no client #7"));
	assert_string_equal(console_answer(console), CONSOLE_OK);
	assert_string_equal(
	    console_answer(console), CONSOLE_NO("no client #8"));
	console_free(console);
	server_stop(server);
}

/* More than are answered at once; who reads no answer is not heard any more. */
static void
test_answers_come_in_the_order_of_the_commands(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console = console_open(server);
	char command[64], expected[64];
	int i, sent;

	(void)state;
	for (i = sent = 0; i < PIPED; i++) {
		for (; sent < PIPED && sent < i + WINDOW; sent++) {
			snprintf(command, sizeof(command), "kick %d\nclients\n",
			    sent);
			peer_send_text(console_peer(console), command);
		}
		snprintf(expected, sizeof(expected),
		    "{\"ok\":false,\"error\":\"no client #%d\"}\n", i);
		assert_string_equal(console_answer(console), expected);
		assert_string_equal(console_answer(console), CONSOLE_OK);
	}
	console_free(console);
	server_stop(server);
}

/* As nc -N does it: all commands, then the end. */
static void
test_who_sends_no_more_has_all_answers(void **state)
{
	struct server *server = server_start(NULL);
	struct console *console = console_open(server);
	char *answers;

	(void)state;
	peer_send_text(console_peer(console), "log-data on\nclients\nkick 1");
	peer_shutdown(console_peer(console));
	answers = peer_recv_all(console_peer(console), NULL);
	assert_string_equal(answers,
	    CONSOLE_OK CONSOLE_OK CONSOLE_NO(
		"the last command has no end of line"));
	free(answers);
	console_free(console);
	server_stop(server);
}

/* Commands until no more is taken, and not an answer read. */
static void
ask_too_much(struct console *console)
{
	static const char command[] = "clients\nstats\n";
	size_t sent = 0, n;

	do {
		n = peer_send_some(
		    console_peer(console), command, strlen(command));
		sent += n;
		/* what is cut off is of no matter any more */
	} while (n == strlen(command) && sent < ENDLESS);
	assert_in_range(sent, 1, ENDLESS - 1);
}

static void
test_who_asks_and_does_not_read_holds_up_nobody(void **state)
{
	struct server *server = server_start(NULL);
	struct console *mute = console_open(server);
	struct console *console = console_open(server);
	struct peer *peer = connect_and_say(server, MESSAGE);
	int i;

	(void)state;
	ask_too_much(mute);
	for (i = 0; i < WINDOW; i++) {
		assert_int_equal(console_stat(console, "open"), 1);
		peer_echo(peer, MESSAGE, strlen(MESSAGE));
	}
	/* Its answers are under way when the server ends, and stay so. */
	peer_free(peer);
	console_free(console);
	server_stop(server);
	console_free(mute);
}

/* In the middle of long answers, again and again. */
static void
test_who_goes_in_the_middle_of_an_answer_takes_nobody_along(void **state)
{
	const char *const args[] = {"-t", THREADS, NULL};
	struct server *server = server_start(args);
	struct console *console;
	struct peer *peers[CROWD];
	int i;

	(void)state;
	for (i = 0; i < CROWD; i++)
		peers[i] = connect_and_say(server, MESSAGE);
	for (i = 0; i < WINDOW; i++) {
		console = console_open(server);
		ask_too_much(console);
		console_free(console);
	}
	console = console_open(server);
	assert_int_equal(console_stat(console, "open"), CROWD);
	for (i = 0; i < CROWD; i++)
		peer_free(peers[i]);
	console_free(console);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_stats_tell_of_the_server, process_teardown),
	    cmocka_unit_test_teardown(
		test_rates_are_over_the_whole_span, process_teardown),
	    cmocka_unit_test_teardown(
		test_stats_tell_of_each_worker, process_teardown),
	    cmocka_unit_test_teardown(
		test_clients_are_listed, process_teardown),
	    cmocka_unit_test_teardown(
		test_what_a_client_does_not_read_is_told, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_client_of_a_unix_socket_is_called_as_that,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_long_list_is_whole_and_in_order, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_client_is_kicked_whichever_thread_has_it,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_what_clients_say_is_logged_from_then_on, process_teardown),
	    cmocka_unit_test_teardown(
		test_drain_is_as_term_once, process_teardown),
	    cmocka_unit_test_teardown(
		test_what_is_no_command_is_refused_in_words, process_teardown),
	    cmocka_unit_test_teardown(
		test_commands_may_come_in_any_pieces, process_teardown),
	    cmocka_unit_test_teardown(
		test_answers_come_in_the_order_of_the_commands,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_who_sends_no_more_has_all_answers, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_asks_and_does_not_read_holds_up_nobody,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_who_goes_in_the_middle_of_an_answer_takes_nobody_along,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: control", tests, NULL, NULL);
}
