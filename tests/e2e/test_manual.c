/* The manual pages and --help name the same options. */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "process.h"
#include "scratch.h"

#define NAME_MAX_BYTES 40

/* Whether the page has this long option, as mdoc(7) writes it. */
static bool
page_has(const char *page, const char *name)
{
	char macro[NAME_MAX_BYTES + 8];
	size_t len;
	const char *at = page;

	len = (size_t)snprintf(macro, sizeof(macro), "Fl -%s", name);
	while ((at = strstr(at, macro)) != NULL) {
		at += len;
		if (!isalnum((unsigned char)*at) && *at != '-')
			return true;
	}
	return false;
}

static bool
help_has(const char *help, const char *name)
{
	char option[NAME_MAX_BYTES + 8];
	size_t len;
	const char *at = help;

	len = (size_t)snprintf(option, sizeof(option), "--%s", name);
	while ((at = strstr(at, option)) != NULL) {
		at += len;
		if (!isalnum((unsigned char)*at) && *at != '-')
			return true;
	}
	return false;
}

/* The next long option behind `before` at or after *at, or false. */
static bool
next_option(const char **at, const char *before, char *name)
{
	size_t len = 0;

	*at = strstr(*at, before);
	if (*at == NULL)
		return false;
	*at += strlen(before);
	while (len < NAME_MAX_BYTES &&
	    (isalnum((unsigned char)(*at)[len]) || (*at)[len] == '-'))
		len++;
	snprintf(name, NAME_MAX_BYTES + 1, "%.*s", (int)len, *at);
	return true;
}

static void
compare(const char *program, const char *page_path)
{
	const char *argv[] = {program, "--help", NULL};
	struct process *process = process_start(argv, NULL);
	char *page = scratch_read(page_path, NULL);
	char name[NAME_MAX_BYTES + 1];
	const char *help, *at;
	unsigned count = 0;

	assert_non_null(page);
	process_expect_exit(process, 0);
	help = process_output(process, PROCESS_OUT, NULL);
	for (at = help; next_option(&at, " --", name); count++)
		if (!page_has(page, name))
			fail_msg("%s has no --%s", page_path, name);
	assert_true(count > 5);
	for (at = page; next_option(&at, "Fl -", name);)
		if (!help_has(help, name))
			fail_msg("%s --help has no --%s", program, name);
	process_free(process);
	free(page);
}

static void
yodeld_8_has_the_options_of_yodeld(void **state)
{
	(void)state;
	compare(process_yodeld(), "server/yodeld.8");
}

static void
yodel_1_has_the_options_of_yodel(void **state)
{
	(void)state;
	compare(process_yodel(), "tui-client/yodel.1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		yodeld_8_has_the_options_of_yodeld, process_teardown),
	    cmocka_unit_test_teardown(
		yodel_1_has_the_options_of_yodel, process_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
