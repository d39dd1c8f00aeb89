#include "sim_play.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "harness/harness.h"
#include "sim.h"
#include "sim_wrap.h"

#define TURNS	    4000
#define LONG_S	    60.0
#define FIRST_LONG  1000000
#define TWICE	    7  /* the seed that is played again */
#define CLIENTS_MAX 64 /* of a smaller run: at most so many are looked for */

struct play {
	sim_run *run;
	unsigned seeds;
};

static double
seconds(clockid_t clock)
{
	struct timespec ts;

	(void)__real_clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The processor's time: how fast it is has nothing to do with others. */
static double
work(void)
{
	return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* All that was done since then, and how fast. */
static void
tell(const struct sim_result *sum, double since)
{
	const double took = work() - since;

	printf("%" PRIu64 " events, %" PRIu64 " calls, %" PRIu64
	       " clients in %.1f s: %.0f events a second\n",
	    sum->events, sum->calls, sum->clients, took,
	    (double)sum->events / took);
}

/* With fewer clients it is easier to see; where they change nothing, it isn't. */
static void
shrink(sim_run *run, const struct sim_plan *failed, uint64_t hash)
{
	struct sim_plan plan = *failed;
	struct sim_result result;

	for (plan.clients = 1; plan.clients <= CLIENTS_MAX; plan.clients *= 2) {
		run(&plan, &result);
		if (result.hash == hash)
			return;
		if (result.blame == NULL)
			continue;
		printf("and with the arguments %" PRIu64 " %u: %s\n", plan.seed,
		    plan.clients, result.blame);
		return;
	}
}

static void
play_seed(sim_run *run, uint64_t seed, struct sim_result *sum)
{
	const struct sim_plan plan = {.seed = seed, .turns = TURNS};
	struct sim_result result;

	run(&plan, &result);
	if (result.blame != NULL) {
		printf("%s\n", result.blame);
		shrink(run, &plan, result.hash);
		fail();
	}
	sum->events += result.events;
	sum->calls += result.calls;
	sum->clients += result.clients;
}

static void
test_nothing_is_lost_whatever_happens(void **state)
{
	const struct play *play = *state;
	const double start = work();
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	for (seed = 1; seed <= play->seeds; seed++)
		play_seed(play->run, seed, &sum);
	tell(&sum, start);
	assert_true(sum.clients > play->seeds);
}

static void
test_a_seed_is_the_same_run_each_time(void **state)
{
	const struct play *play = *state;
	const struct sim_plan plan = {.seed = TWICE, .turns = TURNS};
	const struct sim_plan another = {.seed = TWICE + 1, .turns = TURNS};
	struct sim_result first, again, other;

	play->run(&plan, &first);
	play->run(&another, &other);
	play->run(&plan, &again);
	assert_null(again.blame);
	assert_true(first.hash == again.hash);
	assert_true(first.events == again.events);
	assert_true(first.hash != other.hash);
}

static void
test_nothing_is_lost_in_a_minute(void **state)
{
	const struct play *play = *state;
	const double start = work(), end = seconds(CLOCK_MONOTONIC) + LONG_S;
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	if (getenv("YODEL_LONG") == NULL)
		skip();
	for (seed = FIRST_LONG; seconds(CLOCK_MONOTONIC) < end; seed++)
		play_seed(play->run, seed, &sum);
	tell(&sum, start);
}

/* What a crash has left unsaid. */
static int
teardown(void **state)
{
	(void)state;
	if (sim_blame_crash())
		printf("%s\n", sim_blamed());
	return 0;
}

static int
play_again(sim_run *run, int argc, char **argv)
{
	const unsigned long clients = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	const struct sim_plan plan = {
	    .seed = strtoull(argv[1], NULL, 10),
	    .turns = TURNS,
	    .clients = clients < CLIENTS_MAX ? (unsigned)clients : CLIENTS_MAX,
	};
	struct sim_result result;

	run(&plan, &result);
	printf("%s\nhash %016" PRIx64 ", %" PRIu64 " events, %" PRIu64
	       " clients\n",
	    result.blame == NULL ? "well" : result.blame, result.hash,
	    result.events, result.clients);
	return result.blame == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
sim_play(const char *name, sim_run *run, unsigned seeds, int argc, char **argv)
{
	struct play play = {run, seeds};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate_setup_teardown(
		test_nothing_is_lost_whatever_happens, NULL, teardown, &play),
	    cmocka_unit_test_prestate_setup_teardown(
		test_a_seed_is_the_same_run_each_time, NULL, teardown, &play),
	    cmocka_unit_test_prestate_setup_teardown(
		test_nothing_is_lost_in_a_minute, NULL, teardown, &play),
	};

	if (argc > 1)
		return play_again(run, argc, argv);
	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
