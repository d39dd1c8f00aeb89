/*
 * backoff: how long to wait before the next try.
 *
 * The wait doubles from min_ms to max_ms; half of it is certain and half is
 * left to chance ("equal jitter"), so that a server that comes back isn't met
 * by all of its clients at once. Pure: no clock.
 */

#ifndef YODEL_BACKOFF_H
#define YODEL_BACKOFF_H

#include <stdint.h>

struct backoff {
	uint64_t min_ms, max_ms;
	uint64_t ceiling_ms;	/* of the next wait */
	uint64_t random;	/* state of the generator */
};

/* 0 < min_ms; a max_ms below it counts as min_ms. The seed may be anything. */
void		 backoff_init(struct backoff *, uint64_t min_ms,
		    uint64_t max_ms, uint64_t seed);

/* The next wait, in ms: from half of its ceiling up to the ceiling. */
uint64_t	 backoff_next(struct backoff *);

/* It went well: the next wait is a first one again. */
void		 backoff_reset(struct backoff *);

#endif
