/* dice: chance that falls the same way again for the same seed. */

#ifndef TOOLS_DICE_H
#define TOOLS_DICE_H

#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Dice of different seeds, also of neighbouring ones, fall differently. */
void		 dice_init(struct dice *, uint64_t seed);

/* A number from min to max, both included; min <= max. */
uint64_t	 dice_between(struct dice *, uint64_t min, uint64_t max);

#endif
