/* segments: files one after the other as one text. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/scratch.h"
#include "segments.h"

/* A new file with this text, open for both; it has no name any more. */
static int
file_of(const char *text)
{
	char path[256];
	int fd;

	scratch_write(
	    scratch_path(path, sizeof(path), "file"), text, strlen(text));
	fd = open(path, O_RDWR | O_APPEND);
	assert_int_not_equal(fd, -1);
	assert_int_equal(unlink(path), 0);
	return fd;
}

static void
append(struct segments *s, const char *text)
{
	segments_append(s, file_of(text), strlen(text));
}

static void
expect_text(const struct segments *s, const char *text)
{
	char got[256];
	size_t len = 0;
	ssize_t n;
	uint64_t at = segments_first(s);

	while (at < segments_end(s)) {
		n = segments_read(s, at, got + len, sizeof(got) - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
		at += (size_t)n;
	}
	got[len] = '\0';
	assert_string_equal(got, text);
}

static void
put(const struct segments *s, const char *text)
{
	assert_int_equal(
	    write(segments_fd(s), text, strlen(text)), strlen(text));
}

static void
files_are_one_text(void **state)
{
	struct segments s;

	(void)state;
	segments_init(&s);
	assert_int_equal(segments_fd(&s), -1);
	assert_int_equal(segments_end(&s), 0);
	append(&s, "one\n");
	append(&s, "");
	append(&s, "two\nthree\n");
	expect_text(&s, "one\ntwo\nthree\n");
	segments_free(&s);
}

static void
lines_of_two_files_do_not_run_together(void **state)
{
	struct segments s;
	char c;

	(void)state;
	segments_init(&s);
	append(&s, "half");
	append(&s, "next\n");
	expect_text(&s, "half\nnext\n");
	assert_int_equal(segments_read(&s, 4, &c, 1), 1);
	assert_int_equal(c, '\n');
	segments_free(&s);
}

static void
the_oldest_falls_out(void **state)
{
	static const char *const texts[] = {
	    "a\n", "b\n", "c\n", "d\n", "e\n", "f\n"};
	struct segments s;
	char c;

	(void)state;
	segments_init(&s);
	for (int i = 0; i < 6; i++)
		append(&s, texts[i]);
	assert_int_equal(segments_first(&s), 2);
	assert_int_equal(segments_end(&s), 12);
	expect_text(&s, "b\nc\nd\ne\nf\n");
	assert_int_equal(segments_read(&s, 1, &c, 1), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(segments_read(&s, 12, &c, 1), -1);
	assert_int_equal(errno, ERANGE);
	segments_free(&s);
}

static void
growth_is_read_and_a_cut_is_found(void **state)
{
	struct segments s;

	(void)state;
	segments_init(&s);
	append(&s, "one\n");
	put(&s, "two\n");
	expect_text(&s, "one\n");
	assert_true(segments_grow(&s, 8));
	assert_true(segments_grow(&s, 8));
	expect_text(&s, "one\ntwo\n");
	assert_int_equal(ftruncate(segments_fd(&s), 0), 0);
	put(&s, "new\n");
	assert_false(segments_grow(&s, 4));
	segments_cut(&s, 4);
	assert_int_equal(segments_first(&s), 8);
	expect_text(&s, "new\n");
	segments_free(&s);
}

static void
a_cut_is_found_after_the_file_has_grown_again(void **state)
{
	struct segments s;

	(void)state;
	segments_init(&s);
	append(&s, "before the cut\n");
	assert_int_equal(ftruncate(segments_fd(&s), 0), 0);
	put(&s, "and this is longer than that\n");
	assert_false(segments_grow(&s, 29));
	segments_free(&s);
}

/* It was cut while it was opened: nothing is known of its end. */
static void
less_than_was_said_is_no_cut_later(void **state)
{
	struct segments s;

	(void)state;
	segments_init(&s);
	segments_append(&s, file_of("12345"), 10);
	put(&s, "6789abcdef\n");
	assert_true(segments_grow(&s, 16));
	expect_text(&s, "123456789abcdef\n");
	segments_free(&s);
}

static void
a_cut_takes_the_files_before_along(void **state)
{
	struct segments s;

	(void)state;
	segments_init(&s);
	append(&s, "old\n");
	append(&s, "now\n");
	assert_int_equal(ftruncate(segments_fd(&s), 0), 0);
	assert_false(segments_grow(&s, 0));
	segments_cut(&s, 0);
	assert_int_equal(segments_first(&s), 8);
	assert_int_equal(segments_end(&s), 8);
	put(&s, "more\n");
	assert_true(segments_grow(&s, 5));
	expect_text(&s, "more\n");
	segments_free(&s);
}

static void
a_file_that_shrinks_under_a_read_is_an_error(void **state)
{
	struct segments s;
	char buf[16];

	(void)state;
	segments_init(&s);
	append(&s, "0123456789\n");
	assert_int_equal(ftruncate(segments_fd(&s), 5), 0);
	assert_int_equal(segments_read(&s, 3, buf, sizeof(buf)), 2);
	assert_memory_equal(buf, "34", 2);
	assert_int_equal(segments_read(&s, 8, buf, sizeof(buf)), -1);
	assert_int_equal(errno, EIO);
	segments_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_are_one_text),
	    cmocka_unit_test(lines_of_two_files_do_not_run_together),
	    cmocka_unit_test(the_oldest_falls_out),
	    cmocka_unit_test(growth_is_read_and_a_cut_is_found),
	    cmocka_unit_test(a_cut_is_found_after_the_file_has_grown_again),
	    cmocka_unit_test(less_than_was_said_is_no_cut_later),
	    cmocka_unit_test(a_cut_takes_the_files_before_along),
	    cmocka_unit_test(a_file_that_shrinks_under_a_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
