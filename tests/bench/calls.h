/* calls: the system calls that a server makes for a message, by strace(1). */

#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <stddef.h>
#include <stdio.h>

#define CALLS_KINDS_MAX	128
#define CALLS_NAME_MAX	32
#define CALLS_TEXT_MAX	256

#define CALLS_CLIENTS	50
#define CALLS_WANTED	2.1	/* at most so many for a message */

struct server;

/* How often each was called. */
struct calls {
	size_t	 count;
	struct calls_kind {
		char	 name[CALLS_NAME_MAX];
		double	 calls;
	} kinds[CALLS_KINDS_MAX];
};

/* The table that strace -c writes. 0, or -1 with EBADMSG: it is none. */
int		 calls_parse(struct calls *, FILE *);

/* more's calls less fewer's, all divided by that. */
void		 calls_subtract(struct calls *more, const struct calls *fewer,
		    double divisor);

double		 calls_total(const struct calls *);

/* "read 1.00, write 1.00", what is seen in two decimals; returns buf. */
char		*calls_format(char buf[CALLS_TEXT_MAX], const struct calls *);

/*
 * For a message of CALLS_CLIENTS clients, of 64 bytes: runs the server twice
 * below strace, the second time for longer, and tells the difference, in which
 * its beginning and end are not. -1 with errno; ENOENT: there is no strace.
 */
int		 calls_measure(struct calls *, const struct server *,
		    const char *dir);

#endif
