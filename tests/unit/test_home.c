/* home: "~/" in a path as a person types it. */

#include <errno.h>
#include <stdlib.h>

#include "harness/harness.h"
#include "home.h"

static void
expect(const char *path, const char *wanted)
{
	char buf[64];

	assert_int_equal(home_expand(buf, sizeof(buf), path), 0);
	assert_string_equal(buf, wanted);
}

static void
a_tilde_before_a_slash_is_the_home(void **state)
{
	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	expect("~/notes", "/home/me/notes");
	expect("~/", "/home/me/");
	expect("~", "/home/me");
}

static void
any_other_path_stays_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	expect("", "");
	expect("notes", "notes");
	expect("/a/~/b", "/a/~/b");
	expect("~you/notes", "~you/notes");
	expect("./~", "./~");
}

static void
without_a_home_the_tilde_stays(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("HOME"), 0);
	expect("~/notes", "~/notes");
	assert_int_equal(setenv("HOME", "", 1), 0);
	expect("~/notes", "~/notes");
}

static void
a_path_that_does_not_fit_is_refused(void **state)
{
	char buf[9];

	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	assert_int_equal(home_expand(buf, sizeof(buf), "~"), 0);
	errno = 0;
	assert_int_equal(home_expand(buf, sizeof(buf), "~/"), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tilde_before_a_slash_is_the_home),
	    cmocka_unit_test(any_other_path_stays_as_it_is),
	    cmocka_unit_test(without_a_home_the_tilde_stays),
	    cmocka_unit_test(a_path_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
