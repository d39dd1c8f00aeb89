#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "record.h"
#include "record_impl.h"

struct record *
record_new(void)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r != NULL)
		record_parse(r, "", 0);
	return r;
}

void
record_free(struct record *r)
{
	if (r == NULL)
		return;
	json_decref(r->json);
	free(r);
}

void
record_begin(struct record *r, enum record_kind kind)
{
	json_decref(r->json);
	r->json = NULL;
	r->kind = kind;
	r->level = RECORD_NO_LEVEL;
	r->dated = r->named = false;
	r->count = 0;
	r->spelt_len = 0;
}

bool
record_add(struct record *r, const struct record_field *field)
{
	if (r->count == RECORD_FIELDS_MAX)
		return false;
	r->fields[r->count++] = *field;
	return true;
}

int
record_level_of(const char *name, size_t len)
{
	static const char *const names[] = {
	    [LOG_LEVEL_DEBUG] = "debug",
	    [LOG_LEVEL_INFO] = "info",
	    [LOG_LEVEL_WARNING] = "warning",
	    [LOG_LEVEL_ERROR] = "error",
	};

	for (int level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++)
		if (strlen(names[level]) == len &&
		    memcmp(names[level], name, len) == 0)
			return level;
	return RECORD_NO_LEVEL;
}

static void
be_plain(struct record *r)
{
	record_begin(r, RECORD_PLAIN);
	record_add(r,
	    &(struct record_field){
		.key = "text", .key_len = 4, .text = r->line, .len = r->len});
}

void
record_parse(struct record *r, const char *line, size_t len)
{
	bool taken = false;

	r->line = line;
	r->len = len;
	if (len > 0 && len <= RECORD_LINE_MAX)
		taken =
		    *line == '{' ? record_parse_json(r) : record_parse_text(r);
	if (!taken)
		be_plain(r);
}

enum record_kind
record_kind(const struct record *r)
{
	return r->kind;
}

int
record_level(const struct record *r)
{
	return r->level;
}

const struct record_field *
record_fields(const struct record *r, size_t *count)
{
	*count = r->count;
	return r->fields;
}

const struct record_field *
record_find(const struct record *r, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < r->count; i++)
		if (r->fields[i].key_len == len &&
		    memcmp(r->fields[i].key, key, len) == 0)
			return &r->fields[i];
	return NULL;
}

bool
record_is(const struct record *r, const char *key, const char *text)
{
	const struct record_field *field = record_find(r, key);

	return field != NULL && field->len == strlen(text) &&
	    memcmp(field->text, text, field->len) == 0;
}

/* Of text, whose numbers are digits, with a point among them or not. */
static double
number_of(const struct record_field *field)
{
	double value = 0, scale = 1;
	bool fraction = false;

	for (size_t i = 0; i < field->len; i++) {
		if (field->text[i] == '.') {
			fraction = true;
			continue;
		}
		value = value * 10 + (field->text[i] - '0');
		if (fraction)
			scale *= 10;
	}
	return value / scale;
}

bool
record_number(const struct record *r, const char *key, double *value)
{
	const struct record_field *field = record_find(r, key);

	if (field == NULL || !field->number)
		return false;
	*value = r->json == NULL
	    ? number_of(field)
	    : json_number_value(json_object_get(r->json, key));
	return true;
}

bool
record_count(const struct record *r, const char *key, uint64_t *value)
{
	const struct record_field *field = record_find(r, key);
	uint64_t count = 0;

	if (field == NULL || !field->number || field->len == 0)
		return false;
	for (size_t i = 0; i < field->len; i++) {
		unsigned digit = (unsigned char)field->text[i] - (unsigned)'0';

		if (digit > 9 || count > (UINT64_MAX - digit) / 10)
			return false;
		count = count * 10 + digit;
	}
	*value = count;
	return true;
}
