/* pane_transcript: the conversation, as far as its view shows it. */

#ifndef YODEL_PANE_TRANSCRIPT_H
#define YODEL_PANE_TRANSCRIPT_H

#include <stdbool.h>

struct layout_pane;
struct screen;
struct transcript;
struct transcript_entry;
struct view;

/* For view_init(): the columns that are left for an entry's text. */
unsigned	 pane_transcript_columns(const struct transcript_entry *,
		    unsigned width);

void		 pane_transcript_draw(struct screen *,
		    const struct layout_pane *, struct view *,
		    const struct transcript *);

#endif
