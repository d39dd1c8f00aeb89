#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "harness.h"
#include "peer.h"
#include "scratch.h"
#include "server.h"

#define READ_BYTES 65536
#define KEY_MAX	   64
#define PATH_SIZE  256

/* Text that grows; terminated. */
struct text {
	char *p;
	size_t len;
	size_t size;
};

struct console {
	struct peer *peer;
	struct text input; /* what is no whole line yet */
	struct text answer;
	struct text events;
	bool answered; /* the answer has its last line */
};

static void
text_add(struct text *text, const char *p, size_t len)
{
	if (text->size - text->len <= len) {
		text->size = 2 * (text->size + len) + 1;
		text->p = realloc(text->p, text->size);
		if (text->p == NULL)
			fail_msg("no memory");
	}
	memcpy(text->p + text->len, p, len);
	text->len += len;
	text->p[text->len] = '\0';
}

static void
text_clear(struct text *text)
{
	text->len = 0;
	text_add(text, "", 0);
}

char *
console_path(char *buf, size_t size, const struct server *server)
{
	char name[64];

	snprintf(
	    name, sizeof(name), "yodeld-%" PRIu16 ".sock", server_port(server));
	return scratch_path(buf, size, name);
}

struct console *
console_open_at(const char *path)
{
	struct console *console = calloc(1, sizeof(*console));

	if (console == NULL)
		fail_msg("no memory");
	console->peer = peer_connect_unix(path);
	text_clear(&console->input);
	text_clear(&console->answer);
	text_clear(&console->events);
	return console;
}

struct console *
console_open(const struct server *server)
{
	char path[PATH_SIZE];

	return console_open_at(console_path(path, sizeof(path), server));
}

void
console_free(struct console *console)
{
	if (console == NULL)
		return;
	peer_free(console->peer);
	free(console->input.p);
	free(console->answer.p);
	free(console->events.p);
	free(console);
}

struct peer *
console_peer(struct console *console)
{
	return console->peer;
}

static bool
begins_with(const char *line, const char *text)
{
	return strncmp(line, text, strlen(text)) == 0;
}

/* The protocol's words on what an event is, and an answer's last line. */
static void
sort_line(struct console *console, const char *line, size_t len)
{
	const bool event = begins_with(line, "{\"ts\":\"");

	if (len < 3 || line[0] != '{' || line[len - 2] != '}')
		fail_msg("not an object: %.*s", (int)len, line);
	if (event) {
		text_add(&console->events, line, len);
		return;
	}
	text_add(&console->answer, line, len);
	console->answered = begins_with(line, "{\"ok\":");
}

/* The lines that have come, up to the end of an answer. */
static void
sort_input(struct console *console)
{
	char *line = console->input.p, *end;

	while (!console->answered && (end = strchr(line, '\n')) != NULL) {
		sort_line(console, line, (size_t)(end + 1 - line));
		line = end + 1;
	}
	console->input.len -= (size_t)(line - console->input.p);
	memmove(console->input.p, line, console->input.len + 1);
}

/* Returns false at the end. */
static bool
read_more(struct console *console)
{
	char bytes[READ_BYTES];
	size_t n = peer_recv_some(console->peer, bytes, sizeof(bytes));

	text_add(&console->input, bytes, n);
	return n > 0;
}

const char *
console_answer(struct console *console)
{
	text_clear(&console->answer);
	console->answered = false;
	for (sort_input(console); !console->answered; sort_input(console))
		if (!read_more(console))
			fail_msg("it ended after: %s%s", console->answer.p,
			    console->input.p);
	return console->answer.p;
}

const char *
console_ask(struct console *console, const char *command)
{
	peer_send_text(console->peer, command);
	peer_send_text(console->peer, "\n");
	return console_answer(console);
}

void
console_expect(struct console *console, const char *command, const char *answer)
{
	assert_string_equal(console_ask(console, command), answer);
}

const char *
console_wait_event(struct console *console, const char *text)
{
	size_t from = 0;

	console->answered = false;
	for (sort_input(console);
	     strstr(console->events.p + from, text) == NULL;
	     sort_input(console)) {
		/* A line is looked at when it is whole, and once. */
		from = console->events.len;
		if (!read_more(console))
			fail_msg("it ended without \"%s\"", text);
	}
	return console->events.p;
}

const char *
console_wait_end(struct console *console)
{
	do {
		console->answered = false;
		sort_input(console);
	} while (console->answered || read_more(console));
	if (console->input.len > 0)
		fail_msg("a torn line: %s", console->input.p);
	return console->events.p;
}

uint64_t
console_number(const char *answer, const char *key)
{
	char quoted[KEY_MAX];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(answer, quoted);
	if (at == NULL)
		fail_msg("no \"%s\" in %s", key, answer);
	return strtoull(at + strlen(quoted), NULL, 10);
}

uint64_t
console_stat(struct console *console, const char *key)
{
	return console_number(console_ask(console, "stats"), key);
}

size_t
console_count(const char *in, const char *text)
{
	size_t count = 0;

	for (; (in = strstr(in, text)) != NULL; in += strlen(text))
		count++;
	return count;
}

uint64_t
console_dropped(const char *events)
{
	static const char word[] = "\"event\":\"dropped\",\"events\":";
	uint64_t count = 0;

	for (; (events = strstr(events, word)) != NULL; events += strlen(word))
		count += strtoull(events + strlen(word), NULL, 10);
	return count;
}
