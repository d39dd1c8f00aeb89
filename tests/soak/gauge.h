/*
 * gauge: what a server holds, sample by sample: the most and the least of each
 * third of a run, as a leak is what the last third has and the first has not.
 */

#ifndef SOAK_GAUGE_H
#define SOAK_GAUGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define GAUGE_THIRDS	3

/* most is 0 where there was no sample. */
struct gauge {
	uint64_t most[GAUGE_THIRDS], least[GAUGE_THIRDS];
};

/* third: 0, 1, 2. A 0 is no sample: the system did not tell. */
void		 gauge_add(struct gauge *, unsigned third, uint64_t value);

/*
 * Whether the last third's most is the first one's, with a twentieth and slack
 * more at the utmost. True where either has no sample.
 */
bool		 gauge_is_flat(const struct gauge *, uint64_t slack);

/* The same of the leasts: for what comes and goes, but never goes away. */
bool		 gauge_is_even(const struct gauge *, uint64_t slack);

/*
 * The memory of a process that no file backs, in bytes; 0 where there is no
 * /proc.
 */
uint64_t	 gauge_held_bytes(pid_t);

/* Open descriptors of a process; 0 where there is no /proc. */
uint64_t	 gauge_count_fds(pid_t);

#endif
