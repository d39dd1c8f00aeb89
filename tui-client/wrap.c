#include <stdbool.h>
#include <string.h>

#include "visible.h"
#include "wrap.h"

#define TAB_COLUMNS 8u
#define JOINER	    "\xe2\x80\x8d" /* U+200D */

_Static_assert(TAB_COLUMNS < VISIBLE_TEXT_MAX, "a tab fits a unit");

/* Shorter rows that it may come to; len is 0 where there is none. */
struct breaks {
	struct wrap_row blank;	  /* to behind a blank, late in the row */
	struct wrap_row sequence; /* to before the last unit or joined units */
};

size_t
wrap_unit(const char *p, size_t len, unsigned column, struct visible *unit)
{
	unsigned columns = TAB_COLUMNS - column % TAB_COLUMNS;

	if (p[0] != '\t')
		return visible_next(p, len, unit);
	memset(unit, 0, sizeof(*unit));
	memset(unit->text, ' ', columns);
	unit->text_len = (unsigned char)columns;
	unit->width = (unsigned char)columns;
	return 1;
}

/* Whether the unit waits for the emoji behind it. */
static bool
is_joined(const struct visible *unit)
{
	size_t len = strlen(JOINER);

	return !unit->escaped && unit->text_len > len &&
	    memcmp(unit->text + unit->text_len - len, JOINER, len) == 0;
}

/* A space that carries a mark is to be seen. */
static bool
is_blank(const char *p, size_t used)
{
	return used == 1 && (*p == ' ' || *p == '\t');
}

/*
 * Where a row ends whose next unit does not fit. An emoji sequence longer than
 * a row is broken before a joiner, which then stands alone and is spelt out:
 * so the units of a row are the same whether one looks beyond its end or not.
 */
static void
row_break(struct wrap_row *row, const struct breaks *breaks, bool joined)
{
	if (breaks->blank.len > 0)
		*row = breaks->blank;
	else if (joined && breaks->sequence.len > 0)
		*row = breaks->sequence;
	else if (joined)
		row->len -= strlen(JOINER);
}

size_t
wrap_next(const char *text, size_t len, size_t start, unsigned width,
    struct wrap_row *row)
{
	struct breaks breaks = {0};
	bool joined = false;

	*row = (struct wrap_row){.start = start};
	for (size_t at = start; at < len; at = start + row->len) {
		struct visible unit;
		size_t used =
		    wrap_unit(text + at, len - at, row->columns, &unit);

		if (row->len > 0 && row->columns + unit.width > width) {
			if (is_blank(text + at, used))
				row->len += used;
			else
				row_break(row, &breaks, joined);
			break;
		}
		if (!joined)
			breaks.sequence = *row;
		joined = is_joined(&unit);
		row->len += used;
		row->columns += unit.width;
		if (is_blank(text + at, used) &&
		    row->columns >= width - width / 3)
			breaks.blank = *row;
	}
	return start + row->len;
}

size_t
wrap_rows(const char *text, size_t len, unsigned width, size_t max)
{
	struct wrap_row row;
	size_t rows = 0, at = 0;

	do {
		at = wrap_next(text, len, at, width, &row);
		rows++;
	} while (at < len && rows != max);
	return rows;
}
