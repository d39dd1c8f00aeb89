#include <stdlib.h>
#include <string.h>

#include "editor_impl.h"

/* Of all states together. */
#define BYTES_MAX (1024u * 1024)

static size_t
size_of(const struct editor_undo_state *state)
{
	return (state->len + 1) * sizeof(*state->text);
}

static void
forget_oldest(struct editor_undo *undo)
{
	undo->bytes -= size_of(&undo->states[0]);
	free(undo->states[0].text);
	undo->count--;
	memmove(&undo->states[0], &undo->states[1],
	    undo->count * sizeof(undo->states[0]));
}

void
editor_undo_reset(struct editor *ed)
{
	struct editor_undo *undo = &ed->undo;

	while (undo->count > 0)
		forget_oldest(undo);
	free(undo->now);
	memset(undo, 0, sizeof(*undo));
}

/* Short of memory, it is one undo less. */
static void
remember(struct editor_undo *undo)
{
	struct editor_undo_state state = {
	    .len = undo->now_len, .cursor = undo->now_cursor};

	state.text = calloc(state.len + 1, sizeof(*state.text));
	if (state.text == NULL)
		return;
	if (state.len > 0)
		wmemcpy(state.text, undo->now, state.len);
	while (undo->count == EDITOR_UNDO_MAX ||
	    (undo->count > 0 && undo->bytes + size_of(&state) > BYTES_MAX))
		forget_oldest(undo);
	undo->bytes += size_of(&state);
	undo->states[undo->count++] = state;
}

static void
set_now(struct editor_undo *undo, const struct editor_view *line)
{
	if (line->len > undo->now_size || undo->now == NULL) {
		size_t size = line->len + line->len / 2 + 64;
		wchar_t *now = realloc(undo->now, size * sizeof(*now));

		if (now == NULL) {
			undo->now_len = 0;
			return;
		}
		undo->now = now;
		undo->now_size = size;
	}
	if (line->len > 0)
		wmemcpy(undo->now, line->text, line->len);
	undo->now_len = line->len;
}

/*
 * One more character before the cursor: of a run of these, the first one
 * counts.
 */
static bool
is_typing(const struct editor_undo *undo, const struct editor_view *line)
{
	return line->len == undo->now_len + 1 &&
	    line->cursor == undo->now_cursor + 1;
}

void
editor_undo_watch(struct editor *ed)
{
	struct editor_undo *undo = &ed->undo;
	struct editor_view line;
	bool typing;

	/* In vi, all that is typed in insert mode is one change. */
	if (ed->vi && !ed->feed.vi_command)
		return;
	editor_line(ed, &line);
	if (line.len == undo->now_len &&
	    (line.len == 0 || wmemcmp(line.text, undo->now, line.len) == 0)) {
		undo->typing = undo->typing && line.cursor == undo->now_cursor;
		undo->now_cursor = line.cursor;
		return;
	}
	typing = !ed->vi && is_typing(undo, &line);
	if (!typing || !undo->typing)
		remember(undo);
	undo->typing = typing;
	set_now(undo, &line);
	undo->now_cursor = line.cursor;
}

unsigned char
editor_undo_last(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	struct editor_undo *undo = &ed->undo;
	struct editor_undo_state state;
	struct editor_view line = {0};
	unsigned char result;

	(void)key;
	if (undo->count == 0)
		return CC_ERROR;
	state = undo->states[--undo->count];
	undo->bytes -= size_of(&state);
	line.text = state.text;
	line.len = state.len;
	set_now(undo, &line);
	undo->now_cursor = state.cursor;
	undo->typing = false;
	result = editor_set_line(ed, state.text, state.cursor);
	free(state.text);
	return result;
}
