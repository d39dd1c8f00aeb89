/* idle: the memory that a client who says nothing takes in a server. */

#ifndef BENCH_IDLE_H
#define BENCH_IDLE_H

#define IDLE_CLIENTS	10000	/* or as many as there are descriptors for */
#define IDLE_WANTED	128	/* at most so many bytes for each */

struct server;

struct idle {
	unsigned clients;
	double	 bytes;		/* of resident memory, for each */
};

/*
 * Starts the server, lets that many clients (2 or more) connect, each of which
 * has one byte echoed and says no more, and tells by how much the resident
 * memory grew from the first of them to the last. -1 with errno.
 */
int		 idle_measure(struct idle *, const struct server *,
		    const char *dir, unsigned clients);

#endif
