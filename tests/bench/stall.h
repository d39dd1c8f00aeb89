/* stall: whether the machine, not the server, held a measurement up. */

#ifndef BENCH_STALL_H
#define BENCH_STALL_H

#include <stdbool.h>

#define STALL_SLICES	5
#define STALL_TRIES	2

/*
 * The rule for leaving a window out. A window is cut into STALL_SLICES of equal
 * length. It was stalled if one of them has less than half of the median
 * slice's messages and the server had less than half of the median slice's CPU
 * time in it: neither was at work, so somebody else was. A server that is busy
 * and slow keeps its windows. The same rule for all: a stalled window is run
 * once more at once, and left out where that one is stalled too; its round's
 * pairs go with it.
 */
struct stall_slice {
	double	 messages;
	double	 cpu;
};

bool		 stall_happened(const struct stall_slice slices[STALL_SLICES]);

#endif
