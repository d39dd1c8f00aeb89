/* paste: a text of several lines, line by line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "paste.h"

/* The lines of text, joined by '|', each behind the number that were taken. */
static void
assert_lines(const char *text, size_t len, const char *expected)
{
	struct paste *p = paste_new(text, len);
	char joined[256] = "";
	const char *line;
	size_t n = 0, count = 0;

	assert_non_null(p);
	while (paste_next(p, &line, &n)) {
		assert_int_equal(paste_taken(p), ++count);
		strncat(joined, line, n);
		strcat(joined, "|");
	}
	assert_string_equal(joined, expected);
	assert_int_equal(paste_lines(p), count);
	paste_free(p);
}

static void
cr_lf_and_both_end_a_line(void **state)
{
	(void)state;
	assert_lines("a\rb\nc\r\nd", 9, "a|b|c|d|");
}

static void
empty_lines_count(void **state)
{
	(void)state;
	assert_lines("\r\r\n\n", 4, "|||");
	assert_lines("\n\r", 2, "||");
}

static void
a_last_end_of_line_begins_no_line(void **state)
{
	(void)state;
	assert_lines("one\r", 4, "one|");
	assert_lines("one", 3, "one|");
	assert_lines("", 0, "");
}

static void
a_line_that_was_put_back_comes_again(void **state)
{
	struct paste *p = paste_new("a\nb", 3);
	const char *line;
	size_t len;

	(void)state;
	assert_true(paste_next(p, &line, &len));
	assert_true(paste_next(p, &line, &len));
	paste_back(p);
	assert_int_equal(paste_taken(p), 1);
	assert_true(paste_next(p, &line, &len));
	assert_int_equal(len, 1);
	assert_memory_equal(line, "b", 1);
	assert_false(paste_next(p, &line, &len));
	paste_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cr_lf_and_both_end_a_line),
	    cmocka_unit_test(empty_lines_count),
	    cmocka_unit_test(a_last_end_of_line_begins_no_line),
	    cmocka_unit_test(a_line_that_was_put_back_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
