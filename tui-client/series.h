/* series: the values of the last minute, one a second, for a sparkline. */

#ifndef YODEL_SERIES_H
#define YODEL_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bars.h"

#define SERIES_VALUES	60

/* Zero it first. */
struct series {
	uint64_t values[SERIES_VALUES];	/* a ring */
	uint64_t count;			/* ever added */
};

void		 series_add(struct series *, uint64_t value);

/*
 * The last minute as at most n bars (n <= BARS_MAX), from 0 to its peak: each
 * is the greatest of some values in a row, and always of the same ones, so that
 * the older bars keep their height while the last one grows. Returns buf.
 */
char		*series_bars(const struct series *, char buf[BARS_BYTES],
		    size_t n, bool utf8);

#endif
