#include "transcript.h"
#include "view.h"
#include "wrap.h"

/* A row of an entry. */
struct place {
	uint64_t id;
	size_t row;
	size_t start; /* the offset where the row begins */
};

void
view_init(struct view *v,
    unsigned (*text_width)(const struct transcript_entry *, unsigned width))
{
	*v = (struct view){.following = true, .text_width = text_width};
}

static unsigned
entry_width(const struct view *v, const struct transcript_entry *e)
{
	unsigned width = v->width;

	if (v->text_width != NULL)
		width = v->text_width(e, v->width);
	return width > 0 ? width : 1;
}

/* Counted up to max (0: no limit). */
static size_t
entry_rows(
    const struct view *v, const struct transcript *t, uint64_t id, size_t max)
{
	struct transcript_entry e;

	if (!transcript_get(t, id, &e))
		return 0;
	return wrap_rows(e.text, e.len, entry_width(v, &e), max);
}

/* The row of an entry that has this byte or this number, what comes first. */
static struct place
place_find(const struct view *v, const struct transcript *t, uint64_t id,
    size_t byte, size_t row)
{
	struct place place = {.id = id};
	struct transcript_entry e;
	struct wrap_row r;

	if (!transcript_get(t, id, &e))
		return place;
	while (place.row < row) {
		size_t next = wrap_next(
		    e.text, e.len, place.start, entry_width(v, &e), &r);

		if (next > byte || next == e.len)
			break;
		place.start = next;
		place.row++;
	}
	return place;
}

static struct place
place_of_row(
    const struct view *v, const struct transcript *t, uint64_t id, size_t row)
{
	return place_find(v, t, id, SIZE_MAX, row);
}

static struct place
place_above(const struct view *v, const struct transcript *t, struct place from,
    size_t rows)
{
	uint64_t id = from.id;
	size_t row = from.row;

	while (rows > row) {
		if (id == transcript_first(t))
			return (struct place){.id = id};
		rows -= row + 1;
		id--;
		row = entry_rows(v, t, id, 0) - 1;
	}
	return place_of_row(v, t, id, row - rows);
}

/* False: there are not so many rows below. */
static bool
place_below(const struct view *v, const struct transcript *t, struct place from,
    size_t rows, struct place *to)
{
	uint64_t id = from.id;
	size_t row = from.row;

	for (; id < transcript_end(t); id++, row = 0) {
		size_t wanted = row + rows;
		size_t there = entry_rows(v, t, id, wanted + 1);

		if (there > wanted) {
			*to = place_of_row(v, t, id, wanted);
			return true;
		}
		rows -= there - row;
	}
	return false;
}

/* The first row of the pane while the last row of all is in its last one. */
static struct place
place_following(const struct view *v, const struct transcript *t)
{
	uint64_t last = transcript_end(t) - 1;
	struct place bottom = {.id = last};

	bottom.row = entry_rows(v, t, last, 0) - 1;
	return place_above(v, t, bottom, v->height - 1);
}

static bool
is_shown(const struct view *v, const struct transcript *t)
{
	return v->width > 0 && v->height > 0 &&
	    transcript_first(t) < transcript_end(t);
}

/* Where the pane begins. Only while something is shown. */
static struct place
top_of(const struct view *v, const struct transcript *t)
{
	if (v->following)
		return place_following(v, t);
	return place_find(v, t, v->top_id, v->top_byte, SIZE_MAX);
}

static void
anchor(struct view *v, const struct transcript *t, struct place top)
{
	struct place below;

	if (!place_below(v, t, top, v->height, &below)) {
		v->following = true;
		return;
	}
	if (v->following)
		v->seen_end = transcript_end(t);
	v->following = false;
	v->top_id = top.id;
	v->top_byte = top.start;
}

/* What fell out of the transcript, or another size, may have moved the view. */
static void
settle(struct view *v, const struct transcript *t)
{
	struct place below;

	if (v->following || v->width == 0 || v->height == 0)
		return;
	if (v->top_id < transcript_first(t)) {
		v->top_id = transcript_first(t);
		v->top_byte = 0;
	}
	if (!place_below(v, t, top_of(v, t), v->height, &below))
		v->following = true;
}

void
view_resize(
    struct view *v, const struct transcript *t, unsigned width, unsigned height)
{
	v->width = width;
	v->height = height;
	settle(v, t);
}

void
view_scroll(struct view *v, const struct transcript *t, long rows)
{
	struct place top;

	settle(v, t);
	if (!is_shown(v, t) || rows == 0)
		return;
	top = top_of(v, t);
	if (rows < 0)
		top = place_above(v, t, top, 0 - (size_t)rows);
	else if (v->following || !place_below(v, t, top, (size_t)rows, &top)) {
		v->following = true;
		return;
	}
	anchor(v, t, top);
}

void
view_to_start(struct view *v, const struct transcript *t)
{
	settle(v, t);
	if (is_shown(v, t))
		anchor(v, t, (struct place){.id = transcript_first(t)});
}

void
view_to_end(struct view *v)
{
	v->following = true;
}

void
view_to_entry(struct view *v, const struct transcript *t, uint64_t id)
{
	settle(v, t);
	if (!is_shown(v, t) || id >= transcript_end(t))
		return;
	if (id < transcript_first(t))
		id = transcript_first(t);
	anchor(
	    v, t, place_above(v, t, (struct place){.id = id}, v->height / 2));
}

/* The rows of an entry from *place on. *place moves to the next entry. */
static size_t
rows_of_entry(const struct view *v, const struct transcript_entry *e,
    struct place *place, struct view_row *rows, size_t max)
{
	unsigned width = entry_width(v, e);
	size_t count = 0;

	while (count < max) {
		struct wrap_row r;
		size_t next =
		    wrap_next(e->text, e->len, place->start, width, &r);

		rows[count++] = (struct view_row){
		    .id = e->id,
		    .row = place->row,
		    .start = r.start,
		    .len = r.len,
		    .last = next == e->len,
		};
		if (next == e->len)
			break;
		place->start = next;
		place->row++;
	}
	*place = (struct place){.id = e->id + 1};
	return count;
}

size_t
view_rows(struct view *v, const struct transcript *t, struct view_row *rows,
    size_t max)
{
	struct transcript_entry e;
	struct place place;
	size_t count = 0;

	settle(v, t);
	if (!is_shown(v, t))
		return 0;
	if (max > v->height)
		max = v->height;
	place = top_of(v, t);
	while (count < max && transcript_get(t, place.id, &e))
		count +=
		    rows_of_entry(v, &e, &place, rows + count, max - count);
	return count;
}

uint64_t
view_new_entries(const struct view *v, const struct transcript *t)
{
	if (v->following || transcript_first(t) == transcript_end(t))
		return 0;
	return transcript_end(t) - v->seen_end;
}
