#include "logview.h"
#include "logview_impl.h"
#include "wrap.h"

#define LINE_BYTES 64u /* what a look at a line costs besides */
#define JSON_TIMES 8u  /* ... and one at each byte of JSON, taken apart */

static void
spend(struct logview *v, size_t cost)
{
	v->budget -= cost < v->budget ? cost : v->budget;
}

void
logview_read(struct logview *v, uint64_t offset, struct backlog_line *line)
{
	backlog_lines_at(v->lines, offset, line);
	spend(v, line->len + LINE_BYTES);
}

void
logview_take_apart(struct logview *v, const struct backlog_line *line)
{
	record_parse(v->record, line->text, line->len);
	if (record_kind(v->record) == RECORD_JSON)
		spend(v, line->len * JSON_TIMES);
}

bool
logview_passes(struct logview *v, const struct backlog_line *line)
{
	if (v->filter == NULL)
		return true;
	if (!filter_may_pass(v->filter, line->text, line->len))
		return false;
	logview_take_apart(v, line);
	return filter_passes(v->filter, v->record);
}

struct logview_entry *
logview_list_at(struct logview *v, size_t i)
{
	return &v->list.entries[(v->list.head + i) % LOGVIEW_ENTRIES];
}

void
logview_list_reset(struct logview *v, uint64_t at)
{
	const struct backlog *b = v->backlog;
	struct backlog_line line;

	if (at > b->first) {
		backlog_lines_at(v->lines, at - 1, &line);
		if (at < line.end || line.open)
			at = line.start;
	}
	v->list.head = v->list.count = 0;
	v->list.lo = v->list.hi = at;
	v->list.open = LOGVIEW_NOWHERE;
}

static void
drop_first(struct logview_list *list)
{
	list->head = (list->head + 1) % LOGVIEW_ENTRIES;
	list->count--;
}

void
logview_list_sync(struct logview *v)
{
	struct logview_list *list = &v->list;
	uint64_t first = v->backlog->first, end = v->backlog->end;

	if (list->hi < first) {
		logview_list_reset(v, v->place.following ? end : first);
		return;
	}
	while (list->count > 0 && list->entries[list->head].start < first)
		drop_first(list);
	if (list->lo < first)
		list->lo = first;
	if (list->open == LOGVIEW_NOWHERE || list->hi == end)
		return;
	if (list->count > 0 &&
	    logview_list_at(v, list->count - 1)->start == list->open)
		list->count--;
	list->hi = list->open > first ? list->open : first;
	list->open = LOGVIEW_NOWHERE;
}

size_t
logview_list_find(struct logview *v, uint64_t offset)
{
	size_t low = 0, high = v->list.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (logview_list_at(v, middle)->start < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
logview_list_is_whole(const struct logview *v, bool up)
{
	return up ? v->list.lo <= v->backlog->first
		  : v->list.hi >= v->backlog->end;
}

/* Where there is no room the other end is given up, to be looked for again. */
static bool
look_up(struct logview *v)
{
	struct logview_list *list = &v->list;
	struct backlog_line line;

	logview_read(v, list->lo - 1, &line);
	list->lo = line.start;
	if (!logview_passes(v, &line))
		return false;
	if (list->count == LOGVIEW_ENTRIES) {
		list->hi = logview_list_at(v, --list->count)->start;
		list->open = LOGVIEW_NOWHERE;
	}
	list->head = (list->head + LOGVIEW_ENTRIES - 1) % LOGVIEW_ENTRIES;
	list->count++;
	*logview_list_at(v, 0) = (struct logview_entry){.start = line.start};
	return true;
}

static bool
look_down(struct logview *v)
{
	struct logview_list *list = &v->list;
	struct backlog_line line;

	logview_read(v, list->hi, &line);
	list->hi = line.end;
	list->open = line.open ? line.start : LOGVIEW_NOWHERE;
	if (!logview_passes(v, &line))
		return false;
	if (list->count == LOGVIEW_ENTRIES) {
		drop_first(list);
		list->lo = logview_list_at(v, 0)->start;
	}
	list->count++;
	*logview_list_at(v, list->count - 1) =
	    (struct logview_entry){.start = line.start};
	return true;
}

bool
logview_list_look(struct logview *v, bool up)
{
	while (!logview_list_is_whole(v, up)) {
		if (v->budget == 0)
			return false;
		if (up ? look_up(v) : look_down(v))
			break;
	}
	return true;
}

const char *
logview_list_text(struct logview *v, size_t i, size_t *len)
{
	struct backlog_line line;

	backlog_lines_at(v->lines, logview_list_at(v, i)->start, &line);
	record_parse(v->record, line.text, line.len);
	return record_text(v->record, len);
}

size_t
logview_list_rows(struct logview *v, size_t i)
{
	struct logview_entry *entry = logview_list_at(v, i);
	const char *text;
	size_t len;

	if (!v->wrap)
		return 1;
	if (entry->rows == 0) {
		text = logview_list_text(v, i, &len);
		entry->rows = wrap_rows(text, len, v->width, 0);
	}
	return entry->rows;
}

/* The row of a text with this byte or this number, what comes first. */
static size_t
find_row(struct logview *v, size_t i, size_t byte, size_t row, size_t *start)
{
	size_t at = 0, n = 0, len;
	const char *text;

	*start = 0;
	if (!v->wrap)
		return 0;
	text = logview_list_text(v, i, &len);
	for (; n < row; n++) {
		struct wrap_row r;
		size_t next = wrap_next(text, len, at, v->width, &r);

		if (next > byte || next == len)
			break;
		at = next;
	}
	*start = at;
	return n;
}

size_t
logview_list_row(struct logview *v, size_t i, size_t byte)
{
	size_t start;

	return byte == 0 ? 0 : find_row(v, i, byte, SIZE_MAX, &start);
}

size_t
logview_list_byte(struct logview *v, size_t i, size_t row)
{
	size_t start = 0;

	if (row > 0)
		(void)find_row(v, i, SIZE_MAX, row, &start);
	return start;
}
