/*
 * svg_row: a row of a screen, as `tmux capture-pane -e -p` prints it -> elements
 * of an SVG picture. Knows the SGR attributes that tmux writes.
 */

#ifndef TOOLS_SVG_ROW_H
#define TOOLS_SVG_ROW_H

#include <stdbool.h>
#include <stdio.h>

#define SVG_CELL_WIDTH	9	/* in pixels, as all of these */
#define SVG_CELL_HEIGHT	18
#define SVG_BASELINE	14	/* below the top of a cell */
#define SVG_BACKGROUND	"#16181d"
#define SVG_FOREGROUND	"#d8dce3"	/* is inherited */
#define SVG_FONT \
	"font-family=\"DejaVu Sans Mono, Menlo, Consolas, " \
	"Noto Sans Mono CJK KR, monospace\" font-size=\"15\""

/* How a cell looks. tmux goes on with that of the row before. */
struct svg_style {
	int	 foreground, background; /* -1: the terminal's own */
	bool	 bold, dim, underline, reverse;
};

extern const struct svg_style svg_style_plain;

/*
 * Writes the row's elements; its first cell begins at 0, its baseline is at 0.
 * *style is that of its beginning, and then that of its end. Words have their
 * places and their lengths, wide ones apart from narrow ones, so that the picture
 * does not depend on the viewer's fonts; viewers that know no lengths are right
 * if theirs are as wide as most are. row ends with a newline or NUL. setlocale()
 * first; errors stay in the stream.
 */
void		 svg_row_print(FILE *, const char *row, struct svg_style *style);

#endif
