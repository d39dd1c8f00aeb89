#include "layout.h"
#include "pane_page.h"
#include "screen.h"

#define NAME_COLUMNS 25
#define TEXT_COLUMNS 34 /* with less than that the text has a row of its own */
#define TEXT_INDENT  4

/* With a heading, which has no text, two rows would be one too many. */
static int
page_rows(const struct layout_pane *pane, const struct page_line *line)
{
	return *line->text != '\0' &&
		pane->columns - 2 - NAME_COLUMNS < TEXT_COLUMNS
	    ? 2
	    : 1;
}

/* Draws into a row of the pane, where it has that row. */
static void
page_put(struct screen *s, const struct layout_pane *pane, int row, int indent,
    enum screen_style style, const char *text)
{
	if (row >= 0 && row < pane->rows)
		screen_puts(s, pane->row + row, pane->column + indent,
		    pane->columns - indent, style, text);
}

static void
page_draw(struct screen *s, const struct layout_pane *pane, int row,
    const struct page_line *line)
{
	if (*line->text == '\0') {
		page_put(s, pane, row, 1, SCREEN_STRONG, line->name);
		return;
	}
	page_put(s, pane, row, 2, SCREEN_ACCENT, line->name);
	if (page_rows(pane, line) == 1)
		page_put(
		    s, pane, row, 2 + NAME_COLUMNS, SCREEN_PLAIN, line->text);
	else
		page_put(
		    s, pane, row + 1, TEXT_INDENT, SCREEN_PLAIN, line->text);
}

static int
page_height(const struct layout_pane *pane, size_t count,
    struct page_line (*get)(size_t nth))
{
	int rows = 0;

	for (size_t i = 0; i < count; i++) {
		struct page_line line = get(i);

		rows += page_rows(pane, &line);
	}
	return rows;
}

int
pane_page_draw(struct screen *s, const struct layout_pane *pane, int from,
    size_t count, struct page_line (*get)(size_t nth))
{
	int total = page_height(pane, count, get);
	int most = total - pane->rows > 0 ? total - pane->rows : 0;
	int row = -(from < most ? from : most);

	for (size_t i = 0; i < count; i++) {
		struct page_line line = get(i);

		page_draw(s, pane, row, &line);
		row += page_rows(pane, &line);
	}
	return most;
}
