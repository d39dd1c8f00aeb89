/* instant: see instant.h. */

#include <time.h>

#include "instant.h"

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) == -1)
		return 0;
	return (uint64_t)t.tv_sec * INSTANT_S + (uint64_t)t.tv_nsec;
}

uint64_t
instant_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t
instant_cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
