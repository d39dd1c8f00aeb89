/* pane_text: a row of text whose characters differ in style. */

#ifndef YODEL_PANE_TEXT_H
#define YODEL_PANE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "screen.h"

/*
 * As screen_put_row(), of text[start..start+len). style says how the bytes
 * at..end-1 look, which are one unit of what is shown; spelt: visible spelt it
 * out. Returns the offset of what had no room: start+len, if all had.
 */
size_t		 pane_text_draw(struct screen *, int row, int column, int max,
		    const char *text, size_t start, size_t len,
		    enum screen_style (*style)(void *arg, size_t at,
			size_t end, bool spelt),
		    void *arg);

#endif
