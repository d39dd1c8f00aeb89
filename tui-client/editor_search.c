#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "editor_impl.h"
#include "editor_text.h"
#include "history.h"

#define OLDER L'\022' /* ^R */
#define NEWER L'\023' /* ^S */
#define ABORT L'\007' /* ^G */

static size_t
oldest(const struct editor *ed)
{
	const struct history *history = ed->options.history;

	return history == NULL ? 0 : history_count(history);
}

static bool
is_printable(wchar_t c)
{
	return !editor_text_is_control(c);
}

/*
 * The key that began the search goes on with it, where it can't be in a
 * pattern.
 */
static bool
is_begin_key(const struct editor_search *s, wchar_t c)
{
	return c == s->key && c > 0 && c < 0x20;
}

bool
editor_search_wants(const struct editor *ed, const struct key *key)
{
	wchar_t c = (wchar_t)key->ch;

	if (key->code != KEYS_CHAR || (key->mods & KEYS_ALT) ||
	    key->ch > 0x10ffff)
		return false;
	return is_printable(c) || c == OLDER || c == NEWER || c == ABORT ||
	    c == L'\b' || c == 0x7f || is_begin_key(&ed->search, c);
}

static void
append(struct editor_search *s, const wchar_t *text)
{
	size_t room = sizeof(s->prompt) / sizeof(s->prompt[0]) - 1;

	while (*text != L'\0' && s->prompt_len < room)
		s->prompt[s->prompt_len++] = *text++;
	s->prompt[s->prompt_len] = L'\0';
}

static void
make_prompt(struct editor_search *s)
{
	s->prompt_len = 0;
	append(s, s->failing ? L"(failing " : L"(");
	append(s, s->forward ? L"i-search)'" : L"reverse-i-search)'");
	append(s, s->pattern);
	append(s, L"': ");
}

static void
set_match(struct editor_search *s, wchar_t *match, size_t len, size_t at)
{
	free(s->match);
	s->match = match;
	s->match_len = len;
	s->at = at;
}

/*
 * Takes the entry for the match where the pattern is in it and it is another
 * text.
 */
static bool
try_entry(struct editor *ed, size_t age, const char *pattern, bool other)
{
	struct editor_search *s = &ed->search;
	const char *entry =
	    history_entry(ed->options.history, oldest(ed) - age);
	const char *found = strstr(entry, pattern);
	size_t bytes = strlen(entry), len, at;
	wchar_t *match;

	if (found == NULL)
		return false;
	match = calloc(bytes + 1, sizeof(*match));
	if (match == NULL)
		return false;
	at = editor_text_decode(match, entry, (size_t)(found - entry));
	len = editor_text_decode(match, entry, bytes);
	/* Half of what is one character may be what is looked for. */
	if (at < len)
		at = cluster_prev(match, at + 1);
	if (len > EDITOR_LINE_MAX ||
	    (other && s->match != NULL && wcscmp(match, s->match) == 0)) {
		free(match);
		return false;
	}
	set_match(s, match, len, at);
	s->age = age;
	return true;
}

/* From the entry of that age on; other: not the text that is matched now. */
static bool
find(struct editor *ed, size_t age, bool other)
{
	struct editor_search *s = &ed->search;
	char pattern[EDITOR_TEXT_BYTES * EDITOR_PATTERN_MAX + 1];
	size_t limit = oldest(ed);

	editor_text_encode(pattern, s->pattern, s->len);
	for (; age > 0 && age <= limit; s->forward ? age-- : age++)
		if (try_entry(ed, age, pattern, other)) {
			s->failing = false;
			return true;
		}
	s->failing = true;
	editor_bell(ed);
	return false;
}

/* Where a search begins that has found nothing yet. */
static size_t
origin(const struct editor *ed)
{
	size_t age = ed->recall.age;

	if (!ed->search.forward)
		return age + 1;
	return age > 0 ? age - 1 : 0;
}

static void
set_pattern(struct editor_search *s, const wchar_t *pattern)
{
	s->len = wcslen(pattern);
	wmemmove(s->pattern, pattern, s->len + 1);
}

static void
go_on(struct editor *ed, bool forward)
{
	struct editor_search *s = &ed->search;

	s->forward = forward;
	if (s->len == 0)
		set_pattern(s, s->last);
	if (s->len == 0)
		return;
	if (s->age == 0)
		find(ed, origin(ed), false);
	else
		find(ed, forward ? s->age - 1 : s->age + 1, true);
}

static void
extend(struct editor *ed, wchar_t c)
{
	struct editor_search *s = &ed->search;

	if (s->len == EDITOR_PATTERN_MAX) {
		editor_bell(ed);
		return;
	}
	s->pattern[s->len++] = c;
	s->pattern[s->len] = L'\0';
	find(ed, s->age > 0 ? s->age : origin(ed), false);
}

static void
shorten(struct editor *ed)
{
	struct editor_search *s = &ed->search;

	if (s->len == 0) {
		editor_bell(ed);
		return;
	}
	s->len = cluster_prev(s->pattern, s->len);
	s->pattern[s->len] = L'\0';
	set_match(s, NULL, 0, 0);
	s->age = 0;
	s->failing = false;
	if (s->len > 0)
		find(ed, origin(ed), false);
}

/* What the character does; false where it ends the search. */
static bool
step(struct editor *ed, wchar_t c)
{
	struct editor_search *s = &ed->search;

	if (c == OLDER || c == NEWER || is_begin_key(s, c))
		go_on(ed, c == NEWER || (c != OLDER && s->forward));
	else if (c == L'\b' || c == 0x7f)
		shorten(ed);
	else if (is_printable(c))
		extend(ed, c);
	else
		return false;
	return true;
}

/* A macro of .editrc may end a search with any control; it acts, too. */
static void
keep_control(struct editor *ed, wchar_t c)
{
	struct editor_feed *feed = &ed->feed;

	if (c <= 0 || c >= 0x20 || c == L'\033' || feed->holds)
		return;
	memset(&feed->held, 0, sizeof(feed->held));
	feed->held.code = KEYS_CHAR;
	feed->held.ch = (uint32_t)c;
	feed->holds = true;
}

static void
begin(struct editor *ed, wchar_t key, bool forward, bool stays)
{
	struct editor_search *s = &ed->search;

	if (s->len > 0)
		wmemcpy(s->last, s->pattern, s->len + 1);
	set_pattern(s, L"");
	set_match(s, NULL, 0, 0);
	s->age = 0;
	s->failing = false;
	s->forward = forward;
	s->stays = stays;
	s->key = key;
	s->active = true;
}

static unsigned char
search(struct editor *ed, wchar_t key, bool forward, bool stays)
{
	struct editor_search *s = &ed->search;
	bool ended = false;
	wchar_t c = L'\0';

	editor_recall_refresh(ed);
	begin(ed, key, forward, stays);
	do
		make_prompt(s);
	while (el_wgetc(ed->el, &c) == 1 && !(ended = !step(ed, c)));
	s->active = false;
	if (c == ABORT)
		return CC_REFRESH;
	keep_control(ed, c);
	if (!ended || s->age == 0)
		return CC_REFRESH;
	return editor_recall_show(ed, s->age, s->at);
}

unsigned char
editor_search_older(EditLine *el, wint_t key)
{
	return search(editor_of(el), (wchar_t)key, false, false);
}

unsigned char
editor_search_newer(EditLine *el, wint_t key)
{
	return search(editor_of(el), (wchar_t)key, true, false);
}

unsigned char
editor_search_vi_older(EditLine *el, wint_t key)
{
	return search(editor_of(el), (wchar_t)key, false, true);
}

unsigned char
editor_search_vi_newer(EditLine *el, wint_t key)
{
	return search(editor_of(el), (wchar_t)key, true, true);
}

/* vi's n and N: they go the way of the search, and its opposite. */
static unsigned char
search_again(struct editor *ed, bool back)
{
	struct editor_search *s = &ed->search;
	bool forward = s->forward, found;

	if (s->len == 0)
		set_pattern(s, s->last);
	if (s->len == 0)
		return CC_ERROR;
	editor_recall_refresh(ed);
	s->forward = forward != back;
	found = find(ed, origin(ed), false);
	s->forward = forward;
	return found ? editor_recall_show(ed, s->age, s->at) : CC_NORM;
}

unsigned char
editor_search_again(EditLine *el, wint_t key)
{
	(void)key;
	return search_again(editor_of(el), false);
}

unsigned char
editor_search_again_back(EditLine *el, wint_t key)
{
	(void)key;
	return search_again(editor_of(el), true);
}

void
editor_search_free(struct editor *ed)
{
	set_match(&ed->search, NULL, 0, 0);
}
