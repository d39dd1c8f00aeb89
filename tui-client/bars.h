/* bars: numbers as a row of bars, a sparkline. Pure. */

#ifndef YODEL_BARS_H
#define YODEL_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BARS_MAX	24
#define BARS_BYTES	(BARS_MAX * 3 + 1) /* a block has three */

/*
 * values[0..n), n <= BARS_MAX, as bars between least, which none of them is
 * below, and the greatest of them; or in ASCII. Returns buf.
 */
char		*bars_text(char buf[BARS_BYTES], const uint64_t *values,
		    size_t n, uint64_t least, bool utf8);

#endif
