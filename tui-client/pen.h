/* pen: writes down a pane, row by row, or along a strip; never beyond it. */

#ifndef YODEL_PEN_H
#define YODEL_PEN_H

#include <stdbool.h>

#include "screen.h"

struct layout_pane;

struct pen {
	struct screen *screen;
	const struct layout_pane *pane;
	int	 row, column;	/* of the screen: where it writes next */
};

/* At the pane's first cell. */
void		 pen_init(struct pen *, struct screen *,
		    const struct layout_pane *);

/* Columns that are left in its row; 0 below the pane. */
int		 pen_left(const struct pen *);

/* Rows that are left, its own among them. */
int		 pen_rows_left(const struct pen *);

/* What does not fit into the row is cut. Texts are made visible. */
void		 pen_text(struct pen *, enum screen_style, const char *);
void		 pen_printf(struct pen *, enum screen_style, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

/*
 * The same over as many rows as the text needs, at most max of them; the next
 * one begins at the column that the first one did.
 */
void		 pen_wrapped(struct pen *, enum screen_style, const char *,
		    int max);

/* To the second column of the next row: the first one stays empty. */
void		 pen_newline(struct pen *);

#endif
