/*
 * ansi2svg: what `tmux capture-pane -e -p` prints -> an SVG picture of that
 * screen, for the README. Knows the SGR attributes that tmux writes. A word is an
 * element, in which each character has its own place, so that the picture does
 * not depend on the viewer's fonts; viewers that take only the first place are
 * right if theirs is as wide as most are. Wide characters are elements each.
 */

#include <err.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define CELL_WIDTH  9
#define CELL_HEIGHT 19
#define MARGIN	    12
#define BACKGROUND  "#16181d"
#define FOREGROUND  "#d8dce3"
#define COLUMNS_MAX 400

static const char *const palette[16] = {"#3b4048", "#e06c75", "#98c379",
    "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4", "#5c6370", "#ff7b86",
    "#b5e890", "#ffd68a", "#82c4ff", "#e08ff5", "#6fdce8", "#ffffff"};

struct style {
	int foreground, background; /* -1: the terminal's own */
	bool bold, dim, underline, reverse;
};

static const struct style plain = {-1, -1, false, false, false, false};

/* Cells of one style, next to each other in a row: blanks, or a word. */
struct run {
	struct style style;
	int row, column, width;
	int places[COLUMNS_MAX]; /* the columns of what is in text */
	int count;
	char text[COLUMNS_MAX * 4];
	size_t len;
};

static void
style_apply(struct style *s, int code)
{
	if (code == 0)
		*s = plain;
	else if (code == 1)
		s->bold = true;
	else if (code == 2)
		s->dim = true;
	else if (code == 4)
		s->underline = true;
	else if (code == 7)
		s->reverse = true;
	else if (code >= 30 && code <= 37)
		s->foreground = code - 30;
	else if (code == 39)
		s->foreground = -1;
	else if (code >= 40 && code <= 47)
		s->background = code - 40;
	else if (code == 49)
		s->background = -1;
	else if (code >= 90 && code <= 97)
		s->foreground = code - 90 + 8;
}

/* Takes "ESC [ ... m" and its like. Returns what is behind it. */
static const char *
sequence_take(const char *p, struct style *s)
{
	int code = 0;

	if (*++p != '[')
		return *p != '\0' ? p + 1 : p;
	for (p++; *p != '\0' && *p != 'm'; p++) {
		if (*p >= '0' && *p <= '9')
			code = code * 10 + (*p - '0');
		else if (*p == ';') {
			style_apply(s, code);
			code = 0;
		}
	}
	style_apply(s, code);
	return *p != '\0' ? p + 1 : p;
}

static bool
style_equals(const struct style *a, const struct style *b)
{
	return a->foreground == b->foreground &&
	    a->background == b->background && a->bold == b->bold &&
	    a->dim == b->dim && a->underline == b->underline &&
	    a->reverse == b->reverse;
}

static void
print_escaped(const char *p, size_t len)
{
	for (; len > 0; p++, len--)
		switch (*p) {
		case '<':
			fputs("&lt;", stdout);
			break;
		case '&':
			fputs("&amp;", stdout);
			break;
		default:
			putchar(*p);
		}
}

static void
run_begin(struct run *r, const struct style *style, int row, int column)
{
	r->style = *style;
	r->row = row;
	r->column = column;
	r->width = r->count = 0;
	r->len = 0;
}

static void
print_text(const struct run *r, const char *ink)
{
	printf("<text y=\"%d\" fill=\"%s\"%s%s%s x=\"",
	    MARGIN + r->row * CELL_HEIGHT + 14, ink,
	    r->style.bold ? " font-weight=\"bold\"" : "",
	    r->style.dim ? " opacity=\"0.6\"" : "",
	    r->style.underline ? " text-decoration=\"underline\"" : "");
	for (int i = 0; i < r->count; i++)
		printf("%s%d", i == 0 ? "" : " ",
		    MARGIN + r->places[i] * CELL_WIDTH);
	fputs("\">", stdout);
	print_escaped(r->text, r->len);
	puts("</text>");
}

static void
run_print(const struct run *r)
{
	const struct style *s = &r->style;
	const char *ink =
	    s->foreground >= 0 ? palette[s->foreground] : FOREGROUND;
	const char *paper =
	    s->background >= 0 ? palette[s->background] : BACKGROUND;

	if (s->reverse) {
		const char *swap = ink;

		ink = paper;
		paper = swap;
	}
	if (r->width > 0 && (s->reverse || s->background >= 0))
		printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		       "fill=\"%s\"/>\n",
		    MARGIN + r->column * CELL_WIDTH,
		    MARGIN + r->row * CELL_HEIGHT, r->width * CELL_WIDTH,
		    CELL_HEIGHT, paper);
	if (r->count > 0)
		print_text(r, ink);
}

/* A character with the marks behind it. */
static void
run_add(struct run *r, const char *text, size_t len, int width)
{
	if (len != 1 || *text != ' ') {
		if (r->len + len > sizeof(r->text))
			return;
		r->places[r->count++] = r->column + r->width;
		memcpy(r->text + r->len, text, len);
		r->len += len;
	}
	r->width += width;
}

/*
 * The bytes of the character at p and of the marks that follow it. *apart: it is
 * wide, or may count as more than one place in a list.
 */
static size_t
character_bytes(const char *p, int *width, bool *apart)
{
	wchar_t wide;
	int n = mbtowc(&wide, p, MB_CUR_MAX);
	size_t len;

	*apart = false;
	*width = 1;
	if (n <= 0)
		return 1;
	if (wcwidth(wide) > 0)
		*width = wcwidth(wide);
	*apart = *width > 1;
	len = (size_t)n;
	while ((n = mbtowc(&wide, p + len, MB_CUR_MAX)) > 0 &&
	    wcwidth(wide) == 0) {
		len += (size_t)n;
		*apart = true;
	}
	return len;
}

/* Whether what begins at p goes on with the run. */
static bool
run_takes(const struct run *r, const struct style *style, const char *p)
{
	bool blank = *p == ' ';

	return r->width > 0 && blank == (r->count == 0) &&
	    style_equals(style, &r->style);
}

static void
print_row(int row, const char *p)
{
	struct style style = plain;
	struct run run;
	bool apart = false, before;
	int column = 0, width;
	size_t len;

	run_begin(&run, &style, row, column);
	while (*p != '\0' && *p != '\n' && column < COLUMNS_MAX) {
		if (*p == '\033') {
			p = sequence_take(p, &style);
			continue;
		}
		before = apart;
		len = character_bytes(p, &width, &apart);
		if (before || apart || !run_takes(&run, &style, p)) {
			run_print(&run);
			run_begin(&run, &style, row, column);
		}
		run_add(&run, p, len, width);
		column += width;
		p += len;
	}
	run_print(&run);
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	int columns, rows, row;

	setlocale(LC_ALL, "");
	if (argc != 3)
		errx(2, "usage: ansi2svg COLUMNS ROWS <screen >picture");
	columns = atoi(argv[1]);
	rows = atoi(argv[2]);
	printf(
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, "
	    "Noto Sans Mono CJK KR, monospace\" font-size=\"15\" "
	    "xml:space=\"preserve\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n",
	    columns * CELL_WIDTH + 2 * MARGIN, rows * CELL_HEIGHT + 2 * MARGIN,
	    BACKGROUND);
	for (row = 0; row < rows && getline(&line, &size, stdin) != -1; row++)
		print_row(row, line);
	free(line);
	puts("</svg>");
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return 0;
}
