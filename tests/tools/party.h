/* party: guests of one server, in one loop, until it is over. */

#ifndef TOOLS_PARTY_H
#define TOOLS_PARTY_H

#include <stdint.h>

#include "guest.h"

struct party_plan {
	const struct endpoint_addr *addr;
	const struct script *script;
	unsigned guests;
	uint64_t seed;
	uint64_t pause_ms;	/* as struct guest_share has it, */
	uint64_t lines;		/* and this too */
	uint64_t end_ms;	/* how long at most */
	/* Called for each difference, as struct guest_share has it. */
	void	(*differed)(void *arg, unsigned number, const char *came,
		    size_t came_len, const char *expected, size_t len);
};

/*
 * The guests come one after the other. It is over when all have said their
 * lines, when the time is up, at SIGINT, SIGTERM or SIGHUP, or when the server
 * is there no more. Returns 0 with what they have done, or -1 with errno: the
 * server was never there, or this machine fails. To be called once; ignore
 * SIGPIPE before.
 */
int		 party_run(const struct party_plan *, struct guest_tally *);

#endif
