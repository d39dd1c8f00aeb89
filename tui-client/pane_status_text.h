/* pane_status_text: what the pane at the side and the strip have in common. */

#ifndef YODEL_PANE_STATUS_TEXT_H
#define YODEL_PANE_STATUS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct link_status;
struct screen;

bool		 pane_status_is_up(const struct link_status *);

/* Filled while it is connected, hollow else. */
const char	*pane_status_glyph(const struct screen *,
		    const struct link_status *);

/* "14:02:11": when it entered its state. Returns buf, as all of them do. */
char		*pane_status_since(char *buf, size_t size,
		    const struct link_status *);

/* Whole seconds until the next try. */
unsigned	 pane_status_retry_s(const struct link_status *);

/* How often it was connected again. */
unsigned long long pane_status_reconnects(const struct link_status *);

#endif
