#include <string.h>

#include "layout.h"

#define SIDE_COLUMNS 30

static struct layout_pane
pane(int row, int column, int rows, int columns)
{
	return (struct layout_pane){row, column, rows, columns};
}

static void
layout_side(struct layout *l, int rows, int columns)
{
	int text = columns - SIDE_COLUMNS - 1;

	l->side = true;
	l->title = pane(0, 0, 1, columns);
	l->top_rule = 1;
	l->transcript = pane(2, 0, rows - 5, text);
	l->status = pane(2, text + 1, rows - 5, SIDE_COLUMNS);
	l->bottom_rule = rows - 3;
	l->input = pane(rows - 2, 0, 1, columns);
	l->hint = pane(rows - 1, 0, 1, columns);
}

static void
layout_strip(struct layout *l, int rows, int columns)
{
	l->top_rule = -1;
	l->transcript = pane(0, 0, rows - 3, columns);
	l->bottom_rule = rows - 3;
	l->status = pane(rows - 2, 0, 1, columns);
	l->input = pane(rows - 1, 0, 1, columns);
}

void
layout_compute(struct layout *l, int rows, int columns)
{
	memset(l, 0, sizeof(*l));
	if (rows < LAYOUT_MIN_ROWS || columns < LAYOUT_MIN_COLUMNS) {
		l->too_small = true;
		l->top_rule = l->bottom_rule = -1;
		l->input = pane(rows - 1, 0, 1, columns);
	} else if (columns >= LAYOUT_SIDE_FROM && rows >= LAYOUT_SIDE_ROWS)
		layout_side(l, rows, columns);
	else
		layout_strip(l, rows, columns);
}
