/* pane_input: the prompt and the line that is being typed, one row. */

#ifndef YODEL_PANE_INPUT_H
#define YODEL_PANE_INPUT_H

struct editor_view;
struct layout_pane;
struct screen;

/*
 * Draws the line, scrolled so that the cursor shows, and returns the column
 * where the cursor belongs.
 */
int		 pane_input_draw(struct screen *, const struct layout_pane *,
		    const struct editor_view *);

#endif
