#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "editor_impl.h"
#include "editor_text.h"
#include "history.h"

/*
 * Not libedit's commands, for these lose what is being typed where it is longer
 * than 1024 characters, and look for regular expressions.
 */

void
editor_recall_reset(struct editor *ed)
{
	free(ed->recall.draft);
	free(ed->recall.prefix);
	free(ed->recall.entry);
	memset(&ed->recall, 0, sizeof(ed->recall));
}

/* 1 is the newest. */
static const char *
entry_of_age(const struct editor *ed, size_t age)
{
	size_t count = history_count(ed->options.history);

	return history_entry(ed->options.history, count - age);
}

static size_t
oldest(const struct editor *ed)
{
	const struct history *history = ed->options.history;

	return history == NULL ? 0 : history_count(history);
}

void
editor_recall_refresh(struct editor *ed)
{
	/* Ages count from the newest: what is shown would have another one. */
	if (ed->options.history != NULL && ed->recall.age == 0 &&
	    !ed->search.active)
		history_refresh(ed->options.history);
}

static wchar_t *
copy_line(struct editor *ed, size_t len)
{
	struct editor_view line;
	wchar_t *copy;

	editor_line(ed, &line);
	if (len > line.len)
		len = line.len;
	copy = calloc(len + 1, sizeof(*copy));
	if (copy != NULL)
		wmemcpy(copy, line.text, len);
	return copy;
}

static unsigned char
show_draft(struct editor *ed, size_t cursor)
{
	wchar_t *draft = ed->recall.draft;
	unsigned char result;

	ed->recall.draft = NULL;
	ed->recall.age = 0;
	result = editor_set_line(ed, draft == NULL ? L"" : draft, cursor);
	free(draft);
	return result;
}

unsigned char
editor_recall_show(struct editor *ed, size_t age, size_t cursor)
{
	wchar_t *text;
	size_t len;
	unsigned char result;

	if (age == 0)
		return ed->recall.age == 0 ? CC_ERROR : show_draft(ed, cursor);
	text = editor_text_widen(entry_of_age(ed, age), &len);
	if (text == NULL)
		return CC_ERROR;
	if (len > EDITOR_LINE_MAX)
		text[EDITOR_LINE_MAX] = L'\0';
	if (ed->recall.age == 0) {
		ed->recall.draft = copy_line(ed, EDITOR_LINE_MAX);
		if (ed->recall.draft == NULL) {
			free(text);
			return CC_ERROR;
		}
	}
	ed->recall.age = age;
	result = editor_set_line(ed, text, cursor);
	free(text);
	return result;
}

/* Where vi's command mode wants the cursor, and everyone else. */
static size_t
place(const struct editor *ed)
{
	return ed->feed.vi_command ? 0 : SIZE_MAX;
}

static size_t
steps(const struct editor *ed)
{
	return ed->feed.count > 0 ? ed->feed.count : 1;
}

unsigned char
editor_recall_older(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	size_t limit, age = ed->recall.age + steps(ed);

	(void)key;
	editor_recall_refresh(ed);
	limit = oldest(ed);
	if (ed->recall.age >= limit)
		return CC_ERROR;
	if (age > limit)
		age = limit;
	return editor_recall_show(ed, age, place(ed));
}

unsigned char
editor_recall_newer(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	size_t n = steps(ed);

	(void)key;
	if (ed->recall.age == 0)
		return CC_ERROR;
	n = n < ed->recall.age ? ed->recall.age - n : 0;
	return editor_recall_show(ed, n, place(ed));
}

/* vi's G: the entry of that number, or the oldest one. */
unsigned char
editor_recall_oldest(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	size_t limit, n = steps(ed);

	(void)key;
	editor_recall_refresh(ed);
	limit = oldest(ed);
	if (n > limit)
		return CC_ERROR;
	return editor_recall_show(ed, limit - (n - 1), place(ed));
}

/* vi's U: the line as it was before it was edited. */
unsigned char
editor_recall_restore(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);

	(void)key;
	if (ed->recall.age > 0)
		return editor_recall_show(ed, ed->recall.age, place(ed));
	return editor_set_line(ed, L"", 0);
}

/*
 * What the entries must begin with: what stands before the cursor, or in vi's
 * command mode up to it. The prefix of the last time where the line is what was
 * found then.
 */
static const wchar_t *
find_prefix(struct editor *ed)
{
	struct editor_view line;
	struct editor_recall *recall = &ed->recall;
	bool found = false;

	editor_line(ed, &line);
	if (recall->prefix != NULL && recall->entry != NULL)
		found = recall->entry_age == recall->age &&
		    wcslen(recall->entry) == line.len &&
		    wmemcmp(recall->entry, line.text, line.len) == 0;
	if (found)
		return recall->prefix;
	free(recall->prefix);
	recall->prefix = copy_line(ed, line.cursor + ed->feed.vi_command);
	return recall->prefix;
}

/*
 * Keeps entry as the one that was found. Whether it begins so, and is not shown
 * yet.
 */
static bool
matches(struct editor *ed, size_t age, const wchar_t *prefix)
{
	struct editor_view line;
	size_t len;
	wchar_t *entry = editor_text_widen(entry_of_age(ed, age), &len);

	if (entry == NULL)
		return false;
	editor_line(ed, &line);
	if (wcsncmp(entry, prefix, wcslen(prefix)) != 0 ||
	    (len == line.len && wmemcmp(entry, line.text, len) == 0)) {
		free(entry);
		return false;
	}
	free(ed->recall.entry);
	ed->recall.entry = entry;
	ed->recall.entry_age = age;
	return true;
}

unsigned char
editor_recall_older_match(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	const wchar_t *prefix = find_prefix(ed);
	size_t limit;

	(void)key;
	if (prefix == NULL)
		return CC_ERROR;
	editor_recall_refresh(ed);
	limit = oldest(ed);
	for (size_t age = ed->recall.age + 1; age <= limit; age++)
		if (matches(ed, age, prefix))
			return editor_recall_show(ed, age, place(ed));
	return CC_ERROR;
}

unsigned char
editor_recall_newer_match(EditLine *el, wint_t key)
{
	struct editor *ed = editor_of(el);
	const wchar_t *prefix = find_prefix(ed);

	(void)key;
	if (prefix == NULL || ed->recall.age == 0)
		return CC_ERROR;
	for (size_t age = ed->recall.age - 1; age > 0; age--)
		if (matches(ed, age, prefix))
			return editor_recall_show(ed, age, place(ed));
	return editor_recall_show(ed, 0, place(ed));
}

int
editor_recall_history(void *arg, HistEventW *event, int op, ...)
{
	struct editor *ed = arg;
	struct editor_recall *recall = &ed->recall;
	size_t limit, age = recall->entry_age, len;
	wchar_t *entry;

	if (op == H_FIRST)
		editor_recall_refresh(ed);
	limit = oldest(ed);
	if (op == H_FIRST)
		age = 1;
	else if (op == H_LAST)
		age = limit;
	else if (op == H_NEXT)
		age++;
	else if (op == H_PREV)
		age--;
	else if (op != H_CURR)
		return -1;
	if (age == 0 || age > limit)
		return -1;
	entry = editor_text_widen(entry_of_age(ed, age), &len);
	if (entry == NULL)
		return -1;
	free(recall->entry);
	recall->entry = entry;
	recall->entry_age = age;
	event->num = (int)(limit - age + 1);
	event->str = entry;
	return 0;
}
