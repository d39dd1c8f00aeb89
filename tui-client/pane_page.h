/* pane_page: a page of names and what they are, over a pane: help. */

#ifndef YODEL_PANE_PAGE_H
#define YODEL_PANE_PAGE_H

#include <stddef.h>

struct layout_pane;
struct screen;

#define PAGE_NAME_BYTES	64

/* A heading has no text, an empty line has no name either. */
struct page_line {
	char	 name[PAGE_NAME_BYTES];
	const char *text;	/* of at most 34 columns */
};

/*
 * Draws the page of count lines, get(nth) each, from its row `from` on (or as
 * far down as it goes). Returns the greatest value of from that makes a
 * difference.
 */
int		 pane_page_draw(struct screen *, const struct layout_pane *,
		    int from, size_t count, struct page_line (*get)(size_t nth));

#endif
