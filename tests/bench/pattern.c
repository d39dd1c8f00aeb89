/* pattern: see pattern.h. */

#include <stdlib.h>

#include "pattern.h"

#define PATTERN_PERIOD 65521 /* the largest prime below 64 Ki */
#define PATTERN_STRIDE 7919  /* from one client's start to the next one's */

struct pattern {
	unsigned char *bytes;
};

struct pattern *
pattern_new(size_t run_bytes)
{
	struct pattern *p = malloc(sizeof(*p));
	size_t i, size = PATTERN_PERIOD + run_bytes;
	uint32_t state = 1;

	if (p == NULL)
		return NULL;
	p->bytes = malloc(size);
	if (p->bytes == NULL) {
		free(p);
		return NULL;
	}
	for (i = 0; i < PATTERN_PERIOD; i++) {
		/* a linear congruential generator; its high bits are good */
		state = state * 1664525 + 1013904223;
		p->bytes[i] = (unsigned char)(state >> 24);
	}
	for (; i < size; i++)
		p->bytes[i] = p->bytes[i - PATTERN_PERIOD];
	return p;
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	free(p->bytes);
	free(p);
}

const unsigned char *
pattern_at(const struct pattern *p, unsigned client, uint64_t offset)
{
	return p->bytes +
	    (offset + (uint64_t)client * PATTERN_STRIDE) % PATTERN_PERIOD;
}
