/* pane_status: what is true of the connection now, at one glance. */

#ifndef YODEL_PANE_STATUS_H
#define YODEL_PANE_STATUS_H

#include <stdbool.h>

struct layout_pane;
struct screen;
struct session;

/*
 * As a pane at the side, or as a strip of one row. log is the file that the
 * conversation is written to, or NULL.
 */
void		 pane_status_draw(struct screen *, const struct layout_pane *,
		    bool side, const struct session *, const char *log);

#endif
