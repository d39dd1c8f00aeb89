#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "scratch.h"
#include "typist.h"
#include "visible.h"

#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct {
	const char *name;
	struct key key;
} names[] = {
    {"enter", {.code = KEYS_CHAR, .ch = '\r'}},
    {"tab", {.code = KEYS_CHAR, .ch = '\t'}},
    {"bs", {.code = KEYS_CHAR, .ch = 0x7f}},
    {"nul", {.code = KEYS_CHAR, .ch = 0}},
    {"c1", {.code = KEYS_CHAR, .ch = 0x80}},
    {"esc", {.code = KEYS_ESCAPE}},
    {"up", {.code = KEYS_UP}},
    {"down", {.code = KEYS_DOWN}},
    {"left", {.code = KEYS_LEFT}},
    {"right", {.code = KEYS_RIGHT}},
    {"c-left", {.code = KEYS_LEFT, .mods = KEYS_CTRL}},
    {"c-right", {.code = KEYS_RIGHT, .mods = KEYS_CTRL}},
    {"m-left", {.code = KEYS_LEFT, .mods = KEYS_ALT}},
    {"m-right", {.code = KEYS_RIGHT, .mods = KEYS_ALT}},
    {"s-left", {.code = KEYS_LEFT, .mods = KEYS_SHIFT}},
    {"home", {.code = KEYS_HOME}},
    {"end", {.code = KEYS_END}},
    {"del", {.code = KEYS_DELETE}},
    {"ins", {.code = KEYS_INSERT}},
    {"backtab", {.code = KEYS_BACKTAB}},
    {"f5", {.code = KEYS_F, .ch = 5}},
    {"unknown", {.code = KEYS_UNKNOWN}},
};

static void
see(struct typist *t)
{
	struct editor_view view;
	char *out = t->seen[t->seen_count];
	size_t n = 0;

	assert_true(t->seen_count < TYPIST_SEEN_MAX);
	t->seen_count++;
	editor_view(t->editor, &view);
	assert_true(view.cursor <= view.len);
	t->vi_command = view.vi_command;
	for (size_t i = 0; view.search != NULL && i < view.search_len; i++)
		n += (size_t)snprintf(out + n, TYPIST_TEXT_MAX - n, "%lc",
		    (wint_t)view.search[i]);
	for (size_t i = 0; i <= view.len && n < TYPIST_TEXT_MAX - 8; i++) {
		if (i == view.cursor)
			out[n++] = '|';
		if (i < view.len)
			n += (size_t)snprintf(out + n, TYPIST_TEXT_MAX - n,
			    "%lc", (wint_t)view.text[i]);
	}
	out[n] = '\0';
}

static bool
act(struct typist *t, const char *name, size_t len)
{
	if (len > 6 && strncmp(name, "paste:", 6) == 0) {
		assert_int_equal(
		    editor_insert(t->editor, name + 6, len - 6), 0);
		return true;
	}
	if (len > 6 && strncmp(name, "other:", 6) == 0) {
		char line[TYPIST_TEXT_MAX];

		snprintf(line, sizeof(line), "%.*s", (int)len - 6, name + 6);
		assert_int_equal(history_add(t->other, line), 1);
		return true;
	}
	if (strncmp(name, "drop", len) == 0) {
		editor_drop_line(t->editor);
		return true;
	}
	if (strncmp(name, "empty", len) == 0) {
		snprintf(t->seen[t->seen_count++], TYPIST_TEXT_MAX, "%s",
		    editor_line_is_empty(t->editor) ? "empty" : "not empty");
		return true;
	}
	if (strncmp(name, "see", len) == 0) {
		see(t);
		return true;
	}
	return false;
}

static void
press(struct typist *t, const char *name, size_t len, struct key *key)
{
	key->code = KEYS_UNKNOWN;
	if (len == 2 && name[0] == '^') {
		key->code = KEYS_CHAR;
		key->ch = (unsigned char)name[1] & 0x1fu;
		return;
	}
	if (len >= 3 && strncmp(name, "M-", 2) == 0) {
		size_t used;

		key->code = KEYS_CHAR;
		key->ch = (uint32_t)visible_decode(name + 2, len - 2, &used);
		key->mods = KEYS_ALT;
		return;
	}
	for (size_t i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == len &&
		    strncmp(names[i].name, name, len) == 0) {
			*key = names[i].key;
			return;
		}
	if (!act(t, name, len))
		fail_msg("no such key: %.*s", (int)len, name);
}

bool
typist_next_key(void *arg, struct key *key)
{
	struct typist *t = arg;
	const char *end;
	size_t used;

	if (*t->script == '\0') {
		t->asked_after_end++;
		return false;
	}
	if (*t->script == '{' && (end = strchr(t->script, '}')) != NULL) {
		press(t, t->script + 1, (size_t)(end - t->script) - 1, key);
		t->script = end + 1;
		return true;
	}
	key->code = KEYS_CHAR;
	key->ch = (uint32_t)visible_decode(t->script, strlen(t->script), &used);
	t->script += used;
	return true;
}

void
typist_notice(void *arg, const char *text)
{
	struct typist *t = arg;

	if (t->notice_count < TYPIST_NOTICES_MAX)
		snprintf(
		    t->notices[t->notice_count], TYPIST_TEXT_MAX, "%s", text);
	t->notice_count++;
}

static void
bell(void *arg)
{
	((struct typist *)arg)->bells++;
}

static size_t
complete(void *arg, const char *line, size_t cursor, char *out, size_t out_size)
{
	struct typist *t = arg;

	snprintf(t->completed, sizeof(t->completed), "%.*s", (int)cursor, line);
	if (t->candidates > 0)
		snprintf(out, out_size, "%s", t->completion);
	return t->candidates;
}

static struct typist *
typist_new_at(const char *editrc, const char *history)
{
	struct typist *t = calloc(1, sizeof(*t));
	char path[TYPIST_TEXT_MAX] = "";
	struct editor_options options = {.program = "yodel",
	    .editrc = path,
	    .next_key = typist_next_key,
	    .notice = typist_notice,
	    .bell = bell,
	    .complete = complete};

	assert_non_null(t);
	if (editrc != NULL)
		scratch_write(scratch_path(path, sizeof(path), "editrc"),
		    editrc, strlen(editrc));
	t->history = history_open(history, 100);
	assert_non_null(t->history);
	assert_null(history_error(t->history));
	options.arg = t;
	options.history = t->history;
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	return t;
}

struct typist *
typist_new(const char *editrc)
{
	return typist_new_at(editrc, NULL);
}

struct typist *
typist_new_with_other(const char *editrc, const char *path)
{
	struct typist *t = typist_new_at(editrc, path);

	t->other = history_open(path, 100);
	assert_non_null(t->other);
	return t;
}

void
typist_free(struct typist *t)
{
	editor_free(t->editor);
	history_close(t->other);
	history_close(t->history);
	free(t);
}

void
typist_add(struct typist *t, const char *line)
{
	assert_int_equal(history_add(t->history, line), 1);
}

struct typist *
typist_new_with_history(const char *editrc)
{
	struct typist *t = typist_new(editrc);

	typist_add(t, "한글 하나");
	typist_add(t, "plain");
	typist_add(t, "smile \xf0\x9f\x98\x80 here");
	typist_add(t, "한글 둘");
	typist_add(t, "last");
	return t;
}

enum editor_result
typist_type(struct typist *t, const char *script)
{
	enum editor_result result;

	t->script = script;
	t->seen_count = 0;
	t->bells = 0;
	t->line = NULL;
	result = editor_read(t->editor, &t->line, &t->len);
	if (result == EDITOR_LINE)
		assert_int_equal(t->len, strlen(t->line));
	return result;
}

void
typist_expect_with(const char *editrc, const char *script, const char *line)
{
	struct typist *t = typist_new(editrc);

	if (typist_type(t, script) != EDITOR_LINE)
		fail_msg("'%s' is no line", script);
	if (strcmp(t->line, line) != 0)
		fail_msg("'%s' is '%s', not '%s'", script, t->line, line);
	typist_free(t);
}

void
typist_expect(const char *script, const char *line)
{
	typist_expect_with(NULL, script, line);
}

void
typist_expect_vi(const char *script, const char *line)
{
	typist_expect_with("bind -v\n", script, line);
}

bool
typist_special_key(size_t i, struct key *key)
{
	if (i >= NAMES)
		return false;
	*key = names[i].key;
	return true;
}
