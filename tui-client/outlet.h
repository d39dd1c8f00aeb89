/*
 * outlet: a descriptor that was handed to us, written without blocking on it.
 *
 * O_NONBLOCK belongs to the open file, which the shell and other programs may
 * share: it is never set. Each call is told not to block instead; where that is
 * unknown, what is ready is asked, and no more is written than such a
 * descriptor takes without blocking.
 */

#ifndef YODEL_OUTLET_H
#define YODEL_OUTLET_H

#include <stddef.h>

struct loop;
struct outlet;

/* Called from the loop only. */
struct outlet_handler {
	/* All has been written. */
	void	(*drained)(void *arg);
	/* It takes no more: write(2)'s errno. What waits is dropped. */
	void	(*failed)(void *arg, int error);
	void	*arg;
};

/*
 * For fd, which stays the caller's. At most limit_bytes wait. SIGPIPE has to be
 * ignored. Returns NULL with errno.
 */
struct outlet	*outlet_new(struct loop *, int fd, size_t limit_bytes,
		    const struct outlet_handler *);
void		 outlet_free(struct outlet *); /* NULL is fine */

/*
 * Writes what fd takes now; the rest waits. Returns 0, or -1 with write(2)'s
 * errno, ENOBUFS or ENOMEM.
 */
int		 outlet_write(struct outlet *, const void *p, size_t len);

/* Bytes that wait. */
size_t		 outlet_pending(const struct outlet *);

#endif
