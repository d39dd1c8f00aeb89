#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layout.h"
#include "pane_dump.h"
#include "pane_lit.h"
#include "pane_transcript.h"
#include "prefs.h"
#include "screen.h"
#include "transcript.h"
#include "units.h"
#include "view.h"

#define ROWS_MAX 512 /* a taller terminal leaves rows empty */

#define WITH_MS_FROM   64u /* columns from which on times show ms */
#define WITH_TRIP_FROM 56u /* ... and the round trip has its words */
#define TRIP_COLUMNS   14u /* " unanswered ? " */
#define GLYPH_COLUMNS  4u  /* " !! " */

/* The pane, and what all of its rows have in common. */
struct canvas {
	struct screen *screen;
	const struct layout_pane *pane;
	const struct prefs *prefs;
	const struct transcript *transcript;
	struct pane_lit lit;
};

/* " 14:02:11.123 > ", " 14:02:11 > " or " > " */
static unsigned
prefix_columns(const struct prefs *prefs, unsigned width)
{
	if (!prefs->times)
		return 3;
	return width >= WITH_MS_FROM ? 16 : 12;
}

static unsigned
suffix_columns(unsigned width)
{
	return width >= WITH_TRIP_FROM ? TRIP_COLUMNS : GLYPH_COLUMNS;
}

unsigned
pane_transcript_columns(
    const void *prefs, const struct transcript_entry *entry, unsigned width)
{
	unsigned taken = prefix_columns(prefs, width);

	if (entry->kind != TRANSCRIPT_NOTICE)
		taken += suffix_columns(width);
	return width > taken + 1 ? width - taken : 1;
}

static void
format_time(char *buf, size_t size, uint64_t wall_ms, bool with_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	localtime_r(&seconds, &tm);
	n = strftime(buf, size, "%H:%M:%S", &tm);
	if (with_ms)
		(void)snprintf(
		    buf + n, size - n, ".%03u", (unsigned)(wall_ms % 1000));
}

static const char *
entry_glyph(const struct screen *s, const struct transcript_entry *entry)
{
	switch (entry->kind) {
	case TRANSCRIPT_SENT:
		return screen_glyph(s, "›", ">");
	case TRANSCRIPT_RECEIVED:
		return screen_glyph(s, "‹", "<");
	case TRANSCRIPT_NOTICE:
		break;
	}
	return screen_glyph(s, "·", "-");
}

static enum screen_style
entry_style(const struct transcript_entry *entry)
{
	if (entry->kind == TRANSCRIPT_NOTICE)
		return SCREEN_DIM;
	if (entry->mark == TRANSCRIPT_WAITING ||
	    entry->mark == TRANSCRIPT_DROPPED)
		return SCREEN_DIM;
	return SCREEN_PLAIN;
}

/* What is said of an entry: a word or a round trip, and a glyph. */
struct suffix {
	char words[16];
	const char *glyph;
	enum screen_style style;
};

static struct suffix
suffix_make(const struct screen *s, const struct transcript_entry *entry)
{
	struct suffix f = {"", NULL, SCREEN_DIM};

	switch (entry->mark) {
	case TRANSCRIPT_PLAIN:
		break;
	case TRANSCRIPT_WAITING:
		(void)snprintf(f.words, sizeof(f.words), "waiting");
		f.glyph = screen_glyph(s, "…", "..");
		break;
	case TRANSCRIPT_UNANSWERED:
		(void)snprintf(f.words, sizeof(f.words), "unanswered");
		f.glyph = "?";
		f.style = SCREEN_ALERT;
		break;
	case TRANSCRIPT_DROPPED:
		(void)snprintf(f.words, sizeof(f.words), "not sent");
		f.glyph = screen_glyph(s, "✗", "x");
		break;
	case TRANSCRIPT_VERIFIED:
		units_format_us(f.words, sizeof(f.words), entry->value);
		f.glyph = screen_glyph(s, "✓", "ok");
		break;
	case TRANSCRIPT_MISMATCH:
		(void)snprintf(f.words, sizeof(f.words), "differs");
		f.glyph = "!!";
		f.style = SCREEN_ALERT;
		break;
	}
	return f;
}

/*
 * A blank between two spans is drawn in the style of one of them: the terminal
 * is not told to leave a style that it goes back to.
 */
static void
draw_suffix(
    const struct canvas *c, int row, const struct transcript_entry *entry)
{
	struct suffix f = suffix_make(c->screen, entry);
	int end = c->pane->column + c->pane->columns - 1;
	int glyph_columns, words_columns;

	if (f.glyph == NULL)
		return;
	glyph_columns =
	    f.glyph[1] != '\0' && (unsigned char)f.glyph[0] < 0x80 ? 2 : 1;
	end -= glyph_columns;
	screen_puts(c->screen, row, end, glyph_columns,
	    entry->mark == TRANSCRIPT_VERIFIED ? SCREEN_ACCENT : f.style,
	    f.glyph);
	if ((unsigned)c->pane->columns < WITH_TRIP_FROM)
		return;
	strncat(f.words, " ", sizeof(f.words) - strlen(f.words) - 1);
	words_columns = (int)strlen(f.words);
	screen_puts(c->screen, row, end - words_columns, words_columns, f.style,
	    f.words);
}

static void
draw_prefix(
    const struct canvas *c, int row, const struct transcript_entry *entry)
{
	bool with_ms = (unsigned)c->pane->columns >= WITH_MS_FROM;
	bool accent = entry->kind == TRANSCRIPT_SENT;
	int column = c->pane->column + 1;
	char text[32];

	if (c->prefs->times) {
		format_time(text, sizeof(text), entry->wall_ms, with_ms);
		strncat(text, " ", sizeof(text) - strlen(text) - 1);
		column =
		    screen_puts(c->screen, row, column, 13, SCREEN_DIM, text);
	}
	(void)snprintf(text, sizeof(text), "%s%s",
	    entry_glyph(c->screen, entry),
	    entry->kind == TRANSCRIPT_NOTICE ? " " : "");
	screen_puts(c->screen, row, column, 2,
	    accent ? SCREEN_ACCENT : SCREEN_DIM, text);
}

static void
draw_text(struct canvas *c, int row, const struct view_row *r,
    const struct transcript_entry *entry)
{
	unsigned width = (unsigned)c->pane->columns;
	int column = c->pane->column + (int)prefix_columns(c->prefs, width);
	enum screen_style style = entry_style(entry);

	width = pane_transcript_columns(c->prefs, entry, width);
	if (pane_lit_wanted(&c->lit, r, entry))
		pane_lit_draw(&c->lit, c->screen, row, column, (int)width,
		    style, r, entry);
	else
		screen_put_row(c->screen, row, column, (int)width, style,
		    entry->text + r->start, r->len);
	/* A piece of a long line stands below the one before, without a time. */
	if (r->row == 0 && !entry->goes_on)
		draw_prefix(c, row, entry);
	if (r->last)
		draw_suffix(c, row, entry);
}

static void
draw_gone(const struct canvas *c, int row)
{
	unsigned width = (unsigned)c->pane->columns;
	int prefix = (int)prefix_columns(c->prefs, width);
	uint64_t lines;
	char text[80];

	if (!transcript_gone(c->transcript, &lines))
		return;
	if (lines == 0)
		(void)snprintf(text, sizeof(text),
		    "... the beginning of this line is gone");
	else
		(void)snprintf(text, sizeof(text),
		    "... %llu earlier line%s gone", (unsigned long long)lines,
		    lines == 1 ? " is" : "s are");
	screen_puts(c->screen, row, c->pane->column + prefix,
	    c->pane->columns - prefix, SCREEN_DIM, text);
}

static void
draw_row(struct canvas *c, int row, const struct view_row *r)
{
	struct transcript_entry entry;

	if (r->gone)
		draw_gone(c, row);
	else if (!transcript_get(c->transcript, r->id, &entry))
		return;
	else if (r->hex)
		pane_dump_draw(c->screen, c->pane, row,
		    (int)prefix_columns(c->prefs, (unsigned)c->pane->columns),
		    r, &entry);
	else
		draw_text(c, row, r, &entry);
}

void
pane_transcript_fit(const struct layout_pane *pane, struct view *view,
    const struct transcript *transcript, const struct prefs *prefs)
{
	view_resize(view, transcript, (unsigned)pane->columns,
	    pane->rows < ROWS_MAX ? (unsigned)pane->rows : ROWS_MAX);
	if (view->hex != prefs->hex)
		view_set_hex(view, transcript, prefs->hex);
}

void
pane_transcript_draw(struct screen *s, const struct layout_pane *pane,
    struct view *view, const struct transcript *transcript,
    const struct prefs *prefs, const struct search *search)
{
	struct canvas canvas = {
	    .screen = s,
	    .pane = pane,
	    .prefs = prefs,
	    .transcript = transcript,
	};
	struct view_row rows[ROWS_MAX];
	size_t count;

	pane_lit_init(&canvas.lit, search);
	pane_transcript_fit(pane, view, transcript, prefs);
	count = view_rows(view, transcript, rows, ROWS_MAX);
	for (size_t i = 0; i < count; i++)
		draw_row(&canvas, pane->row + (int)i, &rows[i]);
}
