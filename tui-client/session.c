#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "link.h"
#include "outbox.h"
#include "reply.h"
#include "session.h"
#include "transcript.h"
#include "units.h"

#define OUTBOX_BYTES (1u << 20) /* of lines that can't go out yet */

struct session {
	struct session_options options;
	struct transcript *transcript;
	struct link *link;
	struct reply *reply;
	struct outbox *outbox; /* goes out as the link has room */
	struct outbox *held;   /* waits for the user's word */
	struct session_counts counts;
	char *greeting;
	enum link_state state; /* the last one that was told */
	uint64_t connects;     /* at that time */
	bool asked;	       /* the user has just named where to go */
	bool reached;	       /* it was there before, since it was named */
	bool was_down;	       /* it broke, or was refused, by itself */
	uint64_t down_ms;      /* since when */
};

static void
session_changed(struct session *s)
{
	const struct reply_counts *back = reply_counts(s->reply);

	s->counts.lines_in = back->lines;
	s->counts.verified = back->verified;
	s->counts.mismatched = back->mismatched;
	s->counts.waiting = outbox_count(s->outbox);
	s->counts.held = outbox_count(s->held);
	s->options.changed(s->options.arg);
}

void
session_notice(struct session *s, const char *fmt, ...)
{
	char text[512];
	uint64_t id;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* With no memory left for a notice there is nothing better to do. */
	(void)transcript_add(s->transcript, TRANSCRIPT_NOTICE, clock_wall_ms(),
	    text, strlen(text), false, &id);
	session_changed(s);
}

/* One write for a usual line and its end: one segment on the wire. */
static int
session_write(struct session *s, const char *text, size_t len)
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

/* Gives the line to the link, which has room for it. */
static void
session_transmit(struct session *s, uint64_t id, const char *text, size_t len)
{
	/* The time stamp comes first: the link may write at once. */
	reply_expect(s->reply, id, text, len);
	transcript_set_mark(s->transcript, id, TRANSCRIPT_PLAIN, 0);
	if (session_write(s, text, len) == -1)
		transcript_set_mark(
		    s->transcript, id, TRANSCRIPT_UNANSWERED, 0);
	else
		s->counts.lines_out++;
}

static bool
session_fits(const struct session *s, size_t len)
{
	return link_status(s->link)->state == LINK_CONNECTED &&
	    link_room(s->link) >= len + 2;
}

/* Sends from the outbox what may go and what the link takes. */
static void
session_pump(struct session *s)
{
	struct outbox_line line;

	while (outbox_first(s->outbox, &line) && session_fits(s, line.len)) {
		session_transmit(s, line.id, line.text, line.len);
		outbox_remove_first(s->outbox);
	}
	if (outbox_count(s->outbox) == 0 && s->options.room != NULL)
		s->options.room(s->options.arg);
}

static bool
session_can_keep(const struct session *s, size_t len)
{
	size_t kept = outbox_bytes(s->outbox) + outbox_bytes(s->held);

	return kept < OUTBOX_BYTES && len < OUTBOX_BYTES - kept;
}

/*
 * Keeps the line for later: for the link's room, or, while it is down, for the
 * user's word. On the way to a place that the user has just named there is no
 * doubt.
 */
static int
session_keep(struct session *s, const struct outbox_line *line)
{
	bool up = link_status(s->link)->state == LINK_CONNECTED;
	int result = outbox_add(up || s->asked ? s->outbox : s->held, line);

	transcript_set_mark(s->transcript, line->id,
	    result == 0 ? TRANSCRIPT_WAITING : TRANSCRIPT_DROPPED, 0);
	return result;
}

int
session_send(struct session *s, const char *text, size_t len)
{
	bool now = session_fits(s, len) && outbox_count(s->outbox) == 0;
	struct outbox_line line = {.text = text, .len = len};
	int result = 0;

	if (len > SESSION_LINE_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (!now && !session_can_keep(s, len)) {
		errno = ENOBUFS;
		return -1;
	}
	if (transcript_add(s->transcript, TRANSCRIPT_SENT, clock_wall_ms(),
		text, len, false, &line.id) == -1)
		return -1;
	if (now)
		session_transmit(s, line.id, text, len);
	else
		result = session_keep(s, &line);
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
	return outbox_count(s->outbox) > 0 || !session_fits(s, 0);
}

size_t
session_release(struct session *s)
{
	size_t count = outbox_count(s->held);

	outbox_move(s->outbox, s->held);
	session_pump(s);
	session_changed(s);
	return count;
}

size_t
session_drop_held(struct session *s)
{
	struct outbox_line line;
	size_t count = outbox_count(s->held);

	while (outbox_first(s->held, &line)) {
		transcript_set_mark(
		    s->transcript, line.id, TRANSCRIPT_DROPPED, 0);
		outbox_remove_first(s->held);
	}
	session_changed(s);
	return count;
}

static void
session_received(void *arg, const void *p, size_t len)
{
	struct session *s = arg;

	reply_take(s->reply, p, len);
}

static void
session_reply_changed(void *arg)
{
	struct session *s = arg;

	session_changed(s);
}

static void
session_reply_notice(void *arg, const char *text)
{
	struct session *s = arg;

	session_notice(s, "%s", text);
}

static void
session_drained(void *arg)
{
	struct session *s = arg;

	session_pump(s);
	session_changed(s);
}

/* Before anything that was typed on the way here. */
static void
session_greet(struct session *s)
{
	size_t len = strlen(s->greeting);
	uint64_t id;

	if (transcript_add(s->transcript, TRANSCRIPT_SENT, clock_wall_ms(),
		s->greeting, len, false, &id) == 0)
		session_transmit(s, id, s->greeting, len);
}

static void
session_tell_connected(struct session *s, const struct link_status *status)
{
	char waited[32];
	size_t held = outbox_count(s->held);

	if (s->reached && s->was_down) {
		units_format_us(waited, sizeof(waited),
		    (clock_now_ms() - s->down_ms) * 1000);
		session_notice(s, "connected again to %s (after %s)",
		    status->peer, waited);
	} else
		session_notice(s, "connected to %s", status->peer);
	s->was_down = false;
	s->reached = true;
	if (s->greeting != NULL)
		session_greet(s);
	session_pump(s);
	if (held > 0)
		session_notice(s,
		    held == 1
			? "%zu line waits: /resend sends it, /drop drops it"
			: "%zu lines wait: /resend sends them, /drop drops "
			  "them",
		    held);
}

/* The connection, or the try, ended. */
static void
session_tell_down(struct session *s, const struct link_status *status)
{
	reply_end(s->reply);
	outbox_move(s->held, s->outbox);
	s->asked = false;
	if (!s->was_down)
		s->down_ms = clock_now_ms();
	/* A refusal that only repeats itself is the status pane's to show. */
	if (status->state == LINK_RESOLVING)
		session_notice(s, "closed, to connect again");
	else if (s->state == LINK_CONNECTED || status->state == LINK_IDLE ||
	    status->tries <= 1)
		session_notice(s, "%s",
		    *status->reason != '\0' ? status->reason : "disconnected");
	s->was_down = true;
}

static void
session_link_changed(void *arg)
{
	struct session *s = arg;
	const struct link_status *status = link_status(s->link);
	enum link_state state = status->state;
	bool down = state == LINK_IDLE || state == LINK_WAITING ||
	    state == LINK_CLOSED || s->state == LINK_CONNECTED;

	if (state == LINK_CONNECTED && s->connects != status->connects) {
		s->connects = status->connects;
		session_tell_connected(s, status);
	} else if (down && state != s->state)
		session_tell_down(s, status);
	s->state = state;
	session_changed(s);
}

struct session *
session_new(struct loop *loop, const struct session_options *options,
    struct transcript *transcript)
{
	struct session *s = calloc(1, sizeof(*s));
	struct link_handler handler = {
	    session_link_changed, session_received, session_drained, s};
	struct reply_handler reply = {
	    session_reply_changed, session_reply_notice, s};
	struct link_options link;

	if (s == NULL)
		return NULL;
	s->options = *options;
	link = *options->link;
	link.queue_bytes = SESSION_LINE_MAX + 2;
	s->transcript = transcript;
	s->state = LINK_IDLE;
	s->reply = reply_new(loop, transcript, &reply);
	s->outbox = outbox_new();
	s->held = outbox_new();
	if (options->greeting != NULL)
		s->greeting = strdup(options->greeting);
	if (s->reply == NULL || s->outbox == NULL || s->held == NULL ||
	    (options->greeting != NULL && s->greeting == NULL))
		goto fail;
	s->link = link_new(loop, &link, &handler);
	if (s->link == NULL)
		goto fail;
	return s;
fail:
	session_free(s);
	return NULL;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	link_free(s->link);
	outbox_free(s->held);
	outbox_free(s->outbox);
	reply_free(s->reply);
	free(s->greeting);
	free(s);
}

/* The user has named a place: this is no break that mends itself. */
static void
session_ask(struct session *s)
{
	enum link_state state = link_status(s->link)->state;

	s->asked = state == LINK_RESOLVING || state == LINK_CONNECTING;
	if (s->asked)
		s->was_down = false;
}

void
session_connect(struct session *s, const struct endpoint *endpoint)
{
	/* What waits was meant for the place before. */
	outbox_move(s->held, s->outbox);
	s->reached = false;
	link_connect(s->link, endpoint);
	reply_forget(s->reply);
	session_ask(s);
}

void
session_reconnect(struct session *s)
{
	link_reconnect(s->link);
	session_ask(s);
}

void
session_disconnect(struct session *s)
{
	link_disconnect(s->link);
}

void
session_set_crlf(struct session *s, bool crlf)
{
	s->options.crlf = crlf;
	session_changed(s);
}

bool
session_crlf(const struct session *s)
{
	return s->options.crlf;
}

const struct link_status *
session_status(const struct session *s)
{
	return link_status(s->link);
}

const struct session_counts *
session_counts(const struct session *s)
{
	return &s->counts;
}

const struct rtt *
session_rtt(const struct session *s)
{
	return reply_rtt(s->reply);
}
