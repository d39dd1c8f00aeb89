#include "typed.h"

#include <string.h>

#include "editor.h"
#include "fuzz.h"
#include "history.h"
#include "keys.h"
#include "visible.h"

#define PASTE_MAX  200
#define NOTICE_MAX 8192

struct typed {
	struct editor *editor;
	struct keys *keys;
	const uint8_t *data;
	size_t size;
	unsigned finishing; /* how far: see finish() */
};

/* The next byte, or silence at the end of them. */
static bool
feed(struct typed *t)
{
	uint8_t c = TYPED_SILENCE;

	if (t->size == 0 && keys_wait_ms(t->keys) == 0)
		return false;
	if (t->size > 0) {
		c = *t->data++;
		t->size--;
	}
	if (c == TYPED_SILENCE)
		keys_expire(t->keys);
	else if (c == TYPED_DROP)
		editor_drop_line(t->editor);
	else
		FUZZ_CHECK(keys_feed(t->keys, &c, 1) == 0);
	return true;
}

/* Whatever has been typed: ^C empties the line, and a paste comes into it. */
static bool
finish(struct typed *t, const struct editor_view *view, struct key *key)
{
	key->code = KEYS_UNKNOWN;
	switch (t->finishing++) {
	case 0:
		editor_drop_line(t->editor);
		return true;
	case 1:
		FUZZ_CHECK(editor_line_is_empty(t->editor));
		FUZZ_CHECK(editor_insert(t->editor, "글!", 4) == 0);
		return true;
	case 2:
		FUZZ_CHECK(view->len == 2 && view->cursor == 2);
		FUZZ_CHECK(view->text[0] == 0xae00 && view->text[1] == '!');
		return false;
	default:
		return false;
	}
}

static bool
next_key(void *arg, struct key *key)
{
	struct typed *t = arg;
	struct editor_view view;

	editor_view(t->editor, &view);
	FUZZ_CHECK(view.cursor <= view.len);
	FUZZ_CHECK(editor_line_is_empty(t->editor) ==
	    (view.len == 0 && view.search == NULL));
	while (!keys_next(t->keys, key))
		if (!feed(t))
			return finish(t, &view, key);
	if (key->code == KEYS_PASTE) {
		FUZZ_CHECK(
		    editor_insert(t->editor, key->paste, key->paste_len) == 0);
		key->code = KEYS_UNKNOWN;
	}
	return true;
}

static void
notice(void *arg, const char *text)
{
	(void)arg;
	FUZZ_CHECK(text[0] != '\0' && strlen(text) < NOTICE_MAX);
}

static size_t
complete(void *arg, const char *line, size_t cursor, char *out, size_t size)
{
	(void)arg;
	FUZZ_CHECK(cursor <= strlen(line));
	FUZZ_CHECK(size >= 4);
	memcpy(out, "글", 4);
	return cursor % 3;
}

/* One line of UTF-8. */
static void
check_line(const char *line, size_t len)
{
	size_t used;

	FUZZ_CHECK(strlen(line) == len);
	FUZZ_CHECK(len <= 4u * EDITOR_LINE_MAX);
	FUZZ_CHECK(strpbrk(line, "\r\n") == NULL);
	for (size_t i = 0; i < len; i += used)
		FUZZ_CHECK(visible_decode(line + i, len - i, &used) >= 0);
}

static struct history *
make_history(void)
{
	struct history *h = history_open(NULL, 100);

	FUZZ_CHECK(h != NULL);
	FUZZ_CHECK(history_add(h, "한글 하나") == 1);
	FUZZ_CHECK(history_add(h, "plain") == 1);
	FUZZ_CHECK(history_add(h, "smile \xf0\x9f\x98\x80 here") == 1);
	return h;
}

void
typed_run(
    const void *editrc, size_t editrc_len, const uint8_t *data, size_t size)
{
	struct typed typed = {.data = data, .size = size};
	struct editor_options options = {.program = "yodel",
	    .editrc = editrc_len == 0 ? "" : fuzz_file(editrc, editrc_len),
	    .history = make_history(),
	    .next_key = next_key,
	    .notice = notice,
	    .complete = complete,
	    .arg = &typed};
	enum editor_result result;
	const char *line;
	size_t len;

	fuzz_locale();
	typed.keys = keys_new(PASTE_MAX);
	typed.editor = editor_new(&options);
	FUZZ_CHECK(typed.keys != NULL && typed.editor != NULL);
	while ((result = editor_read(typed.editor, &line, &len)) != EDITOR_QUIT)
		if (result == EDITOR_LINE)
			check_line(line, len);
	FUZZ_CHECK(typed.finishing > 2);
	editor_free(typed.editor);
	keys_free(typed.keys);
	history_close(options.history);
}
