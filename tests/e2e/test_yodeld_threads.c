/* yodeld: several worker threads, and what they have in common. */

#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
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

#define WORKERS_MAX 64
#define PATH_SIZE   512
#define PIECE	    65536
#define ROUNDS	    20
#define COMERS	    200
#define SPEAKERS    8
#define SAYINGS	    1000 /* of each: more than may be logged in a second */
#define DATA_LIMIT  1000 /* "data" events a second */

/* How many sockets each worker watches, the fewest first. */
struct watched {
	size_t counts[WORKERS_MAX];
	size_t workers;
};

static struct peer *
connect_and_greet(struct server *server)
{
	struct peer *peer = peer_connect(server_port(server));

	peer_send_text(peer, "hello");
	peer_expect(peer, "hello");
	return peer;
}

/* What /proc says a descriptor of the server is. */
static bool
is_descriptor(struct server *server, const char *number, const char *wanted)
{
	char path[PATH_SIZE], text[PATH_SIZE];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/fd/%s",
	    (long)process_pid(server_process(server)), number);
	n = readlink(path, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return strncmp(text, wanted, strlen(wanted)) == 0;
}

/* The sockets that an epoll(7) instance of the server watches: its clients. */
static size_t
count_sockets(struct server *server, const char *epoll)
{
	char path[PATH_SIZE], line[PATH_SIZE], number[32];
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/fdinfo/%s",
	    (long)process_pid(server_process(server)), epoll);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "tfd: %31s", number) == 1)
			count += is_descriptor(server, number, "socket:");
	fclose(file);
	return count;
}

static int
compare_counts(const void *a, const void *b)
{
	const size_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Skips the test where the system does not tell. */
static struct watched
look(struct server *server)
{
	struct watched watched = {.workers = 0};
	char path[PATH_SIZE];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%ld/fdinfo",
	    (long)process_pid(server_process(server)));
	dir = opendir(path);
	if (dir == NULL)
		skip();
	while ((entry = readdir(dir)) != NULL) {
		if (!is_descriptor(
			server, entry->d_name, "anon_inode:[eventpoll]"))
			continue;
		assert_true(watched.workers < WORKERS_MAX);
		watched.counts[watched.workers++] =
		    count_sockets(server, entry->d_name);
	}
	closedir(dir);
	qsort(watched.counts, watched.workers, sizeof(watched.counts[0]),
	    compare_counts);
	return watched;
}

struct balance {
	struct server *server;
	size_t few, many;
};

static bool
is_balanced(void *arg)
{
	const struct balance *balance = arg;
	struct watched watched = look(balance->server);

	return watched.workers == 2 && watched.counts[0] == balance->few &&
	    watched.counts[1] == balance->many;
}

/* Waits until the workers have so many; who left is forgotten in a moment. */
static void
expect_balance(struct server *server, size_t few, size_t many)
{
	struct balance balance = {server, few, many};
	struct watched watched;

	if (deadline_wait(deadline_in(DEADLINE_MS), is_balanced, &balance))
		return;
	watched = look(server);
	fail_msg("%zu workers, with %zu and %zu clients: not %zu and %zu",
	    watched.workers, watched.counts[0], watched.counts[1], few, many);
}

/* The listener is a socket too, and it is the first worker that watches it. */
static void
test_clients_go_to_the_worker_with_the_fewest(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "-t", "2", "--control", "none", NULL};
	struct server *server = server_start(args);
	struct peer *peers[10];
	size_t i;

	(void)state;
	expect_balance(server, 0, 1);
	for (i = 0; i < 10; i++)
		peers[i] = connect_and_greet(server);
	expect_balance(server, 5, 6);
	/* every other one: all of them were in the same thread */
	for (i = 0; i < 8; i += 2)
		peer_free(peers[i]);
	journal_wait_count(server, " close ", 4);
	expect_balance(server, 2, 5);
	for (i = 0; i < 4; i += 2)
		peers[i] = connect_and_greet(server);
	expect_balance(server, 4, 5);
	for (; i < 8; i += 2)
		peers[i] = connect_and_greet(server);
	expect_balance(server, 5, 6);
	for (i = 0; i < 10; i++)
		peer_free(peers[i]);
	journal_wait_count(server, " close ", 14);
	expect_balance(server, 0, 1);
	server_stop(server);
}

static void
test_none_asked_for_means_as_many_as_cores(void **state)
{
	const char *const args[] = {"-t", "0", "--control", "none", NULL};
	struct server *server = server_start(args);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	(void)state;
	peer_free(connect_and_greet(server));
	if (cores <= WORKERS_MAX)
		assert_int_equal(look(server).workers, cores);
	server_stop(server);
}

static void
test_wrong_numbers_are_refused(void **state)
{
	static const char *const wrong[] = {"-1", "257", "x", "2x", ""};
	const char *argv[] = {process_yodeld(), "-t", NULL, NULL};
	struct process *process;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		argv[2] = wrong[i];
		process = process_start(argv, NULL);
		process_expect_exit(process, 2);
		snprintf(text, sizeof(text), "'%s'", wrong[i]);
		assert_non_null(
		    strstr(process_output(process, PROCESS_ERR, NULL), text));
		process_free(process);
	}
}

static void
test_numbers_of_clients_never_come_back(void **state)
{
	const char *const args[] = {"-t", "3", NULL};
	struct server *server = server_start(args);
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < COMERS; i++)
		peer_free(connect_and_greet(server));
	journal_wait_count(server, " close ", COMERS);
	for (i = 1; i <= COMERS; i++) {
		snprintf(text, sizeof(text), " connect #%zu ", i);
		assert_int_equal(journal_count(server, text), 1);
		snprintf(text, sizeof(text), " close   #%zu ", i);
		assert_int_equal(journal_count(server, text), 1);
	}
	assert_int_equal(journal_stat(server, "accepted"), COMERS);
	assert_int_equal(journal_stat(server, "open"), 0);
	server_stop(server);
}

struct sum {
	struct server *server;
	uint64_t bytes;
};

/* A worker adds what it has sent when the peer may have it already. */
static bool
sums_up(void *arg)
{
	const struct sum *sum = arg;

	return journal_stat(sum->server, "in") == sum->bytes &&
	    journal_stat(sum->server, "out") == sum->bytes;
}

static void
test_statistics_are_those_of_all_workers(void **state)
{
	const char *const args[] = {"-t", "3", NULL};
	struct sum sum = {.server = server_start(args)};
	static const char zeros[7000];
	struct peer *peers[7];
	size_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		peers[i] = connect_and_greet(sum.server);
		peer_echo(peers[i], zeros, (i + 1) * 1000);
		sum.bytes += 5 + (i + 1) * 1000;
	}
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), sums_up, &sum));
	assert_int_equal(journal_stat(sum.server, "open"), 7);
	for (i = 0; i < 7; i++)
		peer_free(peers[i]);
	journal_wait_count(sum.server, " close ", 7);
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), sums_up, &sum));
	assert_int_equal(journal_stat(sum.server, "open"), 0);
	server_stop(sum.server);
}

/* Signals are for one thread, however busy the others are. */
static void
test_signals_are_heard_while_all_are_busy(void **state)
{
	const char *const args[] = {"-t", "2", NULL};
	struct server *server = server_start(args);
	char *bytes = calloc(1, PIECE);
	struct peer *peers[4];
	size_t i, round;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < 4; i++)
		peers[i] = connect_and_greet(server);
	for (round = 1; round <= ROUNDS; round++) {
		for (i = 0; i < 4; i++)
			(void)peer_send_some(peers[i], bytes, PIECE / 4);
		process_signal(server_process(server), SIGHUP);
		process_signal(server_process(server), SIGUSR1);
		for (i = 0; i < 4; i++)
			peer_send_text(peers[i], "!");
		journal_wait_count(server, " reopen", round);
		journal_wait_count(server, " stats ", round);
	}
	for (i = 0; i < 4; i++) {
		size_t len;
		char *all;

		peer_shutdown(peers[i]);
		all = peer_recv_all(peers[i], &len);
		assert_true(len > ROUNDS && all[len - 1] == '!');
		free(all);
		peer_free(peers[i]);
	}
	journal_wait_count(server, " reason=peer ", 4);
	free(bytes);
	server_stop(server);
}

static bool
all_is_told(void *arg)
{
	struct server *server = arg;

	return journal_count(server, " data ") + journal_dropped(server) ==
	    (uint64_t)SPEAKERS * SAYINGS;
}

static void
test_what_clients_say_is_limited_over_all_threads(void **state)
{
	const char *const args[] = {"-t", "4", "--log-data", "on", NULL};
	struct server *server = server_start(args);
	struct peer *peers[SPEAKERS];
	struct deadline begin = deadline_in(0);
	size_t i, round, lines;
	uint64_t seconds;

	(void)state;
	for (i = 0; i < SPEAKERS; i++)
		peers[i] = peer_connect(server_port(server));
	for (round = 0; round < SAYINGS; round++) {
		for (i = 0; i < SPEAKERS; i++)
			peer_send_text(peers[i], "x");
		for (i = 0; i < SPEAKERS; i++)
			peer_expect(peers[i], "x");
	}
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), all_is_told, server));
	lines = journal_count(server, " data ");
	/* that has taken so long, and touched a second more at either end */
	seconds = (uint64_t)(deadline_in(0).at_ns - begin.at_ns) / 1000000000;
	assert_in_range(lines, DATA_LIMIT, (seconds + 2) * DATA_LIMIT);
	for (i = 0; i < SPEAKERS; i++)
		peer_free(peers[i]);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_clients_go_to_the_worker_with_the_fewest,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_none_asked_for_means_as_many_as_cores, process_teardown),
	    cmocka_unit_test_teardown(
		test_wrong_numbers_are_refused, process_teardown),
	    cmocka_unit_test_teardown(
		test_numbers_of_clients_never_come_back, process_teardown),
	    cmocka_unit_test_teardown(
		test_statistics_are_those_of_all_workers, process_teardown),
	    cmocka_unit_test_teardown(
		test_signals_are_heard_while_all_are_busy, process_teardown),
	    cmocka_unit_test_teardown(
		test_what_clients_say_is_limited_over_all_threads,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: threads", tests, NULL, NULL);
}
