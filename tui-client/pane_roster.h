/* pane_roster: the table of a server's clients. */

#ifndef YODEL_PANE_ROSTER_H
#define YODEL_PANE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

struct layout_pane;
struct roster;
struct screen;

/*
 * Draws the headings and the rows from *from on, which is kept in its bounds;
 * with follow it is first moved so that the selected row shows. As many columns
 * as there is room for; the one that is sorted by is among them. What is not
 * current any more is dim.
 */
void		 pane_roster_draw(struct screen *, const struct layout_pane *,
		    struct roster *, size_t *from, bool follow, bool current);

#endif
