/* tty: keys from the terminal, as they come. */

#ifndef YODEL_TTY_H
#define YODEL_TTY_H

#include <stdbool.h>
#include <stddef.h>

struct key;
struct loop;
struct tty;

/*
 * Watches fd, a terminal that something else has put into raw mode. gone is
 * called when it has vanished. A paste keeps at most paste_limit_bytes. NULL
 * with errno.
 */
struct tty	*tty_new(struct loop *, int fd, size_t paste_limit_bytes,
		    void (*gone)(void *arg), void *arg);
void		 tty_free(struct tty *); /* NULL is fine */

/*
 * Whether the terminal still answers: false once it has been closed or hung up.
 */
bool		 tty_is_there(const struct tty *);

/* The next key that is there: see keys_next(). */
bool		 tty_next_key(struct tty *, struct key *);

#endif
