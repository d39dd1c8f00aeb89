#include "sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim_fd.h"

#define START_US UINT64_C(1000000000)
#define LEAP_US	 20000000 /* longer than all that is waited for */

static struct {
	struct sim_world world;
	struct sim_odds odds;
	struct sim_count count;
	uint64_t seed;
	uint64_t random;
	uint64_t now_us;
	uint64_t leapt_us;
	uint64_t hash;
	bool running;
	bool inside; /* the code under test runs */
	char blame[256];
} sim;

void
sim_begin(uint64_t seed, const struct sim_world *world)
{
	memset(&sim, 0, sizeof(sim));
	sim.world = *world;
	sim.running = true;
	sim.seed = sim.random = seed;
	sim.now_us = START_US;
	sim.hash = UINT64_C(0xcbf29ce484222325);
	sim_fd_reset();
	sim_kqueue_reset();
}

void
sim_end(struct sim_result *result)
{
	int fd = sim_fd_first();

	sim.inside = sim.running = false;
	if (fd != -1)
		sim_blame("descriptor %d is left open", fd);
	memset(&sim.odds, 0, sizeof(sim.odds));
	*result = (struct sim_result){
	    .blame = sim_blamed(),
	    .hash = sim.hash,
	    .events = sim.count.events,
	    .calls = sim.count.calls,
	};
}

/* One of three never happens, the others up to so often. */
static unsigned
any_odds(unsigned max)
{
	return sim_below(3) == 0 ? 0 : (unsigned)sim_below(max + 1);
}

void
sim_choose_odds(struct sim_odds *odds)
{
	*odds = (struct sim_odds){
	    .eintr = any_odds(60),
	    .eagain = any_odds(60),
	    .shorter = any_odds(500),
	    .late = any_odds(600),
	    .spurious = any_odds(30),
	    .nomem = any_odds(400),
	    .accept = any_odds(200),
	    .reset = any_odds(4),
	    .leap = any_odds(2),
	};
}

void
sim_let_fail(const struct sim_odds *odds)
{
	sim.odds = *odds;
}

const struct sim_odds *
sim_odds(void)
{
	return &sim.odds;
}

/* splitmix64 */
uint64_t
sim_random(void)
{
	uint64_t z = sim.random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
sim_below(uint64_t n)
{
	return sim_random() % n;
}

/* What never happens costs nothing. */
bool
sim_happens(unsigned of_1024)
{
	return of_1024 > 0 && sim_below(1024) < of_1024;
}

uint64_t
sim_now_us(void)
{
	return sim.now_us;
}

void
sim_pass(uint64_t us)
{
	sim.now_us += us;
}

uint64_t
sim_leapt_us(void)
{
	return sim.leapt_us;
}

void
sim_leap(void)
{
	sim_pass(sim_below(LEAP_US));
	sim.leapt_us = sim.now_us;
}

static void
sim_mix(uint64_t n)
{
	sim.hash = (sim.hash ^ n) * UINT64_C(0x100000001b3);
	sim.hash ^= sim.hash >> 29;
}

void
sim_trace(unsigned what, uint64_t who, uint64_t result)
{
	sim.count.calls++;
	sim_mix(what);
	sim_mix(who);
	sim_mix(result);
	sim_mix(sim.now_us);
}

struct sim_count *
sim_count(void)
{
	return &sim.count;
}

bool
sim_lacks_memory(void)
{
	if (!sim.inside || sim.odds.nomem == 0 ||
	    sim_below(65536) >= sim.odds.nomem)
		return false;
	sim.count.faults++;
	return true;
}

void
sim_enter(bool code_under_test)
{
	sim.inside = code_under_test;
}

void
sim_blame(const char *format, ...)
{
	va_list args;
	char text[160];

	if (sim.blame[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)snprintf(sim.blame, sizeof(sim.blame),
	    "seed %" PRIu64 ", turn %" PRIu64 ": %s", sim.seed, sim.count.turns,
	    text);
}

const char *
sim_blamed(void)
{
	return sim.blame[0] == '\0' ? NULL : sim.blame;
}

bool
sim_blame_crash(void)
{
	const bool crashed = sim.running;

	if (crashed)
		sim_blame("it crashes");
	sim.inside = sim.running = false;
	return crashed;
}

void
sim_turn(void)
{
	sim.count.turns++;
	sim.world.step(sim.world.arg);
	sim.world.check(sim.world.arg);
}
