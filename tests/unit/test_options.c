/* options: parsing, --help, --version and the messages. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "options.h"
#include "version.h"

#define OUTPUT_MAX 4096

/* What the options of the test program set. */
struct values {
	char port[64];
	char binds[64];
	char watch[64];
	int verbose;
	int plain;
	unsigned some;
};

/* A run of options_parse() and all that it printed. */
struct run {
	enum options_result result;
	int first;
	struct values values;
	char *argv[16];
	int argc;
	char out[OUTPUT_MAX];
	char err[OUTPUT_MAX];
};

static const char *
set_port(void *into, const char *value)
{
	struct values *values = into;

	if (strspn(value, "0123456789") != strlen(value))
		return "a number from 0 to 65535";
	(void)snprintf(values->port, sizeof(values->port), "%s", value);
	return NULL;
}

#define SOME_MAX 1000

OPTIONS_NUMBER(set_some, values, some, unsigned, 1, SOME_MAX)

static const char *
set_bind(void *into, const char *value)
{
	struct values *values = into;
	size_t len = strlen(values->binds);

	(void)snprintf(
	    values->binds + len, sizeof(values->binds) - len, "%s;", value);
	return NULL;
}

static const char *
set_verbose(void *into, const char *value)
{
	struct values *values = into;

	assert_null(value);
	values->verbose++;
	return NULL;
}

static const char *
set_watch(void *into, const char *value)
{
	struct values *values = into;

	if (value != NULL && *value == '\0')
		return "a path or nothing";
	(void)snprintf(values->watch, sizeof(values->watch), "%s",
	    value != NULL ? value : "none");
	return NULL;
}

static const char *
set_plain(void *into, const char *value)
{
	struct values *values = into;

	(void)value;
	return ++values->plain > 1 ? "it once, which" : NULL;
}

static const struct options_entry entries[] = {
    {'b', "bind", "ADDR",
	"address to listen on, repeatable: IPv4, IPv6, unix:/path; the default "
	"is 127.0.0.1 and ::1",
	set_bind},
    {'p', "port", "N", "port to listen on", set_port},
    {0, "port-of-another-very-long-name", "NUMBER", "as wide as it gets",
	set_port},
    {'v', "verbose", NULL, "say more", set_verbose},
    {'4', NULL, NULL, "IPv4 only", set_plain},
    {'w', "watch", "[PATH]", "watch this one, or the only one", set_watch},
};

static const struct options_program program = {
    .name = "prog",
    .operands = "[HOST [PORT]]",
    .summary = "Does what a program does.",
    .footer = "See prog(1).",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = 2,
};

/* Sends what is printed to fd into the file at path (NULL: one of its own). */
static FILE *
divert(int fd, int *saved, const char *path)
{
	FILE *file = path != NULL ? fopen(path, "r+") : tmpfile();

	assert_non_null(file);
	assert_int_equal(fflush(NULL), 0);
	*saved = dup(fd);
	assert_true(*saved >= 0);
	assert_true(dup2(fileno(file), fd) >= 0);
	return file;
}

static void
restore(int fd, int saved, FILE *file, char *buf)
{
	size_t len;

	assert_int_equal(fflush(NULL), 0);
	assert_true(dup2(saved, fd) >= 0);
	assert_int_equal(close(saved), 0);
	rewind(file);
	len = fread(buf, 1, OUTPUT_MAX - 1, file);
	buf[len] = '\0';
	assert_int_equal(fclose(file), 0);
}

static void
parse_program(
    struct run *run, const struct options_program *what, const char *out_path)
{
	FILE *out, *err;
	int saved_out, saved_err;

	out = divert(STDOUT_FILENO, &saved_out, out_path);
	err = divert(STDERR_FILENO, &saved_err, NULL);
	run->first = -1;
	run->result = options_parse(
	    what, run->argc, run->argv, &run->values, &run->first);
	clearerr(stdout);
	restore(STDERR_FILENO, saved_err, err, run->err);
	restore(STDOUT_FILENO, saved_out, out, run->out);
}

/* Parses args, which end in a NULL. */
static void
parse_args(struct run *run, char *const args[])
{
	memset(run, 0, sizeof(*run));
	for (; args[run->argc] != NULL; run->argc++)
		run->argv[run->argc] = args[run->argc];
	parse_program(run, &program, NULL);
}

/* Parses "prog" and the arguments that follow, up to a NULL. */
#define parse(run, ...) parse_args((run), (char *[]){"prog", __VA_ARGS__})

static void
assert_usage(const struct run *run, const char *message)
{
	char expected[OUTPUT_MAX];

	(void)snprintf(expected, sizeof(expected),
	    "prog: %s\ntry 'prog --help'\n", message);
	assert_int_equal(run->result, OPTIONS_USAGE);
	assert_string_equal(run->err, expected);
	assert_string_equal(run->out, "");
}

static void
nothing_at_all_runs(void **state)
{
	struct run run;

	(void)state;
	parse(&run, NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_int_equal(run.first, 1);
	assert_string_equal(run.err, "");
}

static void
values_are_stored_in_every_form(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--port", "80", "-b", "a", "--bind=b", "-bc", "-vvp81",
	    "-4", "--verb", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_string_equal(run.values.port, "81");
	assert_string_equal(run.values.binds, "a;b;c;");
	assert_int_equal(run.values.verbose, 3);
	assert_int_equal(run.values.plain, 1);
	assert_int_equal(run.first, run.argc);
}

static void
operands_are_found_among_options(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "host", "-v", "8080", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_int_equal(run.argc - run.first, 2);
	assert_string_equal(run.argv[run.first], "host");
	assert_string_equal(run.argv[run.first + 1], "8080");
}

static void
after_two_dashes_all_are_operands(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "-v", "--", "-v", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_int_equal(run.values.verbose, 1);
	assert_string_equal(run.argv[run.first], "-v");
}

static void
unknown_options_are_named(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "-v", "--foo=3", NULL);
	assert_usage(&run, "unknown option '--foo=3'");
	parse(&run, "-vxp", "1", NULL);
	assert_usage(&run, "unknown option '-x'");
	parse(&run, "-?", NULL);
	assert_usage(&run, "unknown option '-?'");
	parse(&run, "-:", NULL);
	assert_usage(&run, "unknown option '-:'");
	parse(&run, "host", "--foo", "8080", NULL);
	assert_usage(&run, "unknown option '--foo'");
}

static void
an_abbreviation_of_two_is_ambiguous(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--ver", NULL);
	assert_usage(&run, "ambiguous option '--ver'");
	parse(&run, "--por=1", NULL);
	assert_usage(&run, "ambiguous option '--por=1'");
	parse(&run, "--port=1", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
}

static void
missing_and_unwanted_arguments_are_named_by_the_long_name(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "-p", NULL);
	assert_usage(&run, "option '--port' needs an argument");
	parse(&run, "--bind", NULL);
	assert_usage(&run, "option '--bind' needs an argument");
	parse(&run, "--verbose=2", NULL);
	assert_usage(&run, "option '--verbose' takes no argument");
	parse(&run, "--help=2", NULL);
	assert_usage(&run, "option '--help' takes no argument");
}

static void
an_optional_argument_is_in_the_same_word_or_the_next(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--watch=here", "host", NULL);
	assert_string_equal(run.values.watch, "here");
	assert_string_equal(run.argv[run.first], "host");
	parse(&run, "host", "--watch", "here", "8080", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_string_equal(run.values.watch, "here");
	assert_int_equal(run.argc - run.first, 2);
	assert_string_equal(run.argv[run.first], "host");
	assert_string_equal(run.argv[run.first + 1], "8080");
	parse(&run, "-vwhere", "-w", "there", NULL);
	assert_string_equal(run.values.watch, "there");
	assert_int_equal(run.first, run.argc);
}

static void
an_optional_argument_may_be_left_out(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "host", "--watch", NULL);
	assert_string_equal(run.values.watch, "none");
	assert_string_equal(run.argv[run.first], "host");
	parse(&run, "-w", "-p", "81", NULL);
	assert_string_equal(run.values.watch, "none");
	assert_string_equal(run.values.port, "81");
	parse(&run, "--watch", "--", "host", NULL);
	assert_string_equal(run.values.watch, "none");
	assert_string_equal(run.argv[run.first], "host");
	parse(&run, "--watch=", NULL);
	assert_usage(&run, "--watch '': a path or nothing is wanted");
}

static void
a_number_is_taken_within_its_bounds_which_it_names(void **state)
{
	static const char wanted[] = "a number from 1 to 1000";
	struct values values = {0};

	(void)state;
	assert_null(set_some(&values, "1000"));
	assert_int_equal(values.some, 1000);
	assert_string_equal(set_some(&values, "0"), wanted);
	assert_string_equal(set_some(&values, "1001"), wanted);
	assert_string_equal(set_some(&values, "7s"), wanted);
	assert_int_equal(values.some, 1000);
}

static void
a_wrong_value_is_named_with_what_is_wanted(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "-p", "70k", NULL);
	assert_usage(&run, "--port '70k': a number from 0 to 65535 is wanted");
	parse(&run, "-44", NULL);
	assert_usage(&run, "option '-4': it once, which is wanted");
}

static void
too_many_operands_name_the_first_of_them(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "a", "b", "c", "d", NULL);
	assert_usage(&run, "unexpected operand 'c'");
}

static void
what_came_from_argv_is_made_visible(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--port", "\033[2J\x9b", NULL);
	assert_usage(
	    &run, "--port '^[[2J\\x9b': a number from 0 to 65535 is wanted");
	parse(&run, "--\033]0;x\a", NULL);
	assert_usage(&run, "unknown option '--^[]0;x^G'");
	parse(&run, "-\xc3\xa4", NULL);
	assert_usage(&run, "unknown option '-\\xc3'");
	parse(&run, "a", "b", "\r", NULL);
	assert_usage(&run, "unexpected operand '^M'");
}

static void
an_endless_value_is_cut_in_its_message(void **state)
{
	struct run run;
	char value[2000];

	(void)state;
	memset(value, 1, sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	parse(&run, "--port", value, NULL);
	assert_int_equal(run.result, OPTIONS_USAGE);
	assert_non_null(strstr(run.err, "^A...': a number"));
}

static void
a_run_that_failed_in_a_cluster_does_not_leak_into_the_next(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "-xv", NULL);
	assert_int_equal(run.result, OPTIONS_USAGE);
	parse(&run, "-p", "1", "host", NULL);
	assert_int_equal(run.result, OPTIONS_RUN);
	assert_string_equal(run.values.port, "1");
	assert_int_equal(run.values.verbose, 0);
	assert_string_equal(run.argv[run.first], "host");
}

static void
help_is_made_from_the_table(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--help", NULL);
	assert_int_equal(run.result, OPTIONS_DONE);
	assert_string_equal(run.out,
	    "usage: prog [options] [HOST [PORT]]\n"
	    "Does what a program does.\n"
	    "\n"
	    "  -b, --bind ADDR     address to listen on, repeatable: IPv4, "
	    "IPv6, unix:/path;\n"
	    "                      the default is 127.0.0.1 and ::1\n"
	    "  -p, --port N        port to listen on\n"
	    "      --port-of-another-very-long-name NUMBER\n"
	    "                      as wide as it gets\n"
	    "  -v, --verbose       say more\n"
	    "  -4                  IPv4 only\n"
	    "  -w, --watch [PATH]  watch this one, or the only one\n"
	    "  -h, --help          show this text and exit\n"
	    "      --version       show the version and exit\n"
	    "\n"
	    "See prog(1).\n");
}

static void
help_has_no_line_over_80_columns(void **state)
{
	struct run run;
	const char *line;

	(void)state;
	parse(&run, "-h", NULL);
	assert_int_equal(run.result, OPTIONS_DONE);
	for (line = run.out; *line != '\0'; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 80);
}

static void
a_program_without_operands_says_so(void **state)
{
	struct options_program bare = program;
	struct run run;

	(void)state;
	bare.operands = "";
	bare.footer = NULL;
	bare.max_operands = 0;
	memset(&run, 0, sizeof(run));
	run.argv[0] = (char[]){"prog"};
	run.argv[1] = (char[]){"--help"};
	run.argc = 2;
	parse_program(&run, &bare, NULL);
	assert_ptr_equal(
	    strstr(run.out, "usage: prog [options]\nDoes"), run.out);
	run.argv[1] = (char[]){"x"};
	parse_program(&run, &bare, NULL);
	assert_usage(&run, "unexpected operand 'x'");
}

static void
help_that_cannot_be_printed_is_no_success(void **state)
{
	struct run run = {.argc = 2, .argv = {"prog", "--version"}};

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	parse_program(&run, &program, "/dev/full");
	assert_int_equal(run.result, OPTIONS_USAGE);
	assert_non_null(strstr(run.err, "prog: standard output: "));
}

static void
version_is_name_and_number(void **state)
{
	struct run run;

	(void)state;
	parse(&run, "--version", NULL);
	assert_int_equal(run.result, OPTIONS_DONE);
	assert_string_equal(run.out, "prog " YODEL_VERSION "\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_at_all_runs),
	    cmocka_unit_test(values_are_stored_in_every_form),
	    cmocka_unit_test(operands_are_found_among_options),
	    cmocka_unit_test(after_two_dashes_all_are_operands),
	    cmocka_unit_test(unknown_options_are_named),
	    cmocka_unit_test(an_abbreviation_of_two_is_ambiguous),
	    cmocka_unit_test(
		missing_and_unwanted_arguments_are_named_by_the_long_name),
	    cmocka_unit_test(
		an_optional_argument_is_in_the_same_word_or_the_next),
	    cmocka_unit_test(an_optional_argument_may_be_left_out),
	    cmocka_unit_test(
		a_number_is_taken_within_its_bounds_which_it_names),
	    cmocka_unit_test(a_wrong_value_is_named_with_what_is_wanted),
	    cmocka_unit_test(too_many_operands_name_the_first_of_them),
	    cmocka_unit_test(what_came_from_argv_is_made_visible),
	    cmocka_unit_test(an_endless_value_is_cut_in_its_message),
	    cmocka_unit_test(
		a_run_that_failed_in_a_cluster_does_not_leak_into_the_next),
	    cmocka_unit_test(help_is_made_from_the_table),
	    cmocka_unit_test(help_has_no_line_over_80_columns),
	    cmocka_unit_test(a_program_without_operands_says_so),
	    cmocka_unit_test(help_that_cannot_be_printed_is_no_success),
	    cmocka_unit_test(version_is_name_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
