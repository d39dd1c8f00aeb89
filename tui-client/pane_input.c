#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "editor.h"
#include "finder.h"
#include "layout.h"
#include "pane_input.h"
#include "screen.h"
#include "visible.h"

#define PROMPT	  "$> "
#define PROMPT_VI "$: " /* vi's command mode */
#define FIND	  "find: "
#define FIND_KEYS "n older, N newer, Esc back"

/* Characters on either side of the cursor that are looked at. */
#define WINDOW	     1024
#define WINDOW_BYTES (WINDOW * 4 + 1)

/* Columns that stay for a wide character there, and the mark behind it. */
#define UNDER_CURSOR 3

/* Columns that a pattern has at the least, before its count is shown. */
#define PATTERN_MIN 8

/*
 * Returns the bytes; a character that the locale has no bytes for shows as ^Z.
 */
static size_t
encode(char *out, const wchar_t *text, size_t len)
{
	mbstate_t state;
	size_t bytes = 0;

	memset(&state, 0, sizeof(state));
	for (size_t i = 0; i < len && bytes + 8 < WINDOW_BYTES; i++) {
		size_t n = wcrtomb(out + bytes, text[i], &state);

		if (n == (size_t)-1) {
			memset(&state, 0, sizeof(state));
			out[bytes] = '\x1a';
			n = 1;
		}
		bytes += n;
	}
	return bytes;
}

/* Skips units at the front until the rest takes at most room columns. */
static size_t
skip_to_fit(const char *text, size_t len, size_t room)
{
	size_t width = visible_width(text, len), start = 0;

	while (width > room && start < len) {
		struct visible v;

		start += visible_next(text + start, len - start, &v);
		width -= v.width;
	}
	return start;
}

static int
draw_prompt(struct screen *s, const struct layout_pane *pane,
    const struct editor_view *view, int column, int max)
{
	char search[WINDOW_BYTES];
	size_t len;

	if (view->search == NULL)
		return screen_puts(s, pane->row, column, max, SCREEN_ACCENT,
		    view->vi_command ? PROMPT_VI : PROMPT);
	len = encode(search, view->search,
	    view->search_len < WINDOW ? view->search_len : WINDOW);
	/* What is searched for stands at its end: that end is what is shown. */
	max = max * 2 / 3;
	if (max > 0) {
		size_t start = skip_to_fit(search, len, (size_t)max);

		column = screen_put(s, pane->row, column, max, SCREEN_ACCENT,
		    search + start, len - start);
	}
	return column + 1;
}

/* What is under the cursor and behind it, with a mark where it goes on. */
static void
draw_rest(struct screen *s, const struct layout_pane *pane,
    const struct editor_view *view, int column)
{
	char text[WINDOW_BYTES];
	size_t after = view->len - view->cursor;
	size_t len = encode(
	    text, view->text + view->cursor, after < WINDOW ? after : WINDOW);
	int room = pane->column + pane->columns - column;

	if (visible_width(text, len) > (size_t)room)
		screen_puts(s, pane->row, column + --room, 1, SCREEN_DIM,
		    screen_glyph(s, "›", ">"));
	screen_put(s, pane->row, column, room, SCREEN_PLAIN, text, len);
}

/* At the right, from a blank on. Returns the column of that blank. */
static int
draw_at_end(struct screen *s, int row, int end, enum screen_style style,
    const char *text)
{
	int columns = (int)strlen(text);

	screen_puts(s, row, end - columns - 1, columns, style, text);
	return end - columns - 2;
}

/* The pattern, how much is found, and the keys as soon as none is typed. */
int
pane_input_pattern(struct screen *s, const struct layout_pane *pane,
    const char *label, const char *keys, const struct finder_line *line)
{
	int end = pane->column + pane->columns;
	int column = screen_puts(s, pane->row, pane->column + 1,
	    pane->columns - 1, SCREEN_ACCENT, label);
	int count = (int)strlen(line->count);
	size_t start;
	int cursor;

	if (count > 0 && end - column > count + PATTERN_MIN)
		end =
		    draw_at_end(s, pane->row, end, SCREEN_STRONG, line->count);
	if (end - column < UNDER_CURSOR + 1)
		return pane->column;
	start = skip_to_fit(
	    line->pattern, line->len, (size_t)(end - column - UNDER_CURSOR));
	if (start > 0)
		screen_puts(s, pane->row, column - 1, 1, SCREEN_DIM,
		    screen_glyph(s, "‹", "<"));
	cursor = screen_put(s, pane->row, column, end - column,
	    line->offered ? SCREEN_DIM : SCREEN_PLAIN, line->pattern + start,
	    line->len - start);
	if (line->typing)
		return line->offered ? column : cursor;
	if (end - cursor > (int)strlen(keys) + 2)
		(void)draw_at_end(s, pane->row, end, SCREEN_DIM, keys);
	return pane->column;
}

static int
draw_line(struct screen *s, const struct layout_pane *pane,
    const struct editor_view *view)
{
	char text[WINDOW_BYTES];
	int end = pane->column + pane->columns;
	int column =
	    draw_prompt(s, pane, view, pane->column + 1, pane->columns - 2);
	size_t from = view->cursor > WINDOW ? view->cursor - WINDOW : 0;
	size_t len, start;
	int cursor;

	if (end - column < UNDER_CURSOR + 1)
		return column < end ? column : end - 1;
	len = encode(text, view->text + from, view->cursor - from);
	start = skip_to_fit(text, len, (size_t)(end - column - UNDER_CURSOR));
	if (start > 0 || from > 0)
		screen_puts(s, pane->row, column - 1, 1, SCREEN_DIM,
		    screen_glyph(s, "‹", "<"));
	cursor = screen_put(s, pane->row, column, end - column, SCREEN_PLAIN,
	    text + start, len - start);
	draw_rest(s, pane, view, cursor);
	return cursor;
}

int
pane_input_draw(struct screen *s, const struct layout_pane *pane,
    const struct editor_view *view, const struct finder *finder)
{
	struct finder_line line;

	if (finder == NULL || !finder_is_open(finder))
		return draw_line(s, pane, view);
	finder_line(finder, &line);
	return pane_input_pattern(s, pane, FIND, FIND_KEYS, &line);
}
