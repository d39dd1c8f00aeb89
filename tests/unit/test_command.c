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

/* The table is what Tab, the help page and the manual go by. */
static void
the_table_is_in_order_and_fits_the_help_page(void **state)
{
	size_t count;
	const struct command_entry *table = command_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(
		    i == 0 || strcmp(table[i - 1].name, table[i].name) < 0);
		assert_int_equal(table[i].argument == COMMAND_NO_ARGUMENT,
		    table[i].arguments[0] == '\0');
		assert_in_range(strlen(table[i].help), 1, 34);
		assert_in_range(
		    strlen(table[i].name) + strlen(table[i].arguments), 1, 23);
	}
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
	    cmocka_unit_test(the_table_is_in_order_and_fits_the_help_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
