/*
 * pane_strip: what is true of the connection now, in one row: as much of it as
 * fits, the most urgent first.
 */

#ifndef YODEL_PANE_STRIP_H
#define YODEL_PANE_STRIP_H

struct layout_pane;
struct screen;
struct session;

/* log: as for pane_status_draw(). */
void		 pane_strip_draw(struct screen *, const struct layout_pane *,
		    const struct session *, const char *log);

#endif
