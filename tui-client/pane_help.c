#include <stdio.h>

#include "command.h"
#include "layout.h"
#include "pane_help.h"
#include "prefs.h"
#include "screen.h"

#define NAME_BYTES   64
#define NAME_COLUMNS 25
#define TEXT_COLUMNS 34 /* with less than that the text has a row of its own */
#define TEXT_INDENT  4

/* A line of the page: a heading has no text, an empty one has neither. */
struct help_line {
	char name[NAME_BYTES];
	const char *text;
};

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

static struct help_line
help_make(const char *name, const char *arguments, const char *text)
{
	struct help_line line = {.text = text};

	snprintf(line.name, sizeof(line.name), "%s%s%s", name,
	    *arguments != '\0' ? " " : "", arguments);
	return line;
}

/* The nth line, nth < help_count(). */
static struct help_line
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

/* With a heading, which has no text, two rows would be one too many. */
static int
help_rows(const struct layout_pane *pane, const struct help_line *line)
{
	return *line->text != '\0' &&
		pane->columns - 2 - NAME_COLUMNS < TEXT_COLUMNS
	    ? 2
	    : 1;
}

/* Draws into a row of the pane, where it has that row. */
static void
help_put(struct screen *s, const struct layout_pane *pane, int row, int indent,
    enum screen_style style, const char *text)
{
	if (row >= 0 && row < pane->rows)
		screen_puts(s, pane->row + row, pane->column + indent,
		    pane->columns - indent, style, text);
}

static void
help_draw(struct screen *s, const struct layout_pane *pane, int row,
    const struct help_line *line)
{
	if (*line->text == '\0') {
		help_put(s, pane, row, 1, SCREEN_STRONG, line->name);
		return;
	}
	help_put(s, pane, row, 2, SCREEN_ACCENT, line->name);
	if (help_rows(pane, line) == 1)
		help_put(
		    s, pane, row, 2 + NAME_COLUMNS, SCREEN_PLAIN, line->text);
	else
		help_put(
		    s, pane, row + 1, TEXT_INDENT, SCREEN_PLAIN, line->text);
}

static int
help_height(const struct layout_pane *pane)
{
	size_t count = help_count();
	int rows = 0;

	for (size_t i = 0; i < count; i++) {
		struct help_line line = help_get(i);

		rows += help_rows(pane, &line);
	}
	return rows;
}

int
pane_help_draw(struct screen *s, const struct layout_pane *pane, int from)
{
	size_t count = help_count();
	int total = help_height(pane);
	int most = total - pane->rows > 0 ? total - pane->rows : 0;
	int row = -(from < most ? from : most);

	for (size_t i = 0; i < count; i++) {
		struct help_line line = help_get(i);

		help_draw(s, pane, row, &line);
		row += help_rows(pane, &line);
	}
	return most;
}
