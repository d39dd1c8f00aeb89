/*
 * log_shared: what the callers of a log and its thread have in common. For
 * log*.c alone.
 */

#ifndef YODEL_LOG_SHARED_H
#define YODEL_LOG_SHARED_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "log_format.h"
#include "log_ring.h"
#include "log_sink.h"

struct log_quota;

/*
 * The two ends of wake: a byte from a caller to the thread says "look again",
 * the end of file from the thread to log_close() says "done".
 */
enum { LOG_CALLERS, LOG_THREAD };

struct log {
	pthread_t thread;
	int	 wake[2];
	enum log_level level;
	bool	 json;
	bool	 terminal;
	struct log_sink sink;	/* the thread's own */

	pthread_mutex_t mutex;	/* for what follows; held for moments only */
	struct log_ring ring;
	struct log_stamp stamp;
	struct log_quota *quotas; /* a list; they change without the mutex */
	uint64_t dropped;	/* events since the last "dropped" */
	uint64_t reopen_at;	/* with reopen: behind what is for the old file */
	bool	 reopen;
	bool	 idle;		/* the thread waits for an event */
	bool	 closing;
	bool	 orphaned;	/* log_close() waits no more: the thread frees all */
	bool	 ended;		/* the thread is done with all of this */
};

/*
 * Under the mutex. Puts one line, that log_format_body() made, into the ring,
 * or counts it as dropped.
 */
void		 log_shared_put(struct log *, bool important, const char *body,
		    size_t len);

/*
 * Under the mutex. Whether there is a gap that is not told yet, which what is
 * ordinary stays out of: one gap, and not a sieve.
 */
bool		 log_shared_has_gap(const struct log *);

/* Lets the thread look again. Keeps errno; needs no mutex. */
void		 log_shared_wake(struct log *);

/* Ends and frees all of it, except the thread. */
void		 log_shared_free(struct log *);

#endif
