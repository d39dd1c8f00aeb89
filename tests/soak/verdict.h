/* verdict: the figures of a soak, and whether all is as it has to be. */

#ifndef SOAK_VERDICT_H
#define SOAK_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "caller.h"
#include "gauge.h"

struct verdict {
	uint64_t seconds, seed;
	uint64_t wrong;		/* what callers have complained of */
	const struct caller_tally *tallies;	/* CALLER_KINDS */
	uint64_t put_off, crowd;	/* the most at once */
	uint64_t asked, answered;	/* for the statistics */
	uint64_t open, accepted;	/* by the last answer */
	uint64_t rotations;
	int	 status;	/* of the server's exit; -1: it did not */
	const struct account *log, *heard;	/* heard: by a watcher */
	uint64_t fds_before, fds_after;	/* 0: unknown */
	uint64_t held_before, held_after;	/* memory, bytes; 0: unknown */
	const struct gauge *fds, *resident;
	const struct gauge *beyond;	/* fds that no client of ours has */
};

/* Prints the table, and what is wrong below it. Whether nothing is. */
bool		 verdict_tell(const struct verdict *);

#endif
