#include <stddef.h>

#include "hexdump.h"
#include "layout.h"
#include "pane_dump.h"
#include "screen.h"
#include "transcript.h"
#include "view.h"

#define ROW_BYTES   16
#define ROW_COLUMNS HEXDUMP_TEXT_MAX /* more than any has */

/* Where the bytes of a row go to. */
struct dump {
	struct screen *screen;
	int row, column;
	size_t per_row;
	char text[HEXDUMP_TEXT_MAX];
};

static int
dump_column(const struct layout_pane *pane, int column, size_t per_row)
{
	int most = pane->columns - (int)hexdump_columns(per_row);

	/* A blank behind it, where there is one. */
	if (most > 1)
		most--;
	return pane->column + (column < most ? column : most);
}

static void
dump_put(const struct dump *d, size_t at, size_t len, enum screen_style style)
{
	screen_put(d->screen, d->row, d->column + (int)at, ROW_COLUMNS, style,
	    d->text + at, len);
}

/* The bytes of an echo that differ, in both parts of the row. */
static void
dump_differs(const struct dump *d, const struct view_row *r,
    const struct transcript_entry *entry)
{
	size_t from = entry->value > r->start ? entry->value - r->start : 0;
	size_t end = entry->len > r->start ? entry->len - r->start : 0;

	if (end > r->len)
		end = r->len;
	if (from >= end)
		return;
	dump_put(d, hexdump_hex_at(from),
	    hexdump_hex_at(end - 1) + 2 - hexdump_hex_at(from), SCREEN_ALERT);
	dump_put(d, hexdump_character_at(from, d->per_row), end - from,
	    SCREEN_ALERT);
}

void
pane_dump_draw(struct screen *s, const struct layout_pane *pane, int row,
    int column, const struct view_row *r, const struct transcript_entry *entry)
{
	const char *eol = transcript_eol_bytes(entry->eol);
	struct dump d = {.screen = s, .row = row};
	char bytes[ROW_BYTES];
	size_t hex = hexdump_hex_at(0);

	d.per_row = hexdump_bytes((unsigned)pane->columns);
	d.column = dump_column(pane, column, d.per_row);
	for (size_t i = 0; i < r->len; i++) {
		size_t at = r->start + i;

		bytes[i] =
		    at < entry->len ? entry->text[at] : eol[at - entry->len];
	}
	hexdump_format(d.text, r->start, bytes, r->len, d.per_row);
	dump_put(&d, 0, hex, SCREEN_DIM);
	dump_put(&d, hex, hexdump_character_at(r->len, d.per_row) - hex,
	    SCREEN_PLAIN);
	if (entry->mark == TRANSCRIPT_MISMATCH)
		dump_differs(&d, r, entry);
}
