#include <string.h>

#include "watch_layout.h"

#define LOOSE_FROM 12 /* rows from which on there is a rule below the header */
#define TABLE_MIN  2  /* the headings and a row */

void
watch_layout_compute(
    struct watch_layout *l, int rows, int columns, long clients)
{
	int row = 1, body, table = 0;

	memset(l, 0, sizeof(*l));
	l->top_rule = l->log_rule = -1;
	l->keys = (struct layout_pane){rows - 1, 0, 1, columns};
	l->too_small = rows < LAYOUT_MIN_ROWS || columns < LAYOUT_MIN_COLUMNS;
	if (l->too_small)
		return;
	l->header = (struct layout_pane){0, 0, 1, columns};
	if (clients >= 0 && rows >= LOOSE_FROM)
		l->top_rule = row++;
	body = rows - row - 2; /* without the rule above the log, the keys */
	if (clients >= 0) {
		table = body / 2 > TABLE_MIN ? body / 2 : TABLE_MIN;
		if (clients + 1 < table)
			table = clients > 0 ? (int)clients + 1 : TABLE_MIN;
	}
	l->table = (struct layout_pane){row, 0, table, columns};
	l->log_rule = row + table;
	l->log =
	    (struct layout_pane){l->log_rule + 1, 0, body - table, columns};
}
