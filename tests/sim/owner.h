/*
 * owner: who has a link, and tells it things at any time, from its callbacks
 * too. It holds what the link does and says against its contract in link.h.
 */

#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"
#include "loop.h"

struct sim_conn;

struct owner {
	struct loop *loop;
	struct link *link;
	struct link_options options;
	struct loop_source timer;	/* when it has its ideas */
	struct sim_conn *conn;		/* while it is connected */
	enum link_state state;
	bool	 finishing, failing, named, paused;
	unsigned depth;			/* of callbacks in callbacks */
	uint64_t offered, received;	/* of conn: bytes */
	uint64_t put, taken;		/* of those before it */
	uint64_t connects;
	uint64_t ceiling_ms;		/* of the next wait */
	uint64_t since_us;		/* of state */
};

/* Makes its loop, its link and its timer: 0, or -1. */
int		 owner_init(struct owner *);
void		 owner_end(struct owner *);

/* In each turn. */
void		 owner_check(struct owner *);

#endif
