/* census: all clients of a crew, a row for each, as their workers tell. */

#ifndef YODEL_CENSUS_H
#define YODEL_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "remote.h"

struct census;
struct crew;
struct inbox;

struct census_row {
	uint64_t client;
	uint64_t in_bytes;
	uint64_t out_bytes;
	uint64_t queued_bytes;	/* of its echo, not sent yet */
	uint64_t age_ms;
	uint64_t idle_ms;	/* since it last sent, or took, something */
	struct remote remote;
};

/*
 * Asks all workers, and calls done as a job of the inbox, which outlives the
 * crew: the census is the callee's to free then; NULL where memory lacked.
 * Returns 0, or -1 with ENOMEM.
 */
int		 census_take(struct crew *, struct inbox *,
		    void (*done)(void *arg, struct census *), void *arg);
void		 census_free(struct census *);	/* NULL is fine */

/*
 * The next row, in the order of the clients' numbers, and whose it is. NULL
 * behind the last one.
 */
const struct census_row *census_next(struct census *, unsigned *worker);

#endif
