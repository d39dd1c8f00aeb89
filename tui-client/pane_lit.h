/*
 * pane_lit: rows of text of which some bytes stand out: what a search found,
 * and where an echo differs.
 */

#ifndef YODEL_PANE_LIT_H
#define YODEL_PANE_LIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen.h"
#include "search.h"

struct transcript_entry;
struct view_row;

#define PANE_LIT_RANGES	32

/* What was found in an entry, as far as it has been asked for. */
struct pane_lit {
	const struct search *search;
	uint64_t id;
	struct search_range ranges[PANE_LIT_RANGES];
	size_t	 count, next;
};

/* For the rows of one frame, from the top. search may be NULL. */
void		 pane_lit_init(struct pane_lit *, const struct search *);

/* Whether some of this row's text stands out. */
bool		 pane_lit_wanted(struct pane_lit *, const struct view_row *,
		    const struct transcript_entry *);

/* As screen_put_row(): what does not stand out is in this style. */
void		 pane_lit_draw(struct pane_lit *, struct screen *, int row,
		    int column, int max, enum screen_style,
		    const struct view_row *, const struct transcript_entry *);

#endif
