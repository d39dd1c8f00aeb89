#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "roster.h"
#include "roster_order.h"

struct rows {
	struct roster_row *row; /* by id */
	size_t count, room;
	uint64_t left_out;
	uint64_t nameless;
	bool unsorted; /* they did not come in the order of their ids */
};

struct roster {
	struct rows shown, coming;
	/* Those shown as they are sorted, and as much room for the sorting. */
	const struct roster_row **order;
	size_t order_room;
	size_t longest_peer;
	uint64_t highest_id;
	bool stale; /* order is not that of the rows */
	enum roster_column column;
	bool descending;
	bool selects;
	uint64_t selected; /* (selects) its id */
};

struct roster *
roster_new(void)
{
	return calloc(1, sizeof(struct roster));
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	free(r->shown.row);
	free(r->coming.row);
	free(r->order);
	free(r);
}

static int
by_id(const void *a, const void *b)
{
	const struct roster_row *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int
rows_grow(struct rows *rows)
{
	size_t room = rows->room == 0 ? 64 : 2 * rows->room;
	struct roster_row *row;

	if (rows->count == ROSTER_MAX) {
		errno = ENOBUFS;
		return -1;
	}
	row = realloc(rows->row, room * sizeof(*row));
	if (row == NULL)
		return -1;
	rows->row = row;
	rows->room = room;
	return 0;
}

void
roster_add(struct roster *r, const struct roster_row *row)
{
	struct rows *rows = &r->coming;
	struct roster_row *added;

	if ((rows->count == rows->room || rows->count == ROSTER_MAX) &&
	    rows_grow(rows) == -1) {
		rows->left_out++;
		return;
	}
	added = &rows->row[rows->count];
	*added = *row;
	added->rate = 0;
	if (added->nameless)
		added->id = UINT64_MAX - rows->nameless++;
	if (rows->count > 0 && added->id <= added[-1].id)
		rows->unsorted = true;
	rows->count++;
}

/* By id, each of them once. */
static void
rows_settle(struct rows *rows)
{
	size_t kept = 0;

	if (!rows->unsorted)
		return;
	qsort(rows->row, rows->count, sizeof(rows->row[0]), by_id);
	for (size_t i = 0; i < rows->count; i++)
		if (kept == 0 || rows->row[i].id != rows->row[kept - 1].id)
			rows->row[kept++] = rows->row[i];
	rows->count = kept;
	rows->unsorted = false;
}

static uint64_t
gain(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/*
 * Over the time by which the client has become older: how long the answer took
 * to come is no matter then. One that has become younger is another client of a
 * server that was started anew.
 */
static uint64_t
rate_between(const struct roster_row *now, const struct roster_row *before)
{
	uint64_t in = gain(now->in, before->in);
	uint64_t out = gain(now->out, before->out);

	if (now->age_ms <= before->age_ms ||
	    strcmp(now->peer, before->peer) != 0)
		return 0;
	return (uint64_t)((double)(in > out ? in : out) * 1000 /
	    (double)(now->age_ms - before->age_ms));
}

static const struct roster_row *
rows_find(const struct rows *rows, uint64_t id)
{
	const struct roster_row key = {.id = id};

	if (rows->count == 0)
		return NULL;
	return bsearch(&key, rows->row, rows->count, sizeof(key), by_id);
}

static void
reckon_rates(struct rows *coming, const struct rows *shown)
{
	size_t at = 0;

	for (size_t i = 0; i < coming->count; i++) {
		struct roster_row *row = &coming->row[i];

		while (at < shown->count && shown->row[at].id < row->id)
			at++;
		if (at < shown->count && shown->row[at].id == row->id)
			row->rate = rate_between(row, &shown->row[at]);
	}
}

/* Without memory the order is that of the ids. */
static const struct roster_row *
row_at(struct roster *r, size_t n)
{
	return r->order != NULL ? r->order[n] : &r->shown.row[n];
}

static void
put_in_order(struct roster *r)
{
	size_t count = r->shown.count;

	if (!r->stale)
		return;
	r->stale = false;
	if (r->order_room < count) {
		free(r->order);
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers */
		r->order = calloc(2 * r->shown.room, sizeof(*r->order));
		r->order_room = r->order != NULL ? r->shown.room : 0;
	}
	if (r->order == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		r->order[i] = &r->shown.row[i];
	roster_order(r->order, r->order + r->order_room, count, r->column,
	    r->descending);
}

/* Selects the nth in the order of the last answer, if it is still there. */
static bool
keep_selected(struct roster *r, size_t n)
{
	uint64_t id = row_at(r, n)->id;

	if (rows_find(&r->coming, id) == NULL)
		return false;
	r->selected = id;
	return true;
}

/* The selected has left: who was behind it, else before it, stands in. */
static void
select_neighbour(struct roster *r)
{
	size_t at;

	if (!r->selects || rows_find(&r->coming, r->selected) != NULL)
		return;
	r->selects = roster_selected(r, &at) != NULL;
	if (!r->selects)
		return;
	for (size_t i = at + 1; i < r->shown.count; i++)
		if (keep_selected(r, i))
			return;
	while (at-- > 0)
		if (keep_selected(r, at))
			return;
	r->selects = false;
}

static void
measure(struct roster *r)
{
	for (size_t i = 0; i < r->shown.count; i++) {
		const struct roster_row *row = &r->shown.row[i];
		size_t len = strlen(row->peer);

		if (len > r->longest_peer)
			r->longest_peer = len;
		if (!row->nameless && row->id > r->highest_id)
			r->highest_id = row->id;
	}
}

void
roster_complete(struct roster *r)
{
	struct rows shown = r->shown;

	rows_settle(&r->coming);
	reckon_rates(&r->coming, &r->shown);
	select_neighbour(r);
	r->shown = r->coming;
	r->coming = shown;
	r->stale = true;
	measure(r);
	roster_abandon(r);
}

void
roster_abandon(struct roster *r)
{
	r->coming.count = 0;
	r->coming.left_out = 0;
	r->coming.nameless = 0;
	r->coming.unsorted = false;
}

size_t
roster_count(const struct roster *r)
{
	return r->shown.count;
}

uint64_t
roster_left_out(const struct roster *r)
{
	return r->shown.left_out;
}

size_t
roster_longest_peer(const struct roster *r)
{
	return r->longest_peer;
}

uint64_t
roster_highest_id(const struct roster *r)
{
	return r->highest_id;
}

void
roster_sort(struct roster *r, enum roster_column column, bool descending)
{
	r->column = column;
	r->descending = descending;
	r->stale = true;
}

enum roster_column
roster_column(const struct roster *r)
{
	return r->column;
}

bool
roster_descends(const struct roster *r)
{
	return r->descending;
}

const struct roster_row *
roster_row(struct roster *r, size_t n)
{
	put_in_order(r);
	return row_at(r, n);
}

const struct roster_row *
roster_find(const struct roster *r, uint64_t id)
{
	return rows_find(&r->shown, id);
}

const struct roster_row *
roster_selected(struct roster *r, size_t *n)
{
	if (!r->selects)
		return NULL;
	for (*n = 0; *n < r->shown.count; (*n)++)
		if (roster_row(r, *n)->id == r->selected)
			return roster_row(r, *n);
	return NULL;
}

void
roster_select(struct roster *r, long rows)
{
	size_t count = r->shown.count, n;

	if (count == 0)
		return;
	if (roster_selected(r, &n) == NULL)
		n = rows > 0 ? 0 : count - 1;
	else if (rows < 0)
		n = (size_t)-rows < n ? n - (size_t)-rows : 0;
	else
		n = (size_t)rows < count - 1 - n ? n + (size_t)rows : count - 1;
	r->selects = true;
	r->selected = roster_row(r, n)->id;
}

void
roster_select_none(struct roster *r)
{
	r->selects = false;
}
