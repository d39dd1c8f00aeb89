/* yodeld: what goes in comes out, whatever it is and however it comes. */

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define ROUNDS	     20 /* of connections that come and go in one batch */
#define ROUND_PEERS  16
#define BUFFER_BYTES 65536

static void
test_every_byte_value_comes_back(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	unsigned char bytes[256 * 3];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 / 3);
	peer_echo(peer, bytes, sizeof(bytes));
	memset(bytes, 0, sizeof(bytes));
	peer_echo(peer, bytes, sizeof(bytes));
	peer_shutdown(peer);
	peer_expect_eof(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_single_bytes_come_back_without_a_newline(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	unsigned char sent, got;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		sent = (unsigned char)('a' + i % 26);
		peer_send(peer, &sent, 1);
		peer_recv(peer, &got, 1);
		assert_int_equal(got, sent);
	}
	peer_free(peer);
	server_stop(server);
}

static void
test_sizes_around_the_buffer_come_back(void **state)
{
	const char *const small[] = {"--buffer", "1", NULL};
	const char *const odd[] = {"--buffer", "1000", NULL};
	const char *const *const args[] = {NULL, small, odd};
	char bytes[BUFFER_BYTES + 1];
	struct server *server;
	struct peer *peer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 31 / 17);
	for (i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
		server = server_start(args[i]);
		peer = peer_connect(server_port(server));
		peer_echo(peer, bytes, sizeof(bytes) - 2);
		peer_echo(peer, bytes, sizeof(bytes) - 1);
		peer_echo(peer, bytes, sizeof(bytes));
		peer_echo(peer, bytes, 999);
		peer_echo(peer, bytes, 1000);
		peer_free(peer);
		server_stop(server);
	}
}

static void
test_ipv6_and_ipv4_have_the_same_port(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *four, *six;

	(void)state;
	/* a machine without IPv6 has nothing to test */
	if (journal_count(server, " [::1]:") == 0 &&
	    access("/proc/net/if_inet6", F_OK) == -1) {
		server_stop(server);
		skip();
	}
	four = peer_connect(server_port(server));
	six = peer_connect6(server_port(server));
	peer_send_text(six, "six");
	peer_send_text(four, "four");
	peer_expect(six, "six");
	peer_expect(four, "four");
	journal_expect(server, "connect #[12] \\[::1\\]:[0-9]+ open=[12]$");
	peer_free(six);
	peer_free(four);
	server_stop(server);
}

static void
test_a_unix_socket_echoes_and_goes_with_the_server(void **state)
{
	char path[512], bind[600];
	const char *const args[] = {"-b", bind, NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	scratch_path(path, sizeof(path), "echo.sock");
	snprintf(bind, sizeof(bind), "unix:%s", path);
	server = server_start(args);
	peer = peer_connect_unix(path);
	peer_send_text(peer, "hello");
	peer_expect(peer, "hello");
	journal_expect(server, "connect #1 unix:/.*echo\\.sock open=1$");
	peer_free(peer);
	journal_expect(server, "close   #1 unix:/.*echo\\.sock reason=peer");
	server_stop(server);
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_a_reset_ends_that_client_alone(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *other = peer_connect(server_port(server));
	struct peer *peer;

	(void)state;
	peer_send_text(other, "before");
	peer_expect(other, "before");
	peer = peer_connect(server_port(server));
	peer_send_text(peer, "x");
	peer_expect(peer, "x");
	peer_reset(peer);
	journal_expect(server,
	    "close   #2 127\\.0\\.0\\.1:[0-9]+ reason=reset in=1 out=1 "
	    "secs=[0-9.]+ open=1$");
	peer_send_text(other, "after");
	peer_expect(other, "after");
	peer_free(other);
	server_stop(server);
}

static void
test_a_peer_that_leaves_its_echo_unread_ends_alone(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *other = peer_connect(server_port(server));
	struct peer *peer = peer_connect(server_port(server));
	char bytes[BUFFER_BYTES] = {0};

	(void)state;
	while (peer_send_some(peer, bytes, sizeof(bytes)) > 0)
		continue;
	peer_free(peer);
	journal_expect(server, "close   #2 .* reason=reset .* open=1$");
	peer_send_text(other, "still here");
	peer_expect(other, "still here");
	peer_free(other);
	server_stop(server);
}

/*
 * While the server is stopped, connections are made, used and ended in an order
 * that differs each round. Then it finds all in one batch, where descriptors
 * are closed, and their numbers used again, before events of the old ones come.
 */
static unsigned
churn(struct server *server, struct peer **peers, unsigned round)
{
	char text[32];
	unsigned i, ended = 0;

	process_signal(server_process(server), SIGSTOP);
	for (i = 0; i < ROUND_PEERS; i++) {
		snprintf(text, sizeof(text), "old %u", i);
		if ((i + round) % 4 != 3)
			peer_send_text(peers[i], text);
		switch ((i * 5 + round) % 4) {
		case 0:
			peer_reset(peers[i]);
			break;
		case 1:
			peer_free(peers[i]);
			break;
		case 2:
			peer_shutdown(peers[i]);
			peer_free(peers[i]);
			break;
		default:
			continue;
		}
		/* one that has gone again before it could be accepted, too */
		if (i % 3 == 0) {
			peer_free(peer_connect(server_port(server)));
			ended++;
		}
		peers[i] = peer_connect(server_port(server));
		peer_send_text(peers[i], "new");
		ended++;
	}
	process_signal(server_process(server), SIGCONT);
	return ended;
}

static void
test_descriptors_that_are_reused_in_one_batch_meet_no_stale_event(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peers[ROUND_PEERS];
	char text[32];
	unsigned i, round, ended = 0;

	(void)state;
	for (i = 0; i < ROUND_PEERS; i++)
		peers[i] = peer_connect(server_port(server));
	for (round = 0; round < ROUNDS; round++) {
		ended += churn(server, peers, round);
		for (i = 0; i < ROUND_PEERS; i++) {
			snprintf(text, sizeof(text), "old %u", i);
			if ((i * 5 + round) % 4 != 3)
				peer_expect(peers[i], "new");
			else if ((i + round) % 4 != 3)
				peer_expect(peers[i], text);
			peer_send_text(peers[i], "ping");
			peer_expect(peers[i], "ping");
		}
	}
	journal_wait_count(server, " close ", ended);
	assert_int_equal(journal_stat(server, "open"), ROUND_PEERS);
	for (i = 0; i < ROUND_PEERS; i++)
		peer_free(peers[i]);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_every_byte_value_comes_back, process_teardown),
	    cmocka_unit_test_teardown(
		test_single_bytes_come_back_without_a_newline,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_sizes_around_the_buffer_come_back, process_teardown),
	    cmocka_unit_test_teardown(
		test_ipv6_and_ipv4_have_the_same_port, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_unix_socket_echoes_and_goes_with_the_server,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_reset_ends_that_client_alone, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_peer_that_leaves_its_echo_unread_ends_alone,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_descriptors_that_are_reused_in_one_batch_meet_no_stale_event,
		process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: echo", tests, NULL, NULL);
}
