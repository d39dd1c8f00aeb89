/*
 * summary: what a yodeld is and does as a whole, as its answers to `stats` tell
 * it. Pure.
 */

#ifndef YODEL_SUMMARY_H
#define YODEL_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "series.h"

struct record;

/* Zero it first. */
struct summary {
	bool	 known;			/* there was an answer */
	bool	 log_data;		/* data events are logged */
	char	 addr[64];		/* as it came: to be made visible */
	uint64_t uptime_ms;
	uint64_t open, refused;
	uint64_t messages, bytes;	/* that came in, in the last second */
	struct series messages_minute, bytes_minute;
};

/* Takes over what the answer has; what it lacks is 0. */
void		 summary_take(struct summary *, const struct record *);

#endif
