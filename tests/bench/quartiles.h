/* quartiles: the middle of a few numbers, and how far they scatter. */

#ifndef BENCH_QUARTILES_H
#define BENCH_QUARTILES_H

#include <stddef.h>

struct quartiles {
	double	 low, median, high;
	size_t	 count;
};

/*
 * Interpolates between the two numbers next to each quarter. Sorts values; all
 * is 0 without any.
 */
struct quartiles quartiles_of(double *values, size_t count);

#endif
