/* bytes: a bounded byte queue for what a descriptor could not take yet. */

#ifndef YODEL_BYTES_H
#define YODEL_BYTES_H

#include <stddef.h>
#include <sys/types.h>

struct bytes;

/*
 * A queue for at most limit_bytes. It holds memory only while bytes wait.
 * Returns NULL with ENOMEM; free with bytes_free().
 */
struct bytes	*bytes_new(size_t limit_bytes);
void		 bytes_free(struct bytes *); /* NULL is fine */

/* Bytes that wait, and how many more bytes_append() would take. */
size_t		 bytes_pending(const struct bytes *);
size_t		 bytes_room(const struct bytes *);

/*
 * Appends all of p[0..len), or nothing: -1 with ENOBUFS past the limit, or
 * ENOMEM.
 */
int		 bytes_append(struct bytes *, const void *p, size_t len);

/* The longest contiguous run at the head, *len bytes; valid until a change. */
const void	*bytes_peek(const struct bytes *, size_t *len);

/* Drops len bytes from the head; len <= bytes_pending(). */
void		 bytes_drop(struct bytes *, size_t len);

/* Drops everything and gives the memory back. */
void		 bytes_clear(struct bytes *);

/*
 * Writes to fd until nothing waits or fd takes no more. Returns the bytes that
 * still wait, or -1 with write(2)'s errno; EAGAIN and EINTR never come out.
 * Never raises SIGPIPE on a socket where the system can avoid it.
 */
ssize_t		 bytes_flush(struct bytes *, int fd);

#endif
