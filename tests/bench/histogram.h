/*
 * histogram: how often each value was seen, in buckets whose width grows with
 * the value (log-linear): exact below 128, within 1/64 above.
 */

#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_MAX	(((uint64_t)1 << 40) - 1)	/* in ns: 18 minutes */

struct histogram;

/* NULL with ENOMEM; free with histogram_free(), NULL is fine. */
struct histogram *histogram_new(void);
void		 histogram_free(struct histogram *);

/* Forgets all. */
void		 histogram_clear(struct histogram *);

/* A value past HISTOGRAM_MAX counts as that. */
void		 histogram_add(struct histogram *, uint64_t value);

uint64_t	 histogram_count(const struct histogram *);

/*
 * The least value that per_mille thousandths of all are not above (500: the
 * median), rounded up to the end of its bucket; 0 without any value.
 */
uint64_t	 histogram_quantile(const struct histogram *,
		    unsigned per_mille);

#endif
