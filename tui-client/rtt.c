#include "rtt.h"

#include <string.h>

static size_t
rtt_kept(const struct rtt *r)
{
	return r->count < RTT_SAMPLES ? (size_t)r->count : RTT_SAMPLES;
}

/* The sample that was added back turns before the last one. */
static uint32_t
rtt_ago(const struct rtt *r, size_t back)
{
	return r->us[(r->count - 1 - back) % RTT_SAMPLES];
}

/*
 * Puts the k-th smallest of v[0..n) at v[k] (Hoare's FIND): the status pane
 * asks for two percentiles a frame, and a full sort would cost more than the
 * frame.
 */
static uint32_t
rtt_select(uint32_t *v, size_t n, size_t k)
{
	size_t left = 0, right = n - 1, i, j;
	uint32_t pivot, tmp;

	while (left < right) {
		pivot = v[left + (right - left) / 2];
		for (i = left, j = right;; i++, j--) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i >= j)
				break;
			tmp = v[i];
			v[i] = v[j];
			v[j] = tmp;
		}
		if (k <= j)
			right = j;
		else
			left = j + 1;
	}
	return v[k];
}

void
rtt_add(struct rtt *r, uint64_t us)
{
	r->us[r->count++ % RTT_SAMPLES] =
	    us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

uint64_t
rtt_last(const struct rtt *r)
{
	return r->count == 0 ? 0 : rtt_ago(r, 0);
}

uint64_t
rtt_percentile(const struct rtt *r, unsigned permille)
{
	uint32_t copy[RTT_SAMPLES];
	size_t n = rtt_kept(r), rank;

	if (n == 0)
		return 0;
	if (permille > 1000)
		permille = 1000;
	rank = (n * permille + 999) / 1000; /* the nearest rank, from 1 */
	memcpy(copy, r->us, n * sizeof(copy[0]));
	return rtt_select(copy, n, rank == 0 ? 0 : rank - 1);
}

char *
rtt_bars(char buf[BARS_BYTES], const struct rtt *r, size_t n, bool utf8)
{
	uint64_t values[BARS_MAX], least = UINT64_MAX;

	n = n < BARS_MAX ? n : BARS_MAX;
	n = n < rtt_kept(r) ? n : rtt_kept(r);
	for (size_t i = 0; i < n; i++) {
		values[i] = rtt_ago(r, n - 1 - i);
		least = values[i] < least ? values[i] : least;
	}
	return bars_text(buf, values, n, n > 0 ? least : 0, utf8);
}
