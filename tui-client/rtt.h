/* rtt: round trips: the last one, percentiles, and a row for a sparkline. */

#ifndef YODEL_RTT_H
#define YODEL_RTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
 * The last n samples, oldest first, as heights 0..levels-1 between the least
 * and the greatest of them. Returns how many there are (<= n).
 */
size_t		 rtt_spark(const struct rtt *, unsigned char *heights, size_t n,
		    unsigned levels);

#define RTT_BARS_MAX	24
#define RTT_BARS_BYTES	(RTT_BARS_MAX * 3 + 1) /* a block has three */

/* The last n of them, n <= RTT_BARS_MAX, as bars, or in ASCII. Returns buf. */
char		*rtt_bars(char buf[RTT_BARS_BYTES], const struct rtt *,
		    size_t n, bool utf8);

#endif
