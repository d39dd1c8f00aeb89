/*
 * worker: a loop, the clients that it serves, and the one buffer that they all
 * are echoed from. Everything here belongs to the thread that runs the loop.
 */

#ifndef YODEL_WORKER_H
#define YODEL_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;
struct loop;
struct remote;
struct stats;
struct worker;

struct worker_options {
	size_t	 buffer_bytes;	/* read at once, and queued for a client at most */
	uint64_t idle_ms;	/* close who is silent for so long; 0: never */
	bool	 log_data;
	void	(*drained)(void *arg);	/* after worker_drain(), once */
	void	*arg;
};

/*
 * Returns NULL with errno. Clients that are left are cut off by worker_free().
 */
struct worker	*worker_new(const struct worker_options *, struct log *);
void		 worker_free(struct worker *); /* NULL is fine */

struct loop	*worker_loop(struct worker *);

/*
 * Serves fd and owns it from now on. Returns 0, or -1 with errno: fd is the
 * caller's to close then.
 */
int		 worker_add(struct worker *, int fd, const struct remote *,
		    uint64_t id);

/*
 * Clients at this moment, and what passed; refused is not a worker's to know.
 */
const struct stats *worker_stats(const struct worker *);

/*
 * Echoes nothing more, sends what is queued, lets the clients go, and calls
 * drained from the loop when the last one has gone.
 */
void		 worker_drain(struct worker *);

/* Closes whoever is left, at once. */
void		 worker_cut(struct worker *);

#endif
