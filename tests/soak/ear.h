/* ear: a connection to the control socket that hands on each line of it. */

#ifndef SOAK_EAR_H
#define SOAK_EAR_H

#include <stddef.h>

struct ear;
struct loop;

/*
 * Connects to the socket at path. heard gets each line, without its end, and a
 * NULL once the connection is over. NULL with errno.
 */
struct ear	*ear_open(struct loop *, const char *path,
		    void (*heard)(void *arg, const char *line, size_t len),
		    void *arg);
void		 ear_free(struct ear *);	/* NULL is fine */

/* Says a command (with its newline). 0, or -1 with errno. */
int		 ear_ask(struct ear *, const char *command);

#endif
