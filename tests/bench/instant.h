/* instant: the monotonic clock, finely. */

#ifndef BENCH_INSTANT_H
#define BENCH_INSTANT_H

#include <stdint.h>

#define INSTANT_MS	UINT64_C(1000000)	/* in ns */
#define INSTANT_S	UINT64_C(1000000000)

uint64_t	 instant_now_ns(void);

/* The CPU time of this process. */
uint64_t	 instant_cpu_ns(void);

#endif
