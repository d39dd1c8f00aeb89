/* server: a yodeld of the test's own, on a port of its own. */

#ifndef HARNESS_SERVER_H
#define HARNESS_SERVER_H

#include <stdint.h>

struct bequest;
struct process;
struct server;

/*
 * Starts yodeld on a free port with these further arguments (NULL-terminated;
 * NULL for none) and waits until it listens. Its log is on stderr, or in the
 * file that an -l among the arguments names; XDG_RUNTIME_DIR is the scratch
 * directory.
 */
struct server	*server_start(const char *const *args);

/* The same, on this port: to start one again where the last one was. */
struct server	*server_start_at(uint16_t port, const char *const *args);

/*
 * The first again, under a limit of the shell's: "-n 64" is what ulimit takes.
 */
struct server	*server_start_limited(const char *limit,
		    const char *const *args);

/*
 * The same, with so many (64 at most) of these descriptors gone before it starts,
 * which is more than it reckons with: it runs into the limit.
 */
struct server	*server_start_short(const char *limit, unsigned gone,
		    const char *const *args);

/* The first again, with sockets that it finds open. */
struct server	*server_start_bequeathed(const struct bequest *,
		    const char *const *args);

/* The first again; prepare does something to the child before it is yodeld. */
struct server	*server_start_prepared(void (*prepare)(void),
		    const char *const *args);

/* Kills it if it still runs; NULL is fine. */
void		 server_free(struct server *);

/* Ends it with SIGTERM, expects exit status 0, and frees it. */
void		 server_stop(struct server *);

/* The port of the first `listen` event, 0 where that is a Unix socket. */
uint16_t	 server_port(const struct server *);

/* For its pid, its log (stderr), signals and its end; the server's own. */
struct process	*server_process(struct server *);

/* Waits until the log on stderr has this text. */
void		 server_wait_log(struct server *, const char *text);

#endif
