/* pane_input: the prompt and the line that is being typed, one row. */

#ifndef YODEL_PANE_INPUT_H
#define YODEL_PANE_INPUT_H

struct editor_view;
struct finder;
struct finder_line;
struct layout_pane;
struct screen;

/*
 * Draws the line, or what the finder shows instead while it is open (NULL is
 * fine), scrolled so that the cursor shows, and returns the column where the
 * cursor belongs.
 */
int		 pane_input_draw(struct screen *, const struct layout_pane *,
		    const struct editor_view *, const struct finder *);

/*
 * The same for a pattern that is typed, with its label ("find: ") before it and
 * what the keys do behind it, once none is typed any more.
 */
int		 pane_input_pattern(struct screen *, const struct layout_pane *,
		    const char *label, const char *keys,
		    const struct finder_line *);

#endif
