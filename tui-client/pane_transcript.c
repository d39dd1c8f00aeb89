#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layout.h"
#include "pane_transcript.h"
#include "screen.h"
#include "transcript.h"
#include "units.h"
#include "view.h"

#define ROWS_MAX 512 /* a taller terminal leaves rows empty */

#define WITH_MS_FROM   64u /* columns from which on times show ms */
#define WITH_TRIP_FROM 56u /* ... and the round trip has its words */
#define TRIP_COLUMNS   12u
#define GLYPH_COLUMNS  3u

/* " 14:02:11.123 > " or " 14:02:11 > " */
static unsigned
prefix_columns(unsigned width)
{
	return width >= WITH_MS_FROM ? 16 : 12;
}

static unsigned
suffix_columns(unsigned width)
{
	return width >= WITH_TRIP_FROM ? TRIP_COLUMNS : GLYPH_COLUMNS;
}

unsigned
pane_transcript_columns(const struct transcript_entry *entry, unsigned width)
{
	unsigned taken = prefix_columns(width);

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
		snprintf(
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
		snprintf(f.words, sizeof(f.words), "waiting");
		f.glyph = screen_glyph(s, "…", "..");
		break;
	case TRANSCRIPT_UNANSWERED:
		snprintf(f.words, sizeof(f.words), "unanswered");
		f.glyph = "?";
		f.style = SCREEN_ALERT;
		break;
	case TRANSCRIPT_DROPPED:
		snprintf(f.words, sizeof(f.words), "not sent");
		f.glyph = screen_glyph(s, "✗", "x");
		break;
	case TRANSCRIPT_VERIFIED:
		units_format_us(f.words, sizeof(f.words), entry->value);
		f.glyph = screen_glyph(s, "✓", "ok");
		break;
	case TRANSCRIPT_MISMATCH:
		snprintf(f.words, sizeof(f.words), "differs");
		f.glyph = "!!";
		f.style = SCREEN_ALERT;
		break;
	}
	return f;
}

static void
draw_suffix(struct screen *s, const struct layout_pane *pane, int row,
    const struct transcript_entry *entry)
{
	struct suffix f = suffix_make(s, entry);
	bool words = (unsigned)pane->columns >= WITH_TRIP_FROM;
	int end = pane->column + pane->columns - 1;
	int glyph_columns;

	if (f.glyph == NULL)
		return;
	glyph_columns =
	    f.glyph[1] != '\0' && (unsigned char)f.glyph[0] < 0x80 ? 2 : 1;
	end -= glyph_columns;
	screen_puts(s, row, end, glyph_columns,
	    entry->mark == TRANSCRIPT_VERIFIED ? SCREEN_ACCENT : f.style,
	    f.glyph);
	if (!words)
		return;
	end -= 1 + (int)strlen(f.words);
	screen_puts(s, row, end, (int)strlen(f.words), f.style, f.words);
}

static void
draw_prefix(struct screen *s, const struct layout_pane *pane, int row,
    const struct transcript_entry *entry)
{
	bool with_ms = (unsigned)pane->columns >= WITH_MS_FROM;
	bool accent = entry->kind == TRANSCRIPT_SENT;
	char text[32];
	int column;

	format_time(text, sizeof(text), entry->wall_ms, with_ms);
	column = screen_puts(s, row, pane->column + 1, 12, SCREEN_DIM, text);
	screen_puts(s, row, column + 1, 1, accent ? SCREEN_ACCENT : SCREEN_DIM,
	    entry_glyph(s, entry));
}

static void
draw_row(struct screen *s, const struct layout_pane *pane, int row,
    const struct view_row *r, const struct transcript_entry *entry)
{
	unsigned width = (unsigned)pane->columns;
	int column = pane->column + (int)prefix_columns(width);

	if (r->row == 0)
		draw_prefix(s, pane, row, entry);
	screen_put_row(s, row, column,
	    (int)pane_transcript_columns(entry, width), entry_style(entry),
	    entry->text + r->start, r->len);
	if (r->last)
		draw_suffix(s, pane, row, entry);
}

void
pane_transcript_draw(struct screen *s, const struct layout_pane *pane,
    struct view *view, const struct transcript *transcript)
{
	struct view_row rows[ROWS_MAX];
	size_t count;

	view_resize(view, transcript, (unsigned)pane->columns,
	    pane->rows < ROWS_MAX ? (unsigned)pane->rows : ROWS_MAX);
	count = view_rows(view, transcript, rows, ROWS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct transcript_entry entry;

		if (transcript_get(transcript, rows[i].id, &entry))
			draw_row(s, pane, pane->row + (int)i, &rows[i], &entry);
	}
}
