/* pane_header: what is watched, and how it is, in one row. */

#ifndef YODEL_PANE_HEADER_H
#define YODEL_PANE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct layout_pane;
struct link_status;
struct screen;
struct summary;

/* Of a yodeld: ready is feed_is_ready(). */
void		 pane_header_draw(struct screen *, const struct layout_pane *,
		    const struct link_status *, bool ready,
		    const struct summary *);

/* Of a file of so many bytes; status is backlog_file_status(). */
void		 pane_header_draw_file(struct screen *,
		    const struct layout_pane *, const char *path,
		    uint64_t bytes, const char *status);

#endif
