/* log_ring: lines that wait for the log's thread. The log does the locking. */

#ifndef YODEL_LOG_RING_H
#define YODEL_LOG_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_ring {
	char	*data;
	size_t	 size;
	size_t	 head;		/* where the first byte waits */
	size_t	 used;
	uint64_t appended;	/* bytes, ever */
	uint64_t taken;		/* bytes, ever */
};

/* Returns 0, or -1 with ENOMEM. */
int		 log_ring_init(struct log_ring *, size_t size);
void		 log_ring_end(struct log_ring *);

/*
 * Whether len bytes have a place. A quarter of the ring takes only what is
 * important.
 */
bool		 log_ring_fits(const struct log_ring *, size_t len,
		    bool important);

/* Appends what fits. A line may come in several pieces. */
void		 log_ring_append(struct log_ring *, const char *p, size_t len);

/*
 * Moves whole lines into buf, at most size bytes and none appended after until.
 * Returns the bytes. A line must not be longer than size.
 */
size_t		 log_ring_take(struct log_ring *, char *buf, size_t size,
		    uint64_t until);

#endif
