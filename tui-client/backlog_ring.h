/*
 * backlog_ring: a backlog of lines in memory. It grows as it fills; from its
 * limit on the oldest lines fall out, always whole ones.
 */

#ifndef YODEL_BACKLOG_RING_H
#define YODEL_BACKLOG_RING_H

#include <stddef.h>
#include <stdint.h>

struct backlog;
struct backlog_ring;

#define BACKLOG_RING_BYTES	((size_t)32 << 20)

/*
 * For about limit_bytes: in steps of 64 KiB, at least one. NULL with ENOMEM.
 */
struct backlog_ring *backlog_ring_new(size_t limit_bytes);
void		 backlog_ring_free(struct backlog_ring *); /* NULL is fine */

/*
 * Adds line[0..len) and a newline. What there is no memory for, or is longer
 * than all of it, is lost and counted.
 */
void		 backlog_ring_add(struct backlog_ring *, const char *line,
		    size_t len);

/* Lines lost so far. */
uint64_t	 backlog_ring_lost(const struct backlog_ring *);

/* To read what is there; the ring's, true at any time. */
const struct backlog *backlog_ring_backlog(const struct backlog_ring *);

#endif
