/* crowd: the server's clients, each with a temperament of its own. */

#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim_conn.h"

#define CROWD_MAX	128

enum peer_temper {
	PEER_CHATTY,	/* says something, takes the echo, leaves */
	PEER_GREEDY,	/* says as much as can be */
	PEER_SLOW,	/* takes little at a time */
	PEER_DEAF,	/* takes nothing */
	PEER_MUTE,	/* comes, and that is all */
	PEER_RUDE,	/* resets */
	PEER_TEMPERS
};

enum peer_state {
	PEER_AWAY,
	PEER_ARRIVED,	/* in the backlog, or just taken out of it */
	PEER_SERVED,	/* the server has told that it is connected */
	PEER_GONE	/* the server has told that it is closed */
};

struct peer {
	struct sim_conn conn;
	enum peer_state state;
	enum peer_temper temper;
	bool	 wrong_head;	/* which the server may not take */
	uint64_t wake_us;	/* does nothing before */
};

struct crowd {
	struct peer peers[CROWD_MAX];
	size_t	 count;
	unsigned generation;
	bool	 closing;	/* nobody comes any more */
	bool	 proxied;	/* they come by a balancer, with a header */
};

void		 crowd_init(struct crowd *, size_t count);

/* Some of them do something. */
void		 crowd_step(struct crowd *);

/* Who has this port now, or NULL. */
struct peer	*crowd_at(struct crowd *, unsigned port);

#endif
