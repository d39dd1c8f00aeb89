/* yodeld: how it ends while several threads have clients. */

#include <sys/socket.h>

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"

#define CLIENTS	    6 /* two for each of three workers */
#define COMERS	    100
#define PERIOD	    251 /* prime: bytes that got lost stand out */
#define PIECE	    16384
#define SLOW_RCVBUF 4096
#define QUIET_MS    300 /* sockets that take nothing for so long are full */

/* Peers that send the same stream, and read nothing before they are asked to. */
struct crowd {
	struct server *server;
	struct peer *peers[CLIENTS];
	uint64_t sent[CLIENTS];
	uint64_t got[CLIENTS];
	char pattern[PERIOD + PIECE];
};

static const char *const threads[] = {"-t", "3", "--drain-timeout", "1h", NULL};

static struct crowd *
crowd_new(const char *const *args)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	size_t i;

	assert_non_null(crowd);
	for (i = 0; i < sizeof(crowd->pattern); i++)
		crowd->pattern[i] = (char)(i % PERIOD);
	crowd->server = server_start(args);
	for (i = 0; i < CLIENTS; i++)
		crowd->peers[i] = peer_connect_rcvbuf(
		    server_port(crowd->server), SLOW_RCVBUF);
	return crowd;
}

static void
crowd_free(struct crowd *crowd)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		peer_free(crowd->peers[i]);
	server_free(crowd->server);
	free(crowd);
}

static void
push(struct crowd *crowd, size_t i)
{
	size_t n;

	do {
		n = peer_send_some(crowd->peers[i],
		    crowd->pattern + crowd->sent[i] % PERIOD, PIECE);
		crowd->sent[i] += n;
	} while (n > 0);
}

/* Sends until the server takes no more of any of them. */
static void
crowd_fill(struct crowd *crowd)
{
	struct pollfd fds[CLIENTS];
	size_t i;

	do {
		for (i = 0; i < CLIENTS; i++) {
			push(crowd, i);
			fds[i].fd = peer_fd(crowd->peers[i]);
			fds[i].events = POLLOUT;
		}
	} while (poll(fds, CLIENTS, QUIET_MS) > 0);
}

/* Reads one to the end of its stream, which may not be a reset. */
static void
drink(struct crowd *crowd, size_t i)
{
	char buf[PIECE];
	size_t n;

	while ((n = peer_recv_some(crowd->peers[i], buf, sizeof(buf))) > 0) {
		assert_memory_equal(
		    buf, crowd->pattern + crowd->got[i] % PERIOD, n);
		crowd->got[i] += n;
	}
	assert_true(crowd->got[i] > 0 && crowd->got[i] <= crowd->sent[i]);
}

static void
terminate(struct server *server)
{
	process_signal(server_process(server), SIGTERM);
}

/* The last line is "stop", and it is the only one. */
static void
expect_end(struct server *server)
{
	const char *text;

	process_expect_exit(server_process(server), 0);
	text = process_output(server_process(server), PROCESS_ERR, NULL);
	assert_int_equal(journal_count(server, " stop"), 1);
	assert_string_equal(strstr(text, " stop"), " stop\n");
}

static void
test_the_idle_of_all_workers_are_let_go(void **state)
{
	struct crowd *crowd = crowd_new(threads);
	size_t i;

	(void)state;
	for (i = 0; i < CLIENTS; i++) {
		peer_send_text(crowd->peers[i], "hello");
		peer_expect(crowd->peers[i], "hello");
	}
	terminate(crowd->server);
	for (i = 0; i < CLIENTS; i++)
		peer_expect_eof(crowd->peers[i]);
	expect_end(crowd->server);
	assert_int_equal(
	    journal_count(crowd->server, " reason=drain in=5 out=5 "), CLIENTS);
	crowd_free(crowd);
}

static void
test_without_clients_threads_end_too(void **state)
{
	struct server *server = server_start(threads);

	(void)state;
	terminate(server);
	expect_end(server);
	server_free(server);
}

/* What was read from them comes back, all of it, and then the end. */
static void
test_bulk_in_every_worker_comes_back(void **state)
{
	struct crowd *crowd = crowd_new(threads);
	char line[160];
	size_t i;

	(void)state;
	crowd_fill(crowd);
	terminate(crowd->server);
	journal_expect(crowd->server, " drain$");
	for (i = 0; i < CLIENTS; i++)
		drink(crowd, i);
	for (i = 0; i < CLIENTS; i++) {
		peer_free(crowd->peers[i]);
		crowd->peers[i] = NULL;
	}
	expect_end(crowd->server);
	for (i = 0; i < CLIENTS; i++) {
		snprintf(line, sizeof(line),
		    "close   #%zu .* reason=drain in=%" PRIu64 " out=%" PRIu64
		    " ",
		    i + 1, crowd->got[i], crowd->got[i]);
		journal_expect(crowd->server, line);
	}
	crowd_free(crowd);
}

static void
test_a_second_term_ends_all_workers(void **state)
{
	struct crowd *crowd = crowd_new(threads);

	(void)state;
	crowd_fill(crowd);
	terminate(crowd->server);
	journal_expect(crowd->server, " drain$");
	terminate(crowd->server);
	expect_end(crowd->server);
	assert_int_equal(
	    journal_count(crowd->server, " reason=drain "), CLIENTS);
	crowd_free(crowd);
}

static void
test_the_drain_timeout_ends_all_workers(void **state)
{
	const char *const args[] = {
	    "-t", "3", "--drain-timeout", "200ms", NULL};
	struct crowd *crowd = crowd_new(args);

	(void)state;
	crowd_fill(crowd);
	terminate(crowd->server);
	expect_end(crowd->server);
	assert_int_equal(
	    journal_count(crowd->server, " reason=drain "), CLIENTS);
	crowd_free(crowd);
}

/*
 * They are accepted and on their way to other threads when the end begins, in
 * the same batch: each is served or closed, and none is forgotten.
 */
static void
come_with_the_end(const char *drain_timeout)
{
	const char *const args[] = {
	    "-t", "3", "--drain-timeout", drain_timeout, NULL};
	struct server *server = server_start(args);
	struct peer *peers[COMERS];
	size_t i;

	process_signal(server_process(server), SIGSTOP);
	for (i = 0; i < COMERS; i++) {
		peers[i] = peer_connect(server_port(server));
		peer_send_text(peers[i], "hello");
	}
	terminate(server);
	process_signal(server_process(server), SIGCONT);
	for (i = 0; i < COMERS; i++)
		(void)peer_wait_gone(peers[i]);
	expect_end(server);
	assert_int_equal(journal_count(server, " connect "),
	    journal_count(server, " close "));
	for (i = 0; i < COMERS; i++)
		peer_free(peers[i]);
	server_free(server);
}

static void
test_newcomers_on_their_way_are_not_forgotten(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 5; round++)
		come_with_the_end("1h");
	for (round = 0; round < 5; round++)
		come_with_the_end("0s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_the_idle_of_all_workers_are_let_go, process_teardown),
	    cmocka_unit_test_teardown(
		test_without_clients_threads_end_too, process_teardown),
	    cmocka_unit_test_teardown(
		test_bulk_in_every_worker_comes_back, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_second_term_ends_all_workers, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_drain_timeout_ends_all_workers, process_teardown),
	    cmocka_unit_test_teardown(
		test_newcomers_on_their_way_are_not_forgotten,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: the end of threads", tests, NULL, NULL);
}
