/*
 * client: one connection, from accept(2) to close(2), and its echo (RFC 862).
 *
 * What comes in goes straight out again, from a buffer that all clients of a
 * worker share; only what the socket does not take at once is copied to a queue
 * of the client's own, and until that has drained nothing more is read. So a
 * client that is idle owns 72 bytes, and one that does not read owns a bounded
 * queue.
 */

#ifndef YODEL_CLIENT_H
#define YODEL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats.h"

struct datalog;
struct log;
struct loop;
struct remote;
struct pool;

/* What all clients of a worker share. */
struct client_context {
	struct loop *loop;
	struct log *log;
	struct datalog *datalog;	/* NULL: what they say is not logged */
	struct pool *pool;		/* of them; its owner is this */
	unsigned char *buffer;
	size_t	 buffer_bytes;		/* also the bound of a queue */
	struct stats stats;		/* all but refused */
	uint8_t	 tick;			/* counts client_sweep() rounds */
	uint8_t	 idle_ticks;		/* to close after, 1..127; 0: never */
	bool	 draining;		/* no echo after what is queued now */
	void	(*closed)(void *arg);	/* after each that has ended */
	void	*arg;
};

/* The bytes of a pool's cell. */
size_t		 client_size(void);

/*
 * Serves fd from now on, and closes it in the end. id counts from 1 and never
 * comes back. Returns 0, or -1 with errno: fd is the caller's to close then.
 */
int		 client_open(struct client_context *, int fd,
		    const struct remote *, uint64_t id);

/*
 * For pool_each(). Drain: what is queued still goes out, then the stream ends;
 * what comes in is thrown away, so that no reset overtakes the last echo.
 * Sweep: closes who was silent for idle_ticks, or, once drained, for a whole
 * tick. Cut: closes at once.
 */
void		 client_drain(void *client);
void		 client_sweep(void *client);
void		 client_cut(void *client);

#endif
