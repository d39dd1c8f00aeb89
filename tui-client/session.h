/*
 * session: the conversation: lines go out through the link, what comes back
 * goes into the transcript, echoes are verified, nothing is lost in silence. No
 * curses.
 *
 * A line that can't go out now waits in the outbox. What was typed while the
 * connection was down is held back until session_release(): a service that is
 * not an echo may have other ideas of a line that is minutes old.
 */

#ifndef YODEL_SESSION_H
#define YODEL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct endpoint;
struct link_options;
struct link_status;
struct loop;
struct rtt;
struct session;
struct transcript;

struct session_options {
	const struct link_options *link;
	const char *greeting;	/* a line sent after every connect, or NULL */
	bool	 crlf;
	void	(*changed)(void *arg);	/* something that is shown has changed */
	void	(*room)(void *arg);	/* the outbox has room again; may be NULL */
	void	*arg;
};

struct session_counts {
	uint64_t lines_out, lines_in;	/* ever */
	uint64_t verified, mismatched;
	size_t	 waiting;	/* lines that go out as soon as they can */
	size_t	 held;		/* lines that wait for a release */
};

/* The transcript is the caller's and outlives it. NULL with errno. */
struct session	*session_new(struct loop *, const struct session_options *,
		    struct transcript *);
void		 session_free(struct session *); /* NULL is fine */

void		 session_connect(struct session *, const struct endpoint *);
void		 session_reconnect(struct session *);
void		 session_disconnect(struct session *);

#define SESSION_LINE_MAX	(512u * 1024)

/*
 * Sends a line (its end is added), or puts it into the outbox. -1, and nothing
 * was taken, with EMSGSIZE (longer than SESSION_LINE_MAX), ENOBUFS (the outbox
 * is full) or ENOMEM.
 */
int		 session_send(struct session *, const char *text, size_t len);

/* What session_send() failed with, for a person. */
const char	*session_send_error(int error);

/* Whether session_send() would have to put a short line into the outbox. */
bool		 session_is_busy(const struct session *);

/* Lets the held lines go, or drops them (marked as such). Returns how many. */
size_t		 session_release(struct session *);
size_t		 session_drop_held(struct session *);

void		 session_set_crlf(struct session *, bool crlf);
bool		 session_crlf(const struct session *);

/* Puts a sentence of yodel's own into the transcript. */
void		 session_notice(struct session *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

const struct link_status *session_status(const struct session *);
const struct session_counts *session_counts(const struct session *);
const struct rtt *session_rtt(const struct session *);

#endif
