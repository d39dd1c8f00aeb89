#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "pane_roster.h"
#include "roster.h"
#include "roster_text.h"
#include "screen.h"
#include "strip.h"
#include "visible.h"

#define MARK_COLUMNS 2 /* where the selected one is marked */
#define GAP	     2
#define PEER_LEAST   15 /* 127.0.0.1:53122 */

/* Which columns there is room for, and how wide they are. */
struct columns {
	struct strip strip;
	int width[ROSTER_COLUMNS];
};

/* As much as an IPv4 address may need, or as any has needed so far. */
static int
usual_peer(const struct roster *r)
{
	int most = roster_text_heading(ROSTER_PEER)->columns;
	int longest = (int)roster_longest_peer(r);

	return longest < PEER_LEAST ? PEER_LEAST
	    : longest > most	    ? most
				    : longest;
}

/* A number that is cut would be another one. */
static int
id_columns(const struct roster *r)
{
	const struct roster_row row = {.id = roster_highest_id(r)};
	int usual = roster_text_heading(ROSTER_ID)->columns;
	char text[ROSTER_TEXT_BYTES];
	int most = (int)strlen(roster_text_cell(text, &row, ROSTER_ID));

	return most > usual ? most : usual;
}

/* An IPv6 address has what is left over. */
static void
widen_peers(struct columns *c, const struct roster *r, int columns)
{
	int *peer = &c->width[ROSTER_PEER];
	int longest = (int)roster_longest_peer(r);

	for (size_t i = 0; i < c->strip.count; i++)
		if (c->strip.fields[i].shown)
			columns -= (int)c->strip.fields[i].width;
	if (longest > *peer && columns > 0)
		*peer += longest - *peer < columns ? longest - *peer : columns;
}

static void
choose_columns(struct columns *c, const struct roster *r, int columns)
{
	struct strip *strip = &c->strip;

	strip_init(strip);
	for (int i = 0; i < ROSTER_COLUMNS; i++) {
		enum roster_column column = (enum roster_column)i;
		const struct roster_heading *h = roster_text_heading(column);

		c->width[i] = i == ROSTER_ID ? id_columns(r)
		    : i == ROSTER_PEER	     ? usual_peer(r)
					     : h->columns;
		/* What is sorted by shows, or the order would be a riddle. */
		strip_add(strip, column == roster_column(r) ? 0 : h->rank + 1,
		    SCREEN_DIM, "%*s", c->width[i] + GAP, "");
	}
	strip_fit(strip, columns > 0 ? (unsigned)columns : 0);
	widen_peers(c, r, columns);
}

/* In its place, at one end of it. Returns the column behind that. */
static int
draw_cell(struct screen *s, int row, int column, int width,
    enum screen_style style, bool left, const char *text)
{
	int used = (int)visible_width(text, strlen(text));
	int blank = left || used > width ? 0 : width - used;
	int room = width - blank - (used > width ? 1 : 0);

	screen_puts(s, row, column + blank, room, style, text);
	/* A part of an address might be taken for a whole one. */
	if (used > width)
		screen_puts(s, row, column + room, 1, SCREEN_DIM,
		    screen_glyph(s, "…", ">"));
	return column + width + GAP;
}

static void
draw_headings(struct screen *s, const struct layout_pane *pane,
    const struct roster *r, const struct columns *c)
{
	const char *arrow = roster_descends(r) ? screen_glyph(s, "↓", "v")
					       : screen_glyph(s, "↑", "^");
	int column = pane->column + MARK_COLUMNS;

	for (int i = 0; i < ROSTER_COLUMNS; i++) {
		const struct roster_heading *h =
		    roster_text_heading((enum roster_column)i);
		bool sorted = i == (int)roster_column(r);
		char text[24];

		if (!c->strip.fields[i].shown)
			continue;
		(void)snprintf(
		    text, sizeof(text), "%s%s", h->name, sorted ? arrow : "");
		column = draw_cell(s, pane->row, column, c->width[i],
		    sorted ? SCREEN_ACCENT : SCREEN_DIM, h->left, text);
	}
}

static void
draw_row(struct screen *s, const struct layout_pane *pane, int at,
    const struct roster_row *row, const struct columns *c,
    enum screen_style style)
{
	int column = pane->column + MARK_COLUMNS;
	char text[ROSTER_TEXT_BYTES];

	for (int i = 0; i < ROSTER_COLUMNS; i++) {
		enum roster_column of = (enum roster_column)i;

		if (c->strip.fields[i].shown)
			column = draw_cell(s, at, column, c->width[i], style,
			    roster_text_heading(of)->left,
			    roster_text_cell(text, row, of));
	}
}

/* The first row that shows: where it was, as far as that can be. */
static size_t
place_of(struct roster *r, size_t from, size_t rows, bool follow)
{
	size_t count = roster_count(r), at;

	if (follow && roster_selected(r, &at) != NULL) {
		if (at < from)
			from = at;
		if (at >= from + rows)
			from = at - rows + 1;
	}
	if (from + rows > count)
		from = count > rows ? count - rows : 0;
	return from;
}

static void
draw_nobody(struct screen *s, const struct layout_pane *pane, bool current)
{
	screen_puts(s, pane->row + 1, pane->column + MARK_COLUMNS,
	    pane->columns - MARK_COLUMNS, SCREEN_DIM,
	    current ? "nobody is connected" : "nothing is known yet");
}

void
pane_roster_draw(struct screen *s, const struct layout_pane *pane,
    struct roster *r, size_t *from, bool follow, bool current)
{
	size_t rows = pane->rows > 1 ? (size_t)pane->rows - 1 : 0, at;
	const struct roster_row *selected;
	struct columns shown = {.width = {0}};

	choose_columns(&shown, r, pane->columns - MARK_COLUMNS + GAP);
	draw_headings(s, pane, r, &shown);
	if (roster_count(r) == 0)
		draw_nobody(s, pane, current);
	*from = place_of(r, *from, rows, follow);
	selected = roster_selected(r, &at);
	for (size_t i = 0; i < rows && *from + i < roster_count(r); i++) {
		const struct roster_row *row = roster_row(r, *from + i);
		int place = pane->row + 1 + (int)i;

		if (row == selected)
			screen_puts(s, place, pane->column, 1, SCREEN_ACCENT,
			    screen_glyph(s, "›", ">"));
		draw_row(s, pane, place, row, &shown,
		    !current		  ? SCREEN_DIM
			: row == selected ? SCREEN_STRONG
					  : SCREEN_PLAIN);
	}
}
