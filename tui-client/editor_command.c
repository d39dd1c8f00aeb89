#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "cluster.h"
#include "editor_impl.h"
#include "editor_text.h"

/* Of what a completion appends. */
#define COMPLETION_MAX 1024

unsigned char
editor_command_paste(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	struct editor_view line;
	wchar_t *text = ed->paste;
	int result;

	(void)key;
	if (text == NULL)
		return CC_NORM;
	ed->paste = NULL;
	ed->paste_len = 0;
	editor_line(ed, &line);
	/*
	 * As vi's p: behind the character under the cursor, which ends on it.
	 */
	if (ed->feed.vi_command && line.cursor < line.len)
		el_cursor(el, 1);
	result = el_winsertstr(el, text);
	free(text);
	if (result == -1)
		return CC_ERROR;
	if (ed->feed.vi_command)
		el_cursor(el, -1);
	return CC_REFRESH;
}

unsigned char
editor_command_drop(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);

	(void)key;
	if (!ed->drop)
		return CC_NORM;
	ed->drop = false;
	editor_recall_reset(ed);
	editor_undo_reset(ed);
	editor_feed_restart(ed, false);
	/* libedit starts over: no text, no mark, no macro, insert mode. */
	return CC_FATAL;
}

unsigned char
editor_command_trim(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	struct editor_view line;
	int excess;

	(void)key;
	editor_line(ed, &line);
	if (line.len <= EDITOR_LINE_MAX)
		return CC_NORM;
	excess = (int)(line.len - EDITOR_LINE_MAX);
	el_cursor(el, (int)(line.len - line.cursor));
	el_deletestr(el, excess);
	if (line.cursor < EDITOR_LINE_MAX)
		el_cursor(el, -(int)(EDITOR_LINE_MAX - line.cursor));
	editor_bell(ed);
	return CC_REFRESH;
}

static unsigned char
found_mode(EditLine *el, bool command)
{
	struct editor_feed *feed = &editor_of(el)->feed;

	feed->vi_command = command;
	feed->mode_known = true;
	/* A count and an operator that wait for more keys go on waiting. */
	return CC_ARGHACK;
}

unsigned char
editor_command_is_insert(EditLine *el, wint_t key)
{
	(void)key;
	return found_mode(el, false);
}

unsigned char
editor_command_is_command(EditLine *el, wint_t key)
{
	(void)key;
	return found_mode(el, true);
}

unsigned char
editor_command_nothing(EditLine *el, wint_t key)
{
	(void)el;
	(void)key;
	return CC_NORM;
}

/* The n characters from skip behind the cursor on, which stays where it is. */
static unsigned char
delete_behind(EditLine *el, size_t skip, size_t n)
{
	if (n == 0)
		return CC_NORM;
	el_cursor(el, (int)(skip + n));
	el_deletestr(el, (int)n);
	el_cursor(el, -(int)skip);
	return CC_REFRESH;
}

static size_t
cluster_here(EditLine *el)
{
	struct editor_view line;

	editor_line(editor_of(el), &line);
	if (line.cursor == line.len)
		return 0;
	return cluster_next(line.text, line.len, line.cursor) - line.cursor;
}

/* libedit's own leaves the cursor before the last character. */
unsigned char
editor_command_delete(EditLine *el, wint_t key)
{
	size_t n = cluster_here(el);

	(void)key;
	return n == 0 ? CC_ERROR : delete_behind(el, 0, n);
}

unsigned char
editor_command_mend(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	unsigned char result = delete_behind(el, 0, editor_cursor_torn(ed));
	struct editor_view line;

	(void)key;
	editor_line(ed, &line);
	if (ed->feed.vi_command && line.cursor == line.len)
		el_cursor(el, -1);
	return result;
}

unsigned char
editor_command_thin(EditLine *el, wint_t key)
{
	size_t n = cluster_here(el);

	(void)key;
	return n == 0 ? CC_NORM : delete_behind(el, 1, n - 1);
}

unsigned char
editor_command_end(EditLine *el, wint_t key)
{
	struct editor_view line;

	(void)key;
	editor_line(editor_of(el), &line);
	el_cursor(el, (int)(line.len - line.cursor));
	return CC_CURSOR;
}

/* vi's ~ */
unsigned char
editor_command_change_case(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	struct editor_view line;
	size_t n = ed->feed.count > 0 ? ed->feed.count : 1, end;
	unsigned char result;
	wchar_t *text;

	(void)key;
	editor_line(ed, &line);
	if (line.cursor == line.len)
		return CC_ERROR;
	text = calloc(line.len + 1, sizeof(*text));
	if (text == NULL)
		return CC_ERROR;
	wmemcpy(text, line.text, line.len);
	for (end = line.cursor; end < line.len && n > 0; n--)
		end = cluster_next(line.text, line.len, end);
	for (size_t i = line.cursor; i < end; i++) {
		wint_t c = (wint_t)text[i];

		text[i] = (wchar_t)(iswupper(c) ? towlower(c) : towupper(c));
	}
	result = editor_set_line(ed, text, end);
	free(text);
	return result;
}

/* Text for the cursor, in memory of its own, or NULL; *count candidates. */
static wchar_t *
complete(struct editor *ed, size_t *count)
{
	char out[COMPLETION_MAX] = "";
	struct editor_view line;
	wchar_t *text;
	char *before;
	size_t len;

	*count = 0;
	editor_line(ed, &line);
	before = editor_text_narrow(line.text, line.cursor);
	if (before == NULL)
		return NULL;
	*count = ed->options.complete(
	    ed->options.arg, before, strlen(before), out, sizeof(out));
	free(before);
	out[sizeof(out) - 1] = '\0';
	text = *count > 0 ? editor_text_widen(out, &len) : NULL;
	if (text == NULL || len == 0 || line.len + len > EDITOR_LINE_MAX) {
		free(text);
		return NULL;
	}
	return text;
}

unsigned char
editor_command_complete(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	size_t count;
	wchar_t *text;
	int result;

	(void)key;
	if (ed->options.complete == NULL)
		return CC_ERROR;
	text = complete(ed, &count);
	if (text == NULL)
		return CC_ERROR;
	result = el_winsertstr(el, text);
	free(text);
	if (result == -1)
		return CC_ERROR;
	return count == 1 ? CC_REFRESH : CC_REFRESH_BEEP;
}
