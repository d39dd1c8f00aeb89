/* command: the lines that begin with a slash. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

static void
assert_command(const char *line, enum command_id id, const char *argument)
{
	const char *got;

	assert_int_equal(command_parse(line, &got), id);
	assert_string_equal(got, argument);
}

static void
assert_completed(const char *line, size_t count, const char *appended)
{
	char out[32];

	assert_int_equal(
	    command_complete(line, strlen(line), out, sizeof(out)), count);
	assert_string_equal(out, appended);
}

static void
one_slash_makes_a_command(void **state)
{
	(void)state;
	assert_true(command_is("/quit"));
	assert_true(command_is("/"));
	assert_false(command_is("//quit"));
	assert_false(command_is("quit"));
	assert_false(command_is(" /quit"));
	assert_false(command_is(""));
}

static void
every_entry_is_found_by_its_name(void **state)
{
	size_t count;
	const struct command_entry *table = command_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_command(table[i].name, table[i].id, "");
}

static void
arguments_come_without_the_blanks_before_them(void **state)
{
	(void)state;
	assert_command("/connect  ::1 8080", COMMAND_CONNECT, "::1 8080");
	assert_command("/save\ta b", COMMAND_SAVE, "a b");
	assert_command("/quit ", COMMAND_QUIT, "");
}

static void
a_beginning_of_one_command_is_enough(void **state)
{
	(void)state;
	assert_command("/q", COMMAND_QUIT, "");
	assert_command("/cl", COMMAND_CLEAR, "");
	assert_command("/conn x", COMMAND_CONNECT, "x");
}

static void
a_beginning_of_several_is_told_from_none(void **state)
{
	(void)state;
	assert_command("/c", COMMAND_AMBIGUOUS, "");
	assert_command("/re x", COMMAND_AMBIGUOUS, "x");
}

static void
what_is_no_beginning_is_unknown(void **state)
{
	(void)state;
	assert_command("/", COMMAND_UNKNOWN, "");
	assert_command("/quite", COMMAND_UNKNOWN, "");
	assert_command("/QUIT", COMMAND_UNKNOWN, "");
}

static void
names_are_completed_as_far_as_they_agree(void **state)
{
	(void)state;
	assert_completed("/q", 1, "uit ");
	assert_completed("/re", 2, "");
	assert_completed("/di", 1, "sconnect ");
	assert_completed("/rec", 1, "onnect ");
	assert_completed("/quit", 1, " ");
	assert_completed("/x", 0, "");
	assert_completed("quit", 0, "");
	assert_completed("/save fi", 0, "");
}

static void
a_short_buffer_is_never_overrun(void **state)
{
	char out[4] = "zzz";

	(void)state;
	command_complete("/dis", 4, out, 3);
	assert_string_equal(out, "co");
	assert_int_equal(out[3], '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_slash_makes_a_command),
	    cmocka_unit_test(every_entry_is_found_by_its_name),
	    cmocka_unit_test(arguments_come_without_the_blanks_before_them),
	    cmocka_unit_test(a_beginning_of_one_command_is_enough),
	    cmocka_unit_test(a_beginning_of_several_is_told_from_none),
	    cmocka_unit_test(what_is_no_beginning_is_unknown),
	    cmocka_unit_test(names_are_completed_as_far_as_they_agree),
	    cmocka_unit_test(a_short_buffer_is_never_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
