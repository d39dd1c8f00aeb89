/* view: random changes against a model that has all rows in one list. */

#include <stdbool.h>
#include <stdint.h>

#include "../harness/harness.h"
#include "transcript.h"
#include "view.h"
#include "wrap.h"

#define ENTRIES_MAX 40
#define BYTES_MAX   6000
#define TEXT_MAX    3000
#define ROWS_MAX    (ENTRIES_MAX + BYTES_MAX)
#define HEIGHT_MAX  30

/* As a pane does that has something before and behind the text. */
static unsigned
narrower(const struct transcript_entry *entry, unsigned width)
{
	unsigned taken = entry->kind == TRANSCRIPT_NOTICE ? 2 : 5;

	return width > taken ? width - taken : 1;
}

/* All rows of all entries, and what the view has of its own. */
struct model {
	struct view_row rows[ROWS_MAX];
	size_t count;
	unsigned width, height;
	bool following;
	uint64_t id; /* (not following) the anchor */
	size_t byte;
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
model_flatten_entry(struct model *m, const struct transcript_entry *e)
{
	size_t at = 0, n = 0;

	do {
		struct wrap_row row;

		at =
		    wrap_next(e->text, e->len, at, narrower(e, m->width), &row);
		m->rows[m->count++] = (struct view_row){
		    .id = e->id,
		    .row = n++,
		    .start = row.start,
		    .len = row.len,
		    .last = at == e->len,
		};
	} while (at < e->len);
}

/* The first row of the pane where it follows. */
static size_t
model_lowest(const struct model *m)
{
	return m->count > m->height ? m->count - m->height : 0;
}

/* The last row of the anchored entry that begins at or before the anchor. */
static size_t
model_top(const struct model *m)
{
	size_t top = 0;

	if (m->following)
		return model_lowest(m);
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].id == m->id && m->rows[i].start <= m->byte)
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
}

/* After any change of the transcript or the size. */
static void
model_settle(struct model *m, const struct transcript *t)
{
	struct transcript_entry e;

	m->count = 0;
	for (uint64_t id = transcript_first(t); transcript_get(t, id, &e); id++)
		model_flatten_entry(m, &e);
	if (!m->following && m->id < transcript_first(t)) {
		m->id = transcript_first(t);
		m->byte = 0;
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
model_to_entry(struct model *m, const struct transcript *t, uint64_t id)
{
	size_t top = 0;

	if (id >= transcript_end(t))
		return;
	while (m->rows[top].id < id)
		top++;
	model_anchor(m, t, top > m->height / 2 ? top - m->height / 2 : 0);
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
	enum transcript_kind kind =
	    next_random() % 3 == 0 ? TRANSCRIPT_NOTICE : TRANSCRIPT_SENT;

	for (size_t i = 0; i < len; i++)
		text[i] = next_random() % 7 == 0 ? ' ' : 'x';
	assert_int_equal(transcript_add(t, kind, 0, text, len, false, &id), 0);
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

	switch (next_random() % 16) {
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
		model_to_entry(&model, t, id);
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
	struct view v;

	(void)state;
	assert_non_null(t);
	model = (struct model){.following = true, .rng = 17};
	view_init(&v, narrower);
	random_resize(&v, t);
	model_settle(&model, t);
	for (int i = 0; i < 10000; i++) {
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
