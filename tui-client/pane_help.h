/*
 * pane_help: the keys, the commands and the settings, over the transcript.
 */

#ifndef YODEL_PANE_HELP_H
#define YODEL_PANE_HELP_H

#include <stddef.h>

struct layout_pane;
struct screen;

/* The keys have their table here: the rest of the page is made from others'. */
struct pane_help_key {
	const char *names;	/* blanks and commas part them */
	const char *help;	/* of at most 34 columns */
};

/* In the order of the page; *count of them. */
const struct pane_help_key *pane_help_keys(size_t *count);

/*
 * Draws the page from line `from` on (or as far down as it goes). Returns the
 * greatest value of from that makes a difference.
 */
int		 pane_help_draw(struct screen *, const struct layout_pane *,
		    int from);

#endif
