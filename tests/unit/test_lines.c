/* lines: any split of a stream gives the same lines, bounded. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lines.h"

#define LIMIT	 4
#define SEEN_MAX 8192

/*
 * Every line that was handed out, as text: its bytes between brackets, "["
 * where a line begins and "(" where a piece goes on, "]" for LF, "}" for CR LF,
 * ">" for the end of the stream and ")" where the line goes on.
 */
struct seen {
	char text[SEEN_MAX];
	size_t len;
	size_t longest;
};

const char *__asan_default_options(void);

/* A failed allocation is a test here. */
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
see(void *arg, const struct line *line)
{
	struct seen *seen = arg;
	char end = !line->last ? ')'
	    : !line->ended     ? '>'
	    : line->crlf       ? '}'
			       : ']';

	assert_true(seen->len + line->len + 2 < sizeof(seen->text));
	assert_true(line->last || (!line->ended && !line->crlf));
	assert_true(!line->crlf || line->ended);
	seen->text[seen->len++] = line->first ? '[' : '(';
	memcpy(seen->text + seen->len, line->text, line->len);
	seen->len += line->len;
	seen->text[seen->len++] = end;
	if (line->len > seen->longest)
		seen->longest = line->len;
}

/* Feeds input in chunks of so many bytes, and finishes. */
static void
run_chunks(struct seen *seen, size_t limit, const char *input, size_t len,
    size_t chunk)
{
	struct lines *lines = lines_new(limit);
	char *copy;
	size_t i, n;

	assert_non_null(lines);
	memset(seen, 0, sizeof(*seen));
	for (i = 0; i < len; i += n) {
		n = chunk < len - i ? chunk : len - i;
		/* Of its own size: a read beyond it is found. */
		copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, input + i, n);
		assert_int_equal(lines_feed(lines, copy, n, see, seen), 0);
		free(copy);
	}
	lines_finish(lines, see, seen);
	assert_int_equal(lines_pending(lines), 0);
	lines_free(lines);
}

/* Whole, and byte by byte, and in between. */
static void
assert_lines_of(
    const char *input, size_t len, const char *expected, size_t expected_len)
{
	struct seen seen;
	size_t chunk;

	for (chunk = 1; chunk <= len + 1; chunk++) {
		run_chunks(&seen, LIMIT, input, len, chunk);
		assert_int_equal(seen.len, expected_len);
		assert_memory_equal(seen.text, expected, expected_len);
	}
}

static void
assert_lines(const char *input, const char *expected)
{
	assert_lines_of(input, strlen(input), expected, strlen(expected));
}

static void
lines_end_with_lf_or_crlf(void **state)
{
	(void)state;
	assert_lines("ab\ncd\r\n", "[ab][cd}");
	assert_lines("\n\r\n\n", "[][}[]");
	assert_lines("", "");
}

static void
what_was_not_ended_comes_at_the_end(void **state)
{
	(void)state;
	assert_lines("a", "[a>");
	assert_lines("a\nb", "[a][b>");
	assert_lines("a\r", "[a\r>");
	assert_lines("\r", "[\r>");
	assert_lines("abcd", "[abcd>");
	assert_lines("abcd\r", "[abcd)(\r>");
	assert_lines("abcdefgh", "[abcd)(efgh>");
}

static void
a_cr_that_is_not_before_lf_is_text(void **state)
{
	(void)state;
	assert_lines("\r\r\n", "[\r}");
	assert_lines("a\rb\n", "[a\rb]");
	assert_lines("\r\r\r\r\r\r\n", "[\r\r\r\r)(\r}");
	assert_lines("a\r\rb\r\n", "[a\r\rb}");
}

static void
pieces_are_exact_around_the_limit(void **state)
{
	(void)state;
	assert_lines("abc\n", "[abc]");
	assert_lines("abcd\n", "[abcd]");
	assert_lines("abcde\n", "[abcd)(e]");
	assert_lines("abcdefg\n", "[abcd)(efg]");
	assert_lines("abcdefgh\n", "[abcd)(efgh]");
	assert_lines("abcdefghi\nx\n", "[abcd)(efgh)(i][x]");
}

static void
a_cr_at_the_bound_of_a_piece_is_held_back(void **state)
{
	(void)state;
	assert_lines("abc\r\n", "[abc}");
	assert_lines("abcd\r\n", "[abcd}");
	assert_lines("abcde\r\n", "[abcd)(e}");
	assert_lines("abcdefgh\r\n", "[abcd)(efgh}");
	assert_lines("abc\rX\n", "[abc\r)(X]");
	assert_lines("abcd\rX\n", "[abcd)(\rX]");
	assert_lines("abcd\r\r\n", "[abcd)(\r}");
}

static void
no_character_is_torn_by_the_limit(void **state)
{
	(void)state;
	/* Two bytes, three, four. */
	assert_lines("abc\xc3\xa9x\n", "[abc)(\xc3\xa9x]");
	assert_lines("ab\xed\x95\x9cx\n", "[ab)(\xed\x95\x9cx]");
	assert_lines("abc\xed\x95\x9c\n", "[abc)(\xed\x95\x9c]");
	assert_lines("a\xf0\x9f\x91\xa9\r\n", "[a)(\xf0\x9f\x91\xa9}");
	assert_lines("\xf0\x9f\x91\xa9x\n", "[\xf0\x9f\x91\xa9)(x]");
	assert_lines("ab\xc3\xa9\xc3\xa9\n", "[ab\xc3\xa9)(\xc3\xa9]");
	/* What is none is no reason to be short. */
	assert_lines("\xa9\xa9\xa9\xa9\xa9\n", "[\xa9\xa9\xa9\xa9)(\xa9]");
	assert_lines("a\xa9\xa9\xa9x\n", "[a\xa9\xa9\xa9)(x]");
	assert_lines("ab\xc3x\xc3\n", "[ab\xc3x)(\xc3]");
}

static void
a_flush_hands_out_a_piece_of_the_line(void **state)
{
	struct lines *lines = lines_new(LIMIT);
	struct seen seen = {.len = 0};

	(void)state;
	lines_flush(lines, see, &seen);
	assert_int_equal(lines_feed(lines, "x\nab", 4, see, &seen), 0);
	lines_flush(lines, see, &seen);
	assert_int_equal(lines_pending(lines), 0);
	lines_flush(lines, see, &seen);
	assert_int_equal(lines_feed(lines, "cd\r", 3, see, &seen), 0);
	lines_flush(lines, see, &seen);
	/* Half an end of line waits. */
	assert_int_equal(lines_pending(lines), 1);
	assert_int_equal(lines_feed(lines, "\n\ny", 3, see, &seen), 0);
	assert_string_equal(seen.text, "[x][ab)(cd)(}[]");
	lines_flush(lines, see, &seen);
	lines_finish(lines, see, &seen);
	assert_int_equal(lines_feed(lines, "z\r", 2, see, &seen), 0);
	lines_flush(lines, see, &seen);
	assert_int_equal(lines_feed(lines, "z\n", 2, see, &seen), 0);
	assert_string_equal(seen.text, "[x][ab)(cd)(}[][y)[z)(\rz]");
	lines_free(lines);
}

static void
nul_bytes_are_text(void **state)
{
	(void)state;
	assert_lines_of("\0a\0\n\0\r\n", 7, "[\0a\0][\0}", 8);
}

static void
pending_counts_what_has_not_ended(void **state)
{
	struct lines *lines = lines_new(LIMIT);
	struct seen seen = {.len = 0};

	(void)state;
	assert_int_equal(lines_feed(lines, "x\nabc", 5, see, &seen), 0);
	assert_int_equal(lines_pending(lines), 3);
	assert_int_equal(lines_feed(lines, "\r", 1, see, &seen), 0);
	assert_int_equal(lines_pending(lines), 4);
	assert_int_equal(lines_feed(lines, "\n", 1, see, &seen), 0);
	assert_int_equal(lines_pending(lines), 0);
	lines_free(lines);
	lines_free(NULL);
}

static void
after_the_end_a_new_stream_begins(void **state)
{
	struct lines *lines = lines_new(LIMIT);
	struct seen seen = {.len = 0};

	(void)state;
	assert_int_equal(lines_feed(lines, "abcdef\r", 7, see, &seen), 0);
	lines_finish(lines, see, &seen);
	lines_finish(lines, see, &seen);
	assert_int_equal(lines_feed(lines, "\nx\n", 3, see, &seen), 0);
	assert_string_equal(seen.text, "[abcd)(ef\r>[][x]");
	lines_free(lines);
}

static void
note_text(void *arg, const struct line *line)
{
	*(const char **)arg = line->text;
}

static void
a_line_that_lies_whole_in_the_input_is_not_copied(void **state)
{
	struct lines *lines = lines_new(LIMIT);
	const char input[] = "ab\n", *text = NULL;

	(void)state;
	assert_int_equal(lines_feed(lines, input, 3, note_text, &text), 0);
	assert_ptr_equal(text, input);
	lines_free(lines);
}

static void
without_memory_nothing_is_taken(void **state)
{
	struct lines *lines = lines_new(SIZE_MAX / 2);
	struct seen seen = {.len = 0};

	(void)state;
	assert_non_null(lines);
	errno = 0;
	assert_int_equal(lines_feed(lines, "a\nb", 3, see, &seen), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(seen.len, 0);
	assert_int_equal(lines_feed(lines, "a\n", 2, see, &seen), 0);
	assert_string_equal(seen.text, "[a]");
	lines_free(lines);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* The same stream in random chunks, each in memory of its own size. */
static void
run_random(struct seen *seen, size_t limit, const char *input, size_t len,
    uint32_t *seed)
{
	struct lines *lines = lines_new(limit);
	char *copy;
	size_t i, n;

	memset(seen, 0, sizeof(*seen));
	for (i = 0; i < len; i += n) {
		n = next_random(seed) % (3 * limit) + 1;
		n = n < len - i ? n : len - i;
		copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, input + i, n);
		assert_int_equal(lines_feed(lines, copy, n, see, seen), 0);
		free(copy);
	}
	lines_finish(lines, see, seen);
	lines_free(lines);
}

static void
any_split_gives_the_same_lines(void **state)
{
	static const char alphabet[] = {
	    '\n', '\r', '\0', 'a', '\xed', '\x95', '\r', '\r'};
	static struct seen whole, split;
	char input[600];
	uint32_t seed = 11;
	size_t i, len, limit;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		limit = 2 + next_random(&seed) % 9;
		len = next_random(&seed) % sizeof(input);
		for (i = 0; i < len; i++)
			input[i] = alphabet[next_random(&seed) %
			    (round % 3 == 0 ? 6 : sizeof(alphabet))];
		run_chunks(&whole, limit, input, len, len + 1);
		run_random(&split, limit, input, len, &seed);
		assert_true(whole.longest <= limit);
		assert_int_equal(whole.len, split.len);
		assert_memory_equal(whole.text, split.text, whole.len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_end_with_lf_or_crlf),
	    cmocka_unit_test(what_was_not_ended_comes_at_the_end),
	    cmocka_unit_test(a_cr_that_is_not_before_lf_is_text),
	    cmocka_unit_test(pieces_are_exact_around_the_limit),
	    cmocka_unit_test(a_cr_at_the_bound_of_a_piece_is_held_back),
	    cmocka_unit_test(no_character_is_torn_by_the_limit),
	    cmocka_unit_test(a_flush_hands_out_a_piece_of_the_line),
	    cmocka_unit_test(nul_bytes_are_text),
	    cmocka_unit_test(pending_counts_what_has_not_ended),
	    cmocka_unit_test(after_the_end_a_new_stream_begins),
	    cmocka_unit_test(a_line_that_lies_whole_in_the_input_is_not_copied),
	    cmocka_unit_test(without_memory_nothing_is_taken),
	    cmocka_unit_test(any_split_gives_the_same_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
