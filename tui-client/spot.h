/*
 * spot: a byte of the transcript that the pane is to show, and the way back to
 * where one was before. Pure.
 */

#ifndef YODEL_SPOT_H
#define YODEL_SPOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view.h"

struct spot {
	const struct transcript *transcript;
	struct view *view;
	struct view_bookmark origin;
	bool	 held;			/* the pane shows it ... */
	uint64_t id;
	size_t	 byte;
	struct view_bookmark shown;	/* ... like this ... */
	unsigned width, height;		/* ... at this size */
	uint64_t seen_end;		/* transcript_end() then */
};

/* Both are the caller's. Where one is now is where spot_return() leads. */
void		 spot_init(struct spot *, const struct transcript *,
		    struct view *);

/* Shows this byte. Nothing moves where the pane does already. */
void		 spot_show(struct spot *, uint64_t id, size_t byte);

/*
 * Sees to it that the pane shows it still: it follows what comes as far as that
 * allows, and has another size perhaps. Who has scrolled since is left in
 * peace. Returns whether the pane has to be drawn for it.
 */
bool		 spot_hold(struct spot *);

/* Lets it go: what the pane shows stays, or is what it was at first. */
void		 spot_leave(struct spot *);
void		 spot_return(struct spot *);

#endif
