#include <stdio.h>

#include "command.h"
#include "pane_help.h"
#include "pane_page.h"
#include "prefs.h"

static const struct pane_help_key keys[] = {
    {"Enter", "send the line"},
    {"PgUp PgDn, wheel", "scroll the transcript"},
    {"M-< M->", "its beginning, its end"},
    {"M-/", "find in it; Enter, and then"},
    {"n N, Esc", "walk the matches; go back"},
    {"^R ^S", "find in the history"},
    {"^P ^N, up, down", "the lines before, after"},
    {"Tab", "complete; again: what there is"},
    {"^A ^E ^K ^Y ^W ^U ...", "edit, as in ~/.editrc"},
    {"^_", "undo (vi keys: u)"},
    {"^C", "drop the line; twice: quit"},
    {"^D", "(on an empty line) quit"},
    {"^Z", "suspend"},
    {"^L", "paint the screen again"},
    {"Shift and the mouse", "select (or: /set mouse off)"},
    {"F1", "this page"},
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

#define HEADINGS 4 /* two of them, and the blank lines before them */

const struct pane_help_key *
pane_help_keys(size_t *count)
{
	*count = KEYS;
	return keys;
}

static size_t
help_count(void)
{
	size_t commands, settings;

	(void)command_table(&commands);
	(void)prefs_table(&settings);
	return KEYS + HEADINGS + commands + settings;
}

static struct page_line
help_make(const char *name, const char *arguments, const char *text)
{
	struct page_line line = {.text = text};

	(void)snprintf(line.name, sizeof(line.name), "%s%s%s", name,
	    *arguments != '\0' ? " " : "", arguments);
	return line;
}

/* The nth line, nth < help_count(). */
static struct page_line
help_get(size_t nth)
{
	size_t count;
	const struct command_entry *commands = command_table(&count);
	const struct prefs_entry *settings;

	if (nth < KEYS)
		return help_make(keys[nth].names, "", keys[nth].help);
	nth -= KEYS;
	if (nth < 2)
		return help_make(nth == 0 ? "" : "Commands", "", "");
	nth -= 2;
	if (nth < count)
		return help_make(commands[nth].name, commands[nth].arguments,
		    commands[nth].help);
	nth -= count;
	if (nth < 2)
		return help_make(nth == 0 ? "" : "Settings, for /set", "", "");
	settings = prefs_table(&count) + nth - 2;
	return help_make(settings->name, settings->values, settings->help);
}

int
pane_help_draw(struct screen *s, const struct layout_pane *pane, int from)
{
	return pane_page_draw(s, pane, from, help_count(), help_get);
}
