#include "backoff.h"

/* splitmix64: any seed will do, and chance is all that is asked of it. */
static uint64_t
backoff_random(struct backoff *b)
{
	uint64_t z = b->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void
backoff_init(struct backoff *b, uint64_t min_ms, uint64_t max_ms, uint64_t seed)
{
	b->min_ms = min_ms;
	b->max_ms = max_ms < min_ms ? min_ms : max_ms;
	b->random = seed;
	backoff_reset(b);
}

uint64_t
backoff_next(struct backoff *b)
{
	uint64_t ceiling = b->ceiling_ms, half = ceiling / 2;

	b->ceiling_ms = ceiling > b->max_ms / 2 ? b->max_ms : ceiling * 2;
	return ceiling - half + backoff_random(b) % (half + 1);
}

void
backoff_reset(struct backoff *b)
{
	b->ceiling_ms = b->min_ms;
}
