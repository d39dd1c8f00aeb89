/*
 * view: which rows of the transcript a pane shows. Pure.
 *
 * Either it follows the end, or it is anchored at a byte of an entry and
 * nothing moves while lines arrive. After a change of width, or of what
 * text_width says, the row with that byte is the first. It is anchored only
 * while there is something below the pane.
 */

#ifndef YODEL_VIEW_H
#define YODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transcript;
struct transcript_entry;

struct view {
	unsigned width, height;	/* of the pane, in cells */
	bool	 following;	/* true to begin with */
	uint64_t top_id;	/* (anchored) the entry in the first row */
	size_t	 top_byte;	/* (anchored) of its text: in the first row */
	uint64_t seen_end;	/* (anchored) transcript_end() when left */
	/*
	 * The columns of text that an entry has, of width: set by the owner.
	 * NULL: all.
	 */
	unsigned (*text_width)(const struct transcript_entry *, unsigned width);
};

/* One row of the pane: a row of an entry. */
struct view_row {
	uint64_t id;
	size_t	 row;		/* of the entry: 0 has time and glyph */
	size_t	 start, len;	/* of its text */
	bool	 last;		/* of the entry: has the round trip */
};

void		 view_init(struct view *, unsigned (*text_width)(
		    const struct transcript_entry *, unsigned width));
void		 view_resize(struct view *, const struct transcript *,
		    unsigned width, unsigned height);

/* Up (rows < 0) or down; reaching the end follows again. */
void		 view_scroll(struct view *, const struct transcript *,
		    long rows);
void		 view_to_start(struct view *, const struct transcript *);
void		 view_to_end(struct view *);

/* Anchors so that the entry is in the middle, where there is enough above. */
void		 view_to_entry(struct view *, const struct transcript *,
		    uint64_t id);

/*
 * Fills rows[0..height) (max at most) from the top and returns how many there
 * are: fewer only where the transcript is shorter than the pane. Work is
 * bounded by the pane's height and the text of the entries in it, not by the
 * transcript.
 */
size_t		 view_rows(struct view *, const struct transcript *,
		    struct view_row *rows, size_t max);

/* Entries that came since the end was left; 0 while following. */
uint64_t	 view_new_entries(const struct view *,
		    const struct transcript *);

#endif
