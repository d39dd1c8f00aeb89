#include "hexdump.h"
#include "transcript.h"
#include "view.h"
#include "view_place.h"
#include "wrap.h"

void
view_init(struct view *v,
    unsigned (*text_width)(
	const void *arg, const struct transcript_entry *, unsigned width),
    const void *arg)
{
	*v = (struct view){
	    .following = true, .text_width = text_width, .arg = arg};
}

/* The first row of the pane while the last row of all is in its last one. */
static struct view_place
place_following(const struct view *v, const struct transcript *t)
{
	uint64_t last = transcript_end(t) - 1;
	struct view_place bottom = {.id = last};

	bottom.row = view_place_rows(v, t, last, 0) - 1;
	return view_place_above(v, t, bottom, v->height - 1);
}

static bool
is_shown(const struct view *v, const struct transcript *t)
{
	return v->width > 0 && v->height > 0 &&
	    transcript_first(t) < transcript_end(t);
}

/* Where the pane begins. Only while something is shown. */
static struct view_place
top_of(const struct view *v, const struct transcript *t)
{
	if (v->following)
		return place_following(v, t);
	return view_place_of_byte(v, t, v->top_id, v->top_byte, v->top_hex);
}

static void
anchor(struct view *v, const struct transcript *t, struct view_place top)
{
	struct view_place below;

	if (!view_place_below(v, t, top, v->height, &below)) {
		v->following = true;
		return;
	}
	if (v->following)
		v->seen_end = transcript_end(t);
	v->following = false;
	v->top_id = top.id;
	v->top_byte = top.start;
	v->top_hex = top.hex;
}

/* What fell out of the transcript, or another size, may have moved the view. */
static void
settle(struct view *v, const struct transcript *t)
{
	struct view_place below;

	if (v->following || v->width == 0 || v->height == 0)
		return;
	if (v->top_id < view_place_first(t)) {
		v->top_id = view_place_first(t);
		v->top_byte = 0;
		v->top_hex = false;
	}
	if (!view_place_below(v, t, top_of(v, t), v->height, &below))
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
	struct view_place top;

	settle(v, t);
	if (!is_shown(v, t) || rows == 0)
		return;
	top = top_of(v, t);
	if (rows < 0)
		top = view_place_above(v, t, top, 0 - (size_t)rows);
	else if (v->following ||
	    !view_place_below(v, t, top, (size_t)rows, &top)) {
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
		anchor(v, t, (struct view_place){.id = view_place_first(t)});
}

void
view_to_end(struct view *v)
{
	v->following = true;
}

void
view_to_byte(
    struct view *v, const struct transcript *t, uint64_t id, size_t byte)
{
	settle(v, t);
	if (!is_shown(v, t) || id >= transcript_end(t))
		return;
	if (id < transcript_first(t)) {
		id = transcript_first(t);
		byte = 0;
	}
	anchor(v, t,
	    view_place_above(v, t, view_place_of_byte(v, t, id, byte, false),
		v->height / 2));
}

void
view_to_entry(struct view *v, const struct transcript *t, uint64_t id)
{
	view_to_byte(v, t, id, 0);
}

/* The rows of the text from *place on; then *place is where the dump begins. */
static size_t
rows_of_text(const struct view *v, const struct transcript_entry *e,
    struct view_place *place, struct view_row *rows, size_t max)
{
	unsigned width = view_place_width(v, e);
	size_t count = 0;

	while (count < max && !place->hex) {
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
		place->hex = next == e->len;
		place->start = place->hex ? 0 : next;
		place->row++;
	}
	return count;
}

static size_t
rows_of_dump(const struct view *v, const struct transcript_entry *e,
    const struct view_place *from, struct view_row *rows, size_t max)
{
	size_t per_row = hexdump_bytes(v->width), len = view_place_dump(v, e);
	size_t count = 0;

	for (size_t at = from->start; at < len && count < max; at += per_row) {
		rows[count] = (struct view_row){
		    .id = e->id,
		    .row = from->row + count,
		    .start = at,
		    .len = len - at < per_row ? len - at : per_row,
		    .hex = true,
		};
		count++;
	}
	return count;
}

size_t
view_rows(struct view *v, const struct transcript *t, struct view_row *rows,
    size_t max)
{
	struct view_place place;
	size_t count = 0;

	settle(v, t);
	if (!is_shown(v, t))
		return 0;
	if (max > v->height)
		max = v->height;
	place = top_of(v, t);
	while (count < max && place.id < transcript_end(t)) {
		struct transcript_entry e;

		if (transcript_get(t, place.id, &e)) {
			count += rows_of_text(
			    v, &e, &place, rows + count, max - count);
			count += rows_of_dump(
			    v, &e, &place, rows + count, max - count);
		} else
			rows[count++] =
			    (struct view_row){.id = place.id, .gone = true};
		place = (struct view_place){.id = place.id + 1};
	}
	return count;
}

uint64_t
view_new_entries(const struct view *v, const struct transcript *t)
{
	if (v->following || transcript_first(t) == transcript_end(t))
		return 0;
	return transcript_end(t) - v->seen_end;
}

void
view_mark(const struct view *v, struct view_bookmark *mark)
{
	*mark = (struct view_bookmark){
	    .following = v->following,
	    .id = v->top_id,
	    .seen_end = v->seen_end,
	    .byte = v->top_byte,
	    .hex = v->top_hex,
	};
}

void
view_return(struct view *v, const struct transcript *t,
    const struct view_bookmark *mark)
{
	v->following = mark->following;
	v->top_id = mark->id;
	v->seen_end = mark->seen_end;
	v->top_byte = mark->byte;
	v->top_hex = mark->hex;
	settle(v, t);
}

void
view_set_hex(struct view *v, const struct transcript *t, bool hex)
{
	v->hex = hex;
	if (!hex)
		v->top_hex = false;
	settle(v, t);
}
