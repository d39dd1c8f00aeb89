/*
 * proxy: the header that a load balancer puts before a client's bytes (The
 * PROXY protocol, versions 1 and 2): who the client really is. Pure: bytes in,
 * an address out.
 */

#ifndef YODEL_PROXY_H
#define YODEL_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "remote.h"

/*
 * The longest header that is taken. Version 1 ends within 107 bytes; version 2
 * may carry more than the addresses behind them (TLVs), which is skipped.
 */
#define PROXY_HEADER_MAX	4096

/*
 * LOCAL and UNKNOWN are the balancer's own connection, and so is what tells
 * nothing about a TCP client: version 2's AF_UNSPEC, AF_UNIX and all that is no
 * stream, and a source without an address (0.0.0.0, ::).
 */
struct proxy {
	struct remote source;	/* where not own */
	bool	 own;	/* the balancer's own connection */
};

/*
 * Parses what came so far. Returns the length of the header, which proxy was
 * filled from; 0 where more has to come; or -1 with *error pointing at a
 * constant sentence that says what is wrong. It never asks for more than
 * PROXY_HEADER_MAX bytes, nor for more when it is already clear that the header
 * is a wrong one.
 */
ssize_t		 proxy_parse(struct proxy *, const void *p, size_t len,
		    const char **error);

#endif
