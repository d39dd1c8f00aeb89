/* affinity: see affinity.h. */

#ifdef __linux__
#define _GNU_SOURCE /* sched_setaffinity(2) and the CPU_ macros */
#endif

#include <sched.h>
#include <unistd.h>

#include "affinity.h"

#ifdef __linux__

/* Only the last CPU, or all but it. */
static bool
take(bool last)
{
	long known = sysconf(_SC_NPROCESSORS_CONF);
	size_t cpu, count = known < 2 ? 0 : (size_t)known;
	cpu_set_t set;

	if (count == 0 || count > CPU_SETSIZE)
		return false;
	CPU_ZERO(&set);
	for (cpu = 0; cpu < count; cpu++)
		if ((cpu == count - 1) == last)
			CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

bool
affinity_take_load(void)
{
	return take(true);
}

void
affinity_take_server(void)
{
	(void)take(false);
}

#else

bool
affinity_take_load(void)
{
	return false;
}

void
affinity_take_server(void)
{
}

#endif
