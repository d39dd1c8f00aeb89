#include <string.h>

#include "log_events.h"
#include "log_format.h"

#define WALL_MS UINT64_C(1795356132140) /* 2026-11-22T14:02:12.140Z */

static uint32_t rng = 7;

uint32_t
log_events_random(void)
{
	rng = rng * 1664525u + 1013904223u;
	return rng >> 8;
}

static size_t
random_bytes(char *buf, size_t max)
{
	static const char *const pieces[] = {"a", " ", "\"", "\\", "=", "#",
	    "\n", "\x1b", "\xff", "한", "12 B", "{", "\t", "x=1"};
	size_t len = 0;

	for (unsigned n = log_events_random() % 40; n > 0; n--) {
		const char *piece = pieces[log_events_random() %
		    (sizeof(pieces) / sizeof(*pieces))];

		if (len + strlen(piece) > max)
			break;
		memcpy(buf + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return len;
}

void
log_events_make(struct log_event_made *e)
{
	size_t len = random_bytes(e->text[0], sizeof(e->text[0]));
	size_t other_len = random_bytes(e->text[1], sizeof(e->text[1]));
	struct log_field said = log_bytes("text", e->text[0], len),
			 number = log_number("client", log_events_random()),
			 bytes = log_number("bytes", len),
			 addr = log_text("addr", "[::1]:8080"),
			 peer = log_text("peer", "127.0.0.1:53122"),
			 reason = log_bytes("reason", e->text[1], other_len),
			 error = log_errno((int)(log_events_random() % 40)),
			 secs =
			     log_seconds("secs", log_events_random() % 100000),
			 open = log_number("open", log_events_random());
	const struct log_event_made kinds[] = {
	    {.name = "drain"},
	    {.name = "listen", .fields = {addr}, .count = 1},
	    {.name = "data", .fields = {number, bytes, said}, .count = 3},
	    {.name = "connect", .fields = {number, peer, open}, .count = 3},
	    {.name = "close",
		.fields = {number, peer, reason, secs, open},
		.count = 5},
	    {.name = "refuse", .fields = {peer, reason}, .count = 2},
	    {.name = "error", .fields = {error}, .count = 1},
	    {.name = "error", .fields = {number, peer, error}, .count = 3},
	    {.name = "error", .fields = {addr, error}, .count = 2},
	    {.name = "dropped", .fields = {open}, .count = 1},
	};
	const struct log_event_made *kind =
	    &kinds[log_events_random() % (sizeof(kinds) / sizeof(kinds[0]))];

	e->level = (enum log_level)(log_events_random() % 4);
	e->name = kind->name;
	e->count = kind->count;
	memcpy(e->fields, kind->fields, sizeof(e->fields));
}

size_t
log_events_format(
    char buf[LOG_LINE_MAX], bool json, const struct log_event_made *e)
{
	struct log_stamp stamp = {0};

	log_format_stamp(&stamp, json, WALL_MS);
	memcpy(buf, stamp.text, stamp.len);
	return stamp.len +
	    log_format_body(
		buf + stamp.len, json, e->level, e->name, e->fields, e->count) -
	    1;
}
