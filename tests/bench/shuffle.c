/* shuffle: see shuffle.h. */

#include "shuffle.h"

/* Marsaglia's xorshift64 */
static uint64_t
next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

/* Fisher and Yates's, from the inside out */
void
shuffle_order(size_t *order, size_t count, uint64_t *state)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		j = (size_t)(next(state) % (i + 1));
		order[i] = i;
		order[i] = order[j];
		order[j] = i;
	}
}
