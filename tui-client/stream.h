/*
 * stream: one connected socket: what comes in, and a bounded queue of what the
 * socket has not taken yet.
 *
 * It lives as long as its owner and carries one connection after the other.
 */

#ifndef YODEL_STREAM_H
#define YODEL_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct stream;

#define STREAM_READ_MAX	65536	/* bytes read and handed out at a time */

/*
 * All are called from the loop, but taken() from stream_send() too: it must
 * only count. The others may call anything below but stream_free().
 */
struct stream_handler {
	/* Bytes came in; valid during the call. */
	void	(*received)(void *arg, const void *p, size_t len);
	/* The socket has taken so many bytes. */
	void	(*taken)(void *arg, size_t len);
	/* The queue is empty again. */
	void	(*drained)(void *arg);
	/* The peer sends no more, but something of ours still waits. */
	void	(*finished)(void *arg);
	/*
	 * It is over and the socket is closed. 0: the peer has shut its side
	 * and the socket took all that was queued; else an errno.
	 */
	void	(*ended)(void *arg, int error);
	void	*arg;
};

struct stream_options {
	size_t	 queue_bytes;	/* bound of the queue */
	/*
	 * Give up on a peer that acknowledges nothing for so long, or that has
	 * no room for so long; 0: only keepalive finds a dead one.
	 * TCP_USER_TIMEOUT, where the system has it, doesn't tell the one from
	 * the other.
	 */
	unsigned user_timeout_ms;
};

/* Copies both structs. Returns NULL with errno. */
struct stream	*stream_new(struct loop *, const struct stream_options *,
		    const struct stream_handler *);
void		 stream_free(struct stream *); /* NULL is fine; calls nobody */

/*
 * Takes over fd, connected and non-blocking; a stream that stands is closed
 * first. Returns 0, or -1 with errno (fd is closed then too).
 */
int		 stream_open(struct stream *, int fd);

/* Closes at once, drops the queue, calls nobody back. */
void		 stream_close(struct stream *);

/*
 * All or nothing: -1 with ENOTCONN (not open, finished, or broken), ENOBUFS or
 * ENOMEM. Calls taken() alone: an error of the socket comes from the loop.
 */
int		 stream_send(struct stream *, const void *p, size_t len);

/* Bytes that stream_send() would take now, and those that wait. */
size_t		 stream_room(const struct stream *);
size_t		 stream_queued(const struct stream *);

/* Shuts the sending side when the queue is empty; the peer's end is the end. */
void		 stream_finish(struct stream *);

/* Stops and resumes reading; it stays so over stream_open(). */
void		 stream_pause(struct stream *, bool paused);

#endif
