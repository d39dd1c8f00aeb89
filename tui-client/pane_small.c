#include <stdio.h>

#include "layout.h"
#include "pane_small.h"
#include "screen.h"

void
pane_small_draw(struct screen *s)
{
	int rows = screen_rows(s), columns = screen_columns(s);
	char text[80];

	(void)snprintf(text, sizeof(text), "%dx%d is too small: %dx%d, please",
	    columns, rows, LAYOUT_MIN_COLUMNS, LAYOUT_MIN_ROWS);
	screen_puts(s, 0, 0, columns, SCREEN_STRONG, text);
}
