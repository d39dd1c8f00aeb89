/* pane_input: the prompt and the line that is being typed, one row. */

#ifndef YODEL_PANE_INPUT_H
#define YODEL_PANE_INPUT_H

struct editor_view;
struct finder;
struct layout_pane;
struct screen;

/*
 * Draws the line, or what the finder shows instead while it is open (NULL is
 * fine), scrolled so that the cursor shows, and returns the column where the
 * cursor belongs.
 */
int		 pane_input_draw(struct screen *, const struct layout_pane *,
		    const struct editor_view *, const struct finder *);

#endif
