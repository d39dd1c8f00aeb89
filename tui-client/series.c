#include "series.h"

void
series_add(struct series *s, uint64_t value)
{
	s->values[s->count++ % SERIES_VALUES] = value;
}

/* The greatest of those numbered from..to-1 that are still there. */
static uint64_t
series_peak(const struct series *s, uint64_t from, uint64_t to)
{
	uint64_t peak = 0, value;

	for (; from < to; from++) {
		value = s->values[from % SERIES_VALUES];
		peak = value > peak ? value : peak;
	}
	return peak;
}

char *
series_bars(const struct series *s, char buf[BARS_BYTES], size_t n, bool utf8)
{
	uint64_t peaks[BARS_MAX] = {0}, first, group, to;
	size_t count = 0;

	n = n < BARS_MAX ? n : BARS_MAX;
	if (n == 0)
		return bars_text(buf, peaks, 0, 0, utf8);
	/* The last group may be young: then those before it are one fewer. */
	group = (SERIES_VALUES + n - 1) / n;
	first = (s->count + group - 1) / group;
	first = first > n ? first - n : 0;
	for (uint64_t at = first * group; at < s->count; at += group) {
		to = at + group < s->count ? at + group : s->count;
		peaks[count++] = series_peak(s, at, to);
	}
	return bars_text(buf, peaks, count, 0, utf8);
}
