/* history: more than one that has the same file, and what becomes of it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "history.h"
#include "scratch.h"

#define PATH_SIZE 512
#define HEADER	  "_HiStOrY_V2_\n"

/* A path in the scratch directory that no test has had yet. */
static char *
fresh(char path[PATH_SIZE])
{
	static char name[] = "history-a";

	scratch_path(path, PATH_SIZE, name);
	name[sizeof(name) - 2]++;
	return path;
}

static struct history *
open_ok(const char *path, size_t max)
{
	struct history *h = history_open(path, max);

	assert_non_null(h);
	assert_null(history_error(h));
	return h;
}

static void
expect_same(struct history *h, const char *const *entries, size_t count)
{
	assert_null(history_error(h));
	assert_int_equal(history_count(h), count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(history_entry(h, i), entries[i]);
}

static void
two_that_run_at_once_have_each_others_lines(void **state)
{
	static const char *const entries[] = {
	    "before", "one", "둘", "three", "four", "five"};
	static const char *const last[] = {
	    "둘", "three", "four", "five", "six", "five"};
	char path[PATH_SIZE];
	struct history *a = open_ok(fresh(path), 100), *b;

	(void)state;
	assert_int_equal(history_add(a, "before"), 1);
	b = open_ok(path, 100);
	assert_int_equal(history_add(a, "one"), 1);
	expect_same(b, entries, 1);
	history_refresh(b);
	expect_same(b, entries, 2);
	assert_int_equal(history_add(b, "둘"), 1);
	history_refresh(a);
	history_refresh(a);
	expect_same(a, entries, 3);
	/* Without a refresh between: in the order that the file has. */
	assert_int_equal(history_add(b, "three"), 1);
	assert_int_equal(history_add(b, "four"), 1);
	assert_int_equal(history_add(a, "five"), 1);
	expect_same(a, entries, 6);
	history_refresh(b);
	expect_same(b, entries, 6);
	/* What the other one has said last is not said again. */
	assert_int_equal(history_add(b, "five"), 0);
	assert_int_equal(history_add(a, "six"), 1);
	assert_int_equal(history_add(b, "five"), 1);
	history_close(a);
	history_close(b);
	b = open_ok(path, 6);
	expect_same(b, last, 6);
	history_close(b);
}

static void
two_that_found_no_file_share_the_new_one(void **state)
{
	static const char *const entries[] = {"one", "two", "three"};
	char path[PATH_SIZE];
	struct history *a = open_ok(fresh(path), 100);
	struct history *b = open_ok(path, 100), *c = open_ok(path, 100);

	(void)state;
	history_refresh(b);
	assert_int_equal(history_add(a, "one"), 1);
	history_refresh(b);
	expect_same(b, entries, 1);
	assert_int_equal(history_add(c, "two"), 1);
	expect_same(c, entries, 2);
	assert_int_equal(history_add(b, "three"), 1);
	expect_same(b, entries, 3);
	history_close(a);
	history_close(b);
	history_close(c);
}

static void
a_file_that_others_wrote_anew_is_read_anew(void **state)
{
	static const char *const entries[] = {"line 7", "line 8", "line 9"};
	static const char in_place[] =
	    HEADER "a\040line\040that\040is\040longer\040than\040all\040"
		   "that\040was\040in\040the\040file\040before\040it\n";
	char path[PATH_SIZE], text[32];
	struct history *h = open_ok(fresh(path), 100);

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		assert_int_equal(history_add(h, text), 1);
	}
	/* The one that comes with a bound of 3 trims it: another inode. */
	history_close(open_ok(path, 3));
	history_refresh(h);
	expect_same(h, entries, 3);
	/* As libedit does it: the same inode, of any size. */
	scratch_write(path, in_place, sizeof(in_place) - 1);
	history_refresh(h);
	assert_int_equal(history_count(h), 1);
	scratch_write(path, HEADER "x\n", strlen(HEADER "x\n"));
	history_refresh(h);
	expect_same(h, (const char *const[]){"x"}, 1);
	history_close(h);
}

static void
a_file_that_is_gone_takes_nothing_with_it(void **state)
{
	static const char *const entries[] = {"one", "two"};
	char path[PATH_SIZE], *content;
	struct history *h = open_ok(fresh(path), 100);

	(void)state;
	assert_int_equal(history_add(h, "one"), 1);
	assert_int_equal(unlink(path), 0);
	history_refresh(h);
	expect_same(h, entries, 1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(history_add(h, "two"), 1);
	expect_same(h, entries, 2);
	history_close(h);
	content = scratch_read(path, NULL);
	assert_string_equal(content, HEADER "two\n");
	free(content);
}

static void
what_has_become_something_else_is_not_read(void **state)
{
	static const char letter[] = "Dear reader, it is a longer one\n";
	static const char *const entries[] = {"one", "two"};
	char path[PATH_SIZE], target[PATH_SIZE], *content;
	struct history *h = open_ok(fresh(path), 100);

	(void)state;
	assert_int_equal(history_add(h, "one"), 1);
	scratch_write(path, letter, strlen(letter));
	history_refresh(h);
	expect_same(h, entries, 1);
	assert_int_equal(history_add(h, "two"), -1);
	assert_non_null(strstr(history_error(h), "not a history file"));
	content = scratch_read(path, NULL);
	assert_string_equal(content, letter);
	free(content);
	assert_int_equal(rename(path, fresh(target)), 0);
	assert_int_equal(symlink(target, path), 0);
	history_refresh(h);
	assert_int_equal(history_count(h), 2);
	assert_int_equal(history_add(h, "three"), -1);
	assert_non_null(strstr(history_error(h), "symbolic link"));
	history_close(h);
}

static void
a_line_is_taken_once_it_is_ended(void **state)
{
	static const char *const entries[] = {"one", "two"};
	char path[PATH_SIZE];
	struct history *h;

	(void)state;
	scratch_write(fresh(path), HEADER "one\ntw", strlen(HEADER) + 6);
	h = open_ok(path, 100);
	expect_same(h, entries, 1);
	scratch_write(path, HEADER "one\ntwo\nthr", strlen(HEADER) + 11);
	history_refresh(h);
	expect_same(h, entries, 2);
	history_close(h);
	history_refresh(h = open_ok(NULL, 1));
	history_close(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_that_run_at_once_have_each_others_lines),
	    cmocka_unit_test(two_that_found_no_file_share_the_new_one),
	    cmocka_unit_test(a_file_that_others_wrote_anew_is_read_anew),
	    cmocka_unit_test(a_file_that_is_gone_takes_nothing_with_it),
	    cmocka_unit_test(what_has_become_something_else_is_not_read),
	    cmocka_unit_test(a_line_is_taken_once_it_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
