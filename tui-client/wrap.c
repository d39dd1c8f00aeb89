#include <stdbool.h>
#include <string.h>

#include "cluster.h"
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

/* Whether what is before text[at] and what follows can be one character. */
static bool
may_be_torn(const char *text, size_t len, size_t at)
{
	size_t before = at - 1, used;

	if (((unsigned char)text[at] & 0x80) == 0)
		return false;
	while (before > 0 && at - before < 4 && (text[before] & 0xc0) == 0x80)
		before--;
	return !cluster_always_breaks(
	    visible_decode(text + before, at - before, &used),
	    visible_decode(text + at, len - at, &used));
}

/* Whether p[0..len), drawn as that unit, belongs to what is before it. */
static bool
takes_up(
    struct cluster *c, const char *p, size_t len, const struct visible *unit)
{
	bool joins = false;
	size_t used;

	/* What is spelt out stands for itself. */
	if (unit->escaped) {
		*c = (struct cluster){0};
		return false;
	}
	for (size_t at = 0; at < len; at += used) {
		int32_t code = visible_decode(p + at, len - at, &used);
		bool joined = cluster_add(c, code);

		joins = at == 0 ? joined : joins;
	}
	return joins;
}

/*
 * Ends the row before the character that would go on in the next one: a
 * syllable with a vowel sign of its own width, a flag. One that fills the row
 * is torn.
 */
static void
keep_whole(const char *text, size_t len, struct wrap_row *row)
{
	struct wrap_row here = {.start = row->start}, whole = here;
	struct cluster c = {0};
	bool joined = false, joins;

	if (!may_be_torn(text, len, row->start + row->len))
		return;
	while (here.len <= row->len) {
		const char *p = text + here.start + here.len;
		size_t left = len - here.start - here.len;
		struct visible unit;
		size_t used = wrap_unit(p, left, here.columns, &unit);

		joins = takes_up(&c, p, used, &unit);
		if (!joins && !joined)
			whole = here;
		joined = is_joined(&unit);
		here.len += used;
		here.columns += unit.width;
	}
	if (whole.len > 0)
		*row = whole;
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
			if (is_blank(text + at, used)) {
				row->len += used;
				break;
			}
			row_break(row, &breaks, joined);
			keep_whole(text, len, row);
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
