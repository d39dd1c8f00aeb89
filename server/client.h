/*
 * client: one connection, from accept(2) to close(2), and its echo (RFC 862).
 *
 * What comes in goes straight out again, from a buffer that all clients of a
 * worker share; only what the socket does not take at once is copied to a queue
 * of the client's own, and until that has drained nothing more is read. So a
 * client that is idle owns 80 bytes, and one that does not read owns a bounded
 * queue.
 */

#ifndef YODEL_CLIENT_H
#define YODEL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats.h"

struct bulk;
struct census_row;
struct datalog;
struct gate;
struct log;
struct loop;
struct remote;
struct pool;

/* What all clients of a worker share. */
struct client_context {
	struct loop *loop;
	struct log *log;
	struct gate *gate;
	struct datalog *datalog;	/* NULL: what they say is not logged */
	struct pool *pool;		/* of them; its owner is this */
	struct bulk *bulk;		/* NULL: the system has none */
	unsigned char *buffer;
	size_t	 buffer_bytes;		/* also the bound of a queue */
	struct stats_traffic traffic;
	uint64_t idle_ms;		/* silent so long: closed; 0: never */
	uint64_t stall_ms;		/* the same for taking no echo */
	uint64_t header_ms;		/* to send a PROXY header in; 0: none */
	uint64_t linger_ms;		/* to leave in, once drained */
	bool	 draining;		/* no echo after what is queued now */
	void	(*closed)(void *arg);	/* after each that has ended */
	void	*arg;
};

/* The bytes of a pool's cell. */
size_t		 client_size(void);

/*
 * Serves fd from now on, and closes it in the end. id counts from 1 and never
 * comes back. The gate has let it in, with a place of its address where no
 * header comes first. Returns 0, or -1 with errno: fd and the gate are the
 * caller's then.
 */
int		 client_open(struct client_context *, int fd,
		    const struct remote *, uint64_t id);

/*
 * For pool_each(). Drain: what is queued still goes out, then the stream ends;
 * what comes in is thrown away, so that no reset overtakes the last echo.
 * Sweep: closes whose time is up. Cut: closes at once.
 */
void		 client_drain(void *client);
void		 client_sweep(void *client);
void		 client_cut(void *client);

/* For pool_visit(): who it is; closes it; what is to be told of it. */
uint64_t	 client_id(const void *client);
void		 client_kick(void *client);
void		 client_describe(const void *client, struct census_row *);

#endif
