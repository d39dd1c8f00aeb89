/*
 * watch_layout: which cells of the watch screen belong to which pane. Pure.
 *
 * From the top: the header, a rule where there is room, the table, a rule, the
 * log, the keys. The table has what it needs, up to about half.
 */

#ifndef YODEL_WATCH_LAYOUT_H
#define YODEL_WATCH_LAYOUT_H

#include <stdbool.h>

#include "layout.h"

struct watch_layout {
	bool	 too_small;
	struct layout_pane header;
	struct layout_pane table;	/* its headings too; rows == 0: none */
	struct layout_pane log;
	struct layout_pane keys;
	int	 top_rule;		/* -1: none */
	int	 log_rule;
};

/* clients < 0: there is no table. */
void		 watch_layout_compute(struct watch_layout *, int rows,
		    int columns, long clients);

#endif
