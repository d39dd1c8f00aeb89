/* yodeld: the control socket's file, from the start of a server to its end. */

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
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

#define PATH_SIZE 512
#define GONE_FDS  60 /* descriptors, before the server starts */
#define FDS	  "-n 128"
#define IN_MAX	  128
#define TOLD	  3 /* one after the other */

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
test_it_is_the_users_alone_and_removed_at_exit(void **state)
{
	struct server *server;
	char path[PATH_SIZE];
	struct stat st;
	mode_t mask;

	(void)state;
	mask = umask(0);
	server = server_start(NULL);
	umask(mask);
	console_path(path, sizeof(path), server);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, geteuid());
	server_stop(server);
	assert_false(is_there(path));
}

static void
test_none_is_none(void **state)
{
	const char *const args[] = {"--control", "none", NULL};
	struct server *server = server_start(args);
	char path[PATH_SIZE];

	(void)state;
	assert_false(is_there(console_path(path, sizeof(path), server)));
	server_stop(server);
}

/* Expects a start to fail with this on stderr. */
static void
expect_no_start(const char *path, const char *words)
{
	const char *const argv[] = {
	    process_yodeld(), "-p", "0", "--control", path, NULL};
	struct process_options options = {.stdin_fd = PROCESS_NULL};
	struct process *process = process_start(argv, &options);

	process_expect_exit(process, 1);
	assert_non_null(
	    strstr(process_output(process, PROCESS_ERR, NULL), words));
	process_free(process);
}

static void
test_a_stale_one_is_replaced_and_a_live_one_is_not(void **state)
{
	char path[PATH_SIZE];
	const char *const args[] = {"--control", path, NULL};
	struct server *server;
	struct console *console;

	(void)state;
	scratch_path(path, sizeof(path), "own.sock");
	server = server_start(args);
	process_signal(server_process(server), SIGKILL);
	process_expect_exit(server_process(server), 128 + SIGKILL);
	server_free(server);
	assert_true(is_there(path));
	server = server_start(args);
	expect_no_start(path, "own.sock: ");
	/* It has lost nothing by that. */
	console = console_open_at(path);
	assert_int_equal(
	    console_stat(console, "pid"), process_pid(server_process(server)));
	console_free(console);
	server_stop(server);
	assert_false(is_there(path));
}

static void
test_another_file_is_left_alone(void **state)
{
	char path[PATH_SIZE];
	char *text;

	(void)state;
	scratch_path(path, sizeof(path), "a-file");
	scratch_write(path, "mine", 4);
	expect_no_start(path, "a-file: ");
	text = scratch_read(path, NULL);
	assert_string_equal(text, "mine");
	free(text);
	scratch_path(path, sizeof(path), "no-such-directory/control.sock");
	expect_no_start(path, "No such file or directory");
}

static void
test_servers_on_several_ports_live_side_by_side(void **state)
{
	struct server *servers[2];
	struct console *consoles[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		servers[i] = server_start(NULL);
		consoles[i] = console_open(servers[i]);
	}
	for (i = 0; i < 2; i++)
		assert_int_equal(console_stat(consoles[i], "pid"),
		    process_pid(server_process(servers[i])));
	console_free(consoles[0]);
	server_stop(servers[0]);
	assert_int_equal(console_stat(consoles[1], "pid"),
	    process_pid(server_process(servers[1])));
	console_free(consoles[1]);
	server_stop(servers[1]);
}

/* What is in its way at the default path is no reason not to serve. */
static void
test_without_the_default_one_it_serves_all_the_same(void **state)
{
	char path[PATH_SIZE];
	struct server *server;
	struct peer *peer;
	uint16_t port;

	(void)state;
	server = server_start(NULL);
	port = server_port(server);
	console_path(path, sizeof(path), server);
	server_stop(server);
	assert_int_equal(mkdir(path, 0700), 0);
	server = server_start_at(port, NULL);
	journal_expect(server, "warning error   error=\"control socket: .*\"$");
	peer = peer_connect(port);
	peer_echo(peer, "hello", 5);
	peer_free(peer);
	server_stop(server);
	assert_true(is_there(path));
	assert_int_equal(rmdir(path), 0);
}

static bool
has_closed(struct peer *peer)
{
	char byte;

	return recv(peer_fd(peer), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
	    (errno != EAGAIN && errno != EWOULDBLOCK);
}

/*
 * Clients take all that there is, and more: who comes to the control socket is
 * told why it can't be, at once, and later is let in.
 */
static void
test_without_descriptors_it_says_so_and_does_not_spin(void **state)
{
	const char *const args[] = {"-b", "127.0.0.1", NULL};
	struct server *server = server_start_short(FDS, GONE_FDS, args);
	struct peer *peers[IN_MAX];
	struct console *console;
	char *answer;
	int i;

	(void)state;
	for (i = 0; i < IN_MAX; i++)
		peers[i] = peer_connect(server_port(server));
	/* who echoes again has done with the last one, and has its spare back */
	peer_expect_eof(peers[IN_MAX - 1]);
	peer_echo(peers[0], "hello", 5);
	for (i = 0; i < TOLD; i++) {
		console = console_open(server);
		answer = peer_recv_all(console_peer(console), NULL);
		assert_string_equal(answer, CONSOLE_NO("too many open files"));
		free(answer);
		console_free(console);
	}
	for (i = 0; i < IN_MAX; i++) {
		if (!has_closed(peers[i]))
			peer_echo(peers[i], "hello", 5);
		peer_free(peers[i]);
	}
	journal_wait_count(
	    server, " close ", journal_count(server, " connect "));
	console = console_open(server);
	assert_int_equal(console_stat(console, "open"), 0);
	console_free(console);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_it_is_the_users_alone_and_removed_at_exit,
		process_teardown),
	    cmocka_unit_test_teardown(test_none_is_none, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_stale_one_is_replaced_and_a_live_one_is_not,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_another_file_is_left_alone, process_teardown),
	    cmocka_unit_test_teardown(
		test_servers_on_several_ports_live_side_by_side,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_without_the_default_one_it_serves_all_the_same,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_without_descriptors_it_says_so_and_does_not_spin,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: control socket", tests, NULL, NULL);
}
