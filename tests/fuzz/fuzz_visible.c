/* visible: what it makes of any bytes is safe to show, and as wide as it says. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "visible.h"

#define TEXT_MAX 20000

/* All units of p[0..len); returns their columns. */
static size_t
walk(const char *p, size_t len, bool safe)
{
	struct visible unit;
	size_t used, columns = 0;

	for (size_t i = 0; i < len; i += used) {
		used = visible_next(p + i, len - i, &unit);
		FUZZ_CHECK(used >= 1 && used <= len - i);
		FUZZ_CHECK(unit.text_len < VISIBLE_TEXT_MAX);
		FUZZ_CHECK(strlen(unit.text) == unit.text_len);
		FUZZ_CHECK(unit.width >= 1);
		FUZZ_CHECK(!safe || !unit.escaped);
		fuzz_check_shown(unit.text, unit.text_len);
		columns += unit.width;
	}
	return columns;
}

static void
check_text(
    const char *p, size_t len, size_t size, size_t columns, unsigned flags)
{
	char *buf = malloc(size);
	size_t out;

	FUZZ_CHECK(buf != NULL);
	out = visible_text(buf, size, p, len, columns, flags);
	FUZZ_CHECK(out < size);
	FUZZ_CHECK(strlen(buf) == out);
	fuzz_check_shown(buf, out);
	if (flags == 0) {
		/* what has been made visible stays as it is */
		size_t width = walk(buf, out, true);

		FUZZ_CHECK(columns == 0 || width <= columns);
	}
	free(buf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_random random = fuzz_random_of(data, size);
	char *p = fuzz_copy(data, size);

	fuzz_locale();
	FUZZ_CHECK(visible_width(p, size) == walk(p, size, false));
	for (unsigned flags = 0; flags <= VISIBLE_QUOTE; flags++) {
		check_text(p, size, TEXT_MAX, 0, flags);
		check_text(
		    p, size, 1 + fuzz_random_next(&random, 64), 0, flags);
		check_text(p, size, TEXT_MAX, 1 + fuzz_random_next(&random, 64),
		    flags);
	}
	free(p);
	return 0;
}
