/* wrap: where rows break, and what holds for every row of any text. */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "harness/harness.h"
#include "harness/region.h"
#include "visible.h"
#include "wrap.h"

#define HANGUL	   "\xed\x95\x9c"		      /* U+D55C, two columns */
#define E_ACUTE	   "e\xcc\x81"			      /* e, U+0301 */
#define RLO	   "\xe2\x80\xae"		      /* U+202E: <U+202E> */
#define WOMAN	   "\xf0\x9f\x91\xa9"		      /* U+1F469 */
#define JOINER	   "\xe2\x80\x8d"		      /* U+200D: <U+200D> */
#define FAMILY	   WOMAN JOINER WOMAN JOINER WOMAN    /* six columns */
#define TAG	   "\xf3\xa0\x81\xa7"		      /* U+E0067 */
#define KOREA	   "\xf0\x9f\x87\xb0\xf0\x9f\x87\xb7" /* U+1F1F0 1F1F7 */
#define NI	   "\xe0\xae\xa8\xe0\xae\xbf"	      /* U+0BA8 U+0BBF */
#define ROWS_SHOWN 16

struct expected {
	const char *text;
	unsigned width;
	const char *rows[ROWS_SHOWN];
	unsigned columns[ROWS_SHOWN];
};

static const struct expected cases[] = {
    {"", 10, {""}, {0}},
    {"short", 10, {"short"}, {5}},
    {"exactly10!", 10, {"exactly10!"}, {10}},
    {"exactly10!+", 10, {"exactly10!", "+"}, {10, 1}},
    /* after a space in the last third, else anywhere */
    {"aaaaaa bbbbb", 10, {"aaaaaa ", "bbbbb"}, {7, 5}},
    {"aaaaa bbbbbb", 10, {"aaaaa bbbb", "bb"}, {10, 2}},
    {"aaaa b c ddd", 10, {"aaaa b c ", "ddd"}, {9, 3}},
    /* a blank that no longer fits takes no column */
    {"aaaaaaaaaa bb", 10, {"aaaaaaaaaa ", "bb"}, {10, 2}},
    {"aaaaaaaaaa  bb", 10, {"aaaaaaaaaa ", " bb"}, {10, 3}},
    {"aaaaaaaaaa ", 10, {"aaaaaaaaaa "}, {10}},
    {"aaaaaaa aa\tb", 10, {"aaaaaaa aa\t", "b"}, {10, 1}},
    {"aaaaaaaaaa \xcc\x81", 10, {"aaaaaaaaaa", " \xcc\x81"}, {10, 1}},
    /* tabs */
    {"a\tb\tc", 20, {"a\tb\tc"}, {17}},
    {"\t\tc", 16, {"\t\t", "c"}, {16, 1}},
    {"\tc", 5, {"\t", "c"}, {8, 1}},
    /* what is wide, has marks, is spelt out */
    {HANGUL HANGUL HANGUL, 5, {HANGUL HANGUL, HANGUL}, {4, 2}},
    {HANGUL HANGUL, 1, {HANGUL, HANGUL}, {2, 2}},
    {"abc" E_ACUTE E_ACUTE, 4, {"abc" E_ACUTE, E_ACUTE}, {4, 1}},
    {"a" RLO "b", 10, {"a" RLO "b"}, {10}},
    {"a" RLO "b", 9, {"a" RLO, "b"}, {9, 1}},
    {"a" RLO "b", 8, {"a", RLO, "b"}, {1, 8, 1}},
    {"a" RLO "b", 3, {"a", RLO, "b"}, {1, 8, 1}},
    {"ab\xff\xfe", 6, {"ab\xff", "\xfe"}, {6, 4}},
    {"ab\r\nc", 5, {"ab\r", "\nc"}, {4, 3}},
    /* joined emoji stay together; where they cannot, the joiner is shown */
    {"ab" FAMILY, 8, {"ab" FAMILY}, {8}},
    {"abc" FAMILY "d", 8, {"abc", FAMILY "d"}, {3, 7}},
    {FAMILY, 5, {WOMAN JOINER WOMAN, JOINER, WOMAN}, {4, 8, 2}},
    {FAMILY, 10, {FAMILY}, {6}},
    /* so do flags, and syllables whose vowel sign has a column of its own */
    {KOREA KOREA KOREA, 5, {KOREA KOREA, KOREA}, {4, 2}},
    {"a" KOREA KOREA, 4, {"a" KOREA, KOREA}, {3, 2}},
    {"aa" NI NI, 3, {"aa", NI, NI}, {2, 2, 2}},
    {NI NI NI, 4, {NI NI, NI}, {4, 2}},
    {NI, 1, {"\xe0\xae\xa8", "\xe0\xae\xbf"}, {1, 1}},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
rows_break_where_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct expected *c = &cases[i];
		size_t len = strlen(c->text), at = 0, n = 0;

		do {
			struct wrap_row row;
			size_t next =
			    wrap_next(c->text, len, at, c->width, &row);

			assert_true(n < ROWS_SHOWN && c->rows[n] != NULL);
			assert_int_equal(row.start, at);
			assert_int_equal(row.len, strlen(c->rows[n]));
			assert_memory_equal(c->text + at, c->rows[n], row.len);
			assert_int_equal(row.columns, c->columns[n]);
			assert_int_equal(next, at + row.len);
			at = next;
			n++;
		} while (at < len);
		assert_true(n == ROWS_SHOWN || c->rows[n] == NULL);
		assert_int_equal(wrap_rows(c->text, len, c->width, 0), n);
	}
}

static void
a_tab_is_the_spaces_to_the_next_eighth_column(void **state)
{
	struct visible unit;

	(void)state;
	for (unsigned column = 0; column < 20; column++) {
		assert_int_equal(wrap_unit("\tx", 2, column, &unit), 1);
		assert_int_equal(unit.width, 8 - column % 8);
		assert_int_equal(unit.text_len, unit.width);
		assert_memory_equal(unit.text, "        ", unit.width);
		assert_int_equal(unit.text[unit.text_len], '\0');
		assert_false(unit.escaped);
	}
	assert_int_equal(wrap_unit(HANGUL "x", 4, 7, &unit), 3);
	assert_int_equal(unit.width, 2);
	assert_string_equal(unit.text, HANGUL);
}

static void
rows_are_counted_up_to_max(void **state)
{
	(void)state;
	assert_int_equal(wrap_rows("abcdef", 6, 2, 0), 3);
	assert_int_equal(wrap_rows("abcdef", 6, 2, 1), 1);
	assert_int_equal(wrap_rows("abcdef", 6, 2, 2), 2);
	assert_int_equal(wrap_rows("abcdef", 6, 2, 3), 3);
	assert_int_equal(wrap_rows("abcdef", 6, 2, 99), 3);
	assert_int_equal(wrap_rows("", 0, 2, 0), 1);
}

/* As who draws it does: unit after unit, without looking beyond the row. */
static void
assert_row(const char *text, const struct wrap_row *row, unsigned width)
{
	size_t at = 0, units = 0;
	unsigned columns = 0;
	bool hangs = false;

	while (at < row->len) {
		struct visible unit;
		const char *p = text + row->start + at;
		size_t used = wrap_unit(p, row->len - at, columns, &unit);

		assert_false(hangs);
		hangs = units > 0 && columns + unit.width > width;
		if (hangs)
			assert_true(used == 1 && (*p == ' ' || *p == '\t'));
		else
			columns += unit.width;
		at += used;
		units++;
	}
	assert_int_equal(at, row->len);
	assert_int_equal(columns, row->columns);
	if (columns > width)
		assert_int_equal(units - hangs, 1);
}

/* Whether the unit at p[0..used) is of the character before it. */
static bool
goes_on(
    struct cluster *c, const struct visible *unit, const char *p, size_t used)
{
	bool joined = false;
	size_t n;

	for (size_t i = 0; i < used; i += n) {
		bool add = cluster_add(c, visible_decode(p + i, used - i, &n));

		joined = i == 0 ? add : joined;
	}
	if (!unit->escaped)
		return joined;
	*c = (struct cluster){0};
	return false;
}

/* A row ends in a blank, or where its next character does not fit. */
static void
assert_full(
    const char *text, size_t len, const struct wrap_row *row, unsigned width)
{
	size_t at = row->start + row->len;
	unsigned columns = row->columns;
	struct cluster c = {0};
	struct visible unit;
	bool joined = true;
	char last = text[at - 1];

	if (at == len || last == ' ' || last == '\t')
		return;
	while (at < len && columns <= width) {
		size_t joiner = strlen(JOINER);
		size_t used = wrap_unit(text + at, len - at, columns, &unit);

		if (!goes_on(&c, &unit, text + at, used) && !joined)
			break;
		at += used;
		columns += unit.width;
		joined = !unit.escaped && unit.text_len > joiner &&
		    memcmp(unit.text + unit.text_len - joiner, JOINER,
			joiner) == 0;
	}
	assert_true(columns > width);
}

static void
assert_wrapped(const char *text, size_t len, unsigned width)
{
	size_t at = 0, rows = 0;

	do {
		struct wrap_row row;
		size_t next = wrap_next(text, len, at, width, &row);

		assert_int_equal(row.start, at);
		assert_int_equal(next, row.start + row.len);
		assert_true(len == 0 || next > at);
		assert_true(next <= len);
		assert_row(text, &row, width);
		if (len > 0)
			assert_full(text, len, &row, width);
		at = next;
		rows++;
	} while (at < len);
	assert_int_equal(wrap_rows(text, len, width, 0), rows);
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static size_t
random_text(uint32_t *rng, char *buf, size_t max)
{
	static const char *const parts[] = {"a", "word ", " ", "\t", HANGUL,
	    HANGUL HANGUL " ", E_ACUTE, "\xcc\x81", RLO, FAMILY, WOMAN, JOINER,
	    WOMAN JOINER, TAG, "\xff", "\xed\x95", "\r", "\033[31m", "\xc2\x9b",
	    "\xef\xb8\x8f", KOREA, NI, "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"};
	size_t len = 0;

	while (len + 24 < max) {
		const char *part = parts[next_random(rng) % COUNT(parts)];

		memcpy(buf + len, part, strlen(part));
		len += strlen(part);
		if (next_random(rng) % 16 == 0)
			buf[len++] = (char)next_random(rng);
	}
	return len;
}

static void
any_text_is_covered_by_rows_that_fit_at_any_width(void **state)
{
	uint32_t rng = 5;

	(void)state;
	for (unsigned width = 1; width <= 200; width++)
		for (int round = 0; round < 8; round++) {
			char text[1000];
			size_t max = 30 + next_random(&rng) % 970;
			size_t len = random_text(&rng, text, max);
			/* With nothing behind it that may be read. */
			char *copy = malloc(len);

			assert_non_null(copy);
			memcpy(copy, text, len);
			assert_wrapped(copy, len, width);
			free(copy);
		}
}

static void
a_line_of_64_kib_wraps_whatever_it_is_made_of(void **state)
{
	static const char *const parts[] = {
	    "a", "\t", " ", HANGUL, "\xcc\x81", WOMAN JOINER, "\xff", RLO};
	size_t max = 65536;
	char *text = malloc(max);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t part = strlen(parts[i]), len = 0;

		for (; len + part <= max; len += part)
			memcpy(text + len, parts[i], part);
		assert_wrapped(text, len, 40);
		assert_wrapped(text, len, 3);
	}
	free(text);
}

static void
a_width_of_zero_still_ends(void **state)
{
	(void)state;
	assert_int_equal(wrap_rows("ab" HANGUL, 5, 0, 0), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_break_where_they_should),
	    cmocka_unit_test(a_tab_is_the_spaces_to_the_next_eighth_column),
	    cmocka_unit_test(rows_are_counted_up_to_max),
	    cmocka_unit_test(any_text_is_covered_by_rows_that_fit_at_any_width),
	    cmocka_unit_test(a_line_of_64_kib_wraps_whatever_it_is_made_of),
	    cmocka_unit_test(a_width_of_zero_still_ends),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
