/*
 * resolver: a name -> its addresses, without making the loop wait.
 *
 * getaddrinfo(3) blocks and can't be called off: a detached thread asks, and
 * the answer comes through the loop. One question counts at a time; the answer
 * to one that was given up is thrown away whenever it comes, after
 * resolver_free() too.
 */

#ifndef YODEL_RESOLVER_H
#define YODEL_RESOLVER_H

#include "endpoint.h"

struct loop;
struct resolver;

#define RESOLVER_ADDRS_MAX	32

struct resolver_answer {
	struct endpoint_addr addrs[RESOLVER_ADDRS_MAX];
	int	 count;		/* of addrs, or -1 */
	const char *error;	/* then: a constant text that says why */
};

/*
 * done is called from the loop, once for each question that was not given up;
 * it may ask the next one. Returns NULL with errno.
 */
struct resolver	*resolver_new(struct loop *,
		    void (*done)(void *arg, const struct resolver_answer *),
		    void *arg);
void		 resolver_free(struct resolver *); /* NULL is fine */

/*
 * Asks, and gives up what was asked before. Literals and Unix sockets need no
 * thread, but are answered from the loop as well. Returns 0, or -1 with errno:
 * EAGAIN where several names are still being looked up in vain.
 */
int		 resolver_ask(struct resolver *, const struct endpoint *,
		    int family);

/* Gives up what was asked, if anything. */
void		 resolver_cancel(struct resolver *);

#endif
