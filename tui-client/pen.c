#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "pen.h"
#include "wrap.h"

void
pen_init(struct pen *pen, struct screen *s, const struct layout_pane *pane)
{
	*pen = (struct pen){s, pane, pane->row, pane->column};
}

int
pen_rows_left(const struct pen *pen)
{
	return pen->pane->row + pen->pane->rows - pen->row;
}

int
pen_left(const struct pen *pen)
{
	if (pen_rows_left(pen) <= 0)
		return 0;
	return pen->pane->column + pen->pane->columns - pen->column;
}

void
pen_text(struct pen *pen, enum screen_style style, const char *text)
{
	int left = pen_left(pen);

	if (left > 0)
		pen->column = screen_puts(
		    pen->screen, pen->row, pen->column, left, style, text);
}

void
pen_printf(struct pen *pen, enum screen_style style, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pen_text(pen, style, text);
}

void
pen_wrapped(struct pen *pen, enum screen_style style, const char *text, int max)
{
	size_t len = strlen(text), start = 0;
	int column = pen->column, width = pen_left(pen) - 1;

	for (int i = 0; i < max && start < len && width > 0; i++) {
		struct wrap_row row;

		if (i > 0) {
			pen_newline(pen);
			pen->column = column;
		}
		start = wrap_next(text, len, start, (unsigned)width, &row);
		pen_printf(pen, style, "%.*s", (int)row.len, text + row.start);
	}
}

void
pen_newline(struct pen *pen)
{
	pen->row++;
	pen->column = pen->pane->column + 1;
}
