/*
 * link: one connection that comes back by itself.
 *
 *   idle -> resolving -> connecting -> connected -> waiting -> resolving ...
 *                                               \-> closed (no reconnect)
 *
 * Names are resolved in a thread, both families are tried as RFC 8305 says,
 * nothing blocks. The link knows no curses and no libedit: it calls back.
 */

#ifndef YODEL_LINK_H
#define YODEL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"

struct link;
struct loop;

enum link_state {
	LINK_IDLE,	 /* never told to connect, or /disconnect */
	LINK_RESOLVING,
	LINK_CONNECTING,
	LINK_CONNECTED,
	LINK_WAITING,	 /* until the next try */
	LINK_CLOSED	 /* ended, and no reconnect is wanted */
};

struct link_options {
	int	 family;		/* AF_UNSPEC, AF_INET or AF_INET6 */
	bool	 reconnect;
	uint64_t connect_timeout_ms;	/* for one whole try; 0: 10 s */
	uint64_t reconnect_min_ms;	/* the first wait; 0: 500 */
	uint64_t reconnect_max_ms;	/* the longest wait; 0: 30 s */
	size_t	 queue_bytes;		/* bound of what waits to be sent; 0: 256 KiB */
};

/* What is true now. Texts are made safe with visible before they are shown. */
struct link_status {
	enum link_state state;
	char	 peer[ENDPOINT_TEXT_MAX]; /* as named; as connected once it is */
	char	 own[ENDPOINT_TEXT_MAX];  /* empty unless connected */
	char	 reason[160];	/* why the last try or connection ended */
	bool	 peer_finished;	/* connected, and the peer has shut its side:
				 * it gets the queue, and that is the end */
	bool	 clean;		/* the last one ended with the peer's FIN, and
				 * all that was queued had been sent */
	uint64_t since_ms;	/* clock_now_ms() of entering the state */
	uint64_t retry_at_ms;	/* LINK_WAITING: when the next try comes */
	unsigned tries;		/* failed in a row */
	uint64_t connects;	/* successful ones, ever: 1 + reconnects */
	uint64_t bytes_out, bytes_in; /* ever */
};

/* The owner's side; none of them may call link_free(). */
struct link_handler {
	/* The state, or what link_status() says of it, has changed. */
	void	(*changed)(void *arg);
	/* Bytes came in; valid during the call. */
	void	(*received)(void *arg, const void *p, size_t len);
	/* All of the queue has gone to the socket: there is room again. */
	void	(*drained)(void *arg);
	void	*arg;
};

/* Copies both structs. Returns NULL with errno. */
struct link	*link_new(struct loop *, const struct link_options *,
		    const struct link_handler *);
void		 link_free(struct link *); /* NULL is fine; calls nobody back */

/* Leaves whatever is there and connects to this place, from the first wait. */
void		 link_connect(struct link *, const struct endpoint *);

/* Tries at once, whatever the wait; drops a connection that stands. */
void		 link_reconnect(struct link *);

/*
 * Drops a connection that stands for a reason of the owner's; it comes back as
 * one that broke does, after waits that grow. Does nothing unless connected.
 */
void		 link_fail(struct link *, const char *reason);

/* Closes, and stays closed (LINK_IDLE) until told otherwise. */
void		 link_disconnect(struct link *);

/*
 * Sends p[0..len): what the socket does not take waits. All or nothing: -1 with
 * ENOTCONN, ENOBUFS (the queue's bound) or ENOMEM. A broken connection is not
 * an error here: it is a change of state.
 */
int		 link_send(struct link *, const void *p, size_t len);

/* Bytes that link_send() would take now; 0 unless connected. */
size_t		 link_room(const struct link *);

/* Bytes of the queue that the socket has not taken. */
size_t		 link_queued(const struct link *);

/*
 * Shuts the sending side once the queue is empty; receiving goes on. Whatever
 * ends the connection then, it is not made again: LINK_CLOSED. Does nothing
 * unless connected.
 */
void		 link_finish(struct link *);

/* Stops and resumes reading, for an owner that can take no more. */
void		 link_pause(struct link *, bool paused);

const struct link_status *link_status(const struct link *);

/* One or two words for a person: "connected", "waiting to reconnect". */
const char	*link_state_name(enum link_state);

#endif
