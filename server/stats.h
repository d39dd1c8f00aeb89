/* stats: what a server, or one worker of it, has done so far. */

#ifndef YODEL_STATS_H
#define YODEL_STATS_H

#include <stdint.h>

struct log;

struct stats {
	uint64_t open;		/* clients at this moment */
	uint64_t accepted;	/* clients ever */
	uint64_t refused;
	uint64_t in_bytes;
	uint64_t out_bytes;
};

/* Logs a "stats" event. */
void		 stats_log(const struct stats *, struct log *);

/*
 * The memory that this process occupies now; where the system does not tell,
 * the most that it ever did (getrusage(2)).
 */
uint64_t	 stats_rss_bytes(void);

#endif
