/* yodeld: TERM and INT drain it, a second one ends it. */

#include <sys/socket.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"

#define PIECE	 16384
#define CROWD	 40
#define QUIET_MS 300 /* a socket that takes nothing for so long is full */

static struct peer *
connect_and_greet(struct server *server)
{
	struct peer *peer = peer_connect(server_port(server));

	peer_send_text(peer, "hello");
	peer_expect(peer, "hello");
	return peer;
}

/*
 * Sends until the server takes no more, as nothing is read. Returns how much.
 */
static uint64_t
fill(struct peer *peer)
{
	static const char zeros[PIECE];
	uint64_t sent = 0;
	size_t n;

	do {
		while ((n = peer_send_some(peer, zeros, sizeof(zeros))) > 0)
			sent += n;
	} while (
	    deadline_wait_fd(deadline_in(QUIET_MS), peer_fd(peer), POLLOUT));
	return sent;
}

/* Reads to the end of the stream, which may not be a reset. */
static uint64_t
read_to_end(struct peer *peer)
{
	char buf[PIECE];
	uint64_t got = 0;
	size_t n;

	while ((n = peer_recv_some(peer, buf, sizeof(buf))) > 0)
		got += n;
	return got;
}

static void
end_with(int sig)
{
	struct server *server = server_start(NULL);
	struct peer *peer = connect_and_greet(server);

	process_signal(server_process(server), sig);
	peer_expect_eof(peer);
	peer_free(peer);
	process_expect_exit(server_process(server), 0);
	journal_expect(server, " drain$");
	journal_expect(server,
	    "close   #1 .* reason=drain in=5 out=5 secs=[0-9.]+ open=0$");
	journal_expect(server, " stop$");
	assert_int_equal(journal_count(server, " stop"), 1);
	assert_string_equal(
	    strstr(process_output(server_process(server), PROCESS_ERR, NULL),
		" stop"),
	    " stop\n");
	server_free(server);
}

static void
test_term_says_goodbye_to_idle_clients(void **state)
{
	(void)state;
	end_with(SIGTERM);
}

static void
test_int_does_the_same(void **state)
{
	(void)state;
	end_with(SIGINT);
}

static void
test_without_clients_it_ends_at_once(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	struct server *server = server_start(args);

	(void)state;
	server_stop(server);
}

/* All that went out by the log's account arrives, and behind it a FIN. */
static void
test_term_during_a_transfer_sends_what_was_read(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect_rcvbuf(server_port(server), 4096);
	char pattern[128];
	uint64_t sent, got;

	(void)state;
	sent = fill(peer);
	process_signal(server_process(server), SIGTERM);
	journal_expect(server, " drain$");
	got = read_to_end(peer);
	assert_true(got > 0 && got <= sent);
	peer_free(peer);
	process_expect_exit(server_process(server), 0);
	snprintf(pattern, sizeof(pattern),
	    "close   #1 .* reason=drain in=%llu out=%llu ",
	    (unsigned long long)got, (unsigned long long)got);
	journal_expect(server, pattern);
	journal_expect(server, " stop$");
	server_free(server);
}

static void
test_the_drain_timeout_ends_who_does_not_read(void **state)
{
	const char *const args[] = {"--drain-timeout", "300ms", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect_rcvbuf(server_port(server), 4096);

	(void)state;
	(void)fill(peer);
	server_stop(server);
	peer_free(peer);
}

static void
test_a_second_term_ends_it_at_once(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect_rcvbuf(server_port(server), 4096);

	(void)state;
	(void)fill(peer);
	process_signal(server_process(server), SIGTERM);
	journal_expect(server, " drain$");
	process_signal(server_process(server), SIGTERM);
	process_expect_exit(server_process(server), 0);
	journal_expect(server, "close   #1 .* reason=drain ");
	journal_expect(server, " stop$");
	peer_free(peer);
	server_free(server);
}

static void
test_a_draining_server_accepts_nobody(void **state)
{
	const char *const args[] = {"--drain-timeout", "1h", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect_rcvbuf(server_port(server), 4096);
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons(server_port(server)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd;

	(void)state;
	(void)fill(peer);
	process_signal(server_process(server), SIGTERM);
	/* the statistics come after it in the same loop, so it has happened */
	journal_expect(server, " drain$");
	(void)journal_stat(server, "open");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
	(void)read_to_end(peer);
	peer_free(peer);
	process_expect_exit(server_process(server), 0);
	server_free(server);
}

/* Clients end while events of theirs are still waiting in the same batch. */
static void
test_two_signals_and_data_may_come_at_the_same_time(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peers[CROWD];
	size_t i;

	(void)state;
	for (i = 0; i < CROWD; i++)
		peers[i] = connect_and_greet(server);
	process_signal(server_process(server), SIGSTOP);
	for (i = 0; i < CROWD / 2; i++)
		peer_send_text(peers[i], "early");
	process_signal(server_process(server), SIGTERM);
	process_signal(server_process(server), SIGINT);
	for (; i < CROWD; i++)
		peer_send_text(peers[i], "late");
	process_signal(server_process(server), SIGCONT);
	process_expect_exit(server_process(server), 0);
	journal_wait_count(server, " close ", CROWD);
	journal_expect(server, " stop$");
	for (i = 0; i < CROWD; i++)
		peer_free(peers[i]);
	server_free(server);
}

static void
test_usr1_logs_the_statistics(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = connect_and_greet(server);

	(void)state;
	assert_int_equal(journal_stat(server, "open"), 1);
	assert_int_equal(journal_stat(server, "accepted"), 1);
	assert_int_equal(journal_stat(server, "in"), 5);
	assert_int_equal(journal_stat(server, "out"), 5);
	assert_int_equal(journal_stat(server, "refused"), 0);
	assert_true(journal_stat(server, "rss") > 100000);
	peer_free(peer);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_term_says_goodbye_to_idle_clients, process_teardown),
	    cmocka_unit_test_teardown(test_int_does_the_same, process_teardown),
	    cmocka_unit_test_teardown(
		test_without_clients_it_ends_at_once, process_teardown),
	    cmocka_unit_test_teardown(
		test_term_during_a_transfer_sends_what_was_read,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_drain_timeout_ends_who_does_not_read,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_second_term_ends_it_at_once, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_draining_server_accepts_nobody, process_teardown),
	    cmocka_unit_test_teardown(
		test_two_signals_and_data_may_come_at_the_same_time,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_usr1_logs_the_statistics, process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: signals", tests, NULL, NULL);
}
