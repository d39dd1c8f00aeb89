/*
 * screen: the terminal as rows and columns of styled text. The only module that
 * knows curses; it alone puts the terminal into a mode and takes it out again.
 */

#ifndef YODEL_SCREEN_H
#define YODEL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen;

/* What a text is; which colours and attributes that means is the screen's. */
enum screen_style {
	SCREEN_PLAIN,
	SCREEN_DIM,	/* times, rules, hints */
	SCREEN_ACCENT,	/* the one colour: what is alive */
	SCREEN_STRONG,	/* names, the prompt */
	SCREEN_ALERT,	/* mismatch, down */
	SCREEN_SPELT,	/* what visible spelt out */
	SCREEN_MATCH,	/* found by a search */
	SCREEN_MATCH_HERE, /* the one that the search stands at */
	SCREEN_STYLES
};

/*
 * Opens the terminal at standard input and output. Needs setlocale() and,
 * before it, editor_new() and signals_new(). Returns NULL with a sentence in
 * error[0..size) that names what is wrong: TERM unset, unknown, or a terminal
 * that can't move its cursor.
 */
struct screen	*screen_open(char *error, size_t size);

/* Restores the terminal exactly. NULL is fine. */
void		 screen_close(struct screen *);

/*
 * Hands the terminal back for a stop, and takes it again: modes, size, a full
 * repaint.
 */
void		 screen_suspend(struct screen *);
void		 screen_resume(struct screen *);

/* Asks the terminal for its size; true where it changed. */
bool		 screen_resize(struct screen *);
int		 screen_rows(const struct screen *);
int		 screen_columns(const struct screen *);

/* The next update paints every cell (^L). */
void		 screen_repaint(struct screen *);

void		 screen_bell(struct screen *);

/* Whether wheel and buttons are reported; to begin with they are. */
void		 screen_set_mouse(struct screen *, bool on);

/*
 * A frame: screen_begin() blanks it, the others draw into it, screen_end()
 * sends what differs from the last one and leaves the cursor at row, column;
 * row < 0 hides it.
 */
void		 screen_begin(struct screen *);
void		 screen_end(struct screen *, int row, int column);

/*
 * Draws text[0..len), made visible on the way, from row, column on, cut at max
 * columns; a wide character that does not fit is left out. Returns the column
 * behind it.
 */
int		 screen_put(struct screen *, int row, int column, int max,
		    enum screen_style, const char *text, size_t len);

/* The same for a terminated text. */
int		 screen_puts(struct screen *, int row, int column, int max,
		    enum screen_style, const char *text);

/* The same for a row that wrap measured: tabs are columns, from `column` on. */
int		 screen_put_row(struct screen *, int row, int column, int max,
		    enum screen_style, const char *text, size_t len);

/* A horizontal rule over columns from..to-1. */
void		 screen_rule(struct screen *, int row, int from, int to);

/* Whether the locale has UTF-8; a glyph, or its ASCII fall-back if not. */
bool		 screen_is_utf8(const struct screen *);
const char	*screen_glyph(const struct screen *, const char *utf8,
		    const char *ascii);

#endif
