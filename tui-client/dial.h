/*
 * dial: several addresses -> the first connection that stands (RFC 8305).
 *
 * The resolver's order decides which family comes first (RFC 6724: IPv6 where
 * it works); then the families take turns. The next address is tried 250 ms
 * after the one before it, or at once when that one failed; the first that
 * stands wins and the others are closed. There is no time-out here:
 * dial_cancel() is the owner's.
 *
 * Of the RFC it leaves out what getaddrinfo(3) leaves no room for. That answers
 * once, with both families: nothing is tried on the first of two DNS answers
 * (3: the Resolution Delay), and no later answer is mixed in (6). Nor is there
 * a history of round trips to sort by (4), or a delay that adapts to it (5);
 * NAT64 (7) is the resolver's.
 */

#ifndef YODEL_DIAL_H
#define YODEL_DIAL_H

#include "endpoint.h"

struct loop;
struct dial;

#define DIAL_ADDRS_MAX	32

/*
 * done is called from the loop, once for each dial_start() that was not
 * cancelled: with a connected, non-blocking socket, the callee's, or with -1
 * and the error that tells most. It may start the next one. Returns NULL with
 * errno.
 */
struct dial	*dial_new(struct loop *,
		    void (*done)(void *arg, int fd, int error), void *arg);
void		 dial_free(struct dial *); /* NULL is fine */

/*
 * Begins, having cancelled what went on; of more than DIAL_ADDRS_MAX addresses
 * the first are taken. Returns 0, or -1 with errno where every address failed
 * at once: done is not called then.
 */
int		 dial_start(struct dial *, const struct endpoint_addr *addrs,
		    int count);
void		 dial_cancel(struct dial *);

#endif
