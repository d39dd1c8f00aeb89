/*
 * What a yodeld costs that has nothing to do, or can do nothing: no wake-up, and
 * no processor time. As proc(5) tells it: skipped where that is not.
 */

#ifdef __linux__
#define _GNU_SOURCE /* prlimit(2) */
#endif

#include <sys/resource.h>

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"
#include "harness/status.h"

#ifdef __linux__
#define QUIET_MS  1200
#define CLIENTS	  5
#define THREADS	  "2"
#define WAITING	  20 /* newcomers, for whom there is no descriptor */
#define RESTS	  10 /* of a listener that can't accept anybody */
#define REST_MS	  100
#define FEW_FDS	  3  /* which are all in use */
#define CPU_SHARE 10 /* no more than one such part of the time is used */

static pid_t
pid_of(struct server *server)
{
	return process_pid(server_process(server));
}

/*
 * What has just been done may have an aftermath. But then there has to come a
 * time without a wake-up, longer than a clock would allow.
 */
static void
expect_no_wake_up(struct server *server)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	unsigned long sleeps, used, woken;

	do {
		if (deadline_left_ms(deadline) == 0)
			fail_msg("never quiet for %d ms", QUIET_MS);
		sleeps = status_sleeps(pid_of(server));
		used = status_cpu_ms(pid_of(server));
		(void)poll(NULL, 0, QUIET_MS);
		woken = status_sleeps(pid_of(server)) - sleeps;
	} while (woken > 0 || status_cpu_ms(pid_of(server)) > used);
}

static void
connect_all(struct server *server, struct peer *peers[CLIENTS])
{
	int i;

	for (i = 0; i < CLIENTS; i++) {
		peers[i] = peer_connect(server_port(server));
		peer_echo(peers[i], "hello", 5);
	}
}

static void
free_all(struct peer *peers[CLIENTS])
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		peer_free(peers[i]);
}

/* With a control socket there are rates to keep, once a second. */
static void
nothing_happens_while_nobody_speaks(void **state)
{
	const char *const args[] = {
	    "--control", "none", "--threads", THREADS, NULL};
	struct server *server = server_start(args);
	struct peer *peers[CLIENTS];

	(void)state;
	expect_no_wake_up(server);
	connect_all(server, peers);
	expect_no_wake_up(server);
	free_all(peers);
	journal_wait_count(server, " close ", CLIENTS);
	expect_no_wake_up(server);
	server_stop(server);
}

/* Nor is anybody looked after whose time can't be up yet. */
static void
nothing_happens_where_nobody_has_come(void **state)
{
	struct server *server = server_start(NULL);

	(void)state;
	expect_no_wake_up(server);
	server_stop(server);
}

/* The rates are for a thread that serves nobody: the worker sleeps on. */
static unsigned long
worker_sleeps(struct server *server)
{
	char path[64], values[STATUS_MAX];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status",
	    (int)pid_of(server), (int)pid_of(server));
	status_read(values, path, "voluntary_ctxt_switches");
	return strtoul(values, NULL, 10);
}

struct watched {
	struct server *server;
	unsigned long sleeps;
};

static bool
others_have_woken_twice(void *arg)
{
	const struct watched *watched = arg;

	return status_sleeps(pid_of(watched->server)) >= watched->sleeps + 2;
}

static void
the_rates_wake_no_worker(void **state)
{
	struct server *server = server_start(NULL);
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct watched watched = {.server = server};
	struct peer *peers[CLIENTS];
	unsigned long before;

	(void)state;
	connect_all(server, peers);
	do {
		assert_true(deadline_left_ms(deadline) > 0);
		before = worker_sleeps(server);
		watched.sleeps = status_sleeps(pid_of(server));
		assert_true(
		    deadline_wait(deadline, others_have_woken_twice, &watched));
	} while (worker_sleeps(server) != before);
	free_all(peers);
	server_stop(server);
}

/* Also its spare one is of no use then: its number is beyond the limit. */
static void
set_fd_limit(struct server *server, rlim_t fds, struct rlimit *before)
{
	struct rlimit limit;

	assert_int_equal(
	    prlimit(pid_of(server), RLIMIT_NOFILE, NULL, before), 0);
	limit = *before;
	limit.rlim_cur = fds;
	assert_int_equal(
	    prlimit(pid_of(server), RLIMIT_NOFILE, &limit, NULL), 0);
}

/*
 * Each rest is told, and they are as long as they are: more of them than fit into
 * the time would be none.
 */
static void
expect_rests(struct server *server)
{
	const size_t before = journal_count(server, "Too many open files");
	const unsigned long used = status_cpu_ms(pid_of(server));
	const struct deadline begin = deadline_in(0);
	int64_t past_ms;

	journal_wait_count(server, "Too many open files", before + RESTS);
	past_ms = (deadline_in(0).at_ns - begin.at_ns) / 1000000;
	assert_true(journal_count(server, "Too many open files") - before <=
	    (size_t)(past_ms / REST_MS) + 2);
	assert_true(status_cpu_ms(pid_of(server)) - used <=
	    (unsigned long)past_ms / CPU_SHARE);
}

static void
a_backlog_that_can_not_be_taken_burns_nothing(void **state)
{
	const char *const args[] = {"-b", "127.0.0.1", NULL};
	struct server *server = server_start(args);
	struct peer *peers[WAITING], *early;
	struct rlimit before, few;
	int i;

	(void)state;
	early = peer_connect(server_port(server));
	peer_echo(early, "hello", 5);
	set_fd_limit(server, FEW_FDS, &before);
	for (i = 0; i < WAITING; i++)
		peers[i] = peer_connect(server_port(server));
	journal_wait_count(server, "Too many open files", 1);
	expect_rests(server);
	/* who is there is served meanwhile, the others as soon as they can */
	peer_echo(early, "hello", 5);
	set_fd_limit(server, before.rlim_cur, &few);
	for (i = 0; i < WAITING; i++) {
		peer_echo(peers[i], "hello", 5);
		peer_free(peers[i]);
	}
	peer_free(early);
	server_stop(server);
}
#else
static void
this_is_of_linux(void **state)
{
	(void)state;
	skip();
}
#endif

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
#ifdef __linux__
	    TEST(nothing_happens_while_nobody_speaks),
	    TEST(nothing_happens_where_nobody_has_come),
	    TEST(the_rates_wake_no_worker),
	    TEST(a_backlog_that_can_not_be_taken_burns_nothing),
#else
	    TEST(this_is_of_linux),
#endif
	};

	return cmocka_run_group_tests_name("yodeld: thrift", tests, NULL, NULL);
}
