/* pane_dump: a row of a hex dump. */

#ifndef YODEL_PANE_DUMP_H
#define YODEL_PANE_DUMP_H

struct layout_pane;
struct screen;
struct transcript_entry;
struct view_row;

/*
 * Draws it at this column of the pane, or as far to the left of it as it has to
 * be. Where an echo differs stands out.
 */
void		 pane_dump_draw(struct screen *, const struct layout_pane *,
		    int row, int column, const struct view_row *,
		    const struct transcript_entry *);

#endif
