/*
 * pane_help: the page, and the tables that it is made from, have the same keys,
 * commands and settings as the manual page.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "pane_help.h"
#include "prefs.h"

#define MANUAL	   "tui-client/yodel.1"
#define ITEMS_MAX  64
#define NAME_BYTES 64

/* The .It lines of a section, as far as they name something. */
struct section {
	char items[ITEMS_MAX][NAME_BYTES];
	size_t count;
};

/* mdoc(7) -> the words of a line: its macros are left out, a blank parts all. */
static void
read_item(char *item, const char *line, size_t len)
{
	static const char *const macros[] = {"Ic", "Op", "Cm", "Ar"};
	char words[NAME_BYTES];
	size_t used = 0;

	assert_true(len < sizeof(words));
	memcpy(words, line, len);
	words[len] = '\0';
	item[0] = '\0';
	for (char *word = strtok(words, " ,"); word != NULL;
	     word = strtok(NULL, " ,")) {
		bool macro = false;

		for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++)
			macro = macro || strcmp(word, macros[i]) == 0;
		if (!macro && strcmp(word, "...") != 0)
			used += (size_t)snprintf(item + used, NAME_BYTES - used,
			    "%s%s", used > 0 ? " " : "", word);
	}
}

static void
read_section(struct section *s, const char *name)
{
	char *page = scratch_read(MANUAL, NULL), heading[NAME_BYTES];
	const char *at, *end;

	assert_non_null(page);
	snprintf(heading, sizeof(heading), "\n.Sh %s\n", name);
	at = strstr(page, heading);
	assert_non_null(at);
	at += strlen(heading);
	end = strstr(at, "\n.Sh ");
	assert_non_null(end);
	s->count = 0;
	while ((at = strstr(at, "\n.It ")) != NULL && at < end) {
		at += strlen("\n.It ");
		assert_true(s->count < ITEMS_MAX);
		read_item(s->items[s->count++], at, strcspn(at, "\n"));
	}
	free(page);
}

static bool
section_has(const struct section *s, const char *item)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i], item) == 0)
			return true;
	return false;
}

/* "PgUp PgDn, wheel" and "PgUp, PgDn, wheel" are the same keys. */
static void
yodel_1_has_the_keys_of_the_help_page(void **state)
{
	size_t count;
	const struct pane_help_key *keys = pane_help_keys(&count);
	struct section section;
	char names[NAME_BYTES];

	(void)state;
	read_section(&section, "KEYS");
	for (size_t i = 0; i < count; i++) {
		read_item(names, keys[i].names, strlen(keys[i].names));
		if (!section_has(&section, names))
			fail_msg(MANUAL " has no key '%s'", names);
	}
	assert_int_equal(section.count, count);
}

/* "[on|off]" of the table is "on | off" of the page, FILE is file. */
static void
read_arguments(char *item, const char *name, const char *arguments)
{
	size_t used = (size_t)snprintf(item, NAME_BYTES, "%s", name);

	if (*arguments != '\0')
		item[used++] = ' ';
	for (; *arguments != '\0'; arguments++) {
		if (strchr("[]", *arguments) != NULL)
			continue;
		if (*arguments == '|')
			item[used++] = ' ';
		item[used++] = *arguments >= 'A' && *arguments <= 'Z'
		    ? (char)(*arguments | 0x20)
		    : *arguments;
		if (*arguments == '|')
			item[used++] = ' ';
		assert_true(used < NAME_BYTES - 3);
	}
	item[used] = '\0';
}

static void
yodel_1_has_the_commands(void **state)
{
	size_t count;
	const struct command_entry *table = command_table(&count);
	struct section section;
	char item[NAME_BYTES];

	(void)state;
	read_section(&section, "COMMANDS");
	for (size_t i = 0; i < count; i++) {
		/* The page has a word for all the forms of a place. */
		read_arguments(item, table[i].name,
		    table[i].argument == COMMAND_PLACE ? "PLACE"
						       : table[i].arguments);
		if (!section_has(&section, item))
			fail_msg(MANUAL " has no command '%s'", item);
	}
	assert_int_equal(section.count, count);
}

static void
yodel_1_has_the_settings(void **state)
{
	size_t count;
	const struct prefs_entry *table = prefs_table(&count);
	struct section section;
	char item[NAME_BYTES];

	(void)state;
	read_section(&section, "SETTINGS");
	for (size_t i = 0; i < count; i++) {
		read_arguments(item, table[i].name, table[i].values);
		if (!section_has(&section, item))
			fail_msg(MANUAL " has no setting '%s'", item);
	}
	assert_int_equal(section.count, count);
}

/* Two of the 40 columns are before a name, four before a text. */
static void
the_keys_fit_a_narrow_screen(void **state)
{
	size_t count;
	const struct pane_help_key *keys = pane_help_keys(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_in_range(strlen(keys[i].names), 1, 24);
		assert_in_range(strlen(keys[i].help), 1, 34);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(yodel_1_has_the_keys_of_the_help_page),
	    cmocka_unit_test(yodel_1_has_the_commands),
	    cmocka_unit_test(yodel_1_has_the_settings),
	    cmocka_unit_test(the_keys_fit_a_narrow_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
