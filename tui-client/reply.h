/*
 * reply: what comes back: bytes -> lines in the transcript, and a verdict on
 * each: the echo of a line that was sent, a text that differs from it, or
 * another one.
 *
 * A line that has stopped half-way for REPLY_QUIET_MS is shown as far as it
 * goes: it may be a prompt. What follows is still the same line for the
 * verdict, which stands at the last piece of it; an end of line that comes
 * alone makes no piece.
 */

#ifndef YODEL_REPLY_H
#define YODEL_REPLY_H

#include <stddef.h>
#include <stdint.h>

struct loop;
struct reply;
struct rtt;
struct transcript;

#define REPLY_QUIET_MS	300u

struct reply_handler {
	/* The transcript or the counts have changed. */
	void	(*changed)(void *arg);
	/* A sentence for the transcript. */
	void	(*notice)(void *arg, const char *text);
	/*
	 * An entry is settled: it has its verdict and its end, or others follow
	 * before it gets them. Once each; may be NULL.
	 */
	void	(*said)(void *arg, uint64_t id);
	void	*arg;
};

struct reply_counts {
	uint64_t lines, verified, mismatched, unanswered; /* ever */
};

/* Copies the handler; the transcript is the caller's. NULL with ENOMEM. */
struct reply	*reply_new(struct loop *, struct transcript *,
		    const struct reply_handler *);
void		 reply_free(struct reply *); /* NULL is fine */

/* The line of this entry, without its end, is sent now: its echo is awaited. */
void		 reply_expect(struct reply *, uint64_t id, const char *text,
		    size_t len);

void		 reply_take(struct reply *, const void *p, size_t len);

/*
 * The connection has ended: what was begun is shown, what has no answer is
 * marked as unanswered.
 */
void		 reply_end(struct reply *);

/* After reply_end(): whether this peer echoes says nothing of the next one. */
void		 reply_forget(struct reply *);

const struct reply_counts *reply_counts(const struct reply *);
const struct rtt *reply_rtt(const struct reply *);

#endif
