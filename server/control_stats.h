/* control_stats: the answer to "stats": a line for each worker, and one of all. */

#ifndef YODEL_CONTROL_STATS_H
#define YODEL_CONTROL_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "stats.h"

struct control_answer;
struct crew;
struct sampler;

/* A moment's view; texts live as long as the answer. */
struct control_stats {
	struct stats stats;
	uint64_t uptime_ms;
	const char *addr;	/* the first of these */
	const char *addrs;	/* "127.0.0.1:8080 [::1]:8080", safe to show */
	bool	 log_data;
	const struct crew *crew;
	const struct sampler *sampler;
};

/* The view is copied. Returns NULL with ENOMEM. */
struct control_answer *control_stats_new(const struct control_stats *);

#endif
