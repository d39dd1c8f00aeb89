/* script: what is to be said, from a file. */

#include <errno.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/scratch.h"
#include "script.h"

static struct script *
read_text(const char *text, size_t len)
{
	char path[256];

	scratch_path(path, sizeof(path), "script");
	scratch_write(path, text, len);
	return script_read(path);
}

static void
expect_line(const struct script *script, size_t i, const char *text)
{
	size_t len;
	const char *line = script_line(script, i, &len);

	assert_int_equal(len, strlen(text));
	assert_memory_equal(line, text, len);
}

static void
expect_refusal(const char *text, size_t len, int error)
{
	errno = 0;
	assert_null(read_text(text, len));
	assert_int_equal(errno, error);
}

static void
test_lines_are_there_and_comments_are_not(void **state)
{
	static const char text[] =
	    "# to begin with\nhello\n\n안녕하세요 # all\r\n#\nthe last";
	struct script *script = read_text(text, sizeof(text) - 1);

	(void)state;
	assert_non_null(script);
	assert_int_equal(script_count(script), 3);
	expect_line(script, 0, "hello\n");
	expect_line(script, 1, "안녕하세요 # all\n");
	expect_line(script, 2, "the last\n");
	script_free(script);
}

static void
test_a_file_without_lines_is_refused(void **state)
{
	(void)state;
	expect_refusal("", 0, ENODATA);
	expect_refusal("# nothing\n\n", 11, ENODATA);
}

static void
test_the_longest_line_fits_and_one_more_byte_does_not(void **state)
{
	char text[SCRIPT_BYTES_MAX + 1], line[SCRIPT_BYTES_MAX + 1];
	struct script *script;

	(void)state;
	memset(text, 'x', sizeof(text));
	script = read_text(text, SCRIPT_BYTES_MAX - 1);
	assert_non_null(script);
	memset(line, 'x', SCRIPT_BYTES_MAX - 1);
	memcpy(line + SCRIPT_BYTES_MAX - 1, "\n", 2);
	expect_line(script, 0, line);
	script_free(script);
	expect_refusal(text, SCRIPT_BYTES_MAX, EFBIG);
}

static void
test_too_many_lines_are_refused(void **state)
{
	static char text[2 * SCRIPT_LINES_MAX + 2];
	struct script *script;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "x\n", 2);
	script = read_text(text, sizeof(text) - 2);
	assert_non_null(script);
	assert_int_equal(script_count(script), SCRIPT_LINES_MAX);
	script_free(script);
	expect_refusal(text, sizeof(text), EFBIG);
}

static void
test_a_file_that_is_not_there_is_told(void **state)
{
	char path[256];

	(void)state;
	errno = 0;
	assert_null(script_read(scratch_path(path, sizeof(path), "none")));
	assert_int_equal(errno, ENOENT);
}

/* What is shipped can be read, and has what the demo is to show. */
static void
test_the_crowds_own_lines_are_of_many_kinds(void **state)
{
	struct script *script = script_read("assets/crowd.txt");
	size_t plain = 0, count, len;

	(void)state;
	assert_non_null(script);
	count = script_count(script);
	for (size_t i = 0; i < count; i++) {
		const char *line = script_line(script, i, &len);
		size_t ascii = 0;

		while (ascii < len && (unsigned char)line[ascii] < 0x80)
			ascii++;
		plain += ascii == len;
	}
	assert_in_range(plain, count / 4, count * 3 / 4);
	script_free(script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_are_there_and_comments_are_not),
	    cmocka_unit_test(test_a_file_without_lines_is_refused),
	    cmocka_unit_test(
		test_the_longest_line_fits_and_one_more_byte_does_not),
	    cmocka_unit_test(test_too_many_lines_are_refused),
	    cmocka_unit_test(test_a_file_that_is_not_there_is_told),
	    cmocka_unit_test(test_the_crowds_own_lines_are_of_many_kinds),
	};

	return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
