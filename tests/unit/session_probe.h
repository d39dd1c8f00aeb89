/*
 * session_probe: a session in a loop of its own, a transcript that is read
 * entry by entry, and a peer to talk to. All of it fails the test where it does
 * not work.
 */

#ifndef UNIT_SESSION_PROBE_H
#define UNIT_SESSION_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"
#include "session.h"
#include "transcript.h"

#define SESSION_PROBE_SAID	10000

struct loop;
struct peer;
struct peer_listener;

struct session_probe {
	struct loop *loop;
	struct transcript *transcript;
	struct session *session;
	struct peer_listener *listener;
	struct peer *peer;	/* the last one; freed with the probe */
	uint64_t next;		/* the entry that is read next */
	unsigned changes;	/* how often the session called back */
	unsigned rooms;
	uint64_t said[SESSION_PROBE_SAID]; /* in the order it was told */
	size_t	 said_count;
};

/* Comes back by itself after a few milliseconds; greeting may be NULL. */
struct session_probe *session_probe_new(const char *greeting, bool crlf);

/* Each entry has to have been told as said then, once. */
void		 session_probe_free(struct session_probe *);

/*
 * Fixtures for *state: the same, without a greeting, and connected to its peer.
 */
int		 session_probe_setup(void **state);
int		 session_probe_teardown(void **state);

bool		 session_probe_has_said(const struct session_probe *,
		    uint64_t id);

uint16_t	 session_probe_port(const struct session_probe *);

/* Tells the session to connect to 127.0.0.1:port, and returns at once. */
void		 session_probe_connect_to(struct session_probe *,
		    uint16_t port);

/* Connects to the probe's own listener, and reads the notice of that. */
void		 session_probe_connect(struct session_probe *);

/* The peer closes its side, or is waited for again. */
void		 session_probe_hang_up(struct session_probe *);
void		 session_probe_accept(struct session_probe *);

/* Turns the loop until holds() does, or as often as something is ready. */
void		 session_probe_until(struct session_probe *,
		    bool (*holds)(const struct session_probe *, uint64_t arg),
		    uint64_t arg);
void		 session_probe_until_state(struct session_probe *,
		    enum link_state);
void		 session_probe_settle(struct session_probe *);

/* Sends a terminated text. */
void		 session_probe_send(struct session_probe *, const char *text);

/*
 * Turns the loop until there is an entry more; it has to be this text, or, for
 * a notice, begin with it. Returns its id.
 */
uint64_t	 session_probe_read(struct session_probe *,
		    enum transcript_kind, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

/* Nothing more is there to be read now. */
void		 session_probe_expect_end(const struct session_probe *);

/* Of an entry that is there. */
struct transcript_entry session_probe_entry(const struct session_probe *,
		    uint64_t id);
enum transcript_mark session_probe_mark(const struct session_probe *,
		    uint64_t id);

/* Sends it, and reads the entry of that. Returns its id. */
uint64_t	 session_probe_say(struct session_probe *, const char *text);

#endif
