/* rtt: round trips: the last one, percentiles, and a row for a sparkline. */

#ifndef YODEL_RTT_H
#define YODEL_RTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bars.h"

#define RTT_SAMPLES	1024	/* percentiles are over this many of the last */

struct rtt {
	uint32_t us[RTT_SAMPLES];	/* a ring; longer ones saturate */
	uint64_t count;			/* ever added */
};

void		 rtt_add(struct rtt *, uint64_t us);

/* 0 where there are no samples. permille: 500 is the median. */
uint64_t	 rtt_last(const struct rtt *);
uint64_t	 rtt_percentile(const struct rtt *, unsigned permille);

/*
 * The last n of them, n <= BARS_MAX, oldest first, as bars between the least
 * and the greatest of them, or in ASCII. Returns buf.
 */
char		*rtt_bars(char buf[BARS_BYTES], const struct rtt *, size_t n,
		    bool utf8);

#endif
