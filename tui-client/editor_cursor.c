#include "cluster.h"
#include "editor_impl.h"

void
editor_cursor_clamp(struct editor *ed)
{
	const LineInfoW *line = el_wline(ed->el);

	if (line->cursor < line->buffer)
		el_cursor(ed->el, (int)(line->buffer - line->cursor));
	else if (line->cursor > line->lastchar)
		el_cursor(ed->el, (int)(line->lastchar - line->cursor));
}

void
editor_cursor_snap(struct editor *ed)
{
	struct editor_view line;
	size_t to;

	editor_line(ed, &line);
	if (line.len != ed->feed.len || line.cursor == 0 ||
	    line.cursor == line.len || !cluster_joins(line.text, line.cursor))
		return;
	to = cluster_prev(line.text, line.cursor + 1);
	if (line.cursor > ed->feed.cursor && !ed->feed.vi_command)
		to = cluster_next(line.text, line.len, to);
	el_cursor(ed->el, (int)to - (int)line.cursor);
}

size_t
editor_cursor_span(const struct editor *ed, enum editor_kind kind, size_t count)
{
	struct editor_view line;
	size_t at, n;
	bool back = kind == EDITOR_KIND_LEFT || kind == EDITOR_KIND_BACKSPACE;

	if (kind < EDITOR_KIND_RIGHT || kind > EDITOR_KIND_BACKSPACE)
		return count;
	editor_line(ed, &line);
	at = line.cursor;
	for (n = 0; n < count && at != (back ? 0 : line.len); n++)
		at = back ? cluster_prev(line.text, at)
			  : cluster_next(line.text, line.len, at);
	if (n == 0)
		return count;
	return back ? line.cursor - at : at - line.cursor;
}

size_t
editor_cursor_torn(const struct editor *ed)
{
	const struct editor_undo *undo = &ed->undo;
	size_t removed, behind;
	struct editor_view line;

	editor_line(ed, &line);
	if (undo->now_len != ed->feed.len || line.len >= undo->now_len ||
	    line.cursor == line.len)
		return 0;
	removed = undo->now_len - line.len;
	behind = line.cursor + removed;
	if (wmemcmp(line.text, undo->now, line.cursor) != 0 ||
	    wmemcmp(line.text + line.cursor, undo->now + behind,
		line.len - line.cursor) != 0 ||
	    !cluster_joins(undo->now, behind))
		return 0;
	return cluster_next(undo->now, undo->now_len,
		   cluster_prev(undo->now, behind + 1)) -
	    behind;
}
