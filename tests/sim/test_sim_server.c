/*
 * sim: yodeld's server among clients that are made up, in a system that is too.
 * With a seed as its argument it plays that one and says what came of it.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/harness.h"
#include "sim.h"
#include "sim_server.h"
#include "sim_wrap.h"

#define TURNS	   4000
#define SEEDS	   60
#define LONG_S	   60.0
#define FIRST_LONG 1000000

static double
seconds(void)
{
	struct timespec ts;

	(void)__real_clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* All that was done since the start, and how fast. */
static void
tell(const struct sim_result *sum, double since)
{
	const double took = seconds() - since;

	printf("%" PRIu64 " events, %" PRIu64 " calls, %" PRIu64
	       " clients in %.1f s: %.0f events a second\n",
	    sum->events, sum->calls, sum->clients, took,
	    (double)sum->events / took);
}

static void
play(uint64_t seed, struct sim_result *sum)
{
	struct sim_result result;

	sim_server_run(seed, TURNS, &result);
	if (result.blame != NULL)
		fail_msg("%s", result.blame);
	sum->events += result.events;
	sum->calls += result.calls;
	sum->clients += result.clients;
}

/* What a crash has left unsaid. */
static int
say_where(void **state)
{
	(void)state;
	sim_blame_crash();
	if (sim_blamed() != NULL)
		printf("%s\n", sim_blamed());
	return 0;
}

static void
test_nothing_is_lost_whatever_happens(void **state)
{
	const double start = seconds();
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= SEEDS; seed++)
		play(seed, &sum);
	tell(&sum, start);
	assert_true(sum.clients > SEEDS);
}

static void
test_a_seed_is_the_same_run_each_time(void **state)
{
	struct sim_result first, again, other;

	(void)state;
	sim_server_run(7, TURNS, &first);
	sim_server_run(8, TURNS, &other);
	sim_server_run(7, TURNS, &again);
	assert_null(again.blame);
	assert_true(first.hash == again.hash);
	assert_true(first.events == again.events);
	assert_true(first.hash != other.hash);
}

static void
test_nothing_is_lost_in_a_minute(void **state)
{
	const double start = seconds();
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	(void)state;
	if (getenv("YODEL_LONG") == NULL)
		skip();
	for (seed = FIRST_LONG; seconds() - start < LONG_S; seed++)
		play(seed, &sum);
	tell(&sum, start);
}

static int
replay(const char *text)
{
	struct sim_result result;

	sim_server_run(strtoull(text, NULL, 10), TURNS, &result);
	printf("%s\nhash %016" PRIx64 ", %" PRIu64 " events, %" PRIu64
	       " clients\n",
	    result.blame == NULL ? "well" : result.blame, result.hash,
	    result.events, result.clients);
	return result.blame == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_nothing_is_lost_whatever_happens, say_where),
	    cmocka_unit_test_teardown(
		test_a_seed_is_the_same_run_each_time, say_where),
	    cmocka_unit_test_teardown(
		test_nothing_is_lost_in_a_minute, say_where),
	};

	if (argc > 1)
		return replay(argv[1]);
	return cmocka_run_group_tests_name("sim: server", tests, NULL, NULL);
}
