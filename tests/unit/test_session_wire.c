/*
 * session: what it asks of the link, which is a double here: how often it
 * writes, and what it does with a link that is full or fails.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "link.h"
#include "session.h"
#include "transcript.h"

#define WRITES 8

/* A session hands its loop on: so the test comes by the link. */
struct loop {
	struct link *link;
};

struct link {
	struct link_handler handler;
	struct link_status status;
	size_t room;
	size_t writes, written[WRITES]; /* sizes of link_send()'s calls */
	char last[16];			/* the beginning of the last one */
	int error;			/* of the next ones */
};

struct link *
link_new(struct loop *loop, const struct link_options *options,
    const struct link_handler *handler)
{
	struct link *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	loop->link = l;
	l->handler = *handler;
	l->room = options->queue_bytes;
	return l;
}

void
link_free(struct link *l)
{
	free(l);
}

/* For once, connected at once. */
void
link_connect(struct link *l, const struct endpoint *endpoint)
{
	(void)endpoint;
	l->status.state = LINK_CONNECTED;
	l->status.connects++;
	l->handler.changed(l->handler.arg);
}

void
link_reconnect(struct link *l)
{
	(void)l;
}

void
link_disconnect(struct link *l)
{
	(void)l;
}

int
link_send(struct link *l, const void *p, size_t len)
{
	assert_in_range(l->writes, 0, WRITES - 1);
	assert_true(len <= l->room);
	l->written[l->writes++] = len;
	memset(l->last, 0, sizeof(l->last));
	memcpy(l->last, p, len < sizeof(l->last) ? len : sizeof(l->last) - 1);
	errno = l->error;
	return l->error == 0 ? 0 : -1;
}

size_t
link_room(const struct link *l)
{
	return l->room;
}

const struct link_status *
link_status(const struct link *l)
{
	return &l->status;
}

struct fixture {
	struct session *session;
	struct transcript *transcript;
	struct loop loop;
	struct link *link;
	unsigned rooms;
};

static void
ignore(void *arg)
{
	(void)arg;
}

static void
count_room(void *arg)
{
	struct fixture *f = arg;

	f->rooms++;
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct link_options link = {.family = 0};
	const struct session_options options = {
	    .link = &link,
	    .crlf = true,
	    .changed = ignore,
	    .room = count_room,
	    .arg = f,
	};
	struct endpoint endpoint;

	assert_non_null(f);
	f->transcript = transcript_new(100, 1u << 20);
	assert_non_null(f->transcript);
	f->session = session_new(&f->loop, &options, f->transcript);
	assert_non_null(f->session);
	assert_int_equal(endpoint_parse(&endpoint, "localhost", 1), 0);
	session_connect(f->session, &endpoint);
	f->link = f->loop.link;
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	session_free(f->session);
	transcript_free(f->transcript);
	free(f);
	return 0;
}

static enum transcript_mark
mark(const struct fixture *f, uint64_t id)
{
	struct transcript_entry entry;

	assert_true(transcript_get(f->transcript, id, &entry));
	return entry.mark;
}

/* Sends it, and returns the id of its entry. */
static uint64_t
say(struct fixture *f, const char *text)
{
	uint64_t id = transcript_end(f->transcript);

	assert_int_equal(session_send(f->session, text, strlen(text)), 0);
	return id;
}

static void
a_line_and_its_end_are_one_write(void **state)
{
	struct fixture *f = *state;

	say(f, "hello");
	assert_int_equal(f->link->writes, 1);
	assert_int_equal(f->link->written[0], 7);
	assert_string_equal(f->link->last, "hello\r\n");
	session_set_crlf(f->session, false);
	say(f, "hello");
	assert_int_equal(f->link->writes, 2);
	assert_string_equal(f->link->last, "hello\n");
	say(f, "");
	assert_int_equal(f->link->writes, 3);
	assert_string_equal(f->link->last, "\n");
}

static void
only_a_long_line_takes_two(void **state)
{
	struct fixture *f = *state;
	char *text = calloc(1, 4096);

	assert_non_null(text);
	memset(text, 'x', 4095);
	text[4094] = '\0';
	say(f, text);
	assert_int_equal(f->link->writes, 1);
	assert_int_equal(f->link->written[0], 4096);
	text[4094] = 'x';
	say(f, text);
	assert_int_equal(f->link->writes, 3);
	assert_int_equal(f->link->written[1], 4095);
	assert_string_equal(f->link->last, "\r\n");
	free(text);
}

static void
a_line_waits_until_all_of_it_fits(void **state)
{
	struct fixture *f = *state;
	uint64_t first, second;
	unsigned rooms = f->rooms;

	f->link->room = 6;
	first = say(f, "12345");
	assert_int_equal(f->link->writes, 0);
	assert_int_equal(mark(f, first), TRANSCRIPT_WAITING);
	/* It would fit, but may not overtake. */
	second = say(f, "1");
	assert_int_equal(f->link->writes, 0);
	f->link->handler.drained(f->link->handler.arg);
	assert_int_equal(f->link->writes, 0);
	assert_int_equal(f->rooms, rooms);
	f->link->room = 7;
	f->link->handler.drained(f->link->handler.arg);
	assert_int_equal(f->link->writes, 2);
	assert_string_equal(f->link->last, "1\r\n");
	assert_int_equal(f->rooms, rooms + 1);
	assert_int_equal(mark(f, first), TRANSCRIPT_PLAIN);
	assert_int_equal(mark(f, second), TRANSCRIPT_PLAIN);
}

static void
a_refused_write_is_not_counted_and_marked(void **state)
{
	struct fixture *f = *state;
	uint64_t id;

	f->link->error = ENOTCONN;
	id = say(f, "into the void");
	assert_int_equal(mark(f, id), TRANSCRIPT_UNANSWERED);
	assert_int_equal(session_counts(f->session)->lines_out, 0);
}

static void
a_peer_that_only_finishes_is_told_as_that_once(void **state)
{
	struct fixture *f = *state;
	uint64_t id = transcript_end(f->transcript);
	struct transcript_entry entry;

	f->link->status.peer_finished = true;
	f->link->handler.changed(f->link->handler.arg);
	f->link->handler.changed(f->link->handler.arg);
	assert_int_equal(transcript_end(f->transcript), id + 1);
	assert_true(transcript_get(f->transcript, id, &entry));
	assert_int_equal(entry.kind, TRANSCRIPT_NOTICE);
	assert_memory_equal(entry.text, "the peer has closed its side", 28);
}

#define wire_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    wire_test(a_line_and_its_end_are_one_write),
	    wire_test(only_a_long_line_takes_two),
	    wire_test(a_line_waits_until_all_of_it_fits),
	    wire_test(a_refused_write_is_not_counted_and_marked),
	    wire_test(a_peer_that_only_finishes_is_told_as_that_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
