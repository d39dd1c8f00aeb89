#include <stdio.h>

#include "command.h"
#include "layout.h"
#include "pane_help.h"
#include "screen.h"

#define NAME_COLUMNS 23

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

static void
help_line(struct screen *s, const struct layout_pane *pane, int row,
    const char *name, const char *text)
{
	int left = pane->columns - 2, column = pane->column + 2;

	screen_puts(s, pane->row + row, column, left, SCREEN_ACCENT, name);
	screen_puts(s, pane->row + row, column + NAME_COLUMNS,
	    left - NAME_COLUMNS, SCREEN_PLAIN, text);
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
	int total = KEYS + 1 + (int)count;
	int most = total - pane->rows > 0 ? total - pane->rows : 0;

	if (from > most)
		from = most;
	for (int row = 0; row < pane->rows && from + row < total; row++) {
		int line = from + row;

		if (line < KEYS)
			help_line(
			    s, pane, row, keys[line].name, keys[line].text);
		else if (line > KEYS)
			help_command(s, pane, row, &commands[line - KEYS - 1]);
	}
	return most;
}
