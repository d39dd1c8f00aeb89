#include <string.h>

#include "bars.h"

#define LEVELS 8

/* In floating point: the product could be too large for an integer. */
static unsigned
height_of(uint64_t value, uint64_t least, uint64_t most)
{
	if (most == least)
		return 0;
	return (unsigned)((double)(value - least) * (LEVELS - 1) /
	    (double)(most - least));
}

char *
bars_text(char buf[BARS_BYTES], const uint64_t *values, size_t n,
    uint64_t least, bool utf8)
{
	static const char *const blocks[LEVELS] = {
	    "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[LEVELS] = {
	    "_", ".", ",", "-", "~", "=", "*", "#"};
	uint64_t most = least;
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		most = values[i] > most ? values[i] : most;
	for (size_t i = 0; i < n && i < BARS_MAX; i++) {
		const char *bar =
		    (utf8 ? blocks : ascii)[height_of(values[i], least, most)];
		size_t bar_len = strlen(bar);

		memcpy(buf + len, bar, bar_len);
		len += bar_len;
	}
	buf[len] = '\0';
	return buf;
}
