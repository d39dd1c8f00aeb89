/*
 * log_queue: the lines that wait for one reader of the log, which is the log's
 * thread or whoever has a tap, and how many events are missing among them. The
 * log does the locking. For log*.c alone.
 */

#ifndef YODEL_LOG_QUEUE_H
#define YODEL_LOG_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "log_ring.h"

struct log_stamp;

struct log_queue {
	struct log_queue *next;	/* in the log's list */
	struct log_ring ring;
	enum log_level level;	/* the least that it takes */
	bool	 json;		/* in which form */
	bool	 idle;		/* the reader waits for an event */
	uint64_t dropped;	/* events that it had no room for: a gap */
	uint64_t withheld;	/* events that a quota kept from it */
	void	(*wake)(void *arg); /* of a tap; NULL: the log's thread */
	void	*arg;
};

/*
 * limit_bytes as in log_options; the rest is the owner's to set. Returns 0, or
 * -1 with ENOMEM.
 */
int		 log_queue_init(struct log_queue *, size_t limit_bytes);
void		 log_queue_end(struct log_queue *);

/* Whether events of that level and in that form are for it. */
bool		 log_queue_takes(const struct log_queue *, bool json,
		    enum log_level);

/*
 * Whether there is a gap that is not told yet, which what is ordinary stays out
 * of: one gap, and not a sieve.
 */
bool		 log_queue_has_gap(const struct log_queue *);

/* Puts one line in, or counts it as dropped. */
void		 log_queue_put(struct log_queue *, bool important,
		    const struct log_stamp *, const char *body, size_t len);

/* Whether something is missing that is not told yet. */
bool		 log_queue_lacks(const struct log_queue *);

/*
 * How many events a "dropped" has to tell of now, and then counts anew. 0 until
 * half the ring is free: more than a line comes after that one.
 */
uint64_t	 log_queue_settle(struct log_queue *);

#endif
