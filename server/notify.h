/*
 * notify: tells whoever started the process how far it has come, as
 * sd_notify(3) describes it: a datagram to the Unix socket that NOTIFY_SOCKET
 * names. Where that is not set, nothing happens.
 */

#ifndef YODEL_NOTIFY_H
#define YODEL_NOTIFY_H

struct notify;

/*
 * Takes NOTIFY_SOCKET out of the environment, and connects while the process
 * still has all its rights. Returns NULL with errno: 0 where nobody wants to be
 * told.
 */
struct notify	*notify_open(void);
void		 notify_close(struct notify *); /* NULL is fine */

/* Never blocks; a message that can't be sent is lost. NULL is fine. */
void		 notify_ready(struct notify *);
void		 notify_stopping(struct notify *);

#endif
