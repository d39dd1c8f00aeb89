#include "editor_cluster.h"
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
	    line.cursor == line.len ||
	    !editor_cluster_joins(line.text, line.cursor))
		return;
	if (line.cursor > ed->feed.cursor && !ed->feed.vi_command)
		to = editor_cluster_next(line.text, line.len, line.cursor);
	else
		to = editor_cluster_prev(line.text, line.cursor + 1);
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
		at = back ? editor_cluster_prev(line.text, at)
			  : editor_cluster_next(line.text, line.len, at);
	if (n == 0)
		return count;
	return back ? line.cursor - at : at - line.cursor;
}
