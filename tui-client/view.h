/*
 * view: which rows of the transcript a pane shows. Pure.
 *
 * Either it follows the end, or it is anchored at a byte of an entry and
 * nothing moves while lines arrive. After a change of width, or of what
 * text_width says, the row with that byte is the first. It is anchored only
 * while there is something below the pane.
 *
 * Above the first entry there is a row more where others have fallen out.
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
	bool	 top_hex;	/* (anchored) that is a row of its dump */
	uint64_t seen_end;	/* (anchored) transcript_end() when left */
	/*
	 * The columns of text that an entry has, of width: set by the owner.
	 * NULL: all.
	 */
	unsigned (*text_width)(const void *arg,
		    const struct transcript_entry *, unsigned width);
	const void *arg;
	bool	 hex;	/* received entries have rows of a hex dump too */
};

/* One row of the pane: a row of an entry. */
struct view_row {
	uint64_t id;
	size_t	 row;		/* of the entry: 0 has time and glyph */
	size_t	 start, len;	/* of its text, or of its bytes in a dump */
	bool	 hex;		/* a row of the hex dump, start is its offset */
	bool	 last;		/* of the text: has the round trip */
	bool	 gone;		/* no entry's: says that some have fallen out */
};

void		 view_init(struct view *, unsigned (*text_width)(const void *arg,
		    const struct transcript_entry *, unsigned width),
		    const void *arg);

/* Where one is now, to come back to with view_return() after a look around. */
struct view_bookmark {
	bool	 following;
	uint64_t id, seen_end;
	size_t	 byte;
	bool	 hex;
};
void		 view_mark(const struct view *, struct view_bookmark *);
void		 view_return(struct view *, const struct transcript *,
		    const struct view_bookmark *);

/* Anchors so that this byte of the entry's text is in the middle. */
void		 view_to_byte(struct view *, const struct transcript *,
		    uint64_t id, size_t byte);

/*
 * Turns the hex dumps on or off; the row at the top stays where it is. Was it
 * one of a dump, the row of the text with the same byte is there then.
 */
void		 view_set_hex(struct view *, const struct transcript *,
		    bool hex);
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
