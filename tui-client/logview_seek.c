#include "log.h"
#include "logview.h"
#include "logview_impl.h"

/* Whether it is one of those that are sought. */
static bool
is_alert(struct logview *v, const struct backlog_line *line)
{
	if (!filter_may_pass(v->alerts[0], line->text, line->len) &&
	    !filter_may_pass(v->alerts[1], line->text, line->len))
		return false;
	logview_take_apart(v, line);
	return record_level(v->record) >= LOG_LEVEL_WARNING &&
	    (v->filter == NULL || filter_passes(v->filter, v->record));
}

/* The entries of the pane: the first, and how many; some in part only. */
static size_t
shown_entries(struct logview *v, size_t *first)
{
	size_t row, count = 0, rows = 0, i;

	i = *first = logview_first_shown(v, &row);
	for (; i < v->list.count && rows < v->height; i++, row = 0) {
		rows += logview_list_rows(v, i) - row;
		count++;
	}
	return count;
}

/* Whether the pane shows the beginning of that line. */
static bool
shows(struct logview *v, uint64_t line)
{
	size_t first, count = shown_entries(v, &first), row;
	size_t i = logview_list_find(v, line);

	if (i < first || i >= first + count ||
	    logview_list_at(v, i)->start != line)
		return false;
	(void)logview_first_shown(v, &row);
	return i > first || row == 0;
}

static void
found(struct logview *v, uint64_t line)
{
	v->seeking = false;
	v->sought = line;
	if (shows(v, line)) {
		logview_leave(v);
		v->place.paused = true;
		return;
	}
	logview_leave(v);
	v->place.paused = true;
	v->place.top = line;
	v->place.top_byte = 0;
	v->pending = 0 - (long)(v->height / 2);
	if (line < v->list.lo || line >= v->list.hi)
		logview_list_reset(v, line);
	logview_advance(v);
}

/* That there are no more is true until one has come. */
static void
look_for_one(struct logview *v)
{
	struct backlog_line line;

	if (v->seek_at < v->backlog->first)
		v->seek_at = v->backlog->first;
	while (v->none && v->seek_at < v->backlog->end && v->budget > 0) {
		logview_read(v, v->seek_at, &line);
		v->seek_at = line.end;
		v->none = !is_alert(v, &line);
	}
}

void
logview_seek_work(struct logview *v)
{
	if (v->none && !v->seek_up)
		look_for_one(v);
	while (v->seeking && v->budget > 0) {
		struct backlog_line line;

		if (v->seek_at < v->backlog->first)
			v->seek_at = v->backlog->first;
		if (v->seek_at ==
		    (v->seek_up ? v->backlog->first : v->backlog->end)) {
			v->seeking = false;
			v->none = true;
			return;
		}
		logview_read(v, v->seek_at - (v->seek_up ? 1 : 0), &line);
		v->seek_at = v->seek_up ? line.start : line.end;
		if (is_alert(v, &line))
			found(v, line.start);
	}
}

/* Where to begin: at the edge of the pane, or next to where it went before. */
static uint64_t
seek_from(struct logview *v, bool up)
{
	size_t first, count = shown_entries(v, &first);
	struct backlog_line line;

	if (v->sought != LOGVIEW_NOWHERE && shows(v, v->sought)) {
		backlog_lines_at(v->lines, v->sought, &line);
		return up ? line.start : line.end;
	}
	if (count == 0)
		return up ? v->list.lo : v->list.hi;
	if (!up)
		return logview_list_at(v, first)->start;
	return first + count < v->list.count
	    ? logview_list_at(v, first + count)->start
	    : v->list.hi;
}

void
logview_seek(struct logview *v, bool up)
{
	v->budget = v->work_bytes;
	v->none = false;
	v->pending = 0;
	v->moved = true;
	logview_advance(v);
	if (!logview_is_shown(v))
		return;
	v->seek_up = up;
	v->seek_at = seek_from(v, up);
	v->seeking = true;
	logview_seek_work(v);
}

void
logview_count_restart(struct logview *v)
{
	v->count_at = v->place.left_line;
	v->count_end = 0;
	v->new_lines = 0;
}

/* A last line counts once it has its end, unless it was there already. */
void
logview_count_work(struct logview *v)
{
	const struct backlog *b = v->backlog;

	if (v->place.following || v->count_end == b->end)
		return;
	if (v->count_at < b->first)
		v->count_at = b->first;
	while (v->count_at < b->end) {
		struct backlog_line line;

		if (v->budget == 0)
			return;
		logview_read(v, v->count_at, &line);
		if (line.open)
			break;
		v->count_at = line.end;
		if (line.start >= v->place.left_end && logview_passes(v, &line))
			v->new_lines++;
	}
	v->count_end = b->end;
}
