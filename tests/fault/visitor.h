/*
 * visitor: a client of the server under test, with an opinion: what comes back
 * is what it sent, in order, or the connection is lost.
 */

#ifndef VISITOR_H
#define VISITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where to go, and what came of all visits so far. */
struct visits {
	uint16_t port;
	const char *path;	/* NULL, or a Unix socket to visit instead */
	bool	 proxied;	/* begins with a PROXY header, in two parts */
	unsigned lost;		/* connections that ended too early */
	const char *wrong;	/* what may never be; the first of it */
};

struct visitor {
	struct visits *visits;
	int	 fd;
	size_t	 sent, got;
	bool	 lost;
	unsigned seed;		/* of its bytes */
};

/* rcvbuf: bytes, for a slow reader; 0: the system's. */
void		 visitor_open(struct visitor *, struct visits *, int rcvbuf);

/* Sends so many more while reading, until all that was sent is back. */
void		 visitor_echo(struct visitor *, size_t len);

/* Sends what the socket takes, at most so many, without reading. */
void		 visitor_push(struct visitor *, size_t len);

/*
 * Ends its sending, and waits for the rest and for the end; then it is closed.
 * whole: all of it has to come.
 */
void		 visitor_finish(struct visitor *, bool whole);

/* Waits for the server to end it, and closes it. */
void		 visitor_wait(struct visitor *);

/* Asks a control socket, and goes when the answer begins. */
void		 visitor_ask(struct visits *, const char *path,
		    const char *text);

/* Commands of a control socket, and what comes of them. */
struct questions {
	const char *text;
	unsigned good, bad;	/* answers */
	const char *row;	/* of one of the good ones */
};

/*
 * Asks a control socket, sends no more, and waits for the end: each command has
 * an answer by then. Where none more is bad than ought to be, none lacks
 * anything.
 */
void		 visitor_ask_all(struct visits *, const char *path,
		    const struct questions *);

/* Goes without a word. */
void		 visitor_reset(struct visitor *);

#endif
