/* pane_transcript: the conversation, as far as its view shows it. */

#ifndef YODEL_PANE_TRANSCRIPT_H
#define YODEL_PANE_TRANSCRIPT_H

#include <stdbool.h>

struct layout_pane;
struct prefs;
struct screen;
struct search;
struct transcript;
struct transcript_entry;
struct view;

/*
 * For view_init(), with a struct prefs as its arg: the columns that are left
 * for an entry's text.
 */
unsigned	 pane_transcript_columns(const void *prefs,
		    const struct transcript_entry *, unsigned width);

/*
 * Gives the view the size of its pane, and the rows that prefs want, for who
 * asks it before it is drawn; drawing does the same.
 */
void		 pane_transcript_fit(const struct layout_pane *, struct view *,
		    const struct transcript *, const struct prefs *);

/* What search finds is lit; it may be NULL. */
void		 pane_transcript_draw(struct screen *,
		    const struct layout_pane *, struct view *,
		    const struct transcript *, const struct prefs *,
		    const struct search *);

#endif
