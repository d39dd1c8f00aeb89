#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "needle.h"
#include "record.h"

struct term {
	bool negated;
	const char *key; /* terminated; NULL: a word */
	const char *text;
	size_t len;
	bool level;    /* of the key level */
	bool whole;    /* of digits */
	bool verbatim; /* stands in a line of JSON as it is shown */
	struct needle *needle;
};

struct filter {
	size_t count;
	char *texts; /* of the terms: keys and texts, without their quotes */
	struct term terms[];
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Whether a text is found in a line of JSON wherever it is in what is shown of
 * it: it has to be within a word, and one that is no number or time.
 */
static bool
is_verbatim(const char *text, size_t len)
{
	bool telling = false;

	for (size_t i = 0; i < len; i++) {
		if (!is_letter(text[i]) && !is_digit(text[i]))
			return false;
		telling = telling ||
		    (is_letter(text[i]) && text[i] != 'e' && text[i] != 'E');
	}
	return telling && len > 1;
}

static bool
is_whole(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_digit(text[i]))
			return false;
	return true;
}

/* The bytes of a key at p[0..len) that has a "=" behind it, or 0. */
static size_t
key_before(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len &&
	    (is_letter(p[n]) || is_digit(p[n]) || p[n] == '_' || p[n] == '-'))
		n++;
	return n < len && p[n] == '=' ? n : 0;
}

/* One term, or none, into *term; its text into out. Returns what it spans. */
static size_t
read_term(const char *p, size_t len, struct term *term, char *out)
{
	size_t i = 0, key_len;
	bool quoted = false;

	*term = (struct term){0};
	for (; i < len && p[i] == '!'; i++)
		term->negated = !term->negated;
	key_len = key_before(p + i, len - i);
	if (key_len > 0) {
		term->key = out;
		memcpy(out, p + i, key_len);
		out[key_len] = '\0';
		out += key_len + 1;
		i += key_len + 1;
	}
	term->text = out;
	for (; i < len && (quoted || !is_blank(p[i])); i++) {
		if (p[i] == '"')
			quoted = !quoted;
		else
			out[term->len++] = p[i];
	}
	return i;
}

static int
finish_term(struct term *term)
{
	term->level = term->key != NULL && strcmp(term->key, "level") == 0;
	term->whole = term->key != NULL && is_whole(term->text, term->len);
	term->verbatim = is_verbatim(term->text, term->len);
	term->needle = needle_new(term->text, term->len);
	return term->needle == NULL ? -1 : 0;
}

static int
read_terms(struct filter *f, const char *text, size_t len)
{
	char *out = f->texts;
	size_t at = 0;

	while (at < len) {
		struct term *term = &f->terms[f->count];

		if (is_blank(text[at])) {
			at++;
			continue;
		}
		at += read_term(text + at, len - at, term, out);
		if (term->len == 0)
			continue;
		if (finish_term(term) == -1)
			return -1;
		out = f->texts + (term->text - f->texts) + term->len;
		f->count++;
	}
	return 0;
}

struct filter *
filter_new(const char *text, size_t len)
{
	/* A term takes a byte and a blank at least. */
	size_t most = len / 2 + 1;
	struct filter *f = calloc(1, sizeof(*f) + most * sizeof(f->terms[0]));

	if (f == NULL)
		return NULL;
	f->texts = calloc(1, len + 1);
	if (f->texts == NULL || read_terms(f, text, len) == -1) {
		filter_free(f);
		return NULL;
	}
	return f;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		needle_free(f->terms[i].needle);
	free(f->texts);
	free(f);
}

bool
filter_asks(const struct filter *f)
{
	return f->count > 0;
}

/* Where a term stands in text[from..len), the value of its key or a line. */
static bool
term_find(const struct term *term, const struct record_field *field,
    const char *text, size_t len, size_t from, struct needle_match *match)
{
	if (field != NULL && field->number && term->whole) {
		*match = (struct needle_match){0, term->len};
		return from == 0 && len >= term->len &&
		    memcmp(text, term->text, term->len) == 0 &&
		    (len == term->len || !is_digit(text[term->len]));
	}
	return needle_find(term->needle, text, len, from, match) &&
	    !(term->level && match->start > 0);
}

static bool
term_holds(const struct term *term, struct record *r)
{
	struct needle_match match;
	const struct record_field *field;
	const char *text;
	size_t len;

	if (term->key == NULL) {
		text = record_text(r, &len);
		return term_find(term, NULL, text, len, 0, &match);
	}
	field = record_find(r, term->key);
	return field != NULL &&
	    term_find(term, field, field->text, field->len, 0, &match);
}

bool
filter_passes(const struct filter *f, struct record *r)
{
	for (size_t i = 0; i < f->count; i++)
		if (term_holds(&f->terms[i], r) == f->terms[i].negated)
			return false;
	return true;
}

/* Whether it has \u0061, or the like: then nothing can be said of it. */
static bool
is_escaped(const char *line, size_t len)
{
	const char *end = line + len, *p = line;

	while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		if (++p == end || *p == 'u')
			return true;
		p++;
	}
	return false;
}

bool
filter_may_pass(const struct filter *f, const char *line, size_t len)
{
	bool json = len > 0 && line[0] == '{';
	struct needle_match match;

	for (size_t i = 0; i < f->count; i++) {
		const struct term *term = &f->terms[i];

		if (term->negated || (json && !term->verbatim))
			continue;
		if (!needle_find(term->needle, line, len, 0, &match))
			return json && is_escaped(line, len);
	}
	return true;
}

/* Puts a range where its start belongs; the last one falls out of a full row. */
static size_t
insert(struct filter_range *ranges, size_t count, size_t max,
    struct filter_range range)
{
	size_t i = count < max ? count++ : count;

	for (; i > 0 && ranges[i - 1].start > range.start; i--)
		if (i < max)
			ranges[i] = ranges[i - 1];
	if (i < max)
		ranges[i] = range;
	return count;
}

static size_t
add_ranges(const struct term *term, struct record *r, size_t from,
    struct filter_range *ranges, size_t count, size_t max)
{
	size_t base = 0, at = 0, len, field_len;
	const char *text = record_text(r, &len);
	const struct record_field *field = NULL;
	struct needle_match match;

	if (term->key != NULL) {
		if ((field = record_find(r, term->key)) == NULL)
			return count;
		record_place(r, field, &base, &field_len);
		text += base;
		len = field_len;
	}
	while (term_find(term, field, text, len, at, &match)) {
		at = match.start + match.len;
		if (base + at > from)
			count = insert(ranges, count, max,
			    (struct filter_range){
				base + match.start, match.len});
	}
	return count;
}

size_t
filter_ranges(const struct filter *f, struct record *r, size_t from,
    struct filter_range *ranges, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < f->count; i++)
		if (!f->terms[i].negated)
			count = add_ranges(
			    &f->terms[i], r, from, ranges, count, max);
	return count;
}
