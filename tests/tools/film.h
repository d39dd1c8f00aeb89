/*
 * film: screens of one size, one after the other -> an SVG picture: a still of
 * one, or one that moves, over and over, where its viewer knows CSS animations
 * and its user does not mind; elsewhere it is a still of the first. It has no
 * script in it. A row that stays costs nothing, one that is the same as any
 * other is there once.
 */

#ifndef TOOLS_FILM_H
#define TOOLS_FILM_H

#include <stdio.h>

#define FILM_ROWS_MAX 100

struct film;

/* rows in 1..FILM_ROWS_MAX. NULL with ENOMEM. */
struct film	*film_new(int columns, int rows);
void		 film_free(struct film *); /* NULL is fine */

/*
 * A new screen, whose cursor is in this cell; a negative column: nowhere. Rows
 * that are not added to it stay as they were. 0, or -1 with ENOMEM.
 */
int		 film_begin(struct film *, int cursor_column, int cursor_row);

/*
 * The next row of the screen, as svg_row_print() takes it; more than there are
 * is fine. 0, or -1 with ENOMEM.
 */
int		 film_add(struct film *, const char *row);

/* Each screen stays for ms. Errors stay in the stream. */
void		 film_print(const struct film *, int ms, FILE *);

#endif
