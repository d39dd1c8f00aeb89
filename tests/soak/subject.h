/* subject: the yodeld of a soak, its log, which is rotated, and its end. */

#ifndef SOAK_SUBJECT_H
#define SOAK_SUBJECT_H

#include <stdint.h>
#include <sys/types.h>

#include "account.h"

#define SUBJECT_PATH_MAX	256
#define SUBJECT_STALL_MS	5000	/* its --stall-timeout */

struct subject {
	char	 dir[SUBJECT_PATH_MAX];	/* of its own */
	unsigned port;
	pid_t	 pid;
	uint64_t rotations;
	struct account account;	/* of the logs that were put away */
};

/*
 * Starts that program with a log, a control socket and a Unix socket in a
 * directory that is made for it. -1 with errno.
 */
int		 subject_start(struct subject *, const char *program);

/* The path of "socket", "control" or "log". Returns buf. */
char		*subject_path(const struct subject *, char *buf, size_t size,
		    const char *name);

/*
 * Renames the log and has it opened again, takes the one before into account
 * and removes it. 0, also where the last time is not done with yet; -1 with
 * errno.
 */
int		 subject_rotate(struct subject *);

/*
 * Ends it with SIGTERM and takes the rest of its log into account. Returns its
 * exit status, or -1 where it did not end by itself.
 */
int		 subject_end(struct subject *);

#endif
