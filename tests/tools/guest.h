/*
 * guest: a client of an echo server that behaves as a person would: it comes,
 * says a line, waits for its echo, thinks, says the next one, leaves after a
 * while and comes again. Every byte that comes back is compared.
 *
 * What it says and how long it waits depends on the seed and on its number only.
 * Put out by the server, it looks again a little later.
 */

#ifndef TOOLS_GUEST_H
#define TOOLS_GUEST_H

#include <stddef.h>
#include <stdint.h>

struct endpoint_addr;
struct guest;
struct loop;
struct script;

/* What all guests have done together. */
struct guest_tally {
	uint64_t visits;
	uint64_t sent;		/* lines */
	uint64_t verified;	/* of them, byte for byte */
	uint64_t differed;	/* times that something else came */
	uint64_t lost;		/* lines that the connection ended before */
};

/* What all guests share; it outlives them. */
struct guest_share {
	struct loop *loop;
	const struct script *script;
	const struct endpoint_addr *addr;
	uint64_t seed;
	uint64_t pause_ms;	/* between two lines, on the average */
	uint64_t lines;		/* of a guest, then it is done; 0: never */
	struct guest_tally tally;

	/* A guest has said all its lines. */
	void	(*done)(void *arg);
	/* The server can't be reached, or this machine fails: an errno. */
	void	(*failed)(void *arg, int error);
	/* This came where that was expected; len is 0 for nothing. */
	void	(*differed)(void *arg, unsigned number, const char *came,
		    size_t came_len, const char *expected, size_t len);
	void	*arg;
};

/* Comes first after delay_ms. NULL with errno. */
struct guest	*guest_new(struct guest_share *, unsigned number,
		    uint64_t delay_ms);

/* Closes its connection; NULL is fine. Not from a callback of its own. */
void		 guest_free(struct guest *);

#endif
