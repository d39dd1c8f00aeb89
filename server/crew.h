/*
 * crew: the workers of a server. The first one runs in the thread that calls
 * crew_run(), each other one in a thread of its own. All calls are for the
 * former, but for what says otherwise.
 */

#ifndef YODEL_CREW_H
#define YODEL_CREW_H

#include <stdint.h>

#include "worker.h"

struct crew;
struct stats;

/* What a worker needs of descriptors beside its clients. */
#define CREW_FDS_EACH	6

/*
 * count workers (at least 1) of these options; drained is called in the
 * caller's thread, once, when all of them have drained. Returns NULL with
 * errno.
 */
struct crew	*crew_new(unsigned count, const struct worker_options *);
void		 crew_free(struct crew *); /* NULL is fine */

/* How many workers, which are numbered from 0 on, and one of them. Any thread. */
unsigned	 crew_count(const struct crew *);
struct worker	*crew_worker(const struct crew *, unsigned i);

/* The loop of the caller's thread. */
struct loop	*crew_loop(struct crew *);

/* Starts the threads. Returns 0, or -1 with errno. */
int		 crew_start(struct crew *);

/*
 * Once they have been started: serves until crew_stop(). Returns 0, or -1 with
 * errno when one worker can't go on.
 */
int		 crew_run(struct crew *);
void		 crew_stop(struct crew *);

/* Gives a client that the gate has let in to the worker with the fewest. */
void		 crew_add(struct crew *, int fd, const struct remote *,
		    uint64_t id);

/* Adds what passed to a view. Any thread. */
void		 crew_collect(const struct crew *, struct stats *);

/* worker_drain() and worker_cut() for all of them. */
void		 crew_drain(struct crew *);
void		 crew_cut(struct crew *);

#endif
