#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "outbox.h"
#include "reply.h"
#include "session_impl.h"
#include "transcript.h"
#include "units.h"

#define NOTICE_BYTES (PATH_MAX + 256) /* a sentence about a file, say */

void
session_changed(struct session *s)
{
	const struct reply_counts *back = reply_counts(s->reply);

	s->counts.lines_in = back->lines;
	s->counts.verified = back->verified;
	s->counts.mismatched = back->mismatched;
	s->counts.unanswered = back->unanswered;
	s->counts.waiting = outbox_count(s->outbox);
	s->counts.held = session_hold_count(s);
	s->options.changed(s->options.arg);
}

void
session_said(struct session *s, uint64_t id)
{
	if (s->options.said != NULL)
		s->options.said(s->options.arg, id);
}

void
session_notice(struct session *s, const char *fmt, ...)
{
	char text[NOTICE_BYTES];
	uint64_t id;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* With no memory left for a notice there is nothing better to do. */
	if (transcript_add(s->transcript, TRANSCRIPT_NOTICE, clock_wall_ms(),
		text, strlen(text), false, &id) == 0)
		session_said(s, id);
	session_changed(s);
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
session_reply_said(void *arg, uint64_t id)
{
	struct session *s = arg;

	session_said(s, id);
}

static void
session_drained(void *arg)
{
	struct session *s = arg;

	session_hold_pump(s);
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
		session_hold_transmit(s, id, s->greeting, len);
}

/* Of several addresses that a name may have: the one that won. */
static void
session_tell_connected(struct session *s, const struct link_status *status)
{
	const char *name = s->place.family == AF_UNSPEC ? s->place.host : "";
	char waited[32];

	if (s->reached && s->was_down) {
		units_format_us(waited, sizeof(waited),
		    (clock_now_ms() - s->down_ms) * 1000);
		session_notice(s, "connected again to %s (%s%safter %s)",
		    status->peer, name, *name != '\0' ? ", " : "", waited);
	} else if (*name != '\0')
		session_notice(s, "connected to %s (%s)", status->peer, name);
	else
		session_notice(s, "connected to %s", status->peer);
	s->was_down = s->finished = false;
	s->reached = true;
	if (s->greeting != NULL)
		session_greet(s);
	session_hold_connected(s);
}

static void
session_tell_finished(struct session *s)
{
	s->finished = true;
	session_notice(
	    s, "the peer has closed its side: what it was sent still goes out");
}

/* The connection, or the try, ended. */
static void
session_tell_down(struct session *s, const struct link_status *status)
{
	reply_end(s->reply);
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
	session_hold_leave(s, true);
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
	else if (status->peer_finished && !s->finished)
		session_tell_finished(s);
	s->state = state;
	session_changed(s);
}

/* Nothing will become of anything any more. */
static void
session_settle(struct session *s)
{
	reply_end(s->reply);
	session_hold_settle(s);
}

struct session *
session_new(struct loop *loop, const struct session_options *options,
    struct transcript *transcript)
{
	struct session *s = calloc(1, sizeof(*s));
	struct link_handler handler = {
	    session_link_changed, session_received, session_drained, s};
	struct reply_handler reply = {
	    .changed = session_reply_changed,
	    .notice = session_reply_notice,
	    .said = session_reply_said,
	    .arg = s,
	};
	struct link_options link;

	if (s == NULL)
		return NULL;
	s->options = *options;
	link = *options->link;
	link.queue_bytes = SESSION_LINE_MAX + 2;
	s->transcript = transcript;
	s->state = LINK_IDLE;
	s->reply = reply_new(loop, transcript, &reply);
	if (options->greeting != NULL)
		s->greeting = strdup(options->greeting);
	if (session_hold_open(s) == -1 || s->reply == NULL ||
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
	if (s->link != NULL)
		session_settle(s);
	link_free(s->link);
	session_hold_close(s);
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

static bool
session_is_at(const struct session *s, const struct endpoint *endpoint)
{
	return s->named && s->place.family == endpoint->family &&
	    s->place.port == endpoint->port &&
	    strcmp(s->place.host, endpoint->host) == 0;
}

void
session_connect(struct session *s, const struct endpoint *endpoint)
{
	session_hold_leave(s, session_is_at(s, endpoint));
	s->place = *endpoint;
	s->named = true;
	s->reached = false;
	link_connect(s->link, &s->place);
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

const struct endpoint *
session_place(const struct session *s)
{
	return s->named ? &s->place : NULL;
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
