#include "layout.h"
#include "log_style.h"
#include "logview.h"
#include "pane_log.h"
#include "pane_text.h"
#include "record.h"
#include "screen.h"
#include "wrap.h"

#define MARGIN 1 /* column: of the mark */

static void
draw_row(struct screen *s, const struct layout_pane *pane, int row,
    struct logview *view, const struct logview_row *r)
{
	int width = pane->columns - MARGIN, column = pane->column + MARGIN;
	size_t len, end = r->start + r->len;
	struct wrap_row fits;
	struct log_style style;
	struct record *record;
	const char *text;
	bool sought, cut;

	record = logview_line(view, r, &sought);
	text = record_text(record, &len);
	log_style_init(&style, record, logview_filter(view), r->start);
	/* Wrapped, it is but a blank that had no room. */
	cut = !logview_wraps(view) &&
	    wrap_next(text, end, r->start, (unsigned)width, &fits) < end;
	/* The mark would leave half of a wide character before it. */
	(void)pane_text_draw(s, row, column, width - (cut ? 1 : 0), text,
	    r->start, r->len, log_style_of, &style);
	if (cut)
		screen_puts(s, row, column + width - 1, 1, SCREEN_DIM,
		    screen_glyph(s, "…", ">"));
	if (sought && r->row == 0)
		screen_puts(s, row, pane->column, MARGIN, SCREEN_ACCENT,
		    screen_glyph(s, "›", ">"));
}

/* Why there is nothing to be seen. */
static void
draw_empty(struct screen *s, const struct layout_pane *pane,
    const struct logview *view, const struct logview_status *status)
{
	const char *why = "nothing was logged yet";

	if (status->searching)
		why = "searching ...";
	else if (logview_filter(view) != NULL)
		why = "no line passes the filter";
	screen_puts(s, pane->row, pane->column + MARGIN, pane->columns - MARGIN,
	    SCREEN_DIM, why);
}

void
pane_log_fit(const struct layout_pane *pane, struct logview *view)
{
	logview_resize(view,
	    pane->columns > MARGIN ? (unsigned)(pane->columns - MARGIN) : 0,
	    pane->rows > 0 ? (unsigned)pane->rows : 0);
}

void
pane_log_draw(
    struct screen *s, const struct layout_pane *pane, struct logview *view)
{
	struct logview_row rows[LOGVIEW_ROWS];
	struct logview_status status;
	int row = pane->row;
	size_t count;

	pane_log_fit(pane, view);
	if (pane->rows <= 0 || pane->columns <= MARGIN)
		return;
	count = logview_rows(view, rows, LOGVIEW_ROWS);
	logview_status(view, &status);
	if (count == 0)
		draw_empty(s, pane, view, &status);
	/* What a filter finds comes from below: so none of it has to move. */
	if (status.following && logview_filter(view) != NULL)
		row += pane->rows - (int)count;
	for (size_t i = 0; i < count; i++)
		draw_row(s, pane, row + (int)i, view, &rows[i]);
}
