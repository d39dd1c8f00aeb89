/* shuffle: a random order, the same again for the same seed. */

#ifndef BENCH_SHUFFLE_H
#define BENCH_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Fills order with 0..count-1 in a random order. *state is not 0 and moves on.
 */
void		 shuffle_order(size_t *order, size_t count, uint64_t *state);

#endif
