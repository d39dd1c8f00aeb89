#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/peer.h"
#include "link_probe.h"
#include "loop.h"
#include "session_probe.h"

#define ENTRIES	   SESSION_PROBE_SAID
#define TEXT_BYTES (16u << 20)

static void
session_probe_changed(void *arg)
{
	struct session_probe *p = arg;

	p->changes++;
}

static void
session_probe_room(void *arg)
{
	struct session_probe *p = arg;

	p->rooms++;
}

bool
session_probe_has_said(const struct session_probe *p, uint64_t id)
{
	for (size_t i = 0; i < p->said_count; i++)
		if (p->said[i] == id)
			return true;
	return false;
}

static void
session_probe_said(void *arg, uint64_t id)
{
	struct session_probe *p = arg;

	if (session_probe_has_said(p, id))
		fail_msg("entry %ju is said twice", (uintmax_t)id);
	assert_in_range(p->said_count, 0, SESSION_PROBE_SAID - 1);
	p->said[p->said_count++] = id;
}

struct session_probe *
session_probe_new(const char *greeting, bool crlf)
{
	struct link_options link = link_probe_options();
	struct session_probe *p = calloc(1, sizeof(*p));
	const struct session_options options = {
	    .link = &link,
	    .greeting = greeting,
	    .crlf = crlf,
	    .changed = session_probe_changed,
	    .room = session_probe_room,
	    .said = session_probe_said,
	    .arg = p,
	};

	assert_non_null(p);
	p->loop = loop_new();
	assert_non_null(p->loop);
	p->transcript = transcript_new(ENTRIES, TEXT_BYTES);
	assert_non_null(p->transcript);
	p->session = session_new(p->loop, &options, p->transcript);
	assert_non_null(p->session);
	p->listener = peer_listen(0);
	return p;
}

static void
session_probe_expect_said(const struct session_probe *p)
{
	uint64_t id = transcript_first(p->transcript);
	struct transcript_entry entry;

	for (; transcript_get(p->transcript, id, &entry); id++)
		if (!session_probe_has_said(p, id))
			fail_msg("entry %ju is never said: '%.*s'",
			    (uintmax_t)id, (int)entry.len, entry.text);
}

void
session_probe_free(struct session_probe *p)
{
	session_free(p->session);
	session_probe_expect_said(p);
	peer_free(p->peer);
	peer_listener_free(p->listener);
	transcript_free(p->transcript);
	loop_free(p->loop);
	free(p);
}

int
session_probe_setup(void **state)
{
	struct session_probe *p = session_probe_new(NULL, false);

	session_probe_connect(p);
	*state = p;
	return 0;
}

int
session_probe_teardown(void **state)
{
	session_probe_free(*state);
	return 0;
}

uint16_t
session_probe_port(const struct session_probe *p)
{
	return peer_listener_port(p->listener);
}

void
session_probe_connect_to(struct session_probe *p, uint16_t port)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, "127.0.0.1", port), 0);
	session_connect(p->session, &endpoint);
}

void
session_probe_connect(struct session_probe *p)
{
	session_probe_connect_to(p, session_probe_port(p));
	session_probe_accept(p);
	(void)session_probe_read(p, TRANSCRIPT_NOTICE,
	    "connected to 127.0.0.1:%u", session_probe_port(p));
}

void
session_probe_hang_up(struct session_probe *p)
{
	peer_free(p->peer);
	p->peer = NULL;
}

void
session_probe_accept(struct session_probe *p)
{
	session_probe_hang_up(p);
	session_probe_until_state(p, LINK_CONNECTED);
	p->peer = peer_accept(p->listener);
}

void
session_probe_until(struct session_probe *p,
    bool (*holds)(const struct session_probe *, uint64_t), uint64_t arg)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (!holds(p, arg)) {
		int left = deadline_left_ms(deadline);

		if (left == 0)
			fail_msg("it never comes to that; state '%s', '%s'",
			    link_state_name(session_status(p->session)->state),
			    session_status(p->session)->reason);
		assert_int_not_equal(loop_once(p->loop, left), -1);
	}
}

static bool
is_in_state(const struct session_probe *p, uint64_t state)
{
	return session_status(p->session)->state == (enum link_state)state;
}

void
session_probe_until_state(struct session_probe *p, enum link_state state)
{
	session_probe_until(p, is_in_state, state);
}

void
session_probe_settle(struct session_probe *p)
{
	int n;

	do {
		n = loop_once(p->loop, 0);
		assert_int_not_equal(n, -1);
	} while (n > 0);
}

void
session_probe_send(struct session_probe *p, const char *text)
{
	assert_int_equal(session_send(p->session, text, strlen(text)), 0);
}

static bool
has_entry(const struct session_probe *p, uint64_t id)
{
	return transcript_end(p->transcript) > id;
}

uint64_t
session_probe_read(
    struct session_probe *p, enum transcript_kind kind, const char *fmt, ...)
{
	struct transcript_entry entry;
	char expected[512], text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(expected, sizeof(expected), fmt, ap);
	va_end(ap);
	session_probe_until(p, has_entry, p->next);
	entry = session_probe_entry(p, p->next++);
	(void)snprintf(text, sizeof(text), "%.*s", (int)entry.len, entry.text);
	if (kind == TRANSCRIPT_NOTICE && strlen(text) > strlen(expected))
		text[strlen(expected)] = '\0';
	assert_string_equal(text, expected);
	assert_int_equal(entry.kind, kind);
	return entry.id;
}

void
session_probe_expect_end(const struct session_probe *p)
{
	assert_int_equal(transcript_end(p->transcript), p->next);
}

struct transcript_entry
session_probe_entry(const struct session_probe *p, uint64_t id)
{
	struct transcript_entry entry;

	assert_true(transcript_get(p->transcript, id, &entry));
	return entry;
}

enum transcript_mark
session_probe_mark(const struct session_probe *p, uint64_t id)
{
	return session_probe_entry(p, id).mark;
}

uint64_t
session_probe_say(struct session_probe *p, const char *text)
{
	session_probe_send(p, text);
	return session_probe_read(p, TRANSCRIPT_SENT, "%s", text);
}
