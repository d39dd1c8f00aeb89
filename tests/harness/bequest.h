/*
 * bequest: sockets that a program finds open when it starts, as those that
 * systemd starts do (sd_listen_fds(3)).
 */

#ifndef HARNESS_BEQUEST_H
#define HARNESS_BEQUEST_H

#include <stddef.h>
#include <stdint.h>

#define BEQUEST_MAX	16

/*
 * For struct process_options: descriptors, which stay ours. The texts are what
 * the variables have instead of the child's pid and the count, where they are
 * not NULL.
 */
struct bequest {
	int	 fds[BEQUEST_MAX];
	size_t	 count;
	const char *listen_pid;
	const char *listen_fds;
};

/*
 * A blocking socket that listens at "127.0.0.1:0", "[::1]:0", "unix:/path"; the
 * caller closes it. Failures fail the test.
 */
int		 bequest_listen(const char *where);

/* The port that it got. */
uint16_t	 bequest_port(int fd);

/*
 * For a forked child that is to become the program: puts them at 3 and after,
 * sets LISTEN_PID and LISTEN_FDS, and moves its streams out of the way.
 */
void		 bequest_place(const struct bequest *, int streams[3]);

#endif
