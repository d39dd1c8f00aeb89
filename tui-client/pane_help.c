#include <stdio.h>

#include "command.h"
#include "layout.h"
#include "pane_help.h"
#include "screen.h"

#define NAME_COLUMNS 23
#define TEXT_COLUMNS 34 /* with less than that the text has a row of its own */
#define TEXT_INDENT  4

struct help_line {
	const char *name, *text;
};

static const struct help_line keys[] = {
    {"Enter", "send the line"},
    {"PgUp PgDn, wheel", "scroll the transcript"},
    {"M-< M->", "its beginning, its end"},
    {"^R ^S", "search the history"},
    {"^P ^N, up, down", "the lines before, after"},
    {"Tab", "complete"},
    {"^A ^E ^K ^Y ^W ^U ...", "edit, as in ~/.editrc"},
    {"^C", "drop the line; twice: quit"},
    {"^D", "(on an empty line) quit"},
    {"^Z", "suspend"},
    {"^L", "paint the screen again"},
    {"F1", "this page"},
};
#define KEYS ((int)(sizeof(keys) / sizeof(keys[0])))

static int
help_rows_each(const struct layout_pane *pane)
{
	return pane->columns - 2 - NAME_COLUMNS < TEXT_COLUMNS ? 2 : 1;
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
help_line(struct screen *s, const struct layout_pane *pane, int row,
    const char *name, const char *text)
{
	help_put(s, pane, row, 2, SCREEN_ACCENT, name);
	if (help_rows_each(pane) == 1)
		help_put(s, pane, row, 2 + NAME_COLUMNS, SCREEN_PLAIN, text);
	else
		help_put(s, pane, row + 1, TEXT_INDENT, SCREEN_PLAIN, text);
}

static void
help_command(struct screen *s, const struct layout_pane *pane, int row,
    const struct command_entry *command)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "%s %s", command->name, command->arguments);
	help_line(s, pane, row, name, command->help);
}

int
pane_help_draw(struct screen *s, const struct layout_pane *pane, int from)
{
	size_t count;
	const struct command_entry *commands = command_table(&count);
	int lines = KEYS + 1 + (int)count, each = help_rows_each(pane);
	int total = lines * each;
	int most = total - pane->rows > 0 ? total - pane->rows : 0;

	if (from > most)
		from = most;
	for (int line = from / each; line < lines; line++) {
		int row = line * each - from;

		if (line < KEYS)
			help_line(
			    s, pane, row, keys[line].name, keys[line].text);
		else if (line > KEYS)
			help_command(s, pane, row, &commands[line - KEYS - 1]);
	}
	return most;
}
