/* launch: a server as a process, from its first moment to its last. */

#ifndef BENCH_LAUNCH_H
#define BENCH_LAUNCH_H

#include <sys/types.h>

#define LAUNCH_WORDS_MAX	16

/* A port of 127.0.0.1 that nobody has at the moment, or 0 with errno. */
unsigned	 launch_free_port(void);

/*
 * Starts argv (NULL at its end) as the leader of a process group of its own,
 * with '@' replaced by dir and '%' by the port; what it says is appended to
 * DIR/bench.log. Returns the group, or -1 with errno.
 */
pid_t		 launch_start(const char *const *argv, const char *dir,
		    unsigned port);

/* Kills the whole group and waits for its leader. */
void		 launch_stop(pid_t group);

/*
 * Asks the group to end, with SIGTERM, and waits for its leader; -1 with
 * ETIMEDOUT where that took too long: then it is killed.
 */
int		 launch_end(pid_t group);

#endif
