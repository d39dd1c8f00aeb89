/*
 * caller: one of the mixed clients of a soak. It comes, does what its kind does,
 * leaves, and comes again after a while, for as long as its number is wanted.
 * What it does depends on the seed and on its number only.
 *
 * Every byte that comes back is compared; a caller that wants its echo leaves by
 * half-closing, and has to get all of it and then the end.
 */

#ifndef SOAK_CALLER_H
#define SOAK_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALLER_RUN_BYTES	16384	/* read or written at once */

struct caller;
struct endpoint_addr;
struct loop;
struct pattern;

enum caller_kind {
	CALLER_FAST,	/* says much, reads at once */
	CALLER_BRIEF,	/* says a word, leaves, is back at once */
	CALLER_SLOW,	/* says all at once, reads in sips */
	CALLER_DEAD,	/* says all it can, reads nothing, never leaves */
	CALLER_RUDE,	/* says rubbish and is gone without reading */
	CALLER_STUFFED,	/* says all it can, reads nothing, and then resets */
	CALLER_KINDS
};

/* What all of a kind have done together. */
struct caller_tally {
	uint64_t visits;	/* connections that came about */
	uint64_t ended;		/* of them, as they should */
	uint64_t sent, received;	/* bytes */
};

/* What all callers share; it outlives them. */
struct caller_share {
	struct loop *loop;
	const struct pattern *pattern;	/* with runs of CALLER_RUN_BYTES */
	const struct endpoint_addr *addrs;	/* they take turns at these */
	unsigned addr_count;
	uint64_t seed;
	unsigned wanted;	/* who has a lower number comes */
	unsigned here;		/* connected, or nearly so */
	uint64_t put_off;	/* times that there was no way to connect */
	struct caller_tally tallies[CALLER_KINDS];
	unsigned char buffer[CALLER_RUN_BYTES];

	/* This is not as it should be; the caller leaves. */
	void	(*wrong)(void *arg, unsigned number, const char *what);
	void	*arg;
};

const char	*caller_kind_name(enum caller_kind);

/* Comes for the first time within a second. NULL with errno. */
struct caller	*caller_new(struct caller_share *, unsigned number);

/* Closes its connection; NULL is fine. Not from a callback of its own. */
void		 caller_free(struct caller *);

/* Complains of one that has got nowhere for so long. */
void		 caller_check(struct caller *, uint64_t limit_ms);

#endif
