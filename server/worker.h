/*
 * worker: a loop, the clients that it serves, and the one buffer that they all
 * are echoed from. Everything here belongs to the thread that runs the loop,
 * but for what says otherwise.
 */

#ifndef YODEL_WORKER_H
#define YODEL_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct census_row;
struct datalog;
struct gate;
struct inbox;
struct log;
struct loop;
struct remote;
struct stats_traffic;
struct worker;

struct worker_options {
	size_t	 buffer_bytes;	/* read at once, and queued at most */
	uint64_t idle_ms;	/* close who is silent for so long; 0: never */
	uint64_t stall_ms;	/* the same for taking no echo */
	uint64_t spin_us;	/* see loop_set_spin() */
	bool	 proxied;	/* a client begins with a PROXY header */
	struct log *log;
	struct gate *gate;	/* whom its clients leave in the end */
	struct datalog *datalog; /* NULL: what they say is not logged */
	/* After worker_drain(), once, from the worker's thread. */
	void	(*drained)(void *arg);
	void	*arg;
};

/*
 * What the options name stays the caller's. Returns NULL with errno. Clients
 * that are left are cut off by worker_free().
 */
struct worker	*worker_new(const struct worker_options *);
void		 worker_free(struct worker *); /* NULL is fine */

struct loop	*worker_loop(struct worker *);

/* For jobs from other threads. */
struct inbox	*worker_inbox(struct worker *);

/*
 * Serves fd, which the gate has let in, and owns it from now on: where that
 * can't be, it logs why, closes it, and tells the gate. worker_hand() is the
 * same from another thread.
 */
void		 worker_add(struct worker *, int fd, const struct remote *,
		    uint64_t id);
void		 worker_hand(struct worker *, int fd, const struct remote *,
		    uint64_t id);

/* How many clients it has, those on their way to it included. Any thread. */
uint64_t	 worker_load(const struct worker *);

/* What passed. Any thread. */
const struct stats_traffic *worker_traffic(const struct worker *);

/*
 * Echoes nothing more, sends what is queued, lets the clients go, and calls
 * drained from the loop when the last one has gone.
 */
void		 worker_drain(struct worker *);

/* Closes whoever is left, at once. */
void		 worker_cut(struct worker *);

/* Closes this client. Returns whether it was there. */
bool		 worker_kick(struct worker *, uint64_t client);

/* How many clients it serves now, and a row for each: returns how many. */
size_t		 worker_clients(const struct worker *);
size_t		 worker_describe(struct worker *, struct census_row *,
		    size_t room);

#endif
