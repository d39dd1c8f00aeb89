/*
 * log_shared: what the callers of a log and its thread have in common. For
 * log*.c alone.
 */

#ifndef YODEL_LOG_SHARED_H
#define YODEL_LOG_SHARED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "log_format.h"
#include "log_queue.h"
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
	bool	 terminal;
	struct log_sink sink;	/* the thread's own */
	/* The least level that a queue takes in either form; [true]: JSON. */
	_Atomic int least[2];

	pthread_mutex_t mutex;	/* for what follows; held for moments only */
	struct log_queue file;	/* begins the list of all queues */
	struct log_stamp stamps[2]; /* as least */
	struct log_quota *quotas; /* a list; they change without the mutex */
	uint64_t reopen_at;	/* with reopen: behind what is for the old file */
	bool	 reopen;
	bool	 closing;
	bool	 orphaned;	/* log_close() waits no more: the thread frees all */
	bool	 ended;		/* the thread is done with all of this */
};

#define LOG_LEVEL_NONE	(LOG_LEVEL_ERROR + 1) /* nobody takes anything */

/*
 * All but the last two are under the mutex. A tap's queue comes and goes; its
 * memory is the caller's.
 */
void		 log_shared_add(struct log *, struct log_queue *);
void		 log_shared_remove(struct log *, struct log_queue *);

/*
 * Puts one line, that log_format_body() made in the queue's form, into it, and
 * wakes the reader of a tap. Who logs wakes the log's thread, later.
 */
void		 log_shared_put(struct log *, struct log_queue *, bool important,
		    const char *body, size_t len);

/* Tells what is missing in a queue, as soon as there is room for it. */
void		 log_shared_tell(struct log *, struct log_queue *);

/*
 * So many events of this level were kept from all who take it. The thread is
 * woken, as it has to tell them.
 */
void		 log_shared_withhold(struct log *, enum log_level,
		    uint64_t count);

/*
 * Lets the thread look again. Returns false where memory lacks for that: it is
 * to be repeated. Keeps errno; needs no mutex.
 */
bool		 log_shared_wake(struct log *);

/* Ends and frees all of it, except the thread. */
void		 log_shared_free(struct log *);

#endif
