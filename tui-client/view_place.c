#include <string.h>

#include "hexdump.h"
#include "transcript.h"
#include "view.h"
#include "view_place.h"
#include "wrap.h"

uint64_t
view_place_first(const struct transcript *t)
{
	uint64_t lines;

	return transcript_first(t) - transcript_gone(t, &lines);
}

unsigned
view_place_width(const struct view *v, const struct transcript_entry *e)
{
	unsigned width = v->width;

	if (v->text_width != NULL)
		width = v->text_width(v->arg, e, v->width);
	return width > 0 ? width : 1;
}

size_t
view_place_dump(const struct view *v, const struct transcript_entry *e)
{
	if (!v->hex || e->kind != TRANSCRIPT_RECEIVED ||
	    hexdump_bytes(v->width) == 0)
		return 0;
	return e->len + strlen(transcript_eol_bytes(e->eol));
}

static size_t
dump_rows(const struct view *v, const struct transcript_entry *e)
{
	size_t len = view_place_dump(v, e);

	return len == 0 ? 0 : (len - 1) / hexdump_bytes(v->width) + 1;
}

size_t
view_place_rows(
    const struct view *v, const struct transcript *t, uint64_t id, size_t max)
{
	struct transcript_entry e;

	if (!transcript_get(t, id, &e))
		return 1;
	return wrap_rows(e.text, e.len, view_place_width(v, &e), max) +
	    dump_rows(v, &e);
}

/* The row of the text with this byte or this number, what comes first. */
static struct view_place
place_in_text(const struct view *v, const struct transcript_entry *e,
    size_t byte, size_t row)
{
	struct view_place place = {.id = e->id};
	struct wrap_row r;

	while (place.row < row) {
		size_t next = wrap_next(
		    e->text, e->len, place.start, view_place_width(v, e), &r);

		if (next > byte || next == e->len)
			break;
		place.start = next;
		place.row++;
	}
	return place;
}

/* The row of the dump with this number: the last one, if it has less. */
static struct view_place
place_in_dump(const struct view *v, const struct transcript_entry *e,
    size_t text_rows, size_t row)
{
	size_t rows = dump_rows(v, e);

	if (row >= rows)
		row = rows - 1;
	return (struct view_place){.id = e->id,
	    .row = text_rows + row,
	    .start = row * hexdump_bytes(v->width),
	    .hex = true};
}

static struct view_place
place_of_row(
    const struct view *v, const struct transcript *t, uint64_t id, size_t row)
{
	struct transcript_entry e;
	struct view_place place;

	if (!transcript_get(t, id, &e))
		return (struct view_place){.id = id};
	place = place_in_text(v, &e, SIZE_MAX, row);
	if (place.row == row || dump_rows(v, &e) == 0)
		return place;
	return place_in_dump(v, &e, place.row + 1, row - place.row - 1);
}

struct view_place
view_place_of_byte(const struct view *v, const struct transcript *t,
    uint64_t id, size_t byte, bool hex)
{
	struct transcript_entry e;

	if (!transcript_get(t, id, &e))
		return (struct view_place){.id = id};
	if (!hex || dump_rows(v, &e) == 0)
		return place_in_text(v, &e, byte, SIZE_MAX);
	return place_in_dump(v, &e,
	    wrap_rows(e.text, e.len, view_place_width(v, &e), 0),
	    byte / hexdump_bytes(v->width));
}

struct view_place
view_place_above(const struct view *v, const struct transcript *t,
    struct view_place from, size_t rows)
{
	uint64_t id = from.id;
	size_t row = from.row;

	while (rows > row) {
		if (id == view_place_first(t))
			return (struct view_place){.id = id};
		rows -= row + 1;
		id--;
		row = view_place_rows(v, t, id, 0) - 1;
	}
	return place_of_row(v, t, id, row - rows);
}

bool
view_place_below(const struct view *v, const struct transcript *t,
    struct view_place from, size_t rows, struct view_place *to)
{
	uint64_t id = from.id;
	size_t row = from.row;

	for (; id < transcript_end(t); id++, row = 0) {
		size_t wanted = row + rows;
		size_t there = view_place_rows(v, t, id, wanted + 1);

		if (there > wanted) {
			*to = place_of_row(v, t, id, wanted);
			return true;
		}
		rows -= there - row;
	}
	return false;
}
