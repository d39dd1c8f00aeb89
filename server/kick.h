/* kick: the end of a client, whichever worker has it. */

#ifndef YODEL_KICK_H
#define YODEL_KICK_H

#include <stdbool.h>
#include <stdint.h>

struct crew;
struct inbox;

/*
 * Closes the client, and calls done as a job of the inbox, which outlives the
 * crew, with whether it was there. Returns 0, or -1 with ENOMEM.
 */
int		 kick_client(struct crew *, struct inbox *, uint64_t client,
		    void (*done)(void *arg, bool found), void *arg);

#endif
