/*
 * ledger: what the server does and says, held against what its clients know.
 * It is blamed for the first thing that does not agree.
 */

#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crowd.h"

struct log;

struct ledger {
	struct crowd *crowd;
	size_t	 buffer_bytes;
	uint64_t idle_us, stall_us;	/* 0: never */
	uint64_t max_clients, max_per_ip;	/* 0: any number */
	bool	 draining;
	uint64_t served;		/* that have been */
	uint64_t refused;
	uint64_t in_bytes, out_bytes;	/* of those that are gone */
	unsigned unaccepted;		/* turns that the backlog waits */
	uint64_t unaccepted_us;		/* since when */
	uint64_t asked;			/* accept(2), until the last turn */
};

/* The log for the server. */
struct log	*ledger_log(struct ledger *);

/* Clients that have been let in and not been closed. */
uint64_t	 ledger_open(const struct ledger *);

/* In each turn. */
void		 ledger_check(struct ledger *);

#endif
