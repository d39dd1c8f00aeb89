/*
 * yodeld: the sockets that it finds open, and what it tells whoever started it.
 */

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/bequest.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define ARGS_MAX 16
#define TEXT_MAX 512
#define CROWD	 50
#define PIECE	 16384
#define QUIET_MS 300 /* a socket that takes nothing for so long is full */

/* One of each kind, as they are opened for a yodeld. */
struct sockets {
	struct bequest bequest;
	char path[TEXT_MAX];
	uint16_t port, port6;
};

static void
add(struct bequest *bequest, int fd)
{
	assert_true(fd >= 0);
	assert_true(bequest->count < BEQUEST_MAX);
	bequest->fds[bequest->count++] = fd;
}

static void
close_all(struct bequest *bequest)
{
	while (bequest->count > 0)
		close(bequest->fds[--bequest->count]);
}

static void
open_sockets(struct sockets *sockets, const char *name)
{
	char where[TEXT_MAX + 8];

	memset(sockets, 0, sizeof(*sockets));
	scratch_path(sockets->path, sizeof(sockets->path), name);
	snprintf(where, sizeof(where), "unix:%s", sockets->path);
	add(&sockets->bequest, bequest_listen("127.0.0.1:0"));
	add(&sockets->bequest, bequest_listen("[::1]:0"));
	add(&sockets->bequest, bequest_listen(where));
	sockets->port = bequest_port(sockets->bequest.fds[0]);
	sockets->port6 = bequest_port(sockets->bequest.fds[1]);
}

static void
close_sockets(struct sockets *sockets)
{
	close_all(&sockets->bequest);
	(void)unlink(sockets->path);
}

static void
expect_echo(struct peer *peer, const char *text)
{
	peer_send_text(peer, text);
	peer_expect(peer, text);
	peer_free(peer);
}

/* Runs yodeld to its end: this status, and all of texts on stderr. */
static void
expect_refusal(const struct bequest *bequest, const char *const *args,
    int status, const char *const *texts)
{
	const struct process_options options = {.bequest = bequest};
	const char *argv[ARGS_MAX] = {process_yodeld(), "-p", "0"};
	struct process *process;
	const char *err;
	size_t i;

	for (i = 0; args[i] != NULL && i < ARGS_MAX - 4; i++)
		argv[i + 3] = args[i];
	process = process_start(argv, &options);
	process_expect_exit(process, status);
	err = process_output(process, PROCESS_ERR, NULL);
	for (i = 0; texts[i] != NULL; i++)
		if (strstr(err, texts[i]) == NULL)
			fail_msg("no '%s' in '%s'", texts[i], err);
	process_free(process);
}

static void
expect_listens(struct server *server, const char *host, uint16_t port)
{
	char pattern[TEXT_MAX];

	snprintf(pattern, sizeof(pattern), "listen  %s:%u$", host, port);
	journal_expect(server, pattern);
}

/* What can't be bound, and the port 0, show that nothing is. */
static void
test_inherited_sockets_are_used_instead_of_binding(void **state)
{
	const char *const args[] = {"-b", "unix:/nowhere/at/all", "-b",
	    "192.0.2.1", "--threads", "2", NULL};
	struct sockets sockets;
	struct server *server;
	char path[TEXT_MAX + 16];

	(void)state;
	open_sockets(&sockets, "used.sock");
	server = server_start_bequeathed(&sockets.bequest, args);
	expect_listens(server, "127\\.0\\.0\\.1", sockets.port);
	expect_listens(server, "\\[::1\\]", sockets.port6);
	snprintf(path, sizeof(path), "listen  unix:%s\n", sockets.path);
	journal_wait_count(server, path, 1);
	assert_int_equal(journal_count(server, "listen  "), 3);
	expect_echo(peer_connect(sockets.port), "four");
	expect_echo(peer_connect6(sockets.port6), "six");
	expect_echo(peer_connect_unix(sockets.path), "unix");
	server_stop(server);
	close_sockets(&sockets);
}

/* Nor would it be where nothing stands in the way of that. */
static void
test_an_inherited_path_is_not_removed(void **state)
{
	const char *const args[] = {"--no-sandbox", NULL};
	struct sockets sockets;
	struct server *server;

	(void)state;
	open_sockets(&sockets, "kept.sock");
	server = server_start_bequeathed(&sockets.bequest, args);
	expect_echo(peer_connect_unix(sockets.path), "x");
	server_stop(server);
	assert_int_equal(access(sockets.path, F_OK), 0);
	/* and it is still somebody's */
	peer_free(peer_connect_unix(sockets.path));
	close_sockets(&sockets);
}

static void
test_sockets_for_another_process_are_not_used(void **state)
{
	const char *const args[] = {"-b", "127.0.0.1", NULL};
	struct bequest bequest = {.listen_pid = "1"};
	struct server *server;

	(void)state;
	add(&bequest, bequest_listen("127.0.0.1:0"));
	server = server_start_bequeathed(&bequest, args);
	assert_int_not_equal(server_port(server), bequest_port(bequest.fds[0]));
	assert_int_equal(journal_count(server, "listen  "), 1);
	expect_echo(peer_connect(server_port(server)), "x");
	server_stop(server);
	close_all(&bequest);
}

/* In the second place, behind one that is good. */
static void
expect_bad_descriptor(int fd, const char *told)
{
	const char *const args[] = {NULL};
	const char *const texts[] = {told, NULL};
	struct bequest bequest = {0};

	add(&bequest, bequest_listen("127.0.0.1:0"));
	if (fd == -1)
		bequest.listen_fds = "2";
	else
		add(&bequest, fd);
	expect_refusal(&bequest, args, 1, texts);
	close_all(&bequest);
}

static void
test_a_descriptor_that_can_not_be_served_is_named(void **state)
{
	int ends[2], pair[2];

	(void)state;
	/* the first, as what is opened here is open there too */
	expect_bad_descriptor(-1, "yodeld: descriptor 4: is not open\n");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_bad_descriptor(
	    ends[0], "yodeld: descriptor 4: is not a socket\n");
	expect_bad_descriptor(
	    pair[0], "yodeld: descriptor 4: does not listen\n");
	expect_bad_descriptor(socket(AF_INET, SOCK_DGRAM, 0),
	    "yodeld: descriptor 4: is not a stream socket\n");
	expect_bad_descriptor(socket(AF_INET, SOCK_STREAM, 0),
	    "yodeld: descriptor 4: does not listen\n");
	close(ends[1]);
	close(pair[1]);
}

static void
test_a_wrong_count_is_named(void **state)
{
	const char *const args[] = {NULL};
	const char *const texts[] = {"yodeld: LISTEN_FDS", NULL};
	struct bequest bequest = {.listen_fds = "several"};

	(void)state;
	expect_refusal(&bequest, args, 1, texts);
	bequest.listen_fds = "1000";
	expect_refusal(&bequest, args, 1, texts);
}

static void
test_a_socket_beyond_loopback_needs_an_allow(void **state)
{
	static const struct {
		const char *where, *told;
	} remote[] = {
	    {"0.0.0.0:0", "yodeld: 0.0.0.0:"},
	    {"[::]:0", "yodeld: [::]:"},
	};
	const char *const args[] = {"-b", "127.0.0.1", NULL};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		const char *const texts[] = {remote[i].told, "--allow CIDR",
		    "--allow any", "try 'yodeld --help'\n", NULL};
		struct bequest bequest = {0};

		add(&bequest, bequest_listen("127.0.0.1:0"));
		add(&bequest, bequest_listen(remote[i].where));
		expect_refusal(&bequest, args, 2, texts);
		close_all(&bequest);
	}
}

/* yodeld opens no such socket itself: IPv4 arrives at an IPv6 one. */
static int
listen_at_both_families(void)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	const int off = 0;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	assert_int_equal(listen(fd, CROWD), 0);
	return fd;
}

static void
test_rules_hold_for_ipv4_at_an_ipv6_socket(void **state)
{
	const char *const args[] = {"--allow", "127.0.0.0/8", NULL};
	struct bequest bequest = {0};
	struct server *server;
	struct peer *peer;
	uint16_t port;

	(void)state;
	add(&bequest, listen_at_both_families());
	port = bequest_port(bequest.fds[0]);
	server = server_start_bequeathed(&bequest, args);
	expect_echo(peer_connect(port), "four");
	journal_expect(server, "connect #1 127\\.0\\.0\\.1:[0-9]+ open=1$");
	peer = peer_connect6(port);
	(void)peer_wait_gone(peer);
	peer_free(peer);
	journal_expect(server, "refuse +\\[::1\\]:[0-9]+ reason=deny$");
	server_stop(server);
	close_all(&bequest);
}

/* Sends until nothing goes any more, and so the echo has to wait. */
static void
fill(struct peer *peer)
{
	static const char piece[PIECE];

	do {
		while (peer_send_some(peer, piece, sizeof(piece)) > 0)
			continue;
	} while (
	    deadline_wait_fd(deadline_in(QUIET_MS), peer_fd(peer), POLLOUT));
}

/* Their sockets are the same: whose turn it is does not matter to anyone. */
static void
connect_crowd(const struct sockets *sockets, struct peer **crowd)
{
	size_t i;

	for (i = 0; i < CROWD; i++) {
		if (i % 3 == 0)
			crowd[i] = peer_connect(sockets->port);
		else if (i % 3 == 1)
			crowd[i] = peer_connect6(sockets->port6);
		else
			crowd[i] = peer_connect_unix(sockets->path);
		peer_send_text(crowd[i], "hello");
	}
}

static void
expect_crowd(struct peer **crowd)
{
	size_t i;

	for (i = 0; i < CROWD; i++) {
		peer_expect(crowd[i], "hello");
		peer_free(crowd[i]);
	}
}

/* A restart: the old one drains, nobody accepts, the new one starts. */
static void
test_a_restart_turns_nobody_away(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	struct sockets sockets;
	struct server *old, *new;
	struct peer *slow, *crowd[CROWD];
	size_t len;

	(void)state;
	open_sockets(&sockets, "restart.sock");
	old = server_start_bequeathed(&sockets.bequest, args);
	slow = peer_connect_rcvbuf(sockets.port, 4096);
	fill(slow);
	process_signal(server_process(old), SIGTERM);
	journal_expect(old, " drain$");
	connect_crowd(&sockets, crowd);
	new = server_start_bequeathed(&sockets.bequest, args);
	expect_crowd(crowd);
	journal_wait_count(new, "connect #", CROWD);
	/* the old one's client is not disturbed by any of that */
	assert_int_equal(journal_count(old, "connect #"), 1);
	assert_int_equal(journal_count(old, "close   #"), 0);
	free(peer_recv_all(slow, &len));
	assert_true(len >= PIECE);
	peer_free(slow);
	process_expect_exit(server_process(old), 0);
	server_free(old);
	server_stop(new);
	close_sockets(&sockets);
}

static void
test_two_servers_may_share_their_sockets(void **state)
{
	struct sockets sockets;
	struct server *old, *new;
	struct peer *crowd[CROWD];

	(void)state;
	open_sockets(&sockets, "shared.sock");
	old = server_start_bequeathed(&sockets.bequest, NULL);
	new = server_start_bequeathed(&sockets.bequest, NULL);
	connect_crowd(&sockets, crowd);
	expect_crowd(crowd);
	/* neither sleeps in accept(2) because the other one was faster */
	server_stop(old);
	connect_crowd(&sockets, crowd);
	expect_crowd(crowd);
	server_stop(new);
	close_sockets(&sockets);
}

static void
test_who_was_not_accepted_survives_a_crash(void **state)
{
	struct sockets sockets;
	struct server *old, *new;
	struct peer *crowd[CROWD];

	(void)state;
	open_sockets(&sockets, "crash.sock");
	old = server_start_bequeathed(&sockets.bequest, NULL);
	process_signal(server_process(old), SIGSTOP);
	connect_crowd(&sockets, crowd);
	process_signal(server_process(old), SIGKILL);
	assert_int_equal(process_wait_exit(server_process(old)), 128 + SIGKILL);
	server_free(old);
	new = server_start_bequeathed(&sockets.bequest, NULL);
	expect_crowd(crowd);
	server_stop(new);
	close_sockets(&sockets);
}

/* A manager's socket, which NOTIFY_SOCKET names from now on. */
static int
open_manager(const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_int_not_equal(fd, -1);
	scratch_path(un.sun_path, sizeof(un.sun_path), name);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", un.sun_path, 1), 0);
	return fd;
}

static void
expect_message(int fd, const char *wanted)
{
	char text[64];
	ssize_t n;

	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

static void
expect_no_message(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
test_the_manager_is_told(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	int manager = open_manager("manager.sock");
	struct server *server = server_start(args);
	struct peer *slow;

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	expect_message(manager, "READY=1");
	slow = peer_connect_rcvbuf(server_port(server), 4096);
	fill(slow);
	expect_no_message(manager);
	process_signal(server_process(server), SIGTERM);
	/* at the beginning of the drain: it waits for that client */
	expect_message(manager, "STOPPING=1");
	peer_reset(slow);
	process_expect_exit(server_process(server), 0);
	expect_no_message(manager);
	server_free(server);
	close(manager);
}

static void
test_the_manager_is_not_told_of_a_server_that_does_not_start(void **state)
{
	int manager = open_manager("unready.sock");

	(void)state;
	expect_bad_descriptor(-1, "descriptor 4");
	unsetenv("NOTIFY_SOCKET");
	expect_no_message(manager);
	close(manager);
}

static void
test_a_manager_that_can_not_be_told_is_no_reason_to_stop(void **state)
{
	struct server *server;

	(void)state;
	assert_int_equal(setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1), 0);
	server = server_start(NULL);
	unsetenv("NOTIFY_SOCKET");
	server_wait_log(
	    server, "yodeld: NOTIFY_SOCKET: No such file or directory\n");
	expect_echo(peer_connect(server_port(server)), "x");
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_inherited_sockets_are_used_instead_of_binding,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_an_inherited_path_is_not_removed, process_teardown),
	    cmocka_unit_test_teardown(
		test_sockets_for_another_process_are_not_used,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_descriptor_that_can_not_be_served_is_named,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_wrong_count_is_named, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_socket_beyond_loopback_needs_an_allow, process_teardown),
	    cmocka_unit_test_teardown(
		test_rules_hold_for_ipv4_at_an_ipv6_socket, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_restart_turns_nobody_away, process_teardown),
	    cmocka_unit_test_teardown(
		test_two_servers_may_share_their_sockets, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_was_not_accepted_survives_a_crash, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_manager_is_told, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_manager_is_not_told_of_a_server_that_does_not_start,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_manager_that_can_not_be_told_is_no_reason_to_stop,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: activation", tests, NULL, NULL);
}
