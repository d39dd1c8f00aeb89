/*
 * bulk: large amounts from a socket back into it without a copy through this
 * process: a pipe and splice(2), which Linux has. The pipe is empty between two
 * events, so one serves all clients of a worker.
 */

#ifndef YODEL_BULK_H
#define YODEL_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct bulk;

/*
 * Returns NULL with errno; ENOSYS where the system has no splice(2). The pipe
 * takes at least limit_bytes, or as much as the system grants.
 */
struct bulk	*bulk_new(size_t limit_bytes);
void		 bulk_free(struct bulk *); /* NULL is fine */

/*
 * As read(2) from fd, which is non-blocking, at most max bytes, into the pipe.
 * EINVAL where the system can't splice from this kind of descriptor: nothing
 * was taken then.
 */
ssize_t		 bulk_take(struct bulk *, int fd, size_t max);

/*
 * As write(2) of all that is in the pipe, to fd, which is non-blocking: returns
 * what it took; what is left stays in the pipe. more: the caller knows that it
 * will give more at once, so TCP may keep the tail until then and fill a
 * segment with it.
 */
ssize_t		 bulk_give(struct bulk *, int fd, bool more);

/* As read(2) of what is left; 0 when nothing is. */
ssize_t		 bulk_read(struct bulk *, void *buf, size_t size);

#endif
