#include <stdio.h>
#include <string.h>

#include "editor.h"
#include "finder.h"
#include "frame.h"
#include "layout.h"
#include "link.h"
#include "pane_help.h"
#include "pane_input.h"
#include "pane_small.h"
#include "pane_status.h"
#include "pane_transcript.h"
#include "screen.h"
#include "session.h"
#include "view.h"
#include "visible.h"

#define HINT_KEYS(dot)                                                  \
	"F1 help" dot "PgUp scroll" dot "M-/ find" dot "^R history" dot \
	"Tab complete" dot "^C drop the line" dot "^D quit"
#define HINT_HELP "F1 closes this page, PgUp PgDn turn it"
#define HELP_END  (1 << 16) /* rows: beyond the page; drawing knows its end */

static void
draw_title(const struct frame *f, const struct layout *l)
{
	const char *peer = session_status(f->session)->peer;
	int column = screen_puts(f->screen, l->title.row, 1,
	    l->title.columns - 1, SCREEN_STRONG, "yodel");

	screen_puts(f->screen, l->title.row, column + 2,
	    l->title.columns - column - 2, SCREEN_DIM, peer);
}

static void
draw_borders(const struct frame *f, const struct layout *l)
{
	int columns = screen_columns(f->screen);
	int at = l->transcript.columns;

	if (l->top_rule >= 0)
		screen_rule(f->screen, l->top_rule, 0, columns);
	screen_rule(f->screen, l->bottom_rule, 0, columns);
	if (!l->side)
		return;
	screen_puts(f->screen, l->top_rule, at, 1, SCREEN_DIM,
	    screen_glyph(f->screen, "┬", "+"));
	for (int row = l->top_rule + 1; row < l->bottom_rule; row++)
		screen_puts(f->screen, row, at, 1, SCREEN_DIM,
		    screen_glyph(f->screen, "│", "|"));
	screen_puts(f->screen, l->bottom_rule, at, 1, SCREEN_DIM,
	    screen_glyph(f->screen, "┴", "+"));
}

/* How much came while the view was up, in the rule below the transcript. */
static void
draw_news(const struct frame *f, const struct layout *l)
{
	unsigned long long count = view_new_entries(f->view, f->transcript);
	char text[48];
	int columns;

	if (f->view->following || f->help)
		return;
	if (count > 0)
		(void)snprintf(text, sizeof(text), " %llu new %s ", count,
		    screen_glyph(f->screen, "↓", "v"));
	else
		(void)snprintf(text, sizeof(text), " PgDn: back to the end ");
	columns = (int)visible_width(text, strlen(text));
	screen_puts(f->screen, l->bottom_rule,
	    l->transcript.columns - columns - 2, columns,
	    count > 0 ? SCREEN_ACCENT : SCREEN_DIM, text);
}

/* Returns whether the hint took the place of the status strip. */
static bool
draw_hint(const struct frame *f, const struct layout *l)
{
	const struct layout_pane *pane = l->side ? &l->hint : &l->status;
	const char *text = f->hint;

	/* A question is answered with the help open as well. */
	if (text == NULL && f->help)
		text = HINT_HELP;

	if (text != NULL)
		screen_puts(f->screen, pane->row, pane->column + 1,
		    pane->columns - 1, SCREEN_STRONG, text);
	else if (l->side)
		screen_puts(f->screen, pane->row, pane->column + 1,
		    pane->columns - 1, SCREEN_DIM,
		    screen_glyph(
			f->screen, HINT_KEYS(" · "), HINT_KEYS(" - ")));
	return text != NULL && !l->side;
}

static void
draw_panes(struct frame *f, const struct layout *l)
{
	int most;

	draw_borders(f, l);
	if (l->title.rows > 0)
		draw_title(f, l);
	if (f->help) {
		most = pane_help_draw(f->screen, &l->transcript, f->help_from);
		if (f->help_from > most)
			f->help_from = most;
	} else
		pane_transcript_draw(f->screen, &l->transcript, f->view,
		    f->transcript, f->prefs,
		    f->finder == NULL ? NULL : finder_search(f->finder));
	draw_news(f, l);
	if (!draw_hint(f, l))
		pane_status_draw(
		    f->screen, &l->status, l->side, f->session, f->log);
}

void
frame_draw(struct frame *f)
{
	struct layout layout;
	int column = 0;

	layout_compute(
	    &layout, screen_rows(f->screen), screen_columns(f->screen));
	screen_begin(f->screen);
	if (layout.too_small)
		pane_small_draw(f->screen);
	else {
		draw_panes(f, &layout);
		column = pane_input_draw(
		    f->screen, &layout.input, f->line, f->finder);
	}
	screen_end(f->screen, layout.input.row, column);
}

void
frame_fit(const struct frame *f)
{
	struct layout layout;

	layout_compute(
	    &layout, screen_rows(f->screen), screen_columns(f->screen));
	if (!layout.too_small)
		pane_transcript_fit(
		    &layout.transcript, f->view, f->transcript, f->prefs);
}

void
frame_help(struct frame *f, bool open)
{
	f->help = open;
	f->help_from = 0;
}

void
frame_scroll(struct frame *f, long rows)
{
	if (!f->help)
		view_scroll(f->view, f->transcript, rows);
	else if (rows < 0 && f->help_from + rows < 0)
		f->help_from = 0;
	else
		f->help_from += (int)rows;
}

void
frame_turn(struct frame *f, int pages)
{
	struct layout layout;
	int page;

	layout_compute(
	    &layout, screen_rows(f->screen), screen_columns(f->screen));
	page = layout.transcript.rows - 1;
	frame_scroll(f, (long)pages * (page > 0 ? page : 1));
}

void
frame_to_start(struct frame *f)
{
	if (f->help)
		f->help_from = 0;
	else
		view_to_start(f->view, f->transcript);
}

void
frame_to_end(struct frame *f)
{
	if (f->help)
		f->help_from = HELP_END;
	else
		view_to_end(f->view);
}
