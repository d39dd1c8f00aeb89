#include <string.h>

#include "record.h"
#include "record_impl.h"

static void
put(struct record *r, const char *text, size_t len)
{
	memcpy(r->spelt + r->spelt_len, text, len);
	r->spelt_len += len;
}

/* One of the words that a line begins with, and a blank where more follows. */
static void
put_padded(struct record *r, size_t i, size_t columns)
{
	const struct record_field *field = &r->fields[i];

	r->places[i] = r->spelt_len;
	put(r, field->text, field->len);
	if (i + 1 == r->count)
		return;
	for (size_t len = field->len; len < columns; len++)
		put(r, " ", 1);
	put(r, " ", 1);
}

static bool
is_key(const struct record_field *field, const char *key)
{
	return field->key_len == strlen(key) &&
	    memcmp(field->key, key, field->key_len) == 0;
}

/* Whether a number is but digits. */
static bool
is_whole(const struct record_field *field)
{
	for (size_t i = 0; i < field->len; i++)
		if (field->text[i] < '0' || field->text[i] > '9')
			return false;
	return true;
}

/* Whether a value of this key speaks for itself. */
static bool
is_bare(const struct record_field *field)
{
	if (!field->number)
		return is_key(field, "peer") || is_key(field, "addr") ||
		    is_key(field, "text");
	return (is_key(field, "client") || is_key(field, "bytes")) &&
	    is_whole(field);
}

static bool
is_quoted(const struct record_field *field)
{
	return !field->number &&
	    (field->len == 0 || is_key(field, "text") ||
		is_key(field, "error") ||
		memchr(field->text, ' ', field->len) != NULL ||
		memchr(field->text, '"', field->len) != NULL);
}

static void
put_field(struct record *r, size_t i)
{
	const struct record_field *field = &r->fields[i];
	bool bare = is_bare(field), quoted = is_quoted(field);

	if (!bare) {
		put(r, field->key, field->key_len);
		put(r, "=", 1);
	}
	if (quoted)
		put(r, "\"", 1);
	else if (bare && is_key(field, "client"))
		put(r, "#", 1);
	r->places[i] = r->spelt_len;
	put(r, field->text, field->len);
	if (quoted)
		put(r, "\"", 1);
	else if (bare && is_key(field, "bytes"))
		put(r, " B", 2);
}

/* The JSON in the words of common/log_format.c. */
static void
spell(struct record *r)
{
	size_t i = r->dated ? 1 : 0;

	if (r->dated)
		put_padded(r, 0, RECORD_STAMP);
	if (r->level != RECORD_NO_LEVEL)
		put_padded(r, i++, LOG_LEVEL_COLUMNS);
	if (r->named)
		put_padded(r, i++, LOG_EVENT_COLUMNS);
	for (; i < r->count; i++) {
		put_field(r, i);
		if (i + 1 < r->count)
			put(r, " ", 1);
	}
}

const char *
record_line(struct record *r, size_t *len)
{
	if (r->kind != RECORD_JSON) {
		*len = r->len;
		return r->line;
	}
	if (r->spelt_len == 0)
		spell(r);
	*len = r->spelt_len;
	return r->spelt;
}

const char *
record_text(struct record *r, size_t *len)
{
	const char *line = record_line(r, len);
	size_t date = r->dated ? RECORD_DATE : 0;

	*len -= date;
	return line + date;
}

void
record_place(const struct record *r, const struct record_field *field,
    size_t *start, size_t *len)
{
	size_t i = (size_t)(field - r->fields);

	*start = r->kind == RECORD_JSON ? r->places[i]
					: (size_t)(field->text - r->line);
	*len = field->len;
	if (!r->dated)
		return;
	/* Of the time, the first of all, the day is not shown. */
	if (i == 0)
		*len -= RECORD_DATE;
	else
		*start -= RECORD_DATE;
}
