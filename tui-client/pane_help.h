/* pane_help: the keys and the commands, over the transcript. */

#ifndef YODEL_PANE_HELP_H
#define YODEL_PANE_HELP_H

struct layout_pane;
struct screen;

/*
 * Draws the page from line `from` on (or as far down as it goes). Returns the
 * greatest value of from that makes a difference.
 */
int		 pane_help_draw(struct screen *, const struct layout_pane *,
		    int from);

#endif
