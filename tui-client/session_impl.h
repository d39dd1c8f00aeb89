/*
 * session_impl: what the session's files share, and no one else includes.
 *
 *   session       news of the link and of the replies, and what is told of them
 *   session_hold  the lines that are said: now, later, or not at all
 */

#ifndef YODEL_SESSION_IMPL_H
#define YODEL_SESSION_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "link.h"
#include "session.h"

struct outbox;
struct reply;

struct session {
	struct session_options options;
	struct transcript *transcript;
	struct link *link;
	struct reply *reply;
	struct outbox *outbox;	/* goes out as the link has room */
	struct outbox *held;	/* typed for this place; waits for a word */
	struct outbox *strange;	/* typed for another one; waits for a word */
	struct session_counts counts;
	enum session_resend resend;
	char	*greeting;
	struct endpoint place;	/* named last */
	bool	 named;		/* place is set */
	enum link_state state;	/* the last one that was told */
	uint64_t connects;	/* at that time */
	bool	 asked;		/* the user has just named where to go */
	bool	 reached;	/* it was there before, since it was named */
	bool	 was_down;	/* it broke, or was refused, by itself */
	bool	 finished;	/* the peer has, which was told */
	uint64_t down_ms;	/* since when */
};

/* Brings the counts up to date, and tells that something has changed. */
void		 session_changed(struct session *);

/* This entry is settled. */
void		 session_said(struct session *, uint64_t id);

/* 0, or -1 with ENOMEM; session_hold_close() is right after both. */
int		 session_hold_open(struct session *);
void		 session_hold_close(struct session *);

/* Drops all that waits. */
void		 session_hold_settle(struct session *);

/* Lines that wait for a word. */
size_t		 session_hold_count(const struct session *);

/* Gives the line to the link, which has room for it. */
void		 session_hold_transmit(struct session *, uint64_t id,
		    const char *text, size_t len);

/* Sends from the outbox what may go and what the link takes. */
void		 session_hold_pump(struct session *);

/* The connection is there, greeted: sends what may go, and tells what waits. */
void		 session_hold_connected(struct session *);

/*
 * A connection, or the way to it, is left; same: the next one goes to the same
 * place.
 */
void		 session_hold_leave(struct session *, bool same);

#endif
