/* yodeld: who may not come in, and how that is told. */

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

#define CROWD	   150 /* more than the descriptors below let in */
#define FEW_FDS	   "-n 64"
#define MORE_FDS   "-n 128"
#define GONE_FDS   60 /* of those, before the server starts */
#define MANY	   2000
#define PER_SECOND 100 /* "refuse" events */

/* What a crowd has to come to. */
struct expected {
	struct server *server;
	const char *reason; /* of each refusal */
	uint64_t refused;
};

static bool
all_are_decided_about(void *arg)
{
	struct server *server = arg;

	return journal_stat(server, "open") + journal_stat(server, "refused") ==
	    CROWD;
}

/* Each refusal has a line, or is one of those that a line counts. */
static bool
all_refusals_are_told(void *arg)
{
	const struct expected *expected = arg;
	char reason[64];

	snprintf(reason, sizeof(reason), " reason=%s\n", expected->reason);
	return journal_count(expected->server, reason) +
	    journal_dropped(expected->server) ==
	    expected->refused;
}

static void
expect_refusals(struct server *server, const char *reason, uint64_t count)
{
	struct expected expected = {server, reason, count};

	assert_int_equal(journal_stat(server, "refused"), count);
	if (!deadline_wait(
		deadline_in(DEADLINE_MS), all_refusals_are_told, &expected))
		fail_msg("%ju refusals for %s, and %ju dropped",
		    (uintmax_t)count, reason,
		    (uintmax_t)journal_dropped(server));
}

/* How many of CROWD peers got in; each other one was refused once. */
static size_t
crowd(struct server *server, const char *reason)
{
	size_t errors = journal_count(server, " error ");
	struct peer *peers[CROWD];
	size_t i, in = 0;

	for (i = 0; i < CROWD; i++)
		peers[i] = peer_connect(server_port(server));
	assert_true(deadline_wait(
	    deadline_in(DEADLINE_MS), all_are_decided_about, server));
	for (i = 0; i < CROWD; i++)
		in += !peer_is_closed(peers[i]);
	assert_int_equal(journal_stat(server, "open"), in);
	expect_refusals(server, reason, CROWD - in);
	assert_int_equal(journal_count(server, " error "), errors);
	for (i = 0; i < CROWD; i++) {
		if (!peer_is_closed(peers[i]))
			peer_greet(peers[i]);
		peer_free(peers[i]);
	}
	journal_wait_count(server, " close ", in);
	peers[0] = peer_connect(server_port(server));
	peer_greet(peers[0]);
	peer_free(peers[0]);
	return in;
}

static void
test_few_descriptors_make_a_limit_of_their_own(void **state)
{
	const char *const greedy[] = {
	    "-b", "127.0.0.1", "--max-clients", "1000", NULL};
	const char *const modest[] = {"-b", "127.0.0.1", NULL};
	static const char told[] = "a limit of 64 open files has room for ";
	struct server *server = server_start_limited(FEW_FDS, greedy);
	const char *at;
	size_t room;

	(void)state;
	at = process_output(server_process(server), PROCESS_ERR, NULL);
	at = strstr(at, told);
	assert_non_null(at);
	room = strtoul(at + strlen(told), NULL, 10);
	assert_in_range(room, 16, 63);
	journal_expect(server,
	    "warning error   error=\"a limit of 64 open files has room for "
	    "[0-9]+ of 1000 clients\"$");
	assert_int_equal(crowd(server, "limit"), room);
	server_stop(server);
	server = server_start_limited(FEW_FDS, modest);
	assert_int_equal(crowd(server, "limit"), room);
	assert_int_equal(journal_count(server, told), 0);
	server_stop(server);
}

static void
expect_turned_away(const char *threads)
{
	const char *const args[] = {"-b", "127.0.0.1", "-t", threads, NULL};
	struct server *server = server_start_short(MORE_FDS, GONE_FDS, args);

	assert_in_range(crowd(server, "fds"), 16, 127 - GONE_FDS);
	server_stop(server);
}

static void
test_without_descriptors_newcomers_are_turned_away(void **state)
{
	(void)state;
	expect_turned_away("1");
}

static void
test_it_is_so_with_worker_threads_too(void **state)
{
	(void)state;
	expect_turned_away("4");
}

/* Its answer to a limit that lets it start with descriptors for nobody. */
static unsigned long
least_descriptors(const char *threads)
{
	char script[] = "ulimit -n 10; exec \"$0\" \"$@\"";
	const char *const argv[] = {"sh", "-c", script, process_yodeld(), "-p",
	    "0", "-b", "127.0.0.1", "-t", threads, NULL};
	static const char told[] = "a limit of 10 open files (ulimit -n) is "
				   "too low: ";
	struct process *process = process_start(argv, NULL);
	unsigned long least;
	const char *at;

	process_expect_exit(process, 1);
	at = strstr(process_output(process, PROCESS_ERR, NULL), told);
	assert_non_null(at);
	least = strtoul(at + strlen(told), NULL, 10);
	assert_string_equal(
	    strstr(at + strlen(told), " are"), " are the least\n");
	process_free(process);
	return least;
}

static void
expect_least_to_do(const char *threads)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "-t", threads, "--idle-timeout", "1h", NULL};
	struct server *server;
	struct peer *peer, *other;
	char limit[32];

	snprintf(limit, sizeof(limit), "-n %lu", least_descriptors(threads));
	server = server_start_limited(limit, args);
	peer = peer_connect(server_port(server));
	peer_greet(peer);
	/* who comes next learns why, and the statistics need a file */
	other = peer_connect(server_port(server));
	peer_expect_eof(other);
	peer_free(other);
	expect_refusals(server, "limit", 1);
	peer_greet(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_too_low_a_limit_says_what_is_the_least(void **state)
{
	(void)state;
	expect_least_to_do("1");
	expect_least_to_do("3");
}

static void
test_max_clients_refuses_the_next_until_one_leaves(void **state)
{
	const char *const args[] = {"--max-clients", "2", NULL};
	struct server *server = server_start(args);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));
	struct peer *three;

	(void)state;
	peer_greet(one);
	peer_greet(two);
	three = peer_connect(server_port(server));
	peer_expect_eof(three);
	peer_free(three);
	journal_expect(
	    server, "warning refuse  127\\.0\\.0\\.1:[0-9]+ reason=limit$");
	peer_free(one);
	journal_expect(server, "close   #1 ");
	three = peer_connect(server_port(server));
	peer_greet(three);
	journal_expect(server, "connect #3 .* open=2$");
	peer_free(three);
	peer_free(two);
	server_stop(server);
}

/* However many come, the log has a bounded number of lines, and the number. */
static void
test_refusals_are_limited_in_the_log_and_counted(void **state)
{
	const char *const args[] = {"--deny", "any", NULL};
	struct server *server = server_start(args);
	struct deadline begin = deadline_in(0);
	struct peer *peer;
	uint64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		peer = peer_connect(server_port(server));
		peer_expect_eof(peer);
		peer_free(peer);
	}
	expect_refusals(server, "deny", MANY);
	/* that has taken so long, and touched a second more at either end */
	seconds = (uint64_t)(deadline_in(0).at_ns - begin.at_ns) / 1000000000;
	assert_in_range(journal_count(server, " refuse "), PER_SECOND,
	    (seconds + 2) * PER_SECOND);
	assert_int_equal(journal_stat(server, "accepted"), 0);
	server_stop(server);
}

static void
test_deny_refuses_and_the_other_family_gets_in(void **state)
{
	const char *const args[] = {"--deny", "127.0.0.0/8", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	peer_expect_eof(peer);
	peer_free(peer);
	journal_expect(server, "refuse  127\\.0\\.0\\.1:[0-9]+ reason=deny$");
	if (journal_count(server, " [::1]:") > 0) {
		peer = peer_connect6(server_port(server));
		peer_greet(peer);
		peer_free(peer);
	}
	server_stop(server);
}

static void
test_the_first_of_allow_and_deny_decides(void **state)
{
	const char *const in[] = {
	    "--allow", "127.0.0.1", "--deny", "any", NULL};
	const char *const out[] = {
	    "--deny", "127.0.0.1", "--allow", "any", NULL};
	const char *const other[] = {"--allow", "192.0.2.0/24", NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	server = server_start(in);
	peer = peer_connect(server_port(server));
	peer_greet(peer);
	peer_free(peer);
	server_stop(server);
	server = server_start(out);
	peer = peer_connect(server_port(server));
	peer_expect_eof(peer);
	peer_free(peer);
	server_stop(server);
	server = server_start(other);
	peer = peer_connect(server_port(server));
	peer_expect_eof(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_the_wildcard_address_sees_its_clients_as_ipv4(void **state)
{
	const char *const args[] = {
	    "-b", "0.0.0.0", "--allow", "127.0.0.0/8", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	peer_greet(peer);
	journal_expect(server, "connect #1 127\\.0\\.0\\.1:[0-9]+ open=1$");
	peer_free(peer);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_few_descriptors_make_a_limit_of_their_own,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_without_descriptors_newcomers_are_turned_away,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_it_is_so_with_worker_threads_too, process_teardown),
	    cmocka_unit_test_teardown(
		test_too_low_a_limit_says_what_is_the_least, process_teardown),
	    cmocka_unit_test_teardown(
		test_max_clients_refuses_the_next_until_one_leaves,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_refusals_are_limited_in_the_log_and_counted,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_deny_refuses_and_the_other_family_gets_in,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_first_of_allow_and_deny_decides, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_wildcard_address_sees_its_clients_as_ipv4,
		process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: limits", tests, NULL, NULL);
}
