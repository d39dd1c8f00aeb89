#include <stdlib.h>

#include "editor_macro.h"

/* What one key may type, all in all; and how many macros there may be. */
#define TYPED_MAX  10000u
#define MACROS_MAX 200u

struct editor_macro {
	struct editor_macro *next; /* the one before it */
	size_t number;
	size_t typed; /* characters, those of the macros in it as well */
	wchar_t *key, *text;
};

/* What a backslash and these spell; bind's own list. */
static wchar_t
decode_escape(const wchar_t **p)
{
	static const wchar_t names[] = L"abtnvfre";
	static const wchar_t controls[] = L"\a\b\t\n\v\f\r\033";
	const wchar_t *name;
	wchar_t c = 0;

	if (**p < L'0' || **p > L'7') {
		name = wcschr(names, *(*p)++);
		return name == NULL ? (*p)[-1] : controls[name - names];
	}
	for (int i = 0; i < 3 && **p >= L'0' && **p <= L'7'; i++)
		c = c * 8 + (*(*p)++ - L'0');
	return c;
}

/* In memory of its own, or NULL. libedit leaves a NUL out. */
static wchar_t *
decode(const wchar_t *p)
{
	wchar_t *out = calloc(wcslen(p) + 1, sizeof(*out));
	size_t n = 0;

	while (out != NULL && *p != L'\0') {
		wchar_t c = *p++;

		if (c == L'\\' && *p != L'\0')
			c = decode_escape(&p);
		else if (c == L'^' && *p != L'\0') {
			c = *p == L'?' ? 0x7f : *p & 0x9f;
			p++;
		} else if (c == L'M' && p[0] == L'-' && p[1] != L'\0') {
			c = L'\033';
			p++;
		}
		if (c != L'\0')
			out[n++] = c;
	}
	return out;
}

/* How often a key is typed in a text, or begins at the end of it. */
static size_t
uses(const wchar_t *text, const wchar_t *key)
{
	size_t key_len = wcslen(key), left = wcslen(text), count = 0;

	for (; key_len > 0 && left > 0; text++, left--)
		if (wmemcmp(text, key, left < key_len ? left : key_len) == 0)
			count++;
	return count;
}

/* Whether all that it types ends, in time. */
static const char *
weigh(struct editor_macro *macro)
{
	const struct editor_macro *m = macro;

	macro->typed = wcslen(macro->text);
	for (; m != NULL; m = m->next)
		if (uses(m->text, macro->key) > 0)
			return "bind: the key is in the text of this macro, or "
			       "of one before it";
	for (m = macro->next; m != NULL; m = m->next) {
		macro->typed += uses(macro->text, m->key) * m->typed;
		if (macro->typed > TYPED_MAX)
			return "bind: a macro of macros that types too much";
	}
	return NULL;
}

const char *
editor_macro_add(
    struct editor_macro **macros, const wchar_t *key, const wchar_t *text)
{
	struct editor_macro *macro = calloc(1, sizeof(*macro));
	const char *wrong = "bind: there is no memory";

	if (macro == NULL)
		return wrong;
	macro->key = decode(key);
	macro->text = decode(text);
	if (macro->key != NULL && macro->text != NULL) {
		macro->next = *macros;
		macro->number = *macros == NULL ? 1 : (*macros)->number + 1;
		wrong = macro->number > MACROS_MAX
		    ? "bind: there are too many macros"
		    : weigh(macro);
	}
	if (wrong == NULL) {
		*macros = macro;
		return NULL;
	}
	macro->next = NULL;
	editor_macro_free(macro);
	return wrong;
}

void
editor_macro_free(struct editor_macro *macros)
{
	while (macros != NULL) {
		struct editor_macro *next = macros->next;

		free(macros->key);
		free(macros->text);
		free(macros);
		macros = next;
	}
}
