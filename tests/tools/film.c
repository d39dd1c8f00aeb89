/* film: see film.h. */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "film.h"
#include "svg_row.h"

#define MARGIN	12
#define NOWHERE SIZE_MAX

/* From a screen on, this is what is shown: of a row its picture, or a cell. */
struct change {
	int screen;
	size_t what;
};

/* What becomes of a row, or of the cursor. */
struct track {
	struct change *changes;
	size_t count, size;
};

struct film {
	int columns, rows;
	int screens; /* begun so far */
	int row;     /* the next one of the last screen */
	struct svg_style style;
	char **pictures; /* of rows: their elements, each once */
	size_t count, size;
	struct track tracks[FILM_ROWS_MAX];
	struct track cursor;
};

/* Room for one more: the array, moved perhaps, or NULL with ENOMEM. */
static void *
grow(void *array, size_t count, size_t *size, size_t element)
{
	void *grown;

	if (count < *size)
		return array;
	grown = realloc(array, (*size * 2 + 16) * element);
	if (grown != NULL)
		*size = *size * 2 + 16;
	return grown;
}

/* The number of this picture of a row, which it owns or frees. -1: ENOMEM. */
static int
film_keep(struct film *f, char *picture, size_t *number)
{
	char **grown;

	for (*number = 0; *number < f->count; (*number)++)
		if (strcmp(f->pictures[*number], picture) == 0) {
			free(picture);
			return 0;
		}
	grown = grow(f->pictures, f->count, &f->size, sizeof(*grown));
	if (grown == NULL) {
		free(picture);
		return -1;
	}
	f->pictures = grown;
	f->pictures[f->count++] = picture;
	return 0;
}

static int
track_add(struct track *t, int screen, size_t what)
{
	struct change *grown;

	if (t->count > 0 && t->changes[t->count - 1].what == what)
		return 0;
	grown = grow(t->changes, t->count, &t->size, sizeof(*grown));
	if (grown == NULL)
		return -1;
	t->changes = grown;
	t->changes[t->count++] = (struct change){screen, what};
	return 0;
}

struct film *
film_new(int columns, int rows)
{
	struct film *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->columns = columns;
	f->rows = rows;
	return f;
}

void
film_free(struct film *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		free(f->pictures[i]);
	free(f->pictures);
	for (int row = 0; row < f->rows; row++)
		free(f->tracks[row].changes);
	free(f->cursor.changes);
	free(f);
}

int
film_begin(struct film *f, int column, int row)
{
	size_t cell = NOWHERE;

	if (column >= 0 && column < f->columns && row >= 0 && row < f->rows)
		cell = (size_t)row * (size_t)f->columns + (size_t)column;
	f->row = 0;
	f->style = svg_style_plain;
	return track_add(&f->cursor, f->screens++, cell);
}

int
film_add(struct film *f, const char *row)
{
	char *picture = NULL;
	size_t size, number;
	FILE *out;

	if (f->row == f->rows)
		return 0;
	out = open_memstream(&picture, &size);
	if (out == NULL)
		return -1;
	svg_row_print(out, row, &f->style);
	if (fclose(out) != 0) {
		free(picture);
		return -1;
	}
	if (film_keep(f, picture, &number) == -1)
		return -1;
	return track_add(&f->tracks[f->row++], f->screens - 1, number);
}

static int
film_width(const struct film *f)
{
	return f->columns * SVG_CELL_WIDTH + 2 * MARGIN;
}

/*
 * The states of a row lie side by side, each as wide as the picture, and are
 * moved all at once: this is when, and how far.
 */
static void
print_moves(const struct film *f, int row, FILE *out)
{
	const struct track *t = &f->tracks[row];

	(void)fprintf(
	    out, "#t%d{animation-name:k%d}@keyframes k%d{", row, row, row);
	for (size_t i = 0; i < t->count; i++)
		(void)fprintf(out, "%.4g%%{transform:translate(-%zupx)}",
		    100.0 * t->changes[i].screen / f->screens,
		    i * (size_t)film_width(f));
	(void)fputs("}\n", out);
}

/* Where the picture's own place of the cursor is to be moved to. */
static void
cell_place(const struct film *f, size_t cell, int *x, int *y)
{
	size_t columns = (size_t)f->columns;

	*x = 0;
	*y = -SVG_CELL_HEIGHT;
	if (cell == NOWHERE)
		return;
	*x = (int)(cell % columns) * SVG_CELL_WIDTH + MARGIN;
	*y = (int)(cell / columns) * SVG_CELL_HEIGHT + MARGIN;
}

static bool
has_cursor(const struct film *f)
{
	const struct track *t = &f->cursor;

	return t->count > 1 || (t->count == 1 && t->changes[0].what != NOWHERE);
}

static void
print_cursor_moves(const struct film *f, FILE *out)
{
	const struct track *t = &f->cursor;
	int x, y;

	(void)fputs("#c{animation-name:c}@keyframes c{", out);
	for (size_t i = 0; i < t->count; i++) {
		cell_place(f, t->changes[i].what, &x, &y);
		(void)fprintf(out, "%.4g%%{transform:translate(%dpx,%dpx)}",
		    100.0 * t->changes[i].screen / f->screens, x, y);
	}
	(void)fputs("}\n", out);
}

static void
print_cursor(const struct film *f, FILE *out)
{
	int x, y;

	if (!has_cursor(f))
		return;
	cell_place(f, f->cursor.changes[0].what, &x, &y);
	(void)fprintf(out,
	    "<rect class=\"t\" id=\"c\" transform=\"translate(%d %d)\" "
	    "width=\"%d\" height=\"%d\" opacity=\".6\"/>\n",
	    x, y, SVG_CELL_WIDTH, SVG_CELL_HEIGHT);
}

static void
print_style(const struct film *f, int ms, FILE *out)
{
	(void)fprintf(out,
	    "<style>@media (prefers-reduced-motion:no-preference){\n"
	    ".t{animation:%dms step-end infinite}\n",
	    ms * f->screens);
	for (int row = 0; row < f->rows; row++)
		if (f->tracks[row].count > 1)
			print_moves(f, row, out);
	if (has_cursor(f))
		print_cursor_moves(f, out);
	(void)fputs("}</style>\n", out);
}

static void
print_pictures(const struct film *f, FILE *out)
{
	(void)fputs("<defs>\n", out);
	for (size_t i = 0; i < f->count; i++)
		if (*f->pictures[i] != '\0')
			(void)fprintf(
			    out, "<g id=\"r%zu\">%s</g>\n", i, f->pictures[i]);
	(void)fputs("</defs>\n", out);
}

static void
print_track(const struct film *f, int row, FILE *out)
{
	const struct track *t = &f->tracks[row];
	size_t i;

	(void)fprintf(out, "<g transform=\"translate(%d %d)\">", MARGIN,
	    MARGIN + row * SVG_CELL_HEIGHT + SVG_BASELINE);
	if (t->count == 1)
		(void)fputs(f->pictures[t->changes[0].what], out);
	else
		(void)fprintf(out, "<g class=\"t\" id=\"t%d\">", row);
	for (i = 0; t->count > 1 && i < t->count; i++)
		if (*f->pictures[t->changes[i].what] != '\0')
			(void)fprintf(out, "<use href=\"#r%zu\" x=\"%zu\"/>",
			    t->changes[i].what, i * (size_t)film_width(f));
	(void)fputs(t->count > 1 ? "</g></g>\n" : "</g>\n", out);
}

void
film_print(const struct film *f, int ms, FILE *out)
{
	int width = film_width(f);
	int height = f->rows * SVG_CELL_HEIGHT + 2 * MARGIN;

	(void)fprintf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" " SVG_FONT " fill=\"%s\" "
	    "xml:space=\"preserve\">\n",
	    width, height, width, height, SVG_FOREGROUND);
	if (f->screens > 1) {
		print_style(f, ms, out);
		print_pictures(f, out);
	}
	(void)fprintf(out,
	    "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n",
	    SVG_BACKGROUND);
	for (int row = 0; row < f->rows; row++)
		if (f->tracks[row].count > 0)
			print_track(f, row, out);
	print_cursor(f, out);
	(void)fputs("</svg>\n", out);
}
