/* layout: which cells belong to which pane. Pure. */

#ifndef YODEL_LAYOUT_H
#define YODEL_LAYOUT_H

#include <stdbool.h>

#define LAYOUT_MIN_COLUMNS	40
#define LAYOUT_MIN_ROWS		8
/* From this size on there is a side pane: below it the rows don't suffice. */
#define LAYOUT_SIDE_FROM	100	/* columns */
#define LAYOUT_SIDE_ROWS	19

struct layout_pane {
	int	 row, column, rows, columns; /* rows == 0: not there */
};

struct layout {
	bool	 too_small;
	bool	 side;		/* the status pane stands at the right */
	struct layout_pane title;
	struct layout_pane transcript;
	struct layout_pane status;
	struct layout_pane input;
	struct layout_pane hint;
	int	 top_rule;	/* -1: none */
	int	 bottom_rule;
};

void		 layout_compute(struct layout *, int rows, int columns);

#endif
