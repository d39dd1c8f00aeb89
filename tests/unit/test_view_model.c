/* view: random changes against a model that has all rows in one list. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/effort.h"
#include "harness/harness.h"
#include "hexdump.h"
#include "transcript.h"
#include "view.h"
#include "wrap.h"

#define ENTRIES_MAX 40
#define BYTES_MAX   6000
#define TEXT_MAX    3000
#define ROWS_MAX    (1 + ENTRIES_MAX * 2 + BYTES_MAX * 2)
#define HEIGHT_MAX  30

/* As a pane does that has something before and behind the text. */
static unsigned
narrower(const void *arg, const struct transcript_entry *entry, unsigned width)
{
	unsigned taken = entry->kind == TRANSCRIPT_NOTICE ? 2 : 5;

	(void)arg;
	return width > taken ? width - taken : 1;
}

/* All rows of all entries, and what the view has of its own. */
struct model {
	struct view_row rows[ROWS_MAX];
	size_t count;
	unsigned width, height;
	bool following;
	bool hex;
	uint64_t id; /* (not following) the anchor */
	size_t byte;
	bool in_dump;
	uint64_t seen_end;
	uint32_t rng;
};

static struct model model;

static uint32_t
next_random(void)
{
	model.rng = model.rng * 1664525u + 1013904223u;
	return model.rng >> 8;
}

static void
model_flatten_dump(struct model *m, const struct transcript_entry *e, size_t n)
{
	size_t len = e->len + strlen(transcript_eol_bytes(e->eol));
	size_t per_row = hexdump_bytes(m->width);

	for (size_t at = 0; at < len && per_row > 0; at += per_row)
		m->rows[m->count++] = (struct view_row){
		    .id = e->id,
		    .row = n++,
		    .start = at,
		    .len = len - at < per_row ? len - at : per_row,
		    .hex = true,
		};
}

static void
model_flatten_entry(struct model *m, const struct transcript_entry *e)
{
	size_t at = 0, n = 0;

	do {
		struct wrap_row row;

		at = wrap_next(
		    e->text, e->len, at, narrower(NULL, e, m->width), &row);
		m->rows[m->count++] = (struct view_row){
		    .id = e->id,
		    .row = n++,
		    .start = row.start,
		    .len = row.len,
		    .last = at == e->len,
		};
	} while (at < e->len);
	if (m->hex && e->kind == TRANSCRIPT_RECEIVED)
		model_flatten_dump(m, e, n);
}

/* The first row of the pane where it follows. */
static size_t
model_lowest(const struct model *m)
{
	return m->count > m->height ? m->count - m->height : 0;
}

/*
 * The last row of the anchored entry that begins at or before the anchor: in
 * its dump where the anchor is in it and there is one, else in its text.
 */
static size_t
model_top(const struct model *m)
{
	size_t top = 0;

	if (m->following)
		return model_lowest(m);
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].id == m->id && m->rows[i].start <= m->byte &&
		    (!m->rows[i].hex || m->in_dump))
			top = i;
	return top;
}

static void
model_anchor(struct model *m, const struct transcript *t, size_t top)
{
	if (top >= model_lowest(m)) {
		m->following = true;
		return;
	}
	if (m->following)
		m->seen_end = transcript_end(t);
	m->following = false;
	m->id = m->rows[top].id;
	m->byte = m->rows[top].start;
	m->in_dump = m->rows[top].hex;
}

/* After any change of the transcript or the size. */
static void
model_settle(struct model *m, const struct transcript *t)
{
	uint64_t id = transcript_first(t), lines;
	struct transcript_entry e;

	m->count = 0;
	if (transcript_gone(t, &lines) && id < transcript_end(t))
		m->rows[m->count++] =
		    (struct view_row){.id = id - 1, .gone = true};
	for (; transcript_get(t, id, &e); id++)
		model_flatten_entry(m, &e);
	if (!m->following && m->count > 0 && m->id < m->rows[0].id) {
		m->id = m->rows[0].id;
		m->byte = 0;
		m->in_dump = false;
	}
	if (model_top(m) >= model_lowest(m))
		m->following = true;
}

static void
model_scroll(struct model *m, const struct transcript *t, long by)
{
	size_t top = model_top(m);

	if (by < 0)
		top = top > (size_t)-by ? top - (size_t)-by : 0;
	else
		top += (size_t)by;
	if (by != 0)
		model_anchor(m, t, top);
}

static void
model_to_byte(
    struct model *m, const struct transcript *t, uint64_t id, size_t byte)
{
	size_t top = 0;

	if (id >= transcript_end(t))
		return;
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].id == id && !m->rows[i].hex &&
		    (m->rows[i].row == 0 || m->rows[i].start <= byte))
			top = i;
	model_anchor(m, t, top > m->height / 2 ? top - m->height / 2 : 0);
}

/* A look around that ends where it began. */
static void
look_around(struct view *v, const struct transcript *t)
{
	struct view_bookmark mark;

	view_mark(v, &mark);
	view_scroll(v, t, -(long)(next_random() % 50));
	view_to_byte(v, t, transcript_first(t), next_random() % 200);
	view_return(v, t, &mark);
}

static void
model_compare(const struct model *m, struct view *v, const struct transcript *t)
{
	struct view_row rows[HEIGHT_MAX];
	size_t count = view_rows(v, t, rows, HEIGHT_MAX);
	size_t top = model_top(m), left = m->count - top;

	assert_int_equal(v->following, m->following);
	assert_int_equal(count, left < m->height ? left : m->height);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(rows[i].id, m->rows[top + i].id);
		assert_int_equal(rows[i].row, m->rows[top + i].row);
		assert_int_equal(rows[i].start, m->rows[top + i].start);
		assert_int_equal(rows[i].len, m->rows[top + i].len);
		assert_int_equal(rows[i].last, m->rows[top + i].last);
		assert_int_equal(rows[i].hex, m->rows[top + i].hex);
		assert_int_equal(rows[i].gone, m->rows[top + i].gone);
	}
	assert_int_equal(view_new_entries(v, t),
	    m->following ? 0 : transcript_end(t) - m->seen_end);
}

static void
random_add(struct transcript *t)
{
	static char text[TEXT_MAX];
	uint64_t id;
	size_t len = next_random() % (next_random() % 8 == 0 ? TEXT_MAX : 60);
	enum transcript_kind kind = (enum transcript_kind)(next_random() % 3);

	for (size_t i = 0; i < len; i++)
		text[i] = next_random() % 7 == 0 ? ' ' : 'x';
	assert_int_equal(transcript_add(t, kind, 0, text, len, false, &id), 0);
	/* As late as it may come. */
	if (id > 0)
		transcript_set_eol(
		    t, id - 1, (enum transcript_eol)(next_random() % 3));
}

static void
random_resize(struct view *v, const struct transcript *t)
{
	model.width = 1 + next_random() % 90;
	model.height = 1 + next_random() % HEIGHT_MAX;
	view_resize(v, t, model.width, model.height);
}

static void
random_change(struct view *v, struct transcript *t)
{
	long by = (long)(next_random() % 61) - 30;
	uint64_t id = transcript_end(t) - next_random() % (ENTRIES_MAX + 1);

	switch (next_random() % 20) {
	case 0:
		random_resize(v, t);
		break;
	case 1:
		view_to_start(v, t);
		model_anchor(&model, t, 0);
		break;
	case 2:
		view_to_end(v);
		model.following = true;
		break;
	case 3:
		id = id < transcript_first(t) ? transcript_first(t) : id;
		view_to_entry(v, t, id);
		model_to_byte(&model, t, id, 0);
		break;
	case 4:
		if (next_random() % 16 == 0)
			transcript_clear(t);
		break;
	case 5:
	case 6:
	case 7:
		view_scroll(v, t, by);
		model_scroll(&model, t, by);
		break;
	case 8:
		id = id < transcript_first(t) ? transcript_first(t) : id;
		view_to_byte(v, t, id, (size_t)by * 8);
		model_to_byte(&model, t, id, (size_t)by * 8);
		break;
	case 9:
		look_around(v, t);
		break;
	case 10:
		model.hex = !model.hex;
		model.in_dump = model.in_dump && model.hex;
		view_set_hex(v, t, model.hex);
		break;
	default:
		random_add(t);
		break;
	}
	model_settle(&model, t);
}

static void
random_changes_are_those_of_the_model(void **state)
{
	struct transcript *t = transcript_new(ENTRIES_MAX, BYTES_MAX);
	const int rounds = effort_rounds(10000);
	struct view v;

	(void)state;
	assert_non_null(t);
	model = (struct model){.following = true, .rng = 17};
	view_init(&v, narrower, NULL);
	random_resize(&v, t);
	model_settle(&model, t);
	for (int i = 0; i < rounds; i++) {
		random_change(&v, t);
		model_compare(&model, &v, t);
	}
	transcript_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_changes_are_those_of_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
