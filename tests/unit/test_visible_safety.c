/* visible: nothing that acts on a terminal, hides or reorders gets through. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "harness/effort.h"
#include "harness/region.h"
#include "shown.h"
#include "visible.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static size_t
encode(char *p, uint32_t code)
{
	if (code < 0x80) {
		p[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		p[0] = (char)(0xc0 | code >> 6);
		p[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		p[0] = (char)(0xe0 | code >> 12);
		p[1] = (char)(0x80 | (code >> 6 & 0x3f));
		p[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	p[0] = (char)(0xf0 | code >> 18);
	p[1] = (char)(0x80 | (code >> 12 & 0x3f));
	p[2] = (char)(0x80 | (code >> 6 & 0x3f));
	p[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static bool
is_variation_selector(int32_t code)
{
	return code >= 0xfe00 && code <= 0xfe0f;
}

/*
 * That text may be shown: UTF-8, nothing forbidden but a joiner where one is
 * allowed, never more marks on one character than there may be. Where a locale
 * was asked, every character is one that it can print.
 */
static void
assert_safe(const char *text, size_t len, bool joiners, bool in_locale)
{
	size_t i, used;
	int32_t code;
	int marks = 0;

	for (i = 0; i < len; i += used) {
		code = visible_decode(text + i, len - i, &used);
		assert_true(code >= 0);
		if (code == SHOWN_JOINER)
			assert_true(joiners && i > 0);
		else
			assert_false(shown_is_forbidden(code));
		if (!in_locale)
			continue;
		assert_true(wcwidth(code) >= 0);
		marks = wcwidth(code) > 0 ? 0 : marks + 1;
		assert_true(i > 0 || marks == 0);
		assert_true(marks <= VISIBLE_MARKS_MAX);
	}
}

static size_t
columns_of(const struct visible *unit)
{
	size_t i, used, columns = 0;
	int32_t code;

	for (i = 0; i < unit->text_len; i += used) {
		code =
		    visible_decode(unit->text + i, unit->text_len - i, &used);
		if (!is_variation_selector(code))
			columns += (size_t)wcwidth(code);
	}
	return columns;
}

/* Walks p[0..len): every unit safe and consistent, and all of p consumed. */
static void
walk(const char *p, size_t len, bool joiners)
{
	struct visible unit;
	size_t i, used, columns = 0;

	for (i = 0; i < len; i += used) {
		memset(&unit, 0xff, sizeof(unit));
		used = visible_next(p + i, len - i, &unit);
		assert_in_range(used, 1, len - i);
		assert_in_range(unit.text_len, 1, VISIBLE_TEXT_MAX - 1);
		assert_int_equal(strlen(unit.text), unit.text_len);
		assert_safe(unit.text, unit.text_len, joiners, true);
		assert_int_equal(unit.width, columns_of(&unit));
		assert_true(unit.width >= 1);
		columns += unit.width;
	}
	assert_int_equal(i, len);
	assert_int_equal(visible_width(p, len), columns);
}

static void
every_code_point_is_safe(void **state)
{
	struct visible unit;
	char bytes[4], buf[32];
	int32_t code;
	size_t len, used;

	(void)state;
	for (code = 0; code <= 0x10ffff; code++) {
		len = encode(bytes, (uint32_t)code);
		if (code >= 0xd800 && code <= 0xdfff) {
			assert_int_equal(visible_decode(bytes, len, &used), -1);
			assert_int_equal(visible_next(bytes, len, &unit), 1);
			continue;
		}
		assert_int_equal(visible_decode(bytes, len, &used), code);
		assert_int_equal(used, len);
		assert_int_equal(visible_next(bytes, len, &unit), len);
		assert_safe(unit.text, unit.text_len, false, true);
		assert_int_equal(unit.width, columns_of(&unit));
		if (shown_is_forbidden(code) || wcwidth(code) < 0)
			assert_true(unit.escaped);
		len = visible_text(
		    buf, sizeof(buf), bytes, len, 0, VISIBLE_QUOTE);
		assert_safe(buf, len, false, false);
	}
}

/* The widths that a log uses are those of the locale where both know one. */
static void
widths_without_a_locale_are_nearly_those_of_the_locale(void **state)
{
	char bytes[8], buf[32];
	int32_t code;
	size_t len, differ = 0;
	int width;

	(void)state;
	for (code = 0xa0; code <= 0x10ffff; code++) {
		if (shown_is_forbidden(code) || (width = wcwidth(code)) < 1)
			continue;
		len = encode(bytes, (uint32_t)code);
		memcpy(bytes + len, "....", 4);
		/* It fits into width + 4 columns if it is as wide as that. */
		len = visible_text(buf, sizeof(buf), bytes, len + 4,
		    (size_t)width + 3, VISIBLE_QUOTE);
		differ += memcmp(buf + len - 4, "....", 4) == 0;
	}
	assert_in_range(differ, 0, 100);
}

static void
every_pair_of_bytes_is_safe(void **state)
{
	char bytes[2];
	int i, j;

	(void)state;
	for (i = 0; i < 256; i++) {
		bytes[0] = (char)i;
		walk(bytes, 1, false);
		for (j = 0; j < 256; j++) {
			bytes[1] = (char)j;
			walk(bytes, 2, false);
		}
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Random bytes, or random pieces of what is hard. */
static size_t
make_random(char *p, size_t size, uint32_t *seed)
{
	static const char *const hard[] = {"\033[", "\u0301", "\u200d",
	    "\U0001f469", "\u2764", "\ufe0f", "\u1112", "\u1161", "\xe2\x80",
	    "\xf0\x9f", "\xc2", "\u4f60", "\\", "\"", "\n", "\x9b", "\u202e"};
	size_t len = 0, n, want = next_random(seed) % (size - 8);
	bool bytes = next_random(seed) % 2 == 0;
	const char *piece;

	while (len < want) {
		if (bytes) {
			p[len++] = (char)next_random(seed);
			continue;
		}
		piece = hard[next_random(seed) % ARRAY_LEN(hard)];
		n = strlen(piece);
		memcpy(p + len, piece, n);
		len += n;
	}
	return len;
}

/* The columns of text that is safe already, as the terminal counts them. */
static size_t
columns_of_safe(const char *text, size_t len)
{
	struct visible unit;
	size_t i = 0, columns = 0;

	while (i < len) {
		i += visible_next(text + i, len - i, &unit);
		columns += unit.width;
	}
	return columns;
}

static void
random_bytes_are_safe_however_they_are_cut(void **state)
{
	char input[160], buf[1024], *exact;
	uint32_t seed = 5;
	size_t len, size, out, columns;
	unsigned flags;
	const int rounds = effort_rounds(30000);
	int round;

	(void)state;
	for (round = 0; round < rounds; round++) {
		len = make_random(input, sizeof(input), &seed);
		/* Memory of just its size: a read beyond it is found. */
		exact = malloc(len + (len == 0));
		assert_non_null(exact);
		memcpy(exact, input, len);
		walk(exact, len, true);
		flags = round % 2 == 0 ? 0 : VISIBLE_QUOTE;
		columns = next_random(&seed) % 40;
		size = 1 + next_random(&seed) % (sizeof(buf) - 1);
		memset(buf, 0xff, sizeof(buf));
		out = visible_text(buf, size, exact, len, columns, flags);
		assert_true(out < size);
		assert_int_equal(strlen(buf), out);
		assert_int_equal((unsigned char)buf[size], 0xff);
		assert_safe(buf, out, true, flags == 0);
		if (columns > 0 && flags == 0)
			assert_true(columns_of_safe(buf, out) <= columns);
		free(exact);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_code_point_is_safe),
	    cmocka_unit_test(
		widths_without_a_locale_are_nearly_those_of_the_locale),
	    cmocka_unit_test(every_pair_of_bytes_is_safe),
	    cmocka_unit_test(random_bytes_are_safe_however_they_are_cut),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
