/*
 * rates: how much passed in a second, over the last 1 to 60 s, from samples of
 * counters that only grow. Pure.
 */

#ifndef YODEL_RATES_H
#define YODEL_RATES_H

#include <stddef.h>
#include <stdint.h>

struct stats;

#define RATES_SECONDS_MAX	60
#define RATES_SAMPLES	(RATES_SECONDS_MAX + 4) /* one a second, and some late */

/* In thousandths per second. */
struct rates_values {
	uint64_t messages;
	uint64_t in_bytes;
	uint64_t out_bytes;
};

/* What the counters said at that moment. Zero the whole first. */
struct rates {
	struct rates_sample {
		uint64_t at_ms;
		uint64_t messages;
		uint64_t in_bytes;
		uint64_t out_bytes;
	} samples[RATES_SAMPLES];
	size_t	 count;
	size_t	 last;
};

/*
 * One more sample, a second after the last one at the least. Later ones do no
 * harm: what passed since the last one is taken to have passed evenly. Whoever
 * knows better adds another with the same counters, when it begins again.
 */
void		 rates_add(struct rates *, uint64_t now_ms,
		    const struct stats *);

/*
 * Over so many seconds (1 to RATES_SECONDS_MAX) before the last sample. Before
 * the first one nothing passed.
 */
void		 rates_over(const struct rates *, unsigned seconds,
		    struct rates_values *);

#endif
