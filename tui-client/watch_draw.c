#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backlog.h"
#include "backlog_file.h"
#include "finder.h"
#include "logview.h"
#include "pane_header.h"
#include "pane_input.h"
#include "pane_log.h"
#include "pane_roster.h"
#include "pane_small.h"
#include "pen.h"
#include "roster.h"
#include "screen.h"
#include "strip.h"
#include "target.h"
#include "visible.h"
#include "watch_impl.h"

#define LABEL	    "filter: "
#define RULE_MARGIN 2 /* of the rule, behind what stands in it */

void
watch_layout(const struct watch *w, struct watch_layout *l)
{
	watch_layout_compute(l, screen_rows(w->stage.screen),
	    screen_columns(w->stage.screen),
	    w->feed != NULL ? w->table_rows : -1);
}

void
watch_fit(struct watch *w)
{
	struct watch_layout l;

	watch_layout(w, &l);
	if (!l.too_small)
		pane_log_fit(&l.log, w->log);
}

/* Into the rule, from its right end on. Returns the column before it. */
static int __attribute__((format(printf, 5, 6))) draw_in_rule(struct watch *w,
    int row, int end, enum screen_style style, const char *fmt, ...)
{
	char text[FIELD_BYTES + 32];
	va_list ap;
	int width;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	width = (int)visible_width(text, strlen(text));
	/* A long filter keeps its beginning. */
	if (width > end - RULE_MARGIN)
		width = end - RULE_MARGIN;
	screen_puts(w->stage.screen, row, end - width, width, style, text);
	return end - width - RULE_MARGIN;
}

/* Below the table: whom there was no room for. */
static void
draw_left_out(struct watch *w, int row, int end)
{
	char text[48];

	(void)snprintf(text, sizeof(text), " and %" PRIu64 " more ",
	    roster_left_out(w->roster));
	screen_puts(w->stage.screen, row, RULE_MARGIN, end - RULE_MARGIN,
	    SCREEN_STRONG, text);
}

/* What is true of the log, in the rule above it. */
static void
draw_log_rule(struct watch *w, const struct watch_layout *l)
{
	struct screen *s = w->stage.screen;
	int end = screen_columns(s) - RULE_MARGIN, row = l->log_rule;
	struct logview_status status;

	logview_status(w->log, &status);
	screen_rule(s, row, 0, screen_columns(s));
	if (w->roster != NULL && roster_left_out(w->roster) > 0)
		draw_left_out(w, row, end);
	if (status.error != 0)
		end = draw_in_rule(
		    w, row, end, SCREEN_ALERT, " %s ", strerror(status.error));
	if (!status.following && status.new_lines > 0)
		end = draw_in_rule(w, row, end, SCREEN_ACCENT,
		    " %" PRIu64 " new %s ", status.new_lines,
		    screen_glyph(s, "↓", "v"));
	else if (!status.following)
		end = draw_in_rule(w, row, end, SCREEN_DIM, " %s ",
		    w->paused ? "paused" : "scrolled back");
	if (status.searching)
		end = draw_in_rule(w, row, end, SCREEN_DIM, " looking ");
	else if (status.none)
		end = draw_in_rule(
		    w, row, end, SCREEN_STRONG, " no more errors ");
	if (w->filter.len > 0 && !w->filtering && end > 0)
		(void)draw_in_rule(w, row, end, SCREEN_STRONG,
		    " " LABEL "%.*s ", (int)w->filter.len, w->filter.text);
}

static void
draw_hints(struct watch *w, const struct layout_pane *pane)
{
	struct screen *s = w->stage.screen;
	struct strip strip;
	struct pen pen;
	const struct watch_hint *hint;

	strip_init(&strip);
	for (size_t i = 0; (hint = watch_hint(i)) != NULL; i++)
		if (!hint->table || w->feed != NULL)
			strip_add(&strip, hint->rank, SCREEN_DIM, "%s%s",
			    strip.count == 0	    ? " "
				: screen_is_utf8(s) ? " · "
						    : " - ",
			    hint->ascii != NULL
				? screen_glyph(s, hint->text, hint->ascii)
				: hint->text);
	strip_fit(&strip, (unsigned)pane->columns);
	pen_init(&pen, s, pane);
	for (size_t i = 0; i < strip.count; i++)
		if (strip.fields[i].shown)
			pen_text(&pen, SCREEN_DIM, strip.fields[i].text);
}

/* Whom it is about comes last: there is always room for the question. */
static void
draw_question(struct watch *w, struct pen *pen)
{
	const struct roster_row *victim = roster_find(w->roster, w->victim);

	pen_printf(pen, SCREEN_STRONG, "kick #%" PRIu64 "? y/n", w->victim);
	if (victim != NULL)
		pen_printf(pen, SCREEN_DIM, "  %s", victim->peer);
}

/* The last row. Returns the column of the cursor, or -1: none. */
static int
draw_last_row(struct watch *w, const struct layout_pane *pane)
{
	struct screen *s = w->stage.screen;
	const struct finder_line line = {
	    .pattern = w->filter.text, .len = w->filter.len, .typing = true};
	struct pen pen;

	pen_init(&pen, s, pane);
	pen.column++;
	if (w->filtering)
		return pane_input_pattern(s, pane, LABEL, "", &line);
	if (w->asks)
		draw_question(w, &pen);
	else if (*w->notice != '\0')
		pen_text(&pen, w->notice_alert ? SCREEN_ALERT : SCREEN_STRONG,
		    w->notice);
	else if (w->help)
		pen_text(&pen, SCREEN_STRONG,
		    "F1 closes this page, PgUp PgDn turn it");
	else
		draw_hints(w, pane);
	return -1;
}

static void
draw_header(struct watch *w, const struct watch_layout *l)
{
	struct screen *s = w->stage.screen;

	if (w->feed != NULL)
		pane_header_draw(s, &l->header, feed_status(w->feed),
		    feed_is_ready(w->feed), &w->summary);
	else
		pane_header_draw_file(s, &l->header, w->target->path,
		    w->backlog->end - w->backlog->first,
		    backlog_file_status(w->file));
}

static void
draw_help(struct watch *w, const struct watch_layout *l)
{
	struct layout_pane pane = l->header;
	int most;

	pane.row++;
	pane.rows = l->keys.row - pane.row;
	most = pane_page_draw(w->stage.screen, &pane, w->help_from,
	    watch_page_count(), watch_page_line);
	if (w->help_from > most)
		w->help_from = most;
}

static void
draw_panes(struct watch *w, const struct watch_layout *l)
{
	struct screen *s = w->stage.screen;

	if (l->top_rule >= 0)
		screen_rule(s, l->top_rule, 0, screen_columns(s));
	if (l->table.rows > 0)
		pane_roster_draw(s, &l->table, w->roster, &w->table_from,
		    w->follow, feed_is_ready(w->feed) && w->summary.known);
	draw_log_rule(w, l);
	pane_log_draw(s, &l->log, w->log);
}

void
watch_draw(struct watch *w)
{
	struct watch_layout l;
	int column = -1;

	watch_layout(w, &l);
	screen_begin(w->stage.screen);
	if (l.too_small)
		pane_small_draw(w->stage.screen);
	else {
		draw_header(w, &l);
		if (w->help)
			draw_help(w, &l);
		else
			draw_panes(w, &l);
		column = draw_last_row(w, &l.keys);
	}
	screen_end(w->stage.screen, column >= 0 ? l.keys.row : -1, column);
}
