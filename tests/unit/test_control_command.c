/* control_command: what a line asks for, and what is said of what asks nothing. */

#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "control_command.h"
#include "control_input.h"

static const char all[] =
    "stats, clients, watch, kick ID, drain, log-data on|off";

static struct control_command
parsed(const char *line)
{
	struct control_command command = {0};
	char error[CONTROL_ERROR_MAX] = "";

	if (control_command_parse(line, &command, error) == -1)
		fail_msg("'%s': %s", line, error);
	return command;
}

static void
check_refused(const char *line, const char *expected)
{
	struct control_command command;
	char error[CONTROL_ERROR_MAX] = "";

	assert_int_equal(control_command_parse(line, &command, error), -1);
	assert_string_equal(error, expected);
}

static void
every_command_is_known(void **state)
{
	(void)state;
	assert_int_equal(parsed("stats").verb, CONTROL_STATS);
	assert_int_equal(parsed("clients").verb, CONTROL_CLIENTS);
	assert_int_equal(parsed("watch").verb, CONTROL_WATCH);
	assert_int_equal(parsed("drain").verb, CONTROL_DRAIN);
	assert_int_equal(parsed("kick 7").verb, CONTROL_KICK);
	assert_int_equal(parsed("kick 7").client, 7);
	assert_true(parsed("kick 18446744073709551615").client == UINT64_MAX);
	assert_int_equal(parsed("log-data on").verb, CONTROL_LOG_DATA);
	assert_true(parsed("log-data on").on);
	assert_false(parsed("log-data off").on);
}

static void
blanks_only_separate(void **state)
{
	(void)state;
	assert_int_equal(parsed("  stats\t ").verb, CONTROL_STATS);
	assert_int_equal(parsed("kick \t 12  ").client, 12);
}

static void
check_unknown(const char *line, const char *shown)
{
	char expected[CONTROL_ERROR_MAX];

	snprintf(expected, sizeof(expected), "unknown command \"%s\": %s",
	    shown, all);
	check_refused(line, expected);
}

static void
what_is_unknown_is_named_and_the_others_listed(void **state)
{
	(void)state;
	check_unknown("foo", "foo");
	check_unknown("foo bar", "foo");
	check_unknown("", "");
	check_unknown(" \t", "");
	check_unknown("Stats", "Stats");
	check_unknown("stat", "stat");
	check_unknown("statsx", "statsx");
	check_unknown("log-dataon", "log-dataon");
	/* Nothing that would act on a terminal, or end the string, comes out. */
	check_unknown("a\033[31m\"\xff", "a\\x1b[31m\\\"\\xff");
}

static void
an_argument_is_taken_literally_or_not_at_all(void **state)
{
	(void)state;
	check_refused("stats now", "stats takes no argument: \"now\"");
	check_refused("watch 1 2", "watch takes no argument: \"1 2\"");
	check_refused("kick", "kick takes ID, not \"\"");
	check_refused("kick x", "kick takes ID, not \"x\"");
	check_refused("kick -1", "kick takes ID, not \"-1\"");
	check_refused("kick +1", "kick takes ID, not \"+1\"");
	check_refused("kick 1x", "kick takes ID, not \"1x\"");
	check_refused("kick 1 2", "kick takes ID, not \"1 2\"");
	check_refused("kick #1", "kick takes ID, not \"#1\"");
	check_refused("kick 18446744073709551616",
	    "kick takes ID, not \"18446744073709551616\"");
	check_refused("log-data", "log-data takes on|off, not \"\"");
	check_refused("log-data ON", "log-data takes on|off, not \"ON\"");
	check_refused(
	    "log-data on off", "log-data takes on|off, not \"on off\"");
}

/* The longest that there is, all of it spelt out. */
static void
an_error_has_room_for_every_line(void **state)
{
	struct control_command command;
	char line[CONTROL_LINE_MAX + 1], error[CONTROL_ERROR_MAX];

	(void)state;
	memset(line, 1, sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(control_command_parse(line, &command, error), -1);
	assert_non_null(strstr(error, all));
	memcpy(line, "kick ", 5);
	assert_int_equal(control_command_parse(line, &command, error), -1);
	assert_int_equal(error[strlen(error) - 1], '"');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_command_is_known),
	    cmocka_unit_test(blanks_only_separate),
	    cmocka_unit_test(what_is_unknown_is_named_and_the_others_listed),
	    cmocka_unit_test(an_argument_is_taken_literally_or_not_at_all),
	    cmocka_unit_test(an_error_has_room_for_every_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
