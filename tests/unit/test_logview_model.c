/* logview: random changes against a model that has all rows in one list. */

#include <stdlib.h>
#include <string.h>

#include "backlog.h"
#include "backlog_lines.h"
#include "filter.h"
#include "harness/effort.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "log_events.h"
#include "logview.h"
#include "record.h"
#include "wrap.h"

#define TEXT_MAX   (4u << 20)
#define KEPT_MAX   6000u /* bytes, unless a line is longer */
#define PIECES_MAX 20000
#define ROWS_MAX   400000
#define HEIGHT_MAX 30
#define NOWHERE	   UINT64_MAX

struct piece {
	uint64_t start, end;
	bool open, passes, alert;
};

struct place {
	bool following, paused;
	uint64_t top;
	size_t top_byte;
	uint64_t left_end, left_line;
};

static struct model {
	struct backlog backlog;
	char *text;
	struct piece pieces[PIECES_MAX];
	size_t npieces;
	struct logview_row *rows;
	size_t count;
	unsigned width, height;
	bool wrap, moved, none;
	struct filter *filter;
	struct place place, origin;
	uint64_t none_at; /* where the search for one has ended */
	uint64_t count_at, new_lines, sought;
	struct record *record;
	bool long_lines;
} model;

#define next_random log_events_random

static ssize_t
read_some(void *self, uint64_t offset, void *buf, size_t len)
{
	const struct model *m = self;

	assert_true(len > 0);
	assert_true(offset >= m->backlog.first);
	assert_true(offset + len <= m->backlog.end);
	if (next_random() % 4 == 0)
		len = 1 + next_random() % len;
	memcpy(buf, m->text + offset, len);
	return (ssize_t)len;
}

/* A block that is there as a whole and has no newline ends a piece. */
static uint64_t
next_bound(const struct model *m, uint64_t from)
{
	const uint64_t size = BACKLOG_LINES_BLOCK;
	uint64_t bound = (from / size + 1) * size;

	while (bound <= m->backlog.end &&
	    (bound - size < m->backlog.first ||
		memchr(m->text + bound - size, '\n', size) != NULL))
		bound += size;
	return bound;
}

static struct piece
piece_at(const struct model *m, uint64_t start)
{
	struct piece piece = {.start = start};
	uint64_t bound = next_bound(m, start), end = m->backlog.end;
	const char *newline =
	    memchr(m->text + start, '\n', (size_t)(end - start));

	piece.end = newline == NULL ? end : (uint64_t)(newline - m->text) + 1;
	piece.open = newline == NULL && bound > end;
	if (bound < piece.end)
		piece.end = bound;
	return piece;
}

static const char *
piece_text(struct model *m, const struct piece *piece, size_t *len)
{
	size_t n = (size_t)(piece->end - piece->start);

	if (m->text[piece->end - 1] == '\n')
		n--;
	record_parse(m->record, m->text + piece->start, n);
	return record_text(m->record, len);
}

static void
flatten_piece(struct model *m, const struct piece *piece)
{
	size_t len, at = 0, row = 0;
	const char *text = piece_text(m, piece, &len);

	do {
		struct wrap_row r = {.len = len};
		size_t next = len;

		if (m->wrap)
			next = wrap_next(text, len, at, m->width, &r);
		assert_true(m->count < ROWS_MAX);
		m->rows[m->count++] = (struct logview_row){
		    .line = piece->start,
		    .row = row++,
		    .start = r.start,
		    .len = r.len,
		    .last = next == len,
		};
		at = next;
	} while (at < len);
}

static void
flatten(struct model *m)
{
	m->npieces = m->count = 0;
	for (uint64_t at = m->backlog.first; at < m->backlog.end;) {
		struct piece piece = piece_at(m, at);
		size_t len;

		(void)piece_text(m, &piece, &len);
		piece.passes =
		    m->filter == NULL || filter_passes(m->filter, m->record);
		piece.alert = record_level(m->record) >= LOG_LEVEL_WARNING;
		if (piece.passes)
			flatten_piece(m, &piece);
		assert_true(m->npieces < PIECES_MAX);
		m->pieces[m->npieces++] = piece;
		at = piece.end;
	}
}

static size_t
lowest(const struct model *m)
{
	return m->count > m->height ? m->count - m->height : 0;
}

static size_t
top_of(const struct model *m)
{
	size_t top = 0;

	if (m->place.following)
		return lowest(m);
	while (top < m->count && m->rows[top].line < m->place.top)
		top++;
	if (top == m->count || m->rows[top].line > m->place.top)
		return top;
	while (top + 1 < m->count && m->rows[top + 1].line == m->place.top &&
	    m->rows[top + 1].start <= m->place.top_byte)
		top++;
	return top;
}

static void
set_top(struct model *m, size_t top)
{
	if (top >= m->count)
		return;
	m->place.top = m->rows[top].line;
	m->place.top_byte = m->rows[top].start;
}

static void
count_new(struct model *m)
{
	for (size_t i = 0; i < m->npieces; i++) {
		const struct piece *piece = &m->pieces[i];

		if (piece->start < m->count_at || piece->open)
			continue;
		m->count_at = piece->end;
		if (piece->passes && piece->start >= m->place.left_end)
			m->new_lines++;
	}
}

static void
leave(struct model *m)
{
	size_t top = top_of(m);

	if (!m->place.following)
		return;
	m->place = (struct place){.top = m->backlog.end};
	set_top(m, top);
	m->place.left_end = m->place.left_line = m->backlog.end;
	if (m->npieces > 0 && m->pieces[m->npieces - 1].open)
		m->place.left_line = m->pieces[m->npieces - 1].start;
	m->count_at = m->place.left_line;
	m->new_lines = 0;
}

/* Below there were none, until one comes. */
static void
look_for_one(struct model *m)
{
	for (size_t i = 0; i < m->npieces; i++)
		if (m->pieces[i].alert && m->pieces[i].passes &&
		    m->pieces[i].end > m->none_at)
			m->none = false;
}

/* After any change. */
static void
settle(struct model *m)
{
	flatten(m);
	look_for_one(m);
	if (!m->place.following && m->place.top < m->backlog.first) {
		m->place.top = m->backlog.first;
		m->place.top_byte = 0;
	}
	if (m->place.following || top_of(m) < lowest(m)) {
		/* it stays */
	} else if (!m->place.paused) {
		m->place.following = true;
	} else if (top_of(m) > lowest(m)) {
		set_top(m, lowest(m));
	}
	count_new(m);
}

static void
model_scroll(struct model *m, long by)
{
	size_t top;

	m->none = false;
	if (by == 0 || (by > 0 && m->place.following))
		return;
	m->moved = true;
	leave(m);
	top = top_of(m);
	m->place.paused = m->place.paused && by < 0;
	if (by < 0)
		set_top(m, top > (size_t)-by ? top - (size_t)-by : 0);
	else if (top + (size_t)by >= lowest(m))
		m->place = (struct place){.following = true};
	else
		set_top(m, top + (size_t)by);
}

static bool
shows(const struct model *m, uint64_t line)
{
	size_t top = top_of(m);

	for (size_t i = top; i < m->count && i < top + m->height; i++)
		if (m->rows[i].line == line && m->rows[i].row == 0)
			return true;
	return false;
}

/* The line that a search finds, or NOWHERE. */
static uint64_t
sought_line(const struct model *m, bool up)
{
	size_t top = top_of(m), last = top + m->height - 1;
	uint64_t low = 0, high = NOWHERE, line = NOWHERE;

	if (top == m->count)
		return NOWHERE;
	if (last >= m->count)
		last = m->count - 1;
	if (m->sought != NOWHERE && shows(m, m->sought)) {
		if (up)
			high = m->sought;
		else
			low = m->sought + 1;
	} else if (up)
		high = m->rows[last].line + 1;
	else
		low = m->rows[top].line;
	for (size_t i = 0; i < m->npieces; i++) {
		const struct piece *piece = &m->pieces[i];

		if (piece->alert && piece->passes && piece->start >= low &&
		    piece->start < high && (up || line == NOWHERE))
			line = piece->start;
	}
	return line;
}

static void
model_seek(struct model *m, bool up)
{
	uint64_t line = sought_line(m, up);
	size_t top = 0;
	bool shown;

	m->moved = true;
	m->none = line == NOWHERE;
	m->none_at = up ? NOWHERE : m->backlog.end;
	if (m->none)
		return;
	m->sought = line;
	shown = shows(m, line);
	leave(m);
	m->place.paused = true;
	if (shown)
		return;
	while (m->rows[top].line != line)
		top++;
	set_top(m, top > m->height / 2 ? top - m->height / 2 : 0);
}

static void
model_set_filter(struct model *m, const char *text)
{
	struct filter *filter = filter_new(text, strlen(text));
	bool anew = m->filter == NULL;

	assert_non_null(filter);
	if (!filter_asks(filter)) {
		filter_free(filter);
		filter = NULL;
	}
	if (anew && filter == NULL)
		return;
	filter_free(m->filter);
	m->filter = filter;
	if (anew || m->moved)
		m->origin = m->place;
	else
		m->place = m->origin;
	m->moved = m->none = false;
	m->count_at = m->place.left_line;
	m->new_lines = 0;
}

static void
put(struct model *m, const char *p, size_t len)
{
	assert_true(m->backlog.end + len <= TEXT_MAX);
	memcpy(m->text + m->backlog.end, p, len);
	m->backlog.end += len;
}

static void
append_event(struct model *m)
{
	static char line[LOG_LINE_MAX + 1];
	struct log_event_made e;
	size_t len;

	log_events_make(&e);
	/* Rarely a warning: there is something to be looked for. */
	if (next_random() % 4 != 0)
		e.level = LOG_LEVEL_INFO;
	len = log_events_format(line, next_random() % 2 == 0, &e);
	if (next_random() % 16 == 0)
		len = next_random() % (len + 1);
	line[len] = '\n';
	put(m, line, len + (next_random() % 12 == 0 ? 0 : 1));
}

static void
append_plain(struct model *m)
{
	size_t len = next_random() % 300;

	if (m->long_lines && next_random() % 10 == 0)
		len = next_random() % (3 * BACKLOG_LINES_BLOCK);
	while (len-- > 0)
		put(m, next_random() % 6 == 0 ? " " : "x", 1);
	if (next_random() % 8 != 0)
		put(m, "\n", 1);
}

static void
append(struct model *m)
{
	for (unsigned n = 1 + next_random() % 4; n > 0; n--)
		if (next_random() % 8 == 0)
			append_plain(m);
		else
			append_event(m);
}

static void
drop(struct model *m, uint64_t least)
{
	struct backlog *b = &m->backlog;
	const char *newline;

	while (b->first < least) {
		newline = memchr(
		    m->text + b->first, '\n', (size_t)(b->end - b->first));
		if (newline == NULL)
			return;
		b->first = (uint64_t)(newline - m->text) + 1;
	}
}

static const char *
random_filter(void)
{
	static const char *const filters[] = {"", "data", "level=warn", "!info",
	    "client", "x", "peer=127 !close", "nothing at all", "reason=\"",
	    "event=error", "secs=1", "1"};

	return filters[next_random() % (sizeof(filters) / sizeof(*filters))];
}

static void
random_resize(struct model *m, struct logview *v)
{
	m->width = 1 + next_random() % 90;
	m->height = 1 + next_random() % HEIGHT_MAX;
	logview_resize(v, m->width, m->height);
}

static void
random_move(struct model *m, struct logview *v)
{
	long by = (long)(next_random() % 61) - 30;
	bool up = next_random() % 2 == 0;

	switch (next_random() % 8) {
	case 0:
		logview_to_start(v);
		m->moved = true;
		m->none = false;
		leave(m);
		m->place.top = m->backlog.first;
		m->place.top_byte = 0;
		break;
	case 1:
		logview_to_end(v);
		m->moved = true;
		m->none = false;
		m->place = (struct place){.following = true};
		break;
	case 2:
		logview_pause(v);
		m->moved = true;
		m->none = false;
		leave(m);
		m->place.paused = true;
		break;
	case 3:
	case 4:
		logview_seek(v, up);
		model_seek(m, up);
		break;
	default:
		if (next_random() % 8 == 0)
			by *= 1000;
		logview_scroll(v, by);
		model_scroll(m, by);
		break;
	}
}

static void
random_change(struct model *m, struct logview *v)
{
	const char *text;

	switch (next_random() % 16) {
	case 0:
		random_resize(m, v);
		break;
	case 1:
		m->wrap = !m->wrap;
		logview_set_wrap(v, m->wrap);
		break;
	case 2:
		text = random_filter();
		assert_int_equal(logview_set_filter(v, text, strlen(text)), 0);
		model_set_filter(m, text);
		break;
	case 3:
		drop(m, m->backlog.first + next_random() % 2000);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
	case 8:
		random_move(m, v);
		break;
	default:
		append(m);
		if (m->backlog.end > KEPT_MAX)
			drop(m, m->backlog.end - KEPT_MAX);
		break;
	}
	settle(m);
}

/* What came since one left, less what of it is in the rows from top on. */
static uint64_t
new_out_of_sight(const struct model *m, size_t top, size_t rows)
{
	uint64_t count = m->new_lines, last = NOWHERE;

	if (m->place.following)
		return 0;
	for (size_t i = top; i < top + rows; i++) {
		uint64_t line = m->rows[i].line;

		if (line != last && line >= m->place.left_end &&
		    line < m->count_at)
			count--;
		last = line;
	}
	return count;
}

static void
compare(struct model *m, struct logview *v)
{
	struct logview_row rows[HEIGHT_MAX];
	size_t count = logview_rows(v, rows, HEIGHT_MAX);
	size_t top = top_of(m), left = m->count - top;
	struct logview_status status;
	bool sought;

	logview_status(v, &status);
	assert_false(status.searching);
	assert_int_equal(status.following, m->place.following);
	assert_int_equal(status.none, m->none);
	assert_int_equal(count, left < m->height ? left : m->height);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(rows[i].line, m->rows[top + i].line);
		assert_int_equal(rows[i].row, m->rows[top + i].row);
		assert_int_equal(rows[i].start, m->rows[top + i].start);
		assert_int_equal(rows[i].len, m->rows[top + i].len);
		assert_int_equal(rows[i].last, m->rows[top + i].last);
		assert_non_null(logview_line(v, &rows[i], &sought));
		assert_int_equal(sought, rows[i].line == m->sought);
	}
	assert_int_equal(status.new_lines, new_out_of_sight(m, top, count));
}

static void
work_until_done(struct logview *v)
{
	for (int turns = 0; logview_work(v); turns++)
		assert_true(turns < 100000);
}

static struct logview *
begin(struct model *m, size_t work_bytes)
{
	struct logview *v;

	m->backlog = (struct backlog){.read = read_some, .self = m, .first = 0};
	m->place = (struct place){.following = true};
	m->wrap = m->moved = m->none = m->long_lines = false;
	m->sought = NOWHERE;
	m->new_lines = 0;
	filter_free(m->filter);
	m->filter = NULL;
	v = logview_new(&m->backlog, work_bytes);
	assert_non_null(v);
	random_resize(m, v);
	settle(m);
	return v;
}

/* As often as the text has room for, then anew. */
static void
run(struct model *m, size_t work_bytes, int changes, bool long_lines)
{
	const int rounds = effort_rounds(changes);
	struct logview *v = begin(m, work_bytes);

	m->long_lines = long_lines;
	for (int i = 0; i < rounds; i++) {
		if (m->backlog.end > TEXT_MAX / 2) {
			logview_free(v);
			v = begin(m, work_bytes);
			m->long_lines = long_lines;
		}
		random_change(m, v);
		work_until_done(v);
		compare(m, v);
	}
	logview_free(v);
}

static void
random_changes_are_those_of_the_model(void **state)
{
	(void)state;
	run(&model, LOGVIEW_WORK, 6000, false);
}

static void
so_they_are_a_few_lines_in_a_turn(void **state)
{
	(void)state;
	run(&model, 500, 6000, false);
}

static void
so_they_are_with_lines_in_pieces(void **state)
{
	(void)state;
	run(&model, LOGVIEW_WORK, 700, true);
	run(&model, 500, 300, true);
}

/* What it shows before all is found is in order, and passes. */
static void
check_partial(struct model *m, struct logview *v)
{
	struct logview_row rows[HEIGHT_MAX];
	size_t count = logview_rows(v, rows, HEIGHT_MAX);
	bool sought;

	assert_true(count <= m->height);
	for (size_t i = 0; i < count; i++) {
		struct record *r = logview_line(v, &rows[i], &sought);

		assert_true(m->filter == NULL || filter_passes(m->filter, r));
		assert_true(rows[i].line >= m->backlog.first);
		assert_true(i == 0 || rows[i].line > rows[i - 1].line ||
		    (rows[i].line == rows[i - 1].line &&
			rows[i].row == rows[i - 1].row + 1));
	}
}

static void
keys_do_not_wait_for_what_is_looked_for(void **state)
{
	const int rounds = effort_rounds(6000);
	struct model *m = &model;
	struct logview *v;

	(void)state;
	v = begin(m, 500);
	for (int i = 0; i < rounds && m->backlog.end < TEXT_MAX / 2; i++) {
		random_change(m, v);
		if (next_random() % 4 == 0)
			logview_work(v);
		check_partial(m, v);
		if (next_random() % 50 == 0) {
			logview_to_end(v);
			m->place = (struct place){.following = true};
			m->none = false;
			m->sought = NOWHERE;
			settle(m);
			work_until_done(v);
			check_partial(m, v);
			assert_int_equal(
			    logview_rows(v, m->rows + m->count, 99),
			    m->count < m->height ? m->count : m->height);
		}
	}
	logview_free(v);
}

static int
make_model(void **state)
{
	model.text = malloc(TEXT_MAX);
	model.rows = calloc(ROWS_MAX + 99, sizeof(*model.rows));
	model.record = record_new();
	return model.text != NULL && model.rows != NULL && model.record != NULL
	    ? region_setup(state)
	    : -1;
}

static int
free_model(void **state)
{
	(void)state;
	filter_free(model.filter);
	record_free(model.record);
	free(model.rows);
	free(model.text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_changes_are_those_of_the_model),
	    cmocka_unit_test(so_they_are_a_few_lines_in_a_turn),
	    cmocka_unit_test(so_they_are_with_lines_in_pieces),
	    cmocka_unit_test(keys_do_not_wait_for_what_is_looked_for),
	};

	return cmocka_run_group_tests(tests, make_model, free_model);
}
