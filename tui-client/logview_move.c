#include "logview.h"
#include "logview_impl.h"

#define SKIP_BYTES ((uint64_t)64 << 10) /* so far behind one begins anew */
#define FAR	   (1l << 30)		/* rows: all there are */

bool
logview_is_shown(const struct logview *v)
{
	return v->width > 0 && v->height > 0;
}

/* Rows from the top on, counted up to max. */
static size_t
rows_below(struct logview *v, size_t max)
{
	size_t row, i = logview_first_shown(v, &row), rows = 0;

	for (; i < v->list.count && rows < max; i++, row = 0)
		rows += logview_list_rows(v, i) - row;
	return rows;
}

/* Where the pane begins while the last row found is in its last one. */
static size_t
first_following(struct logview *v, size_t *row)
{
	size_t i = v->list.count, rows = 0;

	while (i > 0 && rows < v->height)
		rows += logview_list_rows(v, --i);
	*row = rows > v->height ? rows - v->height : 0;
	return i;
}

size_t
logview_first_shown(struct logview *v, size_t *row)
{
	size_t i;

	if (v->place.following)
		return first_following(v, row);
	i = logview_list_find(v, v->place.top);
	*row = 0;
	if (i < v->list.count && logview_list_at(v, i)->start == v->place.top)
		*row = logview_list_row(v, i, v->place.top_byte);
	return i;
}

static void
set_top(struct logview *v, size_t i, size_t row)
{
	if (i == v->list.count)
		return;
	v->place.top = logview_list_at(v, i)->start;
	v->place.top_byte = logview_list_byte(v, i, row);
}

static void
follow(struct logview *v)
{
	v->place.following = true;
	v->place.paused = false;
	v->pending = 0;
}

/* So many rows up, as far as they are found. */
static void
step_up(struct logview *v)
{
	size_t row, i = logview_first_shown(v, &row),
		    n = 0 - (size_t)v->pending;

	while (n > row && i > 0) {
		n -= row;
		row = logview_list_rows(v, --i);
	}
	if (n > row) {
		n -= row;
		row = 0;
	} else {
		row -= n;
		n = 0;
	}
	set_top(v, i, row);
	v->pending = logview_list_is_whole(v, true) ? 0 : 0 - (long)n;
}

/* So many rows down; those that are there stay below each other. */
static void
step_down(struct logview *v, size_t n)
{
	size_t row, i = logview_first_shown(v, &row);

	v->pending -= (long)n;
	while (i < v->list.count && n >= logview_list_rows(v, i) - row) {
		n -= logview_list_rows(v, i) - row;
		row = 0;
		i++;
	}
	set_top(v, i, row + n);
}

/* Whether there is nothing above the pane. */
static bool
is_at_first(struct logview *v)
{
	size_t row, i = logview_first_shown(v, &row);

	return i == 0 && row == 0 && logview_list_is_whole(v, true);
}

/*
 * Goes on with what is pending, then sees to it that the pane is full. Returns
 * what is to be looked for next, -1 above, 1 below, 0 when all is done; or, in
 * *again, that it has to be asked again.
 */
static int
anchored_step(struct logview *v, bool *again)
{
	bool whole = logview_list_is_whole(v, false);
	size_t wanted, rows;

	*again = true;
	if (v->pending < 0) {
		step_up(v);
		return v->pending < 0 ? -1 : 0;
	}
	wanted = v->height + (size_t)v->pending;
	rows = rows_below(v, wanted + 1);
	if (v->pending > 0 && rows > v->height) {
		step_down(
		    v, rows > wanted ? wanted - v->height : rows - v->height);
		return 0;
	}
	if (rows <= v->height && !whole)
		return 1;
	if (v->pending > 0 || (rows <= v->height && !v->place.paused)) {
		follow(v);
		return 0;
	}
	/* Larger now, or with fewer lines: what is above fills it. */
	if (rows < v->height && !is_at_first(v)) {
		v->pending = 0 - (long)(v->height - rows);
		return 0;
	}
	*again = false;
	return 0;
}

static void
advance_anchored(struct logview *v)
{
	bool again = true;

	while (again && !v->place.following) {
		int look = anchored_step(v, &again);

		if (look != 0 && !logview_list_look(v, look < 0)) {
			v->hungry = true;
			return;
		}
	}
}

/* What came last first; what has passed by unseen need not be looked at. */
static void
advance_following(struct logview *v)
{
	size_t rows = 0;

	if (v->filter == NULL && v->backlog->end - v->list.hi > SKIP_BYTES)
		logview_list_reset(v, v->backlog->end);
	while (!logview_list_is_whole(v, false))
		if (!logview_list_look(v, false)) {
			v->hungry = true;
			return;
		}
	for (size_t i = v->list.count; i > 0 && rows < v->height; i--)
		rows += logview_list_rows(v, i - 1);
	while (rows < v->height && !logview_list_is_whole(v, true)) {
		size_t count = v->list.count;

		if (!logview_list_look(v, true)) {
			v->hungry = true;
			return;
		}
		if (v->list.count > count)
			rows += logview_list_rows(v, 0);
	}
}

void
logview_advance(struct logview *v)
{
	uint64_t first = v->backlog->first;

	v->hungry = false;
	if (!v->place.following && v->place.top < first) {
		v->place.top = first;
		v->place.top_byte = 0;
		if (v->pending < 0)
			v->pending = 0;
	}
	logview_list_sync(v);
	if (!logview_is_shown(v))
		return;
	if (!v->place.following)
		advance_anchored(v);
	if (v->place.following)
		advance_following(v);
}

void
logview_leave(struct logview *v)
{
	struct logview_place *place = &v->place;
	struct backlog_line line;
	size_t row, i, rows = 0;

	if (!place->following)
		return;
	i = first_following(v, &row);
	for (size_t k = i; k < v->list.count; k++)
		rows += logview_list_rows(v, k);
	place->following = false;
	place->top = v->list.hi;
	place->top_byte = 0;
	set_top(v, i, row);
	/* Still looking for the rest of the pane: it is above. */
	if (rows - row < v->height)
		v->pending = 0 - (long)(v->height - (rows - row));
	place->left_end = place->left_line = v->backlog->end;
	if (place->left_end > v->backlog->first) {
		backlog_lines_at(v->lines, place->left_end - 1, &line);
		if (line.open)
			place->left_line = line.start;
	}
	logview_count_restart(v);
}

/* The next move begins here, with a turn's work to do. */
static void
begin_move(struct logview *v)
{
	v->seeking = v->none = false;
	v->budget = v->work_bytes;
	logview_advance(v);
}

void
logview_scroll(struct logview *v, long rows)
{
	begin_move(v);
	if (rows == 0 || (rows > 0 && v->place.following))
		return;
	v->moved = true;
	logview_leave(v);
	/* On the way down the end is where one wants to be. */
	if (rows > 0)
		v->place.paused = false;
	/* The other way round one stops where one is. */
	if ((rows < 0) != (v->pending < 0))
		v->pending = 0;
	v->pending += rows < -FAR ? -FAR : rows > FAR ? FAR : rows;
	if (v->pending < -FAR || v->pending > FAR)
		v->pending = rows < 0 ? -FAR : FAR;
	logview_advance(v);
}

void
logview_to_start(struct logview *v)
{
	begin_move(v);
	v->moved = true;
	logview_leave(v);
	v->pending = 0;
	v->place.top = v->backlog->first;
	v->place.top_byte = 0;
	if (!logview_list_is_whole(v, true))
		logview_list_reset(v, v->backlog->first);
	logview_advance(v);
}

void
logview_to_end(struct logview *v)
{
	begin_move(v);
	v->moved = true;
	if (v->backlog->end - v->list.hi > SKIP_BYTES)
		logview_list_reset(v, v->backlog->end);
	follow(v);
	logview_advance(v);
}

void
logview_pause(struct logview *v)
{
	begin_move(v);
	v->moved = true;
	logview_leave(v);
	v->place.paused = true;
	logview_advance(v);
}
