/*
 * sim_conn: one TCP connection: the end that the code under test has, and the
 * network up to a peer that is made up. Both directions are bounded buffers.
 * What the peer sends is a pattern of the connection's own, so a byte's place
 * tells what it is, and nothing needs to be kept.
 */

#ifndef SIM_CONN_H
#define SIM_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SIM_HEAD_MAX	64

struct sim_conn {
	int	 fd;		/* of our end; -1: none (yet, any more) */
	uint16_t port;			/* the peer's, which names it */
	uint32_t address;	/* the peer's, IPv4 in host order, */
	uint32_t from;		/* and the one that it connects from */
	bool	 echoes;	/* what is put has to have been taken */

	/* What comes before the pattern: a PROXY header, or none. */
	char	 head[SIM_HEAD_MAX];
	size_t	 head_len, head_sent, head_taken;
	uint64_t pattern;
	uint64_t back;			/* the pattern of what is put */

	/* From the peer to us; what is taken after our end is thrown away. */
	uint64_t sent, taken, wasted;
	size_t	 rx_bytes;
	bool	 fin;			/* the peer sends no more */
	bool	 fin_seen;		/* and we have read that */

	/* From us to the peer. */
	uint64_t put, got;
	size_t	 tx_bytes;
	bool	 ended;			/* we have said that it is all */

	int	 error;			/* waits to be told */
	int	 told;			/* has been told */
	bool	 accepted;
	bool	 connecting;

	/* When what last happened to it, and turns since it was served. */
	uint64_t open_us, take_us, put_us, got_us, event_us;
	unsigned hungry;
};

/* So many of the pattern, from the one at on. */
void		 sim_conn_fill(uint64_t pattern, uint64_t at, void *, size_t);
bool		 sim_conn_is(uint64_t pattern, uint64_t at, const void *,
		    size_t);

/* The calls, as of a non-blocking socket. */
ssize_t		 sim_conn_read(struct sim_conn *, void *, size_t, bool peek);
ssize_t		 sim_conn_write(struct sim_conn *, const void *, size_t);
int		 sim_conn_shutdown(struct sim_conn *);

/* What there is to read; whether reading, or writing, would not wait. */
size_t		 sim_conn_unread(const struct sim_conn *);
bool		 sim_conn_readable(const struct sim_conn *);
bool		 sim_conn_writable(const struct sim_conn *);

/* The peer: sends up to so many of its head. */
void		 sim_conn_send_head(struct sim_conn *, size_t);

/* The peer: sends or takes up to so many, or breaks it with this errno. */
void		 sim_conn_send(struct sim_conn *, size_t);
void		 sim_conn_take(struct sim_conn *, size_t);
void		 sim_conn_break(struct sim_conn *, int error);

#endif
