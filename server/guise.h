/*
 * guise: root as another user for a moment, so that a file that it makes is
 * that user's, and is only where that user may make one: whatever links the
 * user lays out, they lead to nothing that is not the user's anyway.
 */

#ifndef YODEL_GUISE_H
#define YODEL_GUISE_H

#include "privileges.h"

/* What there is to go back to. */
struct guise {
	struct privileges_ids before;
	gid_t	*groups;
	int	 count;
};

/*
 * All threads take the user's effective ids, and no group but the user's own.
 * Returns 0, or -1 with errno, and all is as before.
 */
int		 guise_put_on(struct guise *, const struct privileges_ids *);

/* Returns 0, or -1 with errno: the process should not go on. */
int		 guise_take_off(struct guise *);

#endif
