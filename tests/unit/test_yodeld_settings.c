/* settings: yodeld's command line, and what of it is the control socket's. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "harness/harness.h"
#include "settings.h"

static char program[] = "yodeld";
static char control[] = "--control";
static char control_path[] = "--control=/run/c.sock";
static char path[] = "/run/c.sock";
static char none[] = "none";
static char near_none[] = "./none";
static char empty[] = "";
static char bind_any[] = "--bind=0.0.0.0";
static char json[] = "--log-format=json";
static char text[] = "--log-format=text";
static char data_on[] = "--log-data=on";
static char data_auto[] = "--log-data=auto";
static char spin[] = "--spin=1s";

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

/* What is said of it is for people. */
static void
expect_mistake(int argc, char **argv)
{
	struct settings settings;
	int null = open("/dev/null", O_WRONLY), saved = dup(STDERR_FILENO);

	assert_int_not_equal(dup2(null, STDERR_FILENO), -1);
	assert_int_equal(settings_parse(&settings, argc, argv), OPTIONS_USAGE);
	settings_end(&settings);
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	close(saved);
	close(null);
}

static void
without_a_path_it_is_a_mistake(void **state)
{
	char *nothing[] = {program, control, empty, NULL};
	char *missing[] = {program, control, NULL};

	(void)state;
	expect_mistake(3, nothing);
	expect_mistake(2, missing);
}

static void
there_is_room_for_so_many_addresses(void **state)
{
	char *argv[1 + ADDRESSES_MAX + 1 + 1] = {program};
	struct settings settings;
	int i;

	(void)state;
	for (i = 1; i <= ADDRESSES_MAX + 1; i++)
		argv[i] = bind_any;
	expect_mistake(1 + ADDRESSES_MAX + 1, argv);
	argv[1 + ADDRESSES_MAX] = NULL;
	assert_int_equal(
	    settings_parse(&settings, 1 + ADDRESSES_MAX, argv), OPTIONS_RUN);
	assert_int_equal(settings.bind_count, ADDRESSES_MAX);
	settings_end(&settings);
}

static void
what_is_the_default_can_be_said_too(void **state)
{
	char *argv[] = {program, json, text, data_on, data_auto, spin, NULL};
	struct settings settings;

	(void)state;
	assert_int_equal(settings_parse(&settings, 6, argv), OPTIONS_RUN);
	assert_false(settings.log_json);
	assert_int_equal(settings.log_data, SETTINGS_DATA_AUTO);
	assert_int_equal(settings.spin_us, 1000000);
	settings_end(&settings);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_control_socket_has_a_default_a_path_or_is_none),
	    cmocka_unit_test(the_last_word_on_it_counts),
	    cmocka_unit_test(without_a_path_it_is_a_mistake),
	    cmocka_unit_test(there_is_room_for_so_many_addresses),
	    cmocka_unit_test(what_is_the_default_can_be_said_too),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: settings", tests, NULL, NULL);
}
