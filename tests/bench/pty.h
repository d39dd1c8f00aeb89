/*
 * pty: a program in a terminal that does nothing but take what it draws. All of
 * it ends the benchmark, with a reason, when it cannot be done.
 */

#ifndef BENCH_PTY_H
#define BENCH_PTY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pty {
	int	 fd;
	pid_t	 pid;		/* the leader of its own session and group */
	uint64_t started_ns;	/* on the clock of instant_now_ns() */
	size_t	 drawn;		/* bytes that were read since the last key */
	size_t	 len;		/* of the text that is searched */
	char	 text[65536];
};

/* Starts argv in a terminal of this size. */
void		 pty_start(struct pty *, const char *const *argv, unsigned rows,
		    unsigned columns);

/* Types it; all that was drawn before is forgotten. */
void		 pty_type(struct pty *, const char *keys);

/*
 * Reads until text was drawn since the last key. Returns how long that took
 * from then on, or from the start, in ns.
 */
uint64_t	 pty_wait(struct pty *, const char *text);

/* Reads until nothing has come for so long. */
void		 pty_settle(struct pty *, int quiet_ms);

/* Kills it. */
void		 pty_stop(struct pty *);

#endif
