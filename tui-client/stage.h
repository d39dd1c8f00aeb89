/*
 * stage: what a full-screen program stands on: the loop, the terminal and its
 * keys, the signals, when to draw.
 */

#ifndef YODEL_STAGE_H
#define YODEL_STAGE_H

#include <stdbool.h>

#include "pace.h"

struct loop;
struct screen;
struct signals;
struct tty;

/* Zero it first. */
struct stage {
	struct loop *loop;
	struct signals *signals;
	struct screen *screen;
	struct tty *tty;
	struct pace pace;
	/* HUP came: true where it meant a rotation, and not the end. May be NULL. */
	bool	 (*rotated)(void *arg);
	void	*arg;
	bool	 quit;
	int	 end_signal;	/* what ended it, or 0 */
	int	 error;		/* errno of a loop that failed, or 0 */
};

/* The loop, for what is made before the terminal is taken. 0, or -1 with errno. */
int		 stage_init(struct stage *);

/* The terminal. Returns 0, or -1 once it has said on stderr what is wrong. */
int		 stage_open(struct stage *);

/*
 * The terminal is given back as it was: from here on stderr shows. Then the
 * rest goes, the loop last. Both are right whatever was opened.
 */
void		 stage_leave(struct stage *);
void		 stage_close(struct stage *);

/* A turn of the loop, which waits for events unless there is more to do. */
void		 stage_turn(struct stage *, bool more);

/* Stops as ^Z does. */
void		 stage_suspend(struct stage *);

/*
 * Behind stage_close(): says on stderr that the loop failed, dies of the signal
 * that ended it, if one did. Returns the exit status else.
 */
int		 stage_end(const struct stage *);

#endif
