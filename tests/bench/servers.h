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
	bool	 variant;	/* yodeld with other options: not in the chart */
	unsigned clients_max;	/* 0: any number */
};

/* What goals.c speaks of: yodeld, and with other options. */
#define SERVERS_OURS	"yodeld"
#define SERVERS_LOG	"yodeld-log"
#define SERVERS_DATA	"yodeld-data"
#define SERVERS_SPIN	"yodeld-spin"
#define SERVERS_WATCH	"yodeld-watch"
#define SERVERS_DATA_WATCH "yodeld-data-watch"

/*
 * Chooses those of the names (separated by blanks; NULL: all) that are
 * installed here, the baseline and yodeld always, and prints which are left
 * out. Returns how many, or -1 with ENOENT for a name that nobody has.
 */
int		 servers_choose(const char *names, const char *dir,
		    const struct server *chosen[SERVERS_MAX]);

/* Is there a program of that name in a directory of PATH? */
bool		 servers_in_path(const char *name);

/* What everybody is compared with: raw epoll, or raw kqueue without it. */
const char	*servers_baseline(void);

#endif
