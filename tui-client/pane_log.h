/* pane_log: the lines of a log, as far as their view shows them. */

#ifndef YODEL_PANE_LOG_H
#define YODEL_PANE_LOG_H

struct layout_pane;
struct logview;
struct screen;

/*
 * Gives the view the size of its pane, for who asks it before it is drawn;
 * drawing does the same.
 */
void		 pane_log_fit(const struct layout_pane *, struct logview *);

/*
 * The first column is free, but for a mark at the line that was sought. What a
 * row has no room for is cut, and that is shown.
 */
void		 pane_log_draw(struct screen *, const struct layout_pane *,
		    struct logview *);

#endif
