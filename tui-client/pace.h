/*
 * pace: when to draw: the first few changes after a quiet time at once, so that
 * an echo does not wait for the frame of its line; then at most 60 times a
 * second.
 */

#ifndef YODEL_PACE_H
#define YODEL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

struct pace {
	struct loop *loop;
	struct loop_source frame, tick;
	uint64_t even_ms;	/* when the last frame would be due at an even pace */
	bool	 dirty, held, ticking;
};

void		 pace_init(struct pace *, struct loop *);
void		 pace_end(struct pace *);

/* Something that is shown has changed. */
void		 pace_mark(struct pace *);

/*
 * True where a frame is wanted and due: draw it now. Where it is wanted but too
 * early, the loop is woken when it is due.
 */
bool		 pace_take(struct pace *);

/*
 * A line was sent: its echo may be here in a moment, and one picture of both is
 * better than two. Marks, and holds the frame for 3 ms, or until
 * pace_answered(), which marks as well.
 */
void		 pace_hold(struct pace *);
void		 pace_answered(struct pace *);

/* Marks once more after so many milliseconds: for what shows a running time. */
void		 pace_tick(struct pace *, uint64_t ms);

#endif
