/*
 * view_place: the rows of all entries, one below the other, in a view's width:
 * of each its text, then its dump. Pure; for view alone.
 *
 * What has fallen out has a row as well: as an entry before the first would.
 */

#ifndef YODEL_VIEW_PLACE_H
#define YODEL_VIEW_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transcript;
struct transcript_entry;
struct view;

/* A row of an entry. */
struct view_place {
	uint64_t id;
	size_t	 row;
	size_t	 start;		/* the offset where it begins */
	bool	 hex;		/* in the dump, not in the text */
};

/* The first entry that has rows. */
uint64_t	 view_place_first(const struct transcript *);

/* The columns that its text has, at least 1. */
unsigned	 view_place_width(const struct view *,
		    const struct transcript_entry *);

/* The bytes in its dump: text and end of line, or 0 where it has none. */
size_t		 view_place_dump(const struct view *,
		    const struct transcript_entry *);

/* Its rows; of a text only max or more (0: no limit) need be counted. */
size_t		 view_place_rows(const struct view *, const struct transcript *,
		    uint64_t id, size_t max);

/* The row with this byte of the text, or of the dump (hex) if it has one. */
struct view_place view_place_of_byte(const struct view *,
		    const struct transcript *, uint64_t id, size_t byte,
		    bool hex);

/* So many rows further up, or the first of all. */
struct view_place view_place_above(const struct view *,
		    const struct transcript *, struct view_place from,
		    size_t rows);

/* So many rows further down; false where there are not so many. */
bool		 view_place_below(const struct view *,
		    const struct transcript *, struct view_place from,
		    size_t rows, struct view_place *to);

#endif
