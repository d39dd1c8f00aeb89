/*
 * session: the conversation: lines go out through the link, what comes back
 * goes into the transcript, echoes are verified, nothing is lost in silence. No
 * curses.
 *
 * A line that can't go out now waits in the outbox. What was typed while the
 * connection was down is held back until session_release(), unless
 * session_set_resend() has it otherwise: a service that is not an echo may have
 * other ideas of a line that is minutes old.
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
	/*
	 * An entry is settled: a line was sent (or is not going to be), a reply
	 * has its verdict, a notice was made. Once each; may be NULL. It may
	 * call session_notice() and nothing else that changes the session. A
	 * line that waited long may have fallen out of the transcript.
	 */
	void	(*said)(void *arg, uint64_t id);
	void	*arg;
};

/* What becomes of lines typed while down, once the connection is back. */
enum session_resend {
	SESSION_ASK,	/* they wait for session_release(); to begin with */
	SESSION_ALWAYS,	/* they go, if it is still the same place; else as ASK */
	SESSION_NEVER	/* they are not sent, which is said when they are typed */
};

struct session_counts {
	uint64_t lines_out, lines_in;	/* ever */
	uint64_t verified, mismatched, unanswered; /* of the sent ones */
	size_t	 waiting;	/* lines that go out as soon as they can */
	size_t	 held;		/* lines that wait for a release */
};

/* The transcript is the caller's and outlives it. NULL with errno. */
struct session	*session_new(struct loop *, const struct session_options *,
		    struct transcript *);

/*
 * What waits is not going to be sent: it is marked so, and said, and so is half
 * a line that came in. NULL is fine.
 */
void		 session_free(struct session *);

/* Lines that still wait for another place are held from now on. */
void		 session_connect(struct session *, const struct endpoint *);
void		 session_reconnect(struct session *);
void		 session_disconnect(struct session *);

/* The place that was named last; NULL before the first session_connect(). */
const struct endpoint *session_place(const struct session *);

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

/*
 * From now on, and for what waits already: ALWAYS lets the lines for this place
 * go, at once where it is connected; ASK holds them back; NEVER drops all that
 * is not on its way. A notice says what became of how many lines.
 */
void		 session_set_resend(struct session *, enum session_resend);
enum session_resend session_resend(const struct session *);

void		 session_set_crlf(struct session *, bool crlf);
bool		 session_crlf(const struct session *);

/* Puts a sentence of yodel's own into the transcript. */
void		 session_notice(struct session *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

const struct link_status *session_status(const struct session *);
const struct session_counts *session_counts(const struct session *);
const struct rtt *session_rtt(const struct session *);

#endif
