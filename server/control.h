/*
 * control: the control socket. It is served by a thread of its own, so that
 * neither a long answer nor whoever does not read his ever delays an echo. Its
 * protocol is in yodeld(8).
 */

#ifndef YODEL_CONTROL_H
#define YODEL_CONTROL_H

#include "control_action.h"

struct control;
struct listener;
struct log;

/* What the control socket needs of descriptors; more connections take others. */
#define CONTROL_FDS	16u

struct control_options {
	struct listener *listener; /* the control socket */
	struct log *log;
	struct control_scope scope;
};

/* Takes the listener over, also where it fails: NULL with errno. */
struct control	*control_new(const struct control_options *);

/* Once the crew has been freed, which still has answers. NULL is fine. */
void		 control_free(struct control *);

/* Starts the thread, all signals blocked. Returns 0, or -1 with errno. */
int		 control_start(struct control *);

/*
 * Hands who watches what was logged last, as far as it is taken at once, closes
 * all connections and ends the thread. While the crew is there. NULL is fine.
 */
void		 control_stop(struct control *);

/* Any thread: there is a client. */
void		 control_stir(struct control *);

#endif
