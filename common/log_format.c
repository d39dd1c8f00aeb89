#include "log_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "visible.h"

#define TEXT_COLUMNS  120 /* of what a client says */
#define OTHER_COLUMNS 512 /* of any other text */
#define VALUE_MAX     (TEXT_COLUMNS * VISIBLE_TEXT_MAX)
#define TAIL_MAX      2 /* "}\n" */

/* A line that grows; what would not fit is dropped and remembered. */
struct line {
	char *buf;
	size_t size;
	size_t len;
	bool full;
};

static const char *const level_names[] = {"debug", "info", "warning", "error"};

static void
line_put(struct line *line, const char *p, size_t len)
{
	if (line->full || len > line->size - line->len) {
		line->full = true;
		return;
	}
	memcpy(line->buf + line->len, p, len);
	line->len += len;
}

static void
line_put_text(struct line *line, const char *text)
{
	line_put(line, text, strlen(text));
}

/* As wide as columns, at least. */
static void
line_put_padded(struct line *line, const char *text, size_t columns)
{
	size_t len;

	line_put_text(line, text);
	for (len = strlen(text); len < columns; len++)
		line_put(line, " ", 1);
}

static void
line_put_number(struct line *line, const struct log_field *field)
{
	char text[32];

	if (field->kind == LOG_THOUSANDTHS)
		(void)snprintf(text, sizeof(text), "%" PRIu64 ".%03u",
		    field->number / 1000, (unsigned)(field->number % 1000));
	else
		(void)snprintf(text, sizeof(text), "%" PRIu64, field->number);
	line_put_text(line, text);
}

static bool
field_is(const struct log_field *field, const char *key)
{
	return strcmp(field->key, key) == 0;
}

static bool
field_is_text(const struct log_field *field)
{
	return field->kind == LOG_TEXT || field->kind == LOG_SAFE;
}

/*
 * What stands between the quotes in either format: spelt out in value, or as it
 * is.
 */
static const char *
field_spell(const struct log_field *field, char value[VALUE_MAX], size_t *len)
{
	size_t columns;

	*len = field->text == NULL ? 0 : field->len;
	if (*len == 0 || field->kind == LOG_SAFE)
		return *len == 0 ? "" : field->text;
	columns = field_is(field, "text") ? TEXT_COLUMNS : OTHER_COLUMNS;
	*len = visible_text(
	    value, VALUE_MAX, field->text, field->len, columns, VISIBLE_QUOTE);
	return value;
}

static void
text_put_value(struct line *line, const struct log_field *field)
{
	char value[VALUE_MAX];
	const char *text;
	bool quoted;
	size_t len;

	text = field_spell(field, value, &len);
	quoted = len == 0 || field_is(field, "text") ||
	    field_is(field, "error") || memchr(text, ' ', len) != NULL ||
	    memchr(text, '"', len) != NULL;
	if (quoted)
		line_put(line, "\"", 1);
	line_put(line, text, len);
	if (quoted)
		line_put(line, "\"", 1);
}

/* Whether a value of this key speaks for itself. */
static bool
text_is_bare(const struct log_field *field)
{
	if (field_is_text(field))
		return field_is(field, "peer") || field_is(field, "addr") ||
		    field_is(field, "text");
	return field->kind == LOG_NUMBER &&
	    (field_is(field, "client") || field_is(field, "bytes"));
}

static void
text_put_field(struct line *line, const struct log_field *field)
{
	bool bare = text_is_bare(field);

	line_put(line, " ", 1);
	if (!bare) {
		line_put_text(line, field->key);
		line_put(line, "=", 1);
	}
	if (field_is_text(field)) {
		text_put_value(line, field);
		return;
	}
	if (bare && field_is(field, "client"))
		line_put(line, "#", 1);
	line_put_number(line, field);
	if (bare && field_is(field, "bytes"))
		line_put_text(line, " B");
}

/* The text is safe already; only the two characters of RFC 8259 are left. */
static void
json_put_value(struct line *line, const struct log_field *field)
{
	char value[VALUE_MAX];
	const char *text;
	size_t i, len;

	text = field_spell(field, value, &len);
	line_put(line, "\"", 1);
	for (i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			line_put(line, "\\", 1);
		line_put(line, &text[i], 1);
	}
	line_put(line, "\"", 1);
}

static void
json_put_field(struct line *line, const struct log_field *field)
{
	if (line->len > 0 && line->buf[line->len - 1] != '{')
		line_put(line, ",", 1);
	line_put(line, "\"", 1);
	line_put_text(line, field->key);
	line_put_text(line, "\":");
	if (field_is_text(field))
		json_put_value(line, field);
	else
		line_put_number(line, field);
}

static void
line_put_head(struct line *line, bool json, enum log_level level,
    const char *event, bool alone)
{
	if (json) {
		line_put_text(line, "\"level\":\"");
		line_put_text(line, level_names[level]);
		line_put_text(line, "\",\"event\":\"");
		line_put_text(line, event);
		line_put(line, "\"", 1);
		return;
	}
	line_put_padded(line, level_names[level], LOG_LEVEL_COLUMNS);
	line_put(line, " ", 1);
	line_put_padded(line, event, alone ? 0 : LOG_EVENT_COLUMNS);
}

char *
log_format_error(char buf[LOG_ERROR_MAX], int error)
{
	if (strerror_r(error, buf, LOG_ERROR_MAX) != 0)
		(void)snprintf(buf, LOG_ERROR_MAX, "error %d", error);
	return buf;
}

static void
line_put_field(struct line *line, bool json, const struct log_field *field)
{
	char words[LOG_ERROR_MAX];
	struct log_field spelt = *field;

	if (field->kind == LOG_ERRNO)
		spelt = log_text(
		    field->key, log_format_error(words, (int)field->number));
	if (json)
		json_put_field(line, &spelt);
	else
		text_put_field(line, &spelt);
}

/* The end of the line always has room; a field that has none is left out. */
static void
line_put_fields(struct line *line, bool json, const struct log_field *fields,
    size_t nfields)
{
	size_t before, i;

	line->size -= TAIL_MAX;
	for (i = 0; i < nfields; i++) {
		before = line->len;
		line_put_field(line, json, &fields[i]);
		if (line->full) {
			line->len = before;
			line->full = false;
		}
	}
	line->size += TAIL_MAX;
	line_put_text(line, json ? "}\n" : "\n");
}

size_t
log_format_body(char buf[LOG_BODY_MAX], bool json, enum log_level level,
    const char *event, const struct log_field *fields, size_t nfields)
{
	struct line line = {.buf = buf, .size = LOG_BODY_MAX};

	line_put_head(&line, json, level, event, nfields == 0);
	line_put_fields(&line, json, fields, nfields);
	return line.len;
}

size_t
log_format_object(
    char buf[LOG_LINE_MAX], const struct log_field *fields, size_t nfields)
{
	struct line line = {.buf = buf, .size = LOG_LINE_MAX};

	line_put(&line, "{", 1);
	line_put_fields(&line, true, fields, nfields);
	return line.len;
}

void
log_format_stamp(struct log_stamp *stamp, bool json, uint64_t wall_ms)
{
	const time_t second = (time_t)(wall_ms / 1000);
	const unsigned ms = (unsigned)(wall_ms % 1000);
	struct tm tm = {0};
	char tail[8];
	size_t tail_len;

	if (!stamp->known || stamp->second != (int64_t)second) {
		if (json)
			(void)gmtime_r(&second, &tm);
		else
			(void)localtime_r(&second, &tm);
		stamp->second = (int64_t)second;
		stamp->known = true;
		stamp->len = strftime(stamp->text, sizeof(stamp->text),
		    json ? "{\"ts\":\"%Y-%m-%dT%H:%M:%S.000Z\","
			 : "%Y-%m-%d %H:%M:%S.000 ",
		    &tm);
	}
	/* The digits stand where the format left zeros for them. */
	tail_len = json ? strlen("000Z\",") : strlen("000 ");
	(void)snprintf(tail, sizeof(tail), "%03u", ms);
	memcpy(stamp->text + stamp->len - tail_len, tail, 3);
}
