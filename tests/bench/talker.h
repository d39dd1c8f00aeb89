/*
 * talker: one client of an echo server, which keeps so many messages under way
 * and checks each byte that comes back.
 */

#ifndef BENCH_TALKER_H
#define BENCH_TALKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALKER_RUN_BYTES	(256 * 1024)	/* read or written at once */

struct histogram;
struct pattern;

struct talker {
	int	 fd;		/* -1: none */
	unsigned number;	/* whose pattern it is */
	bool	 blocked;	/* the socket took not all */
	size_t	 size;		/* of a message, in bytes */
	unsigned depth;
	uint64_t sent, received;	/* bytes, the greeting among them */
	uint64_t begun, completed;	/* messages */
	uint64_t *begun_ns;	/* when the last depth of them were begun */
};

/* What all talkers share; pattern has runs of TALKER_RUN_BYTES. */
struct talker_share {
	const struct pattern *pattern;
	struct histogram *latencies;	/* in ns, of each message */
	unsigned char *buffer;		/* TALKER_RUN_BYTES */
};

/* -1 with ENOMEM. talker_end() for one that is zeroed but for fd is fine. */
int		 talker_init(struct talker *, unsigned number, size_t size,
		    unsigned depth);
void		 talker_end(struct talker *);

/*
 * Connects to that port of 127.0.0.1, and waits until one byte has come back:
 * the server has taken this client in. While nobody listens yet it tries again
 * until deadline_ns. -1 with errno; EBADMSG: it was another byte.
 */
int		 talker_connect(struct talker *, unsigned port,
		    const struct pattern *, uint64_t deadline_ns);

/*
 * Sends what may be under way, as far as the socket takes it; -1 with errno.
 * Afterwards blocked says whether to wait for EVFILT_WRITE.
 */
int		 talker_send(struct talker *, const struct talker_share *);

/*
 * Reads once, and sends for each message that is complete a new one. Returns
 * the messages completed, or -1 with errno: EBADMSG for a wrong byte, EPIPE for
 * an end of the stream.
 */
int		 talker_receive(struct talker *, const struct talker_share *);

#endif
