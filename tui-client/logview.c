#include <stdlib.h>
#include <string.h>

#include "logview.h"
#include "logview_impl.h"
#include "wrap.h"

struct logview *
logview_new(const struct backlog *backlog, size_t work_bytes)
{
	struct logview *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->backlog = backlog;
	v->work_bytes = work_bytes;
	v->place.following = true;
	v->sought = LOGVIEW_NOWHERE;
	v->lines = backlog_lines_new(backlog, BACKLOG_LINES_BLOCK);
	v->record = record_new();
	v->alerts[0] = filter_new("level=warning", strlen("level=warning"));
	v->alerts[1] = filter_new("level=error", strlen("level=error"));
	if (v->lines == NULL || v->record == NULL || v->alerts[0] == NULL ||
	    v->alerts[1] == NULL) {
		logview_free(v);
		return NULL;
	}
	logview_list_reset(v, backlog->end);
	return v;
}

void
logview_free(struct logview *v)
{
	if (v == NULL)
		return;
	filter_free(v->filter);
	filter_free(v->alerts[0]);
	filter_free(v->alerts[1]);
	record_free(v->record);
	backlog_lines_free(v->lines);
	free(v);
}

static void
forget_rows(struct logview *v)
{
	for (size_t i = 0; i < v->list.count; i++)
		logview_list_at(v, i)->rows = 0;
}

static void
advance_anew(struct logview *v)
{
	v->budget = v->work_bytes;
	logview_advance(v);
}

void
logview_resize(struct logview *v, unsigned width, unsigned height)
{
	if (height > LOGVIEW_ROWS)
		height = LOGVIEW_ROWS;
	if (v->width == width && v->height == height)
		return;
	if (v->width != width)
		forget_rows(v);
	v->width = width;
	v->height = height;
	advance_anew(v);
}

void
logview_set_wrap(struct logview *v, bool wrap)
{
	if (v->wrap == wrap)
		return;
	v->wrap = wrap;
	forget_rows(v);
	advance_anew(v);
}

bool
logview_wraps(const struct logview *v)
{
	return v->wrap;
}

/* The list is to be made anew, from where one is or was. */
static void
refilter(struct logview *v, bool anew)
{
	uint64_t at = v->backlog->end;

	if (anew || v->moved)
		v->origin = v->place;
	else
		v->place = v->origin;
	v->moved = false;
	v->pending = 0;
	v->seeking = v->none = false;
	if (!v->place.following && v->place.top < v->backlog->end)
		at = v->place.top;
	if (at < v->backlog->first)
		at = v->backlog->first;
	logview_list_reset(v, at);
	logview_count_restart(v);
	advance_anew(v);
}

int
logview_set_filter(struct logview *v, const char *text, size_t len)
{
	struct filter *filter = filter_new(text, len);
	bool none = v->filter == NULL;

	if (filter == NULL)
		return -1;
	if (!filter_asks(filter)) {
		filter_free(filter);
		filter = NULL;
	}
	if (none && filter == NULL)
		return 0;
	filter_free(v->filter);
	v->filter = filter;
	refilter(v, none);
	return 0;
}

const struct filter *
logview_filter(const struct logview *v)
{
	return v->filter;
}

bool
logview_work(struct logview *v)
{
	v->budget = v->work_bytes;
	logview_advance(v);
	logview_seek_work(v);
	logview_count_work(v);
	return v->budget < v->work_bytes;
}

/* Of the new lines that are counted, those that the pane shows. */
static uint64_t
new_in_sight(struct logview *v)
{
	size_t row, i, rows = 0;
	uint64_t count = 0;

	if (!logview_is_shown(v))
		return 0;
	i = logview_first_shown(v, &row);
	for (; i < v->list.count && rows < v->height; i++, row = 0) {
		uint64_t start = logview_list_at(v, i)->start;

		count += start >= v->place.left_end && start < v->count_at;
		rows += logview_list_rows(v, i) - row;
	}
	return count;
}

static uint64_t
new_out_of_sight(struct logview *v)
{
	uint64_t seen;

	if (v->place.following || v->new_lines == 0)
		return 0;
	seen = new_in_sight(v);
	return seen < v->new_lines ? v->new_lines - seen : 0;
}

void
logview_status(struct logview *v, struct logview_status *status)
{
	*status = (struct logview_status){
	    .following = v->place.following,
	    .searching = v->hungry || v->seeking,
	    .none = v->none,
	    .new_lines = new_out_of_sight(v),
	    .error = backlog_lines_error(v->lines),
	};
}

/* The rows of the ith line, from this one on. Returns how many, max at most. */
static size_t
rows_of(struct logview *v, size_t i, size_t row, struct logview_row *rows,
    size_t max)
{
	size_t at = logview_list_byte(v, i, row), count = 0, len;
	const char *text = logview_list_text(v, i, &len);
	struct wrap_row r = {.len = len};

	do {
		size_t next = len;

		if (v->wrap)
			next = wrap_next(text, len, at, v->width, &r);
		rows[count] = (struct logview_row){
		    .line = logview_list_at(v, i)->start,
		    .row = row + count,
		    .start = r.start,
		    .len = r.len,
		    .last = next == len,
		};
		count++;
		at = next;
	} while (count < max && at < len);
	return count;
}

size_t
logview_rows(struct logview *v, struct logview_row *rows, size_t max)
{
	size_t i, row, count = 0;

	advance_anew(v);
	if (!logview_is_shown(v))
		return 0;
	if (max > v->height)
		max = v->height;
	i = logview_first_shown(v, &row);
	for (; i < v->list.count && count < max; i++, row = 0)
		count += rows_of(v, i, row, rows + count, max - count);
	return count;
}

struct record *
logview_line(struct logview *v, const struct logview_row *row, bool *sought)
{
	struct backlog_line line;

	backlog_lines_at(v->lines, row->line, &line);
	record_parse(v->record, line.text, line.len);
	*sought = v->sought == row->line;
	return v->record;
}
