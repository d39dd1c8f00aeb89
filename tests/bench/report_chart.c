/*
 * report_chart: see report.h. A panel for each shape, a bar for each server, a
 * line through the quartiles. What is past the scale is cut and says so by its
 * number.
 */

#include <stdbool.h>

#include "ledger.h"
#include "report.h"
#include "servers.h"
#include "shape.h"

#define WIDTH	    860
#define LEFT	    130 /* where bars begin */
#define UNIT	    210 /* pixels of a ratio of 1 */
#define SCALE	    3.0 /* the greatest ratio that is drawn */
#define TOP	    64
#define TITLE	    30
#define ROW	    19
#define BAR	    13
#define GAP	    14
#define CAPTION	    52
#define CAPTION_MAX 1024
#define LINE_CHARS  130 /* characters of a line of the caption */

#define INK    "#24292f"
#define QUIET  "#6e7781"
#define OURS   "#0a7d5a"
#define OTHERS "#9fb3c8"
#define GRID   "#d0d7de"

static double
place(double ratio)
{
	return LEFT + UNIT * (ratio < SCALE ? ratio : SCALE);
}

static bool
is_drawn(const struct report *r, size_t kase, size_t server)
{
	return !r->servers[server]->variant &&
	    ledger_count(r->ledger, kase, server, LEDGER_GOOD) > 0;
}

static size_t
count_rows(const struct report *r, size_t kase)
{
	size_t i, rows = 0;

	for (i = 0; i < r->server_count; i++)
		if (is_drawn(r, kase, i))
			rows++;
	return rows;
}

static void
draw_bar(
    const struct report *r, size_t server, struct quartiles q, int y, FILE *out)
{
	const char *weight = server == r->ours ? "bold" : "normal";

	fprintf(out,
	    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" font-weight=\"%s\" "
	    "fill=\"" INK "\">%s</text>\n",
	    LEFT - 8, y + BAR - 2, weight, r->servers[server]->name);
	fprintf(out,
	    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
	    "fill=\"%s\"/>\n",
	    LEFT, y, place(q.median) - LEFT, BAR,
	    server == r->ours ? OURS : OTHERS);
	fprintf(out,
	    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" "
	    "stroke=\"" INK "\" stroke-width=\"2\"/>\n",
	    place(q.low), place(q.high), y + BAR / 2.0, y + BAR / 2.0);
	fprintf(out,
	    "<text x=\"%.1f\" y=\"%d\" font-weight=\"%s\" fill=\"" INK
	    "\">%.2f%s</text>\n",
	    place(q.high > q.median ? q.high : q.median) + 6, y + BAR - 2,
	    weight, q.median, q.median > SCALE ? " \xe2\x86\x92" : "");
}

/* Returns where the next panel begins. */
static int
draw_panel(const struct report *r, size_t kase, int y, FILE *out)
{
	char title[SHAPE_TEXT_MAX];
	int rows = (int)count_rows(r, kase), step;
	size_t i;

	fprintf(out,
	    "<text x=\"%d\" y=\"%d\" font-weight=\"bold\" fill=\"" INK
	    "\">%s</text>\n",
	    LEFT, y + 18, shape_format(title, &r->shapes[kase]));
	y += TITLE;
	for (step = 1; step <= (int)SCALE; step++)
		fprintf(out,
		    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" "
		    "stroke=\"%s\"/>\n",
		    place(step), place(step), y - 4, y + rows * ROW,
		    step == 1 ? QUIET : GRID);
	for (i = 0; i < r->server_count; i++) {
		if (!is_drawn(r, kase, i))
			continue;
		draw_bar(r, i,
		    ledger_ratio(
			r->ledger, kase, i, r->baseline, LEDGER_CPU_US),
		    y, out);
		y += ROW;
	}
	return y + GAP;
}

static void
print_escaped(const char *p, int len, FILE *out)
{
	for (; len > 0; p++, len--)
		if (*p == '&')
			fputs("&amp;", out);
		else if (*p == '<')
			fputs("&lt;", out);
		else
			fputc(*p, out);
}

/* The conditions, in lines that end between words. */
static void
draw_caption(const struct report *r, int y, FILE *out)
{
	char text[CAPTION_MAX];
	const char *p = report_conditions(r, text, sizeof(text));
	int len, line = 0;

	while (*p != '\0') {
		for (len = 0; len < LINE_CHARS && p[len] != '\0'; len++)
			continue;
		while (p[len] != '\0' && len > 0 && p[len] != ' ')
			len--;
		fprintf(out,
		    "<text x=\"16\" y=\"%d\" font-size=\"11\" fill=\"" QUIET
		    "\">",
		    y + 15 * ++line);
		print_escaped(p, len, out);
		fputs("</text>\n", out);
		p += len;
		if (*p == ' ')
			p++;
	}
}

void
report_chart(const struct report *r, FILE *out)
{
	int y = TOP, height = TOP + CAPTION;
	size_t i;

	for (i = 0; i < r->shape_count; i++)
		height += TITLE + (int)count_rows(r, i) * ROW + GAP;
	fprintf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"Helvetica, "
	    "Arial, DejaVu Sans, sans-serif\" font-size=\"12\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
	    WIDTH, height, WIDTH, height);
	fprintf(out,
	    "<text x=\"16\" y=\"28\" font-size=\"17\" font-weight=\"bold\" "
	    "fill=\"" INK
	    "\">The server's CPU time for a message, as a multiple "
	    "of raw %s's</text>\n"
	    "<text x=\"16\" y=\"47\" fill=\"" QUIET
	    "\">shorter is better; the dark line spans the quartiles</text>\n",
	    r->servers[r->baseline]->name);
	for (i = 0; i < r->shape_count; i++)
		y = draw_panel(r, i, y, out);
	draw_caption(r, y, out);
	fputs("</svg>\n", out);
}
