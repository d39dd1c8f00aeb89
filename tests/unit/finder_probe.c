#include <stdio.h>
#include <string.h>

#include "finder.h"
#include "finder_probe.h"
#include "harness/harness.h"
#include "keys.h"
#include "transcript.h"

void
finder_probe_add(struct finder_probe *f, const char *text)
{
	uint64_t id;

	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_RECEIVED, 0,
			     text, strlen(text), false, &id),
	    0);
}

int
finder_probe_setup(void **state)
{
	static struct finder_probe f;
	char text[32];

	f.transcript = transcript_new(FINDER_PROBE_ENTRIES, 64u << 20);
	assert_non_null(f.transcript);
	for (int i = 0; i < 100; i++) {
		snprintf(
		    text, sizeof(text), "%d%s", i, i % 20 == 0 ? " apple" : "");
		finder_probe_add(&f, i == 50 ? "메아리 apples" : text);
	}
	view_init(&f.view, NULL, NULL);
	view_resize(&f.view, f.transcript, 80, 10);
	f.finder = finder_new(f.transcript, &f.view);
	assert_non_null(f.finder);
	*state = &f;
	return 0;
}

int
finder_probe_teardown(void **state)
{
	struct finder_probe *f = *state;

	finder_free(f->finder);
	transcript_free(f->transcript);
	return 0;
}

bool
finder_probe_press(struct finder_probe *f, enum keys_code code)
{
	struct key key = {.code = code};

	return finder_take(f->finder, &key);
}

bool
finder_probe_press_char(struct finder_probe *f, uint32_t ch)
{
	struct key key = {.code = KEYS_CHAR, .ch = ch};

	return finder_take(f->finder, &key);
}

void
finder_probe_type(struct finder_probe *f, const wchar_t *text)
{
	for (; *text != L'\0'; text++)
		assert_true(finder_probe_press_char(f, (uint32_t)*text));
}

bool
finder_probe_paste(struct finder_probe *f, const char *text)
{
	struct key key = {
	    .code = KEYS_PASTE, .paste = text, .paste_len = strlen(text)};

	return finder_take(f->finder, &key);
}

void
finder_probe_work(struct finder_probe *f)
{
	while (finder_work(f->finder))
		;
}

void
finder_probe_expect_line(
    struct finder_probe *f, const char *pattern, const char *count)
{
	struct finder_line line;

	finder_line(f->finder, &line);
	assert_int_equal(line.len, strlen(pattern));
	assert_memory_equal(line.pattern, pattern, line.len);
	assert_string_equal(line.count, count);
}

bool
finder_probe_shows(struct finder_probe *f, uint64_t id)
{
	struct view_row rows[100];
	size_t count = view_rows(&f->view, f->transcript, rows, 100);

	for (size_t i = 0; i < count; i++)
		if (rows[i].id == id && !rows[i].gone)
			return true;
	return false;
}
