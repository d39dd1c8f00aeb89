/* servers: who is measured, and how each is started. */

#ifndef BENCH_SERVERS_H
#define BENCH_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

#define SERVERS_MAX	32
#define SERVERS_WORDS	12

struct server {
	const char *name;
	const char *what;	/* for the legend */
	/* '@' stands for the build directory, '%' for the port */
	const char *argv[SERVERS_WORDS];
	bool	 by_name;	/* runs only when it is asked for */
	unsigned clients_max;	/* 0: any number */
	/*
	 * What yodeld is to reach: its CPU time per message at most so many
	 * times, its messages a second at least so many times this server's; 0:
	 * no goal.
	 */
	double	 cpu_at_most, rate_at_least;
};

#define SERVERS_OURS	"yodeld"

/*
 * Chooses those of the names (separated by blanks; NULL: all that are not
 * by_name) that are installed here, the baseline and yodeld always, and prints
 * which are left out. Returns how many, or -1 with ENOENT for a name that
 * nobody has.
 */
int		 servers_choose(const char *names, const char *dir,
		    const struct server *chosen[SERVERS_MAX]);

/* What everybody is compared with: raw epoll, or raw kqueue without it. */
const char	*servers_baseline(void);

#endif
