/* dice: see dice.h. */

#include "dice.h"

/* splitmix64 */
static uint64_t
dice_next(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void
dice_init(struct dice *d, uint64_t seed)
{
	d->state = seed;
	/* far from where the neighbours' begin */
	d->state = dice_next(d);
}

uint64_t
dice_between(struct dice *d, uint64_t min, uint64_t max)
{
	return min + dice_next(d) % (max - min + 1);
}
