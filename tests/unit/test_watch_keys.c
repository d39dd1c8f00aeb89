/* watch_keys: what the last row, the help page and the manual say of keys. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "scratch.h"
#include "watch_impl.h"

#define NAMES_BYTES 1024

/* Adds the words of a list of keys, a blank before and behind each. */
static void
add_names(char names[NAMES_BYTES], const char *list, size_t len)
{
	size_t at = strlen(names);

	assert_true(at + len + 2 < NAMES_BYTES);
	for (size_t i = 0; i < len; i++) {
		/* A comma parts two; as a key of its own there is none. */
		char c = list[i] == ',' ? ' ' : list[i];

		if (c != ' ' || names[at - 1] != ' ')
			names[at++] = c;
	}
	if (names[at - 1] != ' ')
		names[at++] = ' ';
	names[at] = '\0';
}

static bool
has_name(const char *names, const char *name, size_t len)
{
	char word[64];

	assert_true(len + 3 < sizeof(word));
	(void)snprintf(word, sizeof(word), " %.*s ", (int)len, name);
	return strstr(names, word) != NULL;
}

/* Fails unless each of the names is among the others. */
static void
expect_among(const char *names, const char *others, const char *where)
{
	size_t len;

	for (const char *at = names + 1; *at != '\0'; at += len + 1) {
		len = strcspn(at, " ");
		if (!has_name(others, at, len))
			fail_msg("%s has no %.*s", where, (int)len, at);
	}
}

static void
names_of_page(char names[NAMES_BYTES])
{
	assert_true(watch_page_count() > 10);
	for (size_t i = 0; i < watch_page_count(); i++) {
		struct page_line line = watch_page_line(i);

		add_names(names, line.name, strlen(line.name));
	}
}

/* The items of the first list in WATCHING. */
static void
names_of_manual(char names[NAMES_BYTES])
{
	char *page = scratch_read("tui-client/yodel.1", NULL);
	const char *at, *end;

	assert_non_null(page);
	assert_non_null(at = strstr(page, ".Sh WATCHING\n"));
	assert_non_null(at = strstr(at, ".Bl "));
	assert_non_null(end = strstr(at, ".El\n"));
	while ((at = strstr(at, "\n.It ")) != NULL && at < end) {
		at += strlen("\n.It ");
		add_names(names, at, strcspn(at, "\n"));
	}
	free(page);
}

static void
the_manual_and_the_help_page_have_the_same_keys(void **state)
{
	char page[NAMES_BYTES] = " ", manual[NAMES_BYTES] = " ";

	(void)state;
	names_of_page(page);
	names_of_manual(manual);
	expect_among(page, manual, "yodel.1");
	expect_among(manual, page, "the help page");
}

static void
each_hint_is_of_a_key_of_the_help_page(void **state)
{
	char page[NAMES_BYTES] = " ";
	const struct watch_hint *hint;
	size_t count = 0;

	(void)state;
	names_of_page(page);
	for (; (hint = watch_hint(count)) != NULL; count++) {
		const char *text =
		    hint->ascii != NULL ? hint->ascii : hint->text;

		if (!has_name(page, text, strcspn(text, " ")))
			fail_msg("no help for \"%s\"", text);
	}
	assert_true(count > 5);
}

/* Where there is little room the less important ones are left out. */
static void
no_two_hints_are_as_important(void **state)
{
	const struct watch_hint *one, *other;

	(void)state;
	for (size_t i = 0; (one = watch_hint(i)) != NULL; i++)
		for (size_t k = 0; k < i; k++) {
			other = watch_hint(k);
			assert_int_not_equal(one->rank, other->rank);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_manual_and_the_help_page_have_the_same_keys),
	    cmocka_unit_test(each_hint_is_of_a_key_of_the_help_page),
	    cmocka_unit_test(no_two_hints_are_as_important),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
