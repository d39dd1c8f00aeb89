/*
 * wrap: text -> rows of at most so many columns. Pure; never splits a character
 * from its marks, nor a wide character, nor something spelt out. Breaks after a
 * blank (a space or a tab) where one is in the last third of the row, else
 * anywhere.
 */

#ifndef YODEL_WRAP_H
#define YODEL_WRAP_H

#include <stddef.h>

struct visible;

struct wrap_row {
	size_t	 start;		/* offset of its first byte */
	size_t	 len;		/* bytes; the blank it broke after is in them */
	unsigned columns;	/* used: <= width, unless one unit is wider */
};

/*
 * The unit of text at p[0..len) (len > 0) where it stands at that column of
 * its row: as visible_next(), but a tab is the 1 to 8 spaces that lead to the
 * next multiple of 8. Returns the bytes it spans. Who draws a row calls this
 * from its start, with columns from 0, and draws what was measured.
 */
size_t		 wrap_unit(const char *p, size_t len, unsigned column,
		    struct visible *);

/*
 * The row that begins at offset start of text[0..len). Returns the offset
 * where the next row begins, which is len for the last one. An empty text has
 * one empty row.
 *
 * A unit wider than the row is alone in it: who draws cuts it. A blank that no
 * longer fits ends the row and takes no column: it is in len, not in columns,
 * and who draws stops at width. Units that a person takes for one character
 * (see cluster.h), such as joined emoji, stay in one row, where they fit one.
 */
size_t		 wrap_next(const char *text, size_t len, size_t start,
		    unsigned width, struct wrap_row *);

/* How many rows text takes (>= 1), counted up to max (0: no limit). */
size_t		 wrap_rows(const char *text, size_t len, unsigned width,
		    size_t max);

#endif
