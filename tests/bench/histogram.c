/* histogram: see histogram.h. */

#include <stdlib.h>
#include <string.h>

#include "histogram.h"

#define FINE	     64 /* buckets for each power of two */
#define FINE_BITS    6
#define VALUE_BITS   40
#define BUCKET_COUNT ((VALUE_BITS - FINE_BITS + 1) * FINE)

struct histogram {
	uint64_t count;
	uint64_t buckets[BUCKET_COUNT];
};

struct histogram *
histogram_new(void)
{
	return calloc(1, sizeof(struct histogram));
}

void
histogram_free(struct histogram *h)
{
	free(h);
}

void
histogram_clear(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

/*
 * What is left of the value when it is shifted until it has one bit more than
 * FINE_BITS tells its place within a power of two, the shift tells which.
 */
static unsigned
bucket_of(uint64_t value)
{
	unsigned shift = 0;

	while (value >> shift >= 2 * FINE)
		shift++;
	return shift * FINE + (unsigned)(value >> shift);
}

static uint64_t
bucket_last(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2 * FINE)
		return bucket;
	shift = bucket / FINE - 1;
	return (((uint64_t)bucket - shift * FINE + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t value)
{
	h->buckets[bucket_of(value < HISTOGRAM_MAX ? value : HISTOGRAM_MAX)]++;
	h->count++;
}

uint64_t
histogram_count(const struct histogram *h)
{
	return h->count;
}

uint64_t
histogram_quantile(const struct histogram *h, unsigned per_mille)
{
	uint64_t wanted = (h->count * per_mille + 999) / 1000, seen = 0;
	unsigned i;

	if (h->count == 0)
		return 0;
	for (i = 0; i < BUCKET_COUNT; i++) {
		seen += h->buckets[i];
		if (seen >= wanted && seen > 0)
			return bucket_last(i);
	}
	return HISTOGRAM_MAX;
}
