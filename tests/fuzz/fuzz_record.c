/*
 * record and filter: a line of a log, behind a line that is the filter. Fields
 * lie in what they are fields of, what is shown can be made safe, and what a
 * filter marks is in it.
 */

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "fuzz.h"
#include "record.h"
#include "visible.h"

#define RANGES_MAX 8

/* Each byte, so that a sanitizer sees it; returns a sum. */
static uint64_t
touch(const char *p, size_t len)
{
	uint64_t sum = len;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)p[i]) * 1099511628211u;
	return sum;
}

static bool
lies_in(const char *p, size_t len, const char *in, size_t in_len)
{
	return p >= in && len <= in_len && (size_t)(p - in) <= in_len - len;
}

static void
check_fields(struct record *r, const char *line, size_t len)
{
	size_t count, shown_len, start, place_len;
	const char *shown = record_text(r, &shown_len);
	const struct record_field *fields = record_fields(r, &count);

	FUZZ_CHECK(count <= RECORD_FIELDS_MAX);
	FUZZ_CHECK(record_kind(r) != RECORD_PLAIN || count == 1);
	for (size_t i = 0; i < count; i++) {
		const struct record_field *field = &fields[i];

		(void)touch(field->key, field->key_len);
		FUZZ_CHECK(record_kind(r) == RECORD_JSON ||
		    lies_in(field->text, field->len, line, len));
		record_place(r, field, &start, &place_len);
		FUZZ_CHECK(lies_in(shown + start, place_len, shown, shown_len));
		FUZZ_CHECK(place_len == field->len ||
		    (i == 0 && place_len < field->len));
	}
}

/* What is shown, made safe as the panes do it. */
static void
check_shown(const char *text, size_t len)
{
	char shown[512];
	size_t shown_len = visible_text(shown, sizeof(shown), text, len, 80, 0);

	fuzz_check_shown(shown, shown_len);
}

static void
check_record(struct record *r, const char *line, size_t len)
{
	size_t text_len, whole_len;
	const char *whole = record_line(r, &whole_len), *text;

	if (record_kind(r) != RECORD_JSON) {
		FUZZ_CHECK(whole_len == len);
		FUZZ_CHECK(memcmp(whole, line, len) == 0);
	}
	text = record_text(r, &text_len);
	FUZZ_CHECK(text_len <= whole_len);
	FUZZ_CHECK(memcmp(text, whole + whole_len - text_len, text_len) == 0);
	check_shown(text, text_len);
	check_fields(r, line, len);
}

static void
check_ranges(const struct filter *f, struct record *r, size_t from)
{
	struct filter_range ranges[RANGES_MAX];
	size_t len, count = filter_ranges(f, r, from, ranges, RANGES_MAX);

	(void)record_text(r, &len);
	FUZZ_CHECK(count <= RANGES_MAX);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(ranges[i].start <= len);
		FUZZ_CHECK(ranges[i].len <= len - ranges[i].start);
		FUZZ_CHECK(ranges[i].start + ranges[i].len > from);
		FUZZ_CHECK(i == 0 || ranges[i].start >= ranges[i - 1].start);
	}
}

static void
check_filter(const char *text, size_t text_len, struct record *r,
    const char *line, size_t len)
{
	struct filter *f = filter_new(text, text_len);
	bool passes;

	FUZZ_CHECK(f != NULL);
	passes = filter_passes(f, r);
	FUZZ_CHECK(passes || filter_asks(f));
	FUZZ_CHECK(!passes || filter_may_pass(f, line, len));
	check_ranges(f, r, 0);
	check_ranges(f, r, 13);
	filter_free(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t text_len = end == NULL ? 0 : (size_t)(end - data);
	size_t skip = end == NULL ? 0 : text_len + 1;
	char *text = fuzz_copy(data, text_len);
	char *line = fuzz_copy(data + skip, size - skip);
	struct record *r = record_new();

	fuzz_locale();
	FUZZ_CHECK(r != NULL);
	record_parse(r, line, size - skip);
	check_record(r, line, size - skip);
	check_filter(text, text_len, r, line, size - skip);
	record_free(r);
	free(line);
	free(text);
	return 0;
}
