#include <errno.h>
#include <string.h>

#include "clock.h"
#include "outbox.h"
#include "reply.h"
#include "session_impl.h"
#include "transcript.h"

#define OUTBOX_BYTES (1u << 20) /* of lines that can't go out yet */

int
session_hold_open(struct session *s)
{
	s->outbox = outbox_new();
	s->held = outbox_new();
	s->strange = outbox_new();
	return s->outbox == NULL || s->held == NULL || s->strange == NULL ? -1
									  : 0;
}

void
session_hold_close(struct session *s)
{
	outbox_free(s->strange);
	outbox_free(s->held);
	outbox_free(s->outbox);
}

size_t
session_hold_count(const struct session *s)
{
	return outbox_count(s->held) + outbox_count(s->strange);
}

/* One write for a usual line and its end: one segment on the wire. */
static int
session_hold_write(struct session *s, const char *text, size_t len)
{
	const char *end = s->options.crlf ? "\r\n" : "\n";
	size_t end_len = strlen(end);
	char line[4096];

	if (len > sizeof(line) - end_len) {
		if (link_send(s->link, text, len) == -1)
			return -1;
		return link_send(s->link, end, end_len);
	}
	if (len > 0)
		memcpy(line, text, len);
	memcpy(line + len, end, end_len);
	return link_send(s->link, line, len + end_len);
}

void
session_hold_transmit(
    struct session *s, uint64_t id, const char *text, size_t len)
{
	/* The time stamp comes first: the link may write at once. */
	reply_expect(s->reply, id, text, len);
	transcript_set_mark(s->transcript, id, TRANSCRIPT_PLAIN, 0);
	if (session_hold_write(s, text, len) == -1)
		transcript_set_mark(
		    s->transcript, id, TRANSCRIPT_UNANSWERED, 0);
	else
		s->counts.lines_out++;
	session_said(s, id);
}

static bool
session_hold_fits(const struct session *s, size_t len)
{
	return link_status(s->link)->state == LINK_CONNECTED &&
	    link_room(s->link) >= len + 2;
}

void
session_hold_pump(struct session *s)
{
	struct outbox_line line;

	while (
	    outbox_first(s->outbox, &line) && session_hold_fits(s, line.len)) {
		session_hold_transmit(s, line.id, line.text, line.len);
		outbox_remove_first(s->outbox);
	}
	if (outbox_count(s->outbox) == 0 && s->options.room != NULL)
		s->options.room(s->options.arg);
}

/*
 * Whether a line that is typed now is meant for a connection that stands, or
 * for a place that the user has just named and has not heard of since.
 */
static bool
session_hold_is_sure(const struct session *s)
{
	return link_status(s->link)->state == LINK_CONNECTED || s->asked;
}

static void
session_hold_refuse(struct session *s, uint64_t id)
{
	transcript_set_mark(s->transcript, id, TRANSCRIPT_DROPPED, 0);
	session_said(s, id);
}

/* Returns how many there were. */
static size_t
session_hold_drop(struct session *s, struct outbox *o)
{
	size_t count = outbox_count(o);
	struct outbox_line line;

	while (outbox_first(o, &line)) {
		outbox_remove_first(o);
		session_hold_refuse(s, line.id);
	}
	return count;
}

void
session_hold_settle(struct session *s)
{
	outbox_move(s->outbox, s->held);
	outbox_move(s->outbox, s->strange);
	(void)session_hold_drop(s, s->outbox);
}

/* Some lines have met a fate that nobody asked for at that moment. */
static void
session_hold_tell(
    struct session *s, size_t count, const char *one, const char *more)
{
	if (count > 0)
		session_notice(s, "%zu %s", count, count == 1 ? one : more);
}

static void
session_hold_tell_dropped(struct session *s, size_t count)
{
	session_hold_tell(s, count, "line that waited is not sent",
	    "lines that waited are not sent");
}

static void
session_hold_tell_sent(struct session *s, size_t count)
{
	session_hold_tell(
	    s, count, "line that waited goes out", "lines that waited go out");
}

static bool
session_hold_can_keep(const struct session *s, size_t len)
{
	size_t kept = outbox_bytes(s->outbox) + outbox_bytes(s->held) +
	    outbox_bytes(s->strange);

	return kept < OUTBOX_BYTES && len < OUTBOX_BYTES - kept;
}

/* Keeps the line for later, if it is ever to go. */
static int
session_hold_keep(struct session *s, const struct outbox_line *line)
{
	bool sure = session_hold_is_sure(s);
	int error;

	if (!sure && s->resend == SESSION_NEVER) {
		session_hold_refuse(s, line->id);
		session_notice(s,
		    "not sent: not connected (/set resend ask keeps "
		    "such lines)");
		return 0;
	}
	if (outbox_add(
		sure || s->resend == SESSION_ALWAYS ? s->outbox : s->held,
		line) == -1) {
		error = errno;
		session_hold_refuse(s, line->id);
		errno = error;
		return -1;
	}
	transcript_set_mark(s->transcript, line->id, TRANSCRIPT_WAITING, 0);
	return 0;
}

int
session_send(struct session *s, const char *text, size_t len)
{
	bool now = session_hold_fits(s, len) && outbox_count(s->outbox) == 0;
	struct outbox_line line = {.text = text, .len = len};
	int result = 0;

	if (len > SESSION_LINE_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (!now && !session_hold_can_keep(s, len)) {
		errno = ENOBUFS;
		return -1;
	}
	if (transcript_add(s->transcript, TRANSCRIPT_SENT, clock_wall_ms(),
		text, len, false, &line.id) == -1)
		return -1;
	if (now)
		session_hold_transmit(s, line.id, text, len);
	else
		result = session_hold_keep(s, &line);
	session_changed(s);
	return result;
}

const char *
session_send_error(int error)
{
	switch (error) {
	case EMSGSIZE:
		return "the line is too long";
	case ENOBUFS:
		return "too many lines wait already";
	default:
		return strerror(error);
	}
}

bool
session_is_busy(const struct session *s)
{
	return outbox_count(s->outbox) > 0 || !session_hold_fits(s, 0);
}

size_t
session_release(struct session *s)
{
	size_t count = session_hold_count(s);

	outbox_move(s->outbox, s->held);
	outbox_move(s->outbox, s->strange);
	session_hold_pump(s);
	session_changed(s);
	return count;
}

size_t
session_drop_held(struct session *s)
{
	size_t count;

	outbox_move(s->held, s->strange);
	count = session_hold_drop(s, s->held);
	session_changed(s);
	return count;
}

void
session_hold_connected(struct session *s)
{
	size_t held = session_hold_count(s);

	if (s->resend == SESSION_ALWAYS)
		session_hold_tell_sent(s, outbox_count(s->outbox));
	session_hold_pump(s);
	session_hold_tell(s, held,
	    "line waits: /resend sends it, /drop drops it",
	    "lines wait: /resend sends them, /drop drops them");
}

void
session_hold_leave(struct session *s, bool same)
{
	if (s->resend == SESSION_NEVER) {
		session_hold_tell_dropped(s, session_hold_drop(s, s->outbox));
	} else if (!same) {
		outbox_move(s->strange, s->outbox);
		outbox_move(s->strange, s->held);
	} else if (s->resend == SESSION_ASK)
		outbox_move(s->held, s->outbox);
}

/* What waits now is treated as if it had been so when it was typed. */
void
session_set_resend(struct session *s, enum session_resend resend)
{
	bool sure = session_hold_is_sure(s);

	s->resend = resend;
	if (resend == SESSION_ALWAYS) {
		if (link_status(s->link)->state == LINK_CONNECTED)
			session_hold_tell_sent(s, outbox_count(s->held));
		outbox_move(s->outbox, s->held);
		session_hold_pump(s);
	} else if (!sure)
		outbox_move(s->held, s->outbox);
	if (resend == SESSION_NEVER) {
		outbox_move(s->held, s->strange);
		session_hold_tell_dropped(s, session_hold_drop(s, s->held));
	}
	session_changed(s);
}

enum session_resend
session_resend(const struct session *s)
{
	return s->resend;
}
