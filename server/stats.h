/*
 * stats: what a server has done so far, and the counters that its workers keep
 * of it.
 */

#ifndef YODEL_STATS_H
#define YODEL_STATS_H

#include <stdatomic.h>
#include <stdint.h>

struct log;

/* A moment's view, for the log. */
struct stats {
	uint64_t open;		/* clients at this moment */
	uint64_t accepted;	/* clients ever */
	uint64_t refused;
	uint64_t messages;	/* reads that brought something */
	uint64_t in_bytes;
	uint64_t out_bytes;
};

/* Written by one thread, read by any. */
struct stats_traffic {
	_Atomic uint64_t messages;
	_Atomic uint64_t in_bytes;
	_Atomic uint64_t out_bytes;
};

/* Only for the thread that writes: costs what a plain addition costs. */
static inline void
stats_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
	    atomic_load_explicit(counter, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* Adds what passed to a view. */
void		 stats_collect(struct stats *, const struct stats_traffic *);

/* Logs a "stats" event. */
void		 stats_log(const struct stats *, struct log *);

/*
 * The memory that this process occupies now; where the system does not tell,
 * the most that it ever did (getrusage(2)).
 */
uint64_t	 stats_rss_bytes(void);

#endif
