/* feed: events and answers of a control socket, and what is none. */

#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "feed.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "link.h"
#include "loop.h"
#include "record.h"

#define EVENT	 "{\"ts\":\"2026-11-22T14:02:12.140Z\",\"event\":\"stop\"}"
#define OK	 "{\"ok\":true}\n"
#define SAID_MAX 65536
#define FLOOD	 100000 /* events */

/* A feed, its server's end, and all that the feed has said, as text. */
struct scene {
	struct loop *loop;
	struct feed *feed;
	int listener, fd;
	char path[256];
	char said[SAID_MAX];
	size_t events, event_bytes;
	bool counting; /* events are counted only */
};

static void
say(struct scene *s, const char *what, const char *p, size_t len)
{
	size_t at = strlen(s->said);

	assert_true(at + len + 16 < SAID_MAX);
	(void)snprintf(s->said + at, SAID_MAX - at, "%s %.*s; ", what, (int)len,
	    p != NULL ? p : "");
}

static void
scene_event(void *arg, const char *line, size_t len)
{
	struct scene *s = arg;

	s->events++;
	s->event_bytes += len;
	if (!s->counting)
		say(s, "event", line, len);
}

static void
scene_stats(void *arg, const struct record *r)
{
	const struct record_field *addr = record_find(r, "addr");

	assert_non_null(addr);
	say(arg, "stats", addr->text, addr->len);
}

static void
scene_client(void *arg, const struct record *r)
{
	const struct record_field *id = record_find(r, "client");

	say(arg, "client", id->text, id->len);
}

static void
scene_clients_end(void *arg)
{
	say(arg, "end", NULL, 0);
}

static void
scene_answered(void *arg, enum feed_command command, uint64_t id, bool ok,
    const char *error)
{
	char text[300];

	assert_int_equal(ok, error == NULL);
	(void)snprintf(text, sizeof(text), "%d #%" PRIu64 " %s", (int)command,
	    id, ok ? "ok" : error);
	say(arg, "answer", text, strlen(text));
}

static int
listen_at(const char *path)
{
	struct endpoint endpoint = {.family = AF_UNIX};
	struct endpoint_addr addr;
	const char *error;
	int fd;

	(void)snprintf(endpoint.host, sizeof(endpoint.host), "%s", path);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	fd = endpoint_listen(&addr, 4);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void
scene_open(struct scene *s, const struct link_options *options)
{
	const struct feed_handler handler = {
	    .event = scene_event,
	    .stats = scene_stats,
	    .client = scene_client,
	    .clients_end = scene_clients_end,
	    .answered = scene_answered,
	    .arg = s,
	};

	s->feed = feed_new(s->loop, s->path, options, &handler);
	assert_non_null(s->feed);
	assert_false(feed_is_ready(s->feed));
}

static int
start(void **state)
{
	const struct link_options options = {
	    .reconnect = true,
	    .reconnect_min_ms = 2,
	    .reconnect_max_ms = 20,
	};
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	*state = s;
	s->fd = -1;
	scratch_path(s->path, sizeof(s->path), "control");
	s->listener = listen_at(s->path);
	s->loop = loop_new();
	assert_non_null(s->loop);
	scene_open(s, &options);
	return 0;
}

static void
hang_up(struct scene *s)
{
	close(s->fd);
	s->fd = -1;
}

static int
stop(void **state)
{
	struct scene *s = *state;

	feed_free(s->feed);
	loop_free(s->loop);
	close(s->listener);
	if (s->fd != -1)
		hang_up(s);
	free(s);
	return 0;
}

static void
until(struct scene *s, bool (*holds)(struct scene *, const char *),
    const char *arg)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int left;

	while (!holds(s, arg)) {
		left = deadline_left_ms(deadline);
		if (left == 0)
			fail_msg("'%s' never comes: '%s', '%s'", arg, s->said,
			    feed_status(s->feed)->reason);
		assert_int_not_equal(loop_once(s->loop, left), -1);
	}
}

static bool
has_come(struct scene *s, const char *arg)
{
	(void)arg;
	return poll(&(struct pollfd){.fd = s->listener, .events = POLLIN}, 1,
		   0) == 1;
}

static bool
is_ready(struct scene *s, const char *arg)
{
	(void)arg;
	return feed_is_ready(s->feed);
}

static bool
is_down(struct scene *s, const char *reason)
{
	return feed_status(s->feed)->state != LINK_CONNECTED &&
	    strcmp(feed_status(s->feed)->reason, reason) == 0;
}

static bool
has_said(struct scene *s, const char *text)
{
	return strcmp(s->said, text) == 0;
}

static bool
has_sent(struct scene *s, const char *arg)
{
	(void)arg;
	return poll(&(struct pollfd){.fd = s->fd, .events = POLLIN}, 1, 0) == 1;
}

/* The server sees these bytes come. */
static void
expect_sent(struct scene *s, const char *text)
{
	size_t len = strlen(text), done = 0;
	char got[256];
	ssize_t n;

	while (done < len) {
		until(s, has_sent, text);
		n = read(s->fd, got + done, len - done);
		assert_true(n > 0);
		done += (size_t)n;
	}
	assert_memory_equal(got, text, len);
}

static void
send_text(struct scene *s, const char *text)
{
	assert_int_equal(write(s->fd, text, strlen(text)), strlen(text));
}

static void
accept_feed(struct scene *s)
{
	until(s, has_come, "a connection");
	s->fd = accept(s->listener, NULL, NULL);
	assert_int_not_equal(s->fd, -1);
	expect_sent(s, "watch\n");
}

static void
accept_ready(struct scene *s)
{
	accept_feed(s);
	send_text(s, OK);
	until(s, is_ready, "readiness");
}

static void
events_are_handed_on_as_they_came(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	send_text(s, EVENT "\n");
	send_text(s, "{\"ts\":\"cut\n");
	until(s, has_said, "event " EVENT "; event {\"ts\":\"cut; ");
	assert_non_null(strstr(feed_status(s->feed)->peer, "/control"));
}

static void
a_line_in_pieces_is_one(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	for (const char *p = EVENT "\n"; *p != '\0'; p++) {
		assert_int_equal(write(s->fd, p, 1), 1);
		assert_int_not_equal(loop_once(s->loop, 0), -1);
	}
	until(s, has_said, "event " EVENT "; ");
}

static void
answers_belong_to_the_commands_in_their_order(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), 0);
	assert_int_equal(feed_ask(s->feed, FEED_CLIENTS, 0), 0);
	assert_int_equal(feed_ask(s->feed, FEED_KICK, 7), 0);
	assert_int_equal(feed_ask(s->feed, FEED_KICK, 9), 0);
	assert_int_equal(feed_ask(s->feed, FEED_DATA_ON, 0), 0);
	assert_int_equal(feed_ask(s->feed, FEED_DATA_OFF, 0), 0);
	assert_int_equal(feed_ask(s->feed, FEED_DRAIN, 0), 0);
	expect_sent(s,
	    "stats\nclients\nkick 7\nkick 9\nlog-data on\nlog-data "
	    "off\ndrain\n");
	send_text(s, "{\"worker\":0,\"clients\":2}\n");
	send_text(s, EVENT "\n{\"pid\":1,\"addr\":\"[::1]:8080\"}\n" OK);
	send_text(s, "{\"client\":3,\"peer\":\"x\"}\n" EVENT "\n");
	send_text(s, "{\"client\":5,\"peer\":\"y\"}\n" OK);
	send_text(s, "{\"ok\":false,\"error\":\"no client #7\"}\n");
	send_text(s, OK OK OK OK);
	until(s, has_said,
	    "event " EVENT "; stats [::1]:8080; client 3; event " EVENT
	    "; client 5; end ; answer 3 #7 no client #7; answer 3 #9 ok; "
	    "answer 5 #0 ok; answer 6 #0 ok; answer 4 #0 ok; ");
}

/* More of them than may wait at a time, a few of which always do. */
static void
answers_keep_their_order_for_long(void **state)
{
	struct scene *s = *state;
	char text[64];

	accept_ready(s);
	for (uint64_t id = 1; id <= 300; id++) {
		assert_int_equal(feed_ask(s->feed, FEED_KICK, id), 0);
		(void)snprintf(text, sizeof(text), "kick %" PRIu64 "\n", id);
		expect_sent(s, text);
		if (id <= 3)
			continue;
		s->said[0] = '\0';
		send_text(s, OK);
		(void)snprintf(text, sizeof(text),
		    "answer %d #%" PRIu64 " ok; ", (int)FEED_KICK, id - 3);
		until(s, has_said, text);
	}
}

static void
a_refused_question_is_told(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	assert_int_equal(feed_ask(s->feed, FEED_CLIENTS, 0), 0);
	send_text(s, "{\"ok\":false,\"error\":\"not now\"}\n");
	until(s, has_said, "answer 2 #0 not now; ");
}

static void
what_can_not_be_asked_is_refused(void **state)
{
	struct scene *s = *state;
	int n = 0;

	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), -1);
	assert_int_equal(errno, ENOTCONN);
	accept_feed(s);
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), -1);
	assert_int_equal(errno, ENOTCONN);
	send_text(s, OK);
	until(s, is_ready, "readiness");
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), 0);
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), -1);
	assert_int_equal(errno, EALREADY);
	while (feed_ask(s->feed, FEED_KICK, 1) == 0)
		assert_true(++n < 1000);
	assert_int_equal(errno, ENOBUFS);
	assert_true(n > 16);
}

static void
it_comes_back_and_watches_again(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), 0);
	hang_up(s);
	until(s, is_down, "reset by peer");
	assert_false(feed_is_ready(s->feed));
	accept_ready(s);
	/* What was asked of the old one is not owed by the new one. */
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), 0);
	assert_int_equal(feed_status(s->feed)->connects, 2);
}

static void
half_a_line_is_not_mended_by_the_next_connection(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	send_text(s, "{\"ts\":\"half");
	hang_up(s);
	until(s, is_down, "closed by peer");
	accept_ready(s);
	send_text(s, EVENT "\n");
	until(s, has_said, "event " EVENT "; ");
}

/* Answers the first command with this; it is no yodeld's. */
static void
expect_refused(struct scene *s, const char *answer, const char *reason)
{
	accept_feed(s);
	send_text(s, answer);
	until(s, is_down, reason);
	assert_string_equal(s->said, "");
	hang_up(s);
}

static void
who_is_no_yodeld_is_named_in_safe_words(void **state)
{
	struct scene *s = *state;

	expect_refused(s, "watch\n", "not a yodeld: it says: \"watch\"");
	expect_refused(s, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
	    "not a yodeld: it says: \"HTTP/1.1 400 Bad Request\"");
	expect_refused(
	    s, "{\"ok\":tr\n", "not a yodeld: it says: \"{\\\"ok\\\":tr\"");
	expect_refused(s, "\033[2J\xff\xe2\x80\xae\n",
	    "not a yodeld: it says: \"\\x1b[2J\\xff<U+202E>\"");
	expect_refused(s, "[1,2]\n", "not a yodeld: it says: \"[1,2]\"");
	expect_refused(s, "\n", "not a yodeld: it says: \"\"");
	expect_refused(s, "{\"ok\":false,\"error\":\"too many watchers\"}\n",
	    "not a yodeld: it does not let itself be watched: "
	    "\"too many watchers\"");
}

static void
a_yodeld_that_talks_nonsense_later_is_left(void **state)
{
	struct scene *s = *state;

	accept_ready(s);
	send_text(s, "{\"client\":3,\"pe\n" EVENT "\n");
	until(s, is_down, "it says: \"{\\\"client\\\":3,\\\"pe\"");
	/* Nothing of what came behind it. */
	assert_string_equal(s->said, "");
	hang_up(s);
	accept_ready(s);
	send_text(s, OK);
	until(s, is_down, "it says: \"{\\\"ok\\\":true}\"");
}

static void
a_line_without_end_is_no_yodelds(void **state)
{
	struct scene *s = *state;
	char *endless = calloc(1, FEED_LINE_MAX + 2);

	assert_non_null(endless);
	memset(endless, 'x', FEED_LINE_MAX + 1);
	memcpy(endless, "{\"ts\":\"", 7);
	expect_refused(s, endless,
	    "not a yodeld: a line without end: "
	    "\"{\\\"ts\\\":\\\"xxxxxxxxxxxxxxxxxxxxxxxxxxx...\"");
	free(endless);
}

static void
count_change(void *arg)
{
	(*(unsigned *)arg)++;
}

/* As the owner learns of nothing but by being told. */
static void
nothing_happens_before_the_loop_turns(void **state)
{
	struct scene *s = *state;
	const struct link_options options = {.reconnect = false};
	unsigned changes = 0;
	const struct feed_handler handler = {
	    .changed = count_change,
	    .arg = &changes,
	};
	char path[200];

	feed_free(s->feed);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	/* Longer than the name of a socket may be. */
	s->feed = feed_new(s->loop, path, &options, &handler);
	assert_non_null(s->feed);
	assert_int_equal(feed_status(s->feed)->state, LINK_IDLE);
	while (feed_status(s->feed)->state != LINK_CLOSED)
		assert_int_not_equal(loop_once(s->loop, -1), -1);
	assert_true(changes > 0);
}

static void
who_closes_without_an_answer_is_told_from_one_that_ends(void **state)
{
	struct scene *s = *state;

	accept_feed(s);
	hang_up(s);
	until(s, is_down, "closed by peer without an answer");
	accept_ready(s);
	send_text(s, EVENT "\n");
	hang_up(s);
	until(s, is_down, "closed by peer");
}

static void
who_hangs_is_left(void **state)
{
	struct scene *s = *state;
	const struct link_options options = {
	    .reconnect = true,
	    .reconnect_min_ms = 2,
	    .reconnect_max_ms = 20,
	    .connect_timeout_ms = 50,
	};

	feed_free(s->feed);
	scene_open(s, &options);
	accept_feed(s);
	until(s, is_down, "no answer for 50 ms: not a yodeld, or it hangs");
	hang_up(s);
	accept_ready(s);
	assert_int_equal(feed_ask(s->feed, FEED_STATS, 0), 0);
	until(s, is_down, "no answer for 50 ms");
}

static void
who_was_told_to_wait_does_not_hang(void **state)
{
	struct scene *s = *state;
	const struct link_options options = {.connect_timeout_ms = 20};

	feed_free(s->feed);
	scene_open(s, &options);
	accept_ready(s);
	feed_pause(s->feed, true);
	assert_int_equal(feed_ask(s->feed, FEED_KICK, 1), 0);
	send_text(s, OK);
	for (int i = 0; i < 4; i++)
		assert_int_not_equal(loop_once(s->loop, 20), -1);
	assert_string_equal(s->said, "");
	assert_true(feed_is_ready(s->feed));
	feed_pause(s->feed, false);
	until(s, has_said, "answer 3 #1 ok; ");
}

static bool
has_all(struct scene *s, const char *arg)
{
	(void)arg;
	return s->events == FLOOD;
}

static void
a_flood_of_events_all_comes(void **state)
{
	struct scene *s = *state;
	char line[128];
	size_t len;

	accept_ready(s);
	s->counting = true;
	memset(line, 'x', sizeof(line));
	memcpy(line, "{\"ts\":\"", 7);
	line[119] = '\n';
	len = 120;
	for (int i = 0; i < FLOOD;) {
		if (send(s->fd, line, len, MSG_DONTWAIT) == (ssize_t)len)
			i++;
		else
			assert_int_not_equal(loop_once(s->loop, 0), -1);
	}
	until(s, has_all, "all");
	assert_int_equal(s->event_bytes, (size_t)FLOOD * 119);
}

static void
a_path_that_is_no_sockets_is_refused(void **state)
{
	struct scene *s = *state;
	const struct link_options options = {.reconnect = true};
	const struct feed_handler handler = {.arg = s};
	char path[ENDPOINT_HOST_MAX + 1];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_null(feed_new(s->loop, path, &options, &handler));
	assert_int_equal(errno, ENAMETOOLONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(events_are_handed_on_as_they_came),
	    TEST(a_line_in_pieces_is_one),
	    TEST(answers_belong_to_the_commands_in_their_order),
	    TEST(answers_keep_their_order_for_long),
	    TEST(a_refused_question_is_told),
	    TEST(what_can_not_be_asked_is_refused),
	    TEST(it_comes_back_and_watches_again),
	    TEST(half_a_line_is_not_mended_by_the_next_connection),
	    TEST(who_is_no_yodeld_is_named_in_safe_words),
	    TEST(a_yodeld_that_talks_nonsense_later_is_left),
	    TEST(a_line_without_end_is_no_yodelds),
	    TEST(nothing_happens_before_the_loop_turns),
	    TEST(who_closes_without_an_answer_is_told_from_one_that_ends),
	    TEST(who_hangs_is_left),
	    TEST(who_was_told_to_wait_does_not_hang),
	    TEST(a_flood_of_events_all_comes),
	    TEST(a_path_that_is_no_sockets_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
