#include "sim_play.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "harness/harness.h"
#include "sim.h"
#include "sim_wrap.h"

#define TURNS	   4000
#define LONG_S	   60.0
#define FIRST_LONG 1000000

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

static void
play(sim_run *run, uint64_t seed, struct sim_result *sum)
{
	struct sim_result result;

	run(seed, TURNS, &result);
	if (result.blame != NULL)
		fail_msg("%s", result.blame);
	sum->events += result.events;
	sum->calls += result.calls;
	sum->clients += result.clients;
}

void
sim_play_seeds(sim_run *run, unsigned seeds)
{
	const double start = work();
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	for (seed = 1; seed <= seeds; seed++)
		play(run, seed, &sum);
	tell(&sum, start);
	assert_true(sum.clients > seeds);
}

void
sim_play_twice(sim_run *run, uint64_t seed)
{
	struct sim_result first, again, other;

	run(seed, TURNS, &first);
	run(seed + 1, TURNS, &other);
	run(seed, TURNS, &again);
	assert_null(again.blame);
	assert_true(first.hash == again.hash);
	assert_true(first.events == again.events);
	assert_true(first.hash != other.hash);
}

void
sim_play_minute(sim_run *run)
{
	const double start = work(), end = seconds(CLOCK_MONOTONIC) + LONG_S;
	struct sim_result sum = {.blame = NULL};
	uint64_t seed;

	if (getenv("YODEL_LONG") == NULL)
		skip();
	for (seed = FIRST_LONG; seconds(CLOCK_MONOTONIC) < end; seed++)
		play(run, seed, &sum);
	tell(&sum, start);
}

int
sim_play_again(sim_run *run, const char *text)
{
	struct sim_result result;

	run(strtoull(text, NULL, 10), TURNS, &result);
	printf("%s\nhash %016" PRIx64 ", %" PRIu64 " events, %" PRIu64
	       " clients\n",
	    result.blame == NULL ? "well" : result.blame, result.hash,
	    result.events, result.clients);
	return result.blame == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
sim_play_teardown(void **state)
{
	(void)state;
	sim_blame_crash();
	if (sim_blamed() != NULL)
		printf("%s\n", sim_blamed());
	return 0;
}
