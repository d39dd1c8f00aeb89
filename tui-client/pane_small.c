#include <stdio.h>

#include "layout.h"
#include "pane_small.h"
#include "pen.h"
#include "screen.h"

void
pane_small_draw(struct screen *s)
{
	int rows = screen_rows(s), columns = screen_columns(s);
	const struct layout_pane pane = {0, 0, rows, columns};
	struct pen pen;
	char text[80];

	(void)snprintf(text, sizeof(text), "%dx%d is too small: %dx%d, please",
	    columns, rows, LAYOUT_MIN_COLUMNS, LAYOUT_MIN_ROWS);
	pen_init(&pen, s, &pane);
	pen_wrapped(&pen, SCREEN_STRONG, text, rows);
}
