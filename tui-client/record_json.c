#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "record.h"
#include "record_impl.h"

#define DAY_SECONDS 86400
#define WHOLE_MAX   9e12 /* below it a double has each thousandth */

/* What was taken for the first fields, if it is any good for that. */
struct head {
	const json_t *ts, *level, *event;
};

static unsigned
number_at(const char *p, size_t len)
{
	unsigned value = 0;

	for (size_t i = 0; i < len; i++)
		value = value * 10 + (unsigned)(p[i] - '0');
	return value;
}

/* Of the Gregorian calendar, since 1970-01-01. */
static int64_t
days_since_epoch(unsigned year, unsigned month, unsigned day)
{
	/* A year begins in March here: a leap day is its last. */
	int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
	int64_t m = month <= 2 ? month + 9 : month - 3;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	    719469;
}

/* "2026-11-22T14:02:12.140Z", from 1970 on; false where it is not like that. */
static bool
parse_time(const char *text, size_t len, uint64_t *wall_ms)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	unsigned year, month, day, hour, minute, second;
	int64_t days;

	if (len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < len; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return false;
	year = number_at(text, 4);
	month = number_at(text + 5, 2);
	day = number_at(text + 8, 2);
	hour = number_at(text + 11, 2);
	minute = number_at(text + 14, 2);
	second = number_at(text + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	days = days_since_epoch(year, month, day);
	*wall_ms = (uint64_t)(days * DAY_SECONDS + hour * 3600 + minute * 60 +
		       second) *
		1000 +
	    number_at(text + 20, 3);
	return true;
}

static bool
add(struct record *r, const char *key, const char *text, size_t len,
    bool number)
{
	return record_add(r,
	    &(struct record_field){.key = key,
		.key_len = strlen(key),
		.text = text,
		.len = len,
		.number = number});
}

static bool
take_ts(struct record *r, const json_t *ts)
{
	uint64_t wall_ms;

	if (!json_is_string(ts) ||
	    !parse_time(
		json_string_value(ts), json_string_length(ts), &wall_ms))
		return false;
	log_format_stamp(&r->stamp, false, wall_ms);
	r->dated = add(r, "ts", r->stamp.text, RECORD_STAMP, false);
	return r->dated;
}

static bool
take_level(struct record *r, const json_t *level)
{
	const char *text = json_string_value(level);
	size_t len = json_string_length(level);

	if (text == NULL)
		return false;
	r->level = record_level_of(text, len);
	return r->level != RECORD_NO_LEVEL && add(r, "level", text, len, false);
}

/* It stands without a key and quotes in text: it has to be a word. */
static bool
take_event(struct record *r, const json_t *event)
{
	const char *text = json_string_value(event);
	size_t len = json_string_length(event);

	if (text == NULL || len == 0 || strcspn(text, " \"=#") != len)
		return false;
	r->named = add(r, "event", text, len, false);
	return r->named;
}

/*
 * As yodeld writes them, with three decimals, where that is all there is; other
 * ones as short as they go. Not printf(3), which has the locale's point.
 */
static size_t
spell_real(char text[RECORD_NUMBER_MAX], double value)
{
	uint64_t thousandths = 0;
	size_t len;
	json_t *json;

	if (value >= 0 && value < WHOLE_MAX)
		thousandths = (uint64_t)(value * 1000 + 0.5);
	if ((double)thousandths / 1000 == value)
		return (size_t)snprintf(text, RECORD_NUMBER_MAX,
		    "%" PRIu64 ".%03u", thousandths / 1000,
		    (unsigned)(thousandths % 1000));
	json = json_real(value);
	len = json_dumpb(json, text, RECORD_NUMBER_MAX,
	    JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	json_decref(json);
	return len <= RECORD_NUMBER_MAX ? len : 0;
}

static bool
take_number(struct record *r, const char *key, const json_t *value)
{
	char *text = r->numbers[r->count % RECORD_FIELDS_MAX];
	size_t len;

	if (json_is_real(value))
		len = spell_real(text, json_real_value(value));
	else
		len = (size_t)snprintf(text, RECORD_NUMBER_MAX,
		    "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return len > 0 && add(r, key, text, len, true);
}

/* What is nested is none of the log's. */
static bool
take_value(struct record *r, const char *key, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return add(r, key, json_string_value(value),
		    json_string_length(value), false);
	case JSON_INTEGER:
	case JSON_REAL:
		return take_number(r, key, value);
	case JSON_TRUE:
		return add(r, key, "true", 4, false);
	case JSON_FALSE:
		return add(r, key, "false", 5, false);
	case JSON_NULL:
		return add(r, key, "null", 4, false);
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return false;
}

static void
take_head(struct record *r, struct head *head)
{
	head->ts = json_object_get(r->json, "ts");
	head->level = json_object_get(r->json, "level");
	head->event = json_object_get(r->json, "event");
	if (!take_ts(r, head->ts))
		head->ts = NULL;
	if (!take_level(r, head->level))
		head->level = NULL;
	if (!take_event(r, head->event))
		head->event = NULL;
}

bool
record_parse_json(struct record *r)
{
	struct head head;
	const char *key;
	json_t *value;

	record_begin(r, RECORD_JSON);
	r->json = json_loadb(r->line, r->len, 0, NULL);
	if (!json_is_object(r->json))
		return false;
	take_head(r, &head);
	json_object_foreach(r->json, key, value)
	{
		if (value == head.ts || value == head.level ||
		    value == head.event)
			continue;
		if (!take_value(r, key, value))
			return false;
	}
	return true;
}
