/*
 * echo: what was sent, until the same has come back.
 *
 * The ledger keeps each sent line with its time. Received lines are compared
 * with the oldest line that is still unanswered; a banner or a chatty service
 * between them does no harm, and a peer that does not echo is recognised. Pure:
 * no clock, no sockets.
 */

#ifndef YODEL_ECHO_H
#define YODEL_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct echo;

enum echo_verdict {
	ECHO_FOREIGN,	/* not an answer to anything that was sent */
	ECHO_VERIFIED,	/* byte for byte what was sent */
	ECHO_MISMATCH	/* meant as an answer, but another text */
};

struct echo_result {
	enum echo_verdict verdict;
	uint64_t id;		/* the sent line (VERIFIED and MISMATCH) */
	uint64_t rtt_us;	/* (VERIFIED) from echo_sent() to now */
	size_t	 differs_at;	/* (MISMATCH) offset of the first other byte */
};

/*
 * Keeps at most limit_bytes of unanswered lines: past that the oldest are given
 * up (told through lost). From a peer that has never echoed, any line that
 * comes later is an answer: those it answers are not told. Returns NULL with
 * ENOMEM.
 */
struct echo	*echo_new(size_t limit_bytes,
		    void (*lost)(void *arg, uint64_t id), void *arg);
void		 echo_free(struct echo *); /* NULL is fine */

/* A line went out: its text without the end of line, and the caller's id. 0, or
 * -1 with ENOMEM (the line is then never verified, nothing worse). */
int		 echo_sent(struct echo *, uint64_t id, const void *p, size_t len,
		    uint64_t now_us);

/*
 * A line, or a piece of one, came in, without its end. Returns false until
 * last; then fills *result. Lines that were skipped over because a later one
 * was answered are told through lost first.
 */
bool		 echo_received(struct echo *, const void *p, size_t len,
		    bool last, uint64_t now_us, struct echo_result *result);

/*
 * The connection broke: every unanswered line is told through lost, in order.
 */
void		 echo_reset(struct echo *);

size_t		 echo_unanswered(const struct echo *);

/* Whether this peer has ever answered with an echo. */
bool		 echo_peer_echoes(const struct echo *);

#endif
