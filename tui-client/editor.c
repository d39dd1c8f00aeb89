#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor_impl.h"
#include "editor_text.h"
#include "history.h"

#define NOTICE_MAX 512

struct editor *
editor_of(EditLine *el)
{
	void *ed = NULL;

	el_wget(el, EL_CLIENTDATA, &ed);
	return ed;
}

void
editor_bell(struct editor *ed)
{
	if (ed->options.bell != NULL)
		ed->options.bell(ed->options.arg);
}

void
editor_notice(struct editor *ed, const char *format, ...)
{
	char text[NOTICE_MAX];
	va_list ap;

	if (ed->options.notice == NULL)
		return;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	ed->options.notice(ed->options.arg, text);
}

void
editor_line(const struct editor *ed, struct editor_view *view)
{
	const LineInfoW *line = el_wline(ed->el);
	const wchar_t *cursor = line->cursor;

	if (cursor < line->buffer)
		cursor = line->buffer;
	if (cursor > line->lastchar)
		cursor = line->lastchar;
	memset(view, 0, sizeof(*view));
	view->text = line->buffer;
	/* Between lines, libedit still has the last one. */
	if (!ed->reading)
		return;
	view->len = (size_t)(line->lastchar - line->buffer);
	view->cursor = (size_t)(cursor - line->buffer);
}

unsigned char
editor_set_line(struct editor *ed, const wchar_t *text, size_t cursor)
{
	struct editor_view line;
	size_t len = wcslen(text);

	if (len == 0) {
		/* libedit can't replace a line by nothing, but starts over. */
		editor_feed_restart(ed, ed->feed.vi_command);
		return CC_FATAL;
	}
	if (el_wreplacestr(ed->el, text) == -1)
		return CC_ERROR;
	editor_line(ed, &line);
	if (cursor > len)
		cursor = len;
	el_cursor(ed->el, (int)cursor - (int)line.cursor);
	return CC_REFRESH;
}

static int
start(struct editor *ed)
{
	FILE *stream = editor_sink_stream(ed->sink);
	int fd = editor_sink_fd(ed->sink);

	ed->el =
	    el_init_fd(ed->options.program, stdin, stream, stream, fd, fd, fd);
	if (ed->el == NULL) {
		errno = ENOMEM;
		return -1;
	}
	el_wset(ed->el, EL_CLIENTDATA, ed);
	el_wset(ed->el, EL_SIGNAL, 0);
	el_wset(ed->el, EL_GETCFN, editor_feed_getc);
	el_wset(ed->el, EL_HIST, editor_recall_history, ed);
	if (editor_bind_setup(ed) == -1) {
		errno = ENOMEM;
		return -1;
	}
	editor_rc_load(ed);
	/* After `edit off` nothing could be erased. */
	el_wset(ed->el, EL_EDITMODE, 1);
	return 0;
}

struct editor *
editor_new(const struct editor_options *options)
{
	struct editor *ed = calloc(1, sizeof(*ed));
	int error;

	if (ed == NULL)
		return NULL;
	ed->options = *options;
	ed->sink = editor_sink_new();
	if (ed->sink == NULL || start(ed) == -1) {
		error = errno;
		editor_free(ed);
		errno = error;
		return NULL;
	}
	return ed;
}

void
editor_free(struct editor *ed)
{
	if (ed == NULL)
		return;
	if (ed->el != NULL)
		el_end(ed->el);
	editor_sink_free(ed->sink);
	editor_recall_reset(ed);
	editor_search_free(ed);
	editor_undo_reset(ed);
	free(ed->paste);
	free(ed->line);
	free(ed);
}

static void
remember(struct editor *ed)
{
	if (ed->options.history == NULL || ed->line[0] == ' ')
		return;
	if (history_add(ed->options.history, ed->line) != -1)
		ed->told = false;
	else if (!ed->told) {
		const char *why = history_error(ed->options.history);

		/* A disk that is full stays so for a while: once is enough. */
		ed->told = true;
		editor_notice(
		    ed, "%s", why == NULL ? "history: out of memory" : why);
	}
}

/* A macro can quote the end of a line, and what is sent is one line. */
static void
flatten(char *line)
{
	while (*(line += strcspn(line, "\r\n")) != '\0')
		*line = ' ';
}

enum editor_result
editor_read(struct editor *ed, const char **line, size_t *len)
{
	const wchar_t *text;
	int n = 0;

	editor_feed_reset(ed);
	editor_recall_refresh(ed);
	ed->reading = true;
	text = el_wgets(ed->el, &n);
	ed->reading = false;
	editor_recall_reset(ed);
	editor_undo_reset(ed);
	/* -1: its pty is gone. */
	if (ed->feed.quit || n < 0)
		return EDITOR_QUIT;
	if (text == NULL || n == 0)
		return EDITOR_EOF;
	if (text[n - 1] == L'\n')
		n--;
	free(ed->line);
	ed->line = editor_text_narrow(text, (size_t)n);
	if (ed->line == NULL)
		return EDITOR_QUIT;
	flatten(ed->line);
	remember(ed);
	*line = ed->line;
	*len = strlen(ed->line);
	return EDITOR_LINE;
}

void
editor_view(struct editor *ed, struct editor_view *view)
{
	const struct editor_search *s = &ed->search;

	editor_line(ed, view);
	view->vi_command = ed->vi && ed->feed.vi_command;
	if (!s->active)
		return;
	view->search = s->prompt;
	view->search_len = s->prompt_len;
	if (s->age > 0) {
		view->text = s->match;
		view->len = s->match_len;
		view->cursor = s->at;
	}
}

bool
editor_line_is_empty(struct editor *ed)
{
	struct editor_view line;

	editor_line(ed, &line);
	return line.len == 0 && !ed->search.active;
}

/* Behind what waits already. Takes text over, whatever comes of it. */
static int
queue_paste(struct editor *ed, wchar_t *text, size_t n)
{
	struct editor_view line;
	wchar_t *all;

	editor_line(ed, &line);
	if ((ed->drop ? 0 : line.len) + ed->paste_len + n > EDITOR_LINE_MAX) {
		free(text);
		errno = ENOBUFS;
		return -1;
	}
	all = realloc(ed->paste, (ed->paste_len + n + 1) * sizeof(*all));
	if (all == NULL) {
		free(text);
		return -1;
	}
	wmemcpy(all + ed->paste_len, text, n + 1);
	free(text);
	ed->paste = all;
	ed->paste_len += n;
	return 0;
}

int
editor_insert(struct editor *ed, const char *text, size_t len)
{
	wchar_t *wide;
	size_t n;

	if (len > EDITOR_TEXT_BYTES * (size_t)EDITOR_LINE_MAX) {
		errno = ENOBUFS;
		return -1;
	}
	wide = calloc(len + 1, sizeof(*wide));
	if (wide == NULL)
		return -1;
	n = editor_text_decode_line(wide, text, len);
	if (n > 0)
		return queue_paste(ed, wide, n);
	free(wide);
	return 0;
}

void
editor_drop_line(struct editor *ed)
{
	free(ed->paste);
	ed->paste = NULL;
	ed->paste_len = 0;
	ed->drop = true;
}
