/* svg_row: see svg_row.h. */

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "svg_row.h"

#define COLUMNS_MAX 400
#define PICTURES    0x1f000	   /* emoji and the like begin there */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static const char *const palette[16] = {"#3b4048", "#e06c75", "#98c379",
    "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4", "#5c6370", "#ff7b86",
    "#b5e890", "#ffd68a", "#82c4ff", "#e08ff5", "#6fdce8", "#ffffff"};

const struct svg_style svg_style_plain = {-1, -1, false, false, false, false};

/* Those of one kind are as wide as each other; of apart ones nothing is known. */
enum kind { BLANK, NARROW, WIDE, APART };

/* A character with the marks behind it. */
struct glyph {
	enum kind kind;
	const char *text;
	size_t len;
	int width; /* in cells */
};

/* Glyphs of one style and kind; between narrow ones there are single blanks. */
struct run {
	struct svg_style style;
	enum kind kind;
	int column, width;
	char text[COLUMNS_MAX * 4];
	size_t len;
};

static void
style_apply(struct svg_style *s, int code)
{
	if (code == 0)
		*s = svg_style_plain;
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
sequence_take(const char *p, struct svg_style *s)
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
style_equals(const struct svg_style *a, const struct svg_style *b)
{
	return a->foreground == b->foreground &&
	    a->background == b->background && a->bold == b->bold &&
	    a->dim == b->dim && a->underline == b->underline &&
	    a->reverse == b->reverse;
}

static void
print_escaped(FILE *out, const char *p, size_t len)
{
	for (; len > 0; p++, len--)
		switch (*p) {
		case '<':
			(void)fputs("&lt;", out);
			break;
		case '&':
			(void)fputs("&amp;", out);
			break;
		default:
			(void)putc(*p, out);
		}
}

static void
run_begin(
    struct run *r, const struct svg_style *style, enum kind kind, int column)
{
	r->style = *style;
	r->kind = kind;
	r->column = column;
	r->width = 0;
	r->len = 0;
}

/*
 * Wide ones are made as wide as two narrow ones, which they are on a terminal
 * but in few pairs of fonts.
 */
static void
print_text(FILE *out, const struct run *r, const char *ink)
{
	size_t len = r->len;
	int width = r->width;

	if (r->text[len - 1] == ' ') {
		len--;
		width--;
	}
	(void)fprintf(out, "<text x=\"%d\"", r->column * SVG_CELL_WIDTH);
	if (r->kind == WIDE || (r->kind == NARROW && width > 2))
		(void)fprintf(out, " textLength=\"%d\"%s",
		    width * SVG_CELL_WIDTH,
		    r->kind == WIDE ? " lengthAdjust=\"spacingAndGlyphs\""
				    : "");
	if (ink != NULL)
		(void)fprintf(out, " fill=\"%s\"", ink);
	(void)fprintf(out, "%s%s%s>",
	    r->style.bold ? " font-weight=\"bold\"" : "",
	    r->style.dim ? " opacity=\".6\"" : "",
	    r->style.underline ? " text-decoration=\"underline\"" : "");
	print_escaped(out, r->text, len);
	(void)fputs("</text>", out);
}

static void
run_print(FILE *out, const struct run *r)
{
	const struct svg_style *s = &r->style;
	const char *ink = s->foreground >= 0 ? palette[s->foreground] : NULL;
	const char *paper = s->background >= 0 ? palette[s->background] : NULL;

	if (s->reverse) {
		const char *swap = ink != NULL ? ink : SVG_FOREGROUND;

		ink = paper != NULL ? paper : SVG_BACKGROUND;
		paper = swap;
	}
	if (r->width > 0 && paper != NULL)
		(void)fprintf(out,
		    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		    "fill=\"%s\"/>",
		    r->column * SVG_CELL_WIDTH, -SVG_BASELINE,
		    r->width * SVG_CELL_WIDTH, SVG_CELL_HEIGHT, paper);
	if (r->kind != BLANK && r->width > 0)
		print_text(out, r, ink);
}

static void
run_add(struct run *r, const struct glyph *g)
{
	if (r->len + g->len > sizeof(r->text))
		return;
	memcpy(r->text + r->len, g->text, g->len);
	r->len += g->len;
	r->width += g->width;
}

/* The glyph that begins with wide, which has len bytes at p. */
static struct glyph
glyph_at(const char *p, wchar_t wide, size_t len)
{
	struct glyph g = {NARROW, p, len, wcwidth(wide)};
	int n;

	if (wide == L' ')
		g.kind = BLANK;
	else if (g.width > 1)
		g.kind = wide >= PICTURES ? APART : WIDE;
	if (g.width < 1)
		g.width = 1;
	while ((n = mbtowc(&wide, p + g.len, MB_CUR_MAX)) > 0 &&
	    wcwidth(wide) == 0) {
		g.len += (size_t)n;
		g.kind = APART;
	}
	return g;
}

/* Takes the glyph at p; what can't be in a picture is replaced. */
static const char *
glyph_take(const char *p, struct glyph *g)
{
	wchar_t wide;
	int n = mbtowc(&wide, p, MB_CUR_MAX);

	if (n <= 0 || iswcntrl((wint_t)wide)) {
		*g = (struct glyph){APART, REPLACEMENT, strlen(REPLACEMENT), 1};
		return p + 1;
	}
	*g = glyph_at(p, wide, (size_t)n);
	return p + g->len;
}

static bool
run_takes(
    const struct run *r, const struct svg_style *style, const struct glyph *g)
{
	if (r->width == 0 || r->kind == APART ||
	    !style_equals(style, &r->style))
		return false;
	if (r->kind == NARROW && g->kind == BLANK)
		return r->text[r->len - 1] != ' ';
	return r->kind == g->kind;
}

void
svg_row_print(FILE *out, const char *p, struct svg_style *style)
{
	struct run run;
	struct glyph g;
	int column = 0;

	run_begin(&run, style, BLANK, column);
	while (*p != '\0' && *p != '\n' && column < COLUMNS_MAX) {
		if (*p == '\033') {
			p = sequence_take(p, style);
			continue;
		}
		p = glyph_take(p, &g);
		if (!run_takes(&run, style, &g)) {
			run_print(out, &run);
			run_begin(&run, style, g.kind, column);
		}
		run_add(&run, &g);
		column += g.width;
	}
	run_print(out, &run);
}
