/*
 * ansi2svg: what `tmux capture-pane -e -p` prints -> an SVG picture of that
 * screen, for the README; of several, each begun by a line of a form feed and,
 * where there is one, the cursor's column and row, one that moves.
 */

#include <err.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "film.h"
#include "units.h"

#define COLUMNS_MAX 400
#define MS_MAX	    10000

static int
number(const char *name, const char *text, int max)
{
	uint64_t n;

	if (units_parse_number(text, 1, (uint64_t)max, &n) == -1)
		errx(2, "%s '%s': a number from 1 to %d is wanted", name, text,
		    max);
	return (int)n;
}

static void
begin(struct film *film, const char *line)
{
	char *end = NULL;
	long column = -1, row = -1;

	if (*line == '\f' && line[1] != '\n') {
		column = strtol(line + 1, &end, 10);
		row = strtol(end, NULL, 10);
	}
	if (film_begin(film, (int)column, (int)row) == -1)
		err(1, "a screen");
}

static void
take_screens(struct film *film, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	bool begun = false;

	while (getline(&line, &size, in) != -1) {
		if (!begun || *line == '\f')
			begin(film, line);
		begun = true;
		if (*line != '\f' && film_add(film, line) == -1)
			err(1, "a row");
	}
	if (ferror(in))
		err(1, "standard input");
	free(line);
}

int
main(int argc, char **argv)
{
	struct film *film;
	int columns, rows, ms = 1000;

	setlocale(LC_ALL, "");
	if (argc != 3 && argc != 4)
		errx(2,
		    "usage: ansi2svg COLUMNS ROWS [MS-A-SCREEN] <screens "
		    ">picture");
	columns = number("COLUMNS", argv[1], COLUMNS_MAX);
	rows = number("ROWS", argv[2], FILM_ROWS_MAX);
	if (argc == 4)
		ms = number("MS-A-SCREEN", argv[3], MS_MAX);
	film = film_new(columns, rows);
	if (film == NULL)
		err(1, "a film");
	take_screens(film, stdin);
	film_print(film, ms, stdout);
	film_free(film);
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return 0;
}
