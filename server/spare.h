/*
 * spare: a descriptor kept for the moment when none is left: whoever arrives
 * then is accepted in its place, and can be told and turned away rather than
 * left hanging. For one thread.
 */

#ifndef YODEL_SPARE_H
#define YODEL_SPARE_H

struct remote;

struct spare {
	int	 fd;		/* -1: lost to another user of descriptors */
};

/* Returns 0, or -1 with errno. */
int		 spare_open(struct spare *);
void		 spare_close(struct spare *);

/*
 * As remote_accept(), after EMFILE or ENFILE. Once the descriptor that it
 * returned is closed, spare_open() keeps one again.
 */
int		 spare_accept(struct spare *, int listen_fd, struct remote *);

#endif
