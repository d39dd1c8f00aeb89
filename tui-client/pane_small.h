/* pane_small: what a screen says that is too small for anything else. */

#ifndef YODEL_PANE_SMALL_H
#define YODEL_PANE_SMALL_H

struct screen;

void		 pane_small_draw(struct screen *);

#endif
