/* settings: yodeld's command line, and what of it is the control socket's. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "settings.h"

static char program[] = "yodeld";
static char control[] = "--control";
static char control_path[] = "--control=/run/c.sock";
static char path[] = "/run/c.sock";
static char none[] = "none";
static char near_none[] = "./none";
static char empty[] = "";

static void
expect(int argc, char **argv, const char *wanted_path, bool wanted_none)
{
	struct settings settings;

	assert_int_equal(settings_parse(&settings, argc, argv), OPTIONS_RUN);
	if (wanted_path == NULL)
		assert_null(settings.control);
	else
		assert_string_equal(settings.control, wanted_path);
	assert_int_equal(settings.no_control, wanted_none);
	settings_end(&settings);
}

static void
the_control_socket_has_a_default_a_path_or_is_none(void **state)
{
	char *by_default[] = {program, NULL};
	char *named[] = {program, control, path, NULL};
	char *joined[] = {program, control_path, NULL};
	char *without[] = {program, control, none, NULL};
	char *other[] = {program, control, near_none, NULL};

	(void)state;
	expect(1, by_default, NULL, false);
	expect(3, named, path, false);
	expect(2, joined, path, false);
	expect(3, without, NULL, true);
	expect(3, other, near_none, false);
}

static void
the_last_word_on_it_counts(void **state)
{
	char *there[] = {program, control, none, control, path, NULL};
	char *gone[] = {program, control, path, control, none, NULL};

	(void)state;
	expect(5, there, path, false);
	expect(5, gone, NULL, true);
}

static void
without_a_path_it_is_a_mistake(void **state)
{
	char *nothing[] = {program, control, empty, NULL};
	char *missing[] = {program, control, NULL};
	struct settings settings;
	int null = open("/dev/null", O_WRONLY), saved = dup(STDERR_FILENO);

	(void)state;
	/* what is said of it is for people */
	assert_int_not_equal(dup2(null, STDERR_FILENO), -1);
	assert_int_equal(settings_parse(&settings, 3, nothing), OPTIONS_USAGE);
	settings_end(&settings);
	assert_int_equal(settings_parse(&settings, 2, missing), OPTIONS_USAGE);
	settings_end(&settings);
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	close(saved);
	close(null);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_control_socket_has_a_default_a_path_or_is_none),
	    cmocka_unit_test(the_last_word_on_it_counts),
	    cmocka_unit_test(without_a_path_it_is_a_mistake),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: settings", tests, NULL, NULL);
}
