/* control_peer: answers in order, events between them, and no line torn. */

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "control_answer.h"
#include "control_command.h"
#include "control_peer.h"
#include "log_format.h"
#include "log_lines.h"
#include "loop.h"
#include "loop_probe.h"

#define ROWS	  100000 /* of a long answer */
#define EVENTS	  20000
#define HEAR_ROOM 4096
#define GOOD	  "{\"ok\":true}\n"
#define BAD	  "{\"ok\":false,\"error\":"
#define AHEAD	  200  /* commands, more than a peer keeps */
#define TURNS	  1000 /* of the loop, in which nothing should happen */

/* A peer, the other end of its connection, and what it asked for. */
struct bench {
	struct loop *loop;
	struct log *log;
	struct log_place place;
	struct control_peer_context ctx;
	struct control_peer *peer; /* NULL: it has closed */
	int fd;
	unsigned rows;	 /* of the answer to "clients" */
	unsigned made;	 /* of them, so far */
	unsigned freed;	 /* answers */
	unsigned asked;	 /* commands */
	uint64_t kicked; /* the client of a command that waits, or 0 */
	unsigned woken;
	char *heard; /* terminated */
	size_t len;
	size_t size;
};

struct rows {
	struct control_answer answer;
	struct bench *bench;
	unsigned left;
};

static size_t
rows_next(struct control_answer *answer, char *line)
{
	struct rows *rows = (struct rows *)answer;
	struct log_field field;

	if (rows->left == 0)
		return 0;
	field = log_number("row", rows->bench->rows - rows->left--);
	rows->bench->made++;
	return log_format_object(line, &field, 1);
}

static void
rows_free(struct control_answer *answer)
{
	((struct rows *)answer)->bench->freed++;
	free(answer);
}

static void
on_asked(
    void *arg, struct control_peer *peer, const struct control_command *command)
{
	struct bench *bench = arg;
	struct rows *rows;

	bench->asked++;
	switch (command->verb) {
	case CONTROL_CLIENTS:
		rows = calloc(1, sizeof(*rows));
		assert_non_null(rows);
		rows->answer.next = rows_next;
		rows->answer.free = rows_free;
		rows->bench = bench;
		rows->left = bench->rows;
		control_peer_answer(peer, &rows->answer);
		break;
	case CONTROL_KICK:
		bench->kicked = command->client;
		break;
	case CONTROL_DRAIN:
		control_peer_refuse(peer, "not now");
		break;
	default:
		control_peer_agree(peer);
		break;
	}
}

static void
on_closed(void *arg, struct control_peer *peer)
{
	struct bench *bench = arg;

	assert_ptr_equal(bench->peer, peer);
	bench->peer = NULL;
}

static void
on_woken(void *arg)
{
	struct bench *bench = arg;

	bench->woken++;
}

static int
setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	int fds[2];

	assert_non_null(bench);
	(void)signal(SIGPIPE, SIG_IGN);
	bench->place = log_place("peer.log");
	bench->log = log_lines_open(bench->place.path, LOG_LEVEL_WARNING, 0);
	bench->loop = loop_new();
	assert_non_null(bench->loop);
	bench->ctx = (struct control_peer_context){.loop = bench->loop,
	    .log = bench->log,
	    .asked = on_asked,
	    .closed = on_closed,
	    .woken = on_woken,
	    .arg = bench};
	probe_pair(fds);
	bench->fd = fds[0];
	bench->peer = control_peer_new(&bench->ctx, fds[1]);
	assert_non_null(bench->peer);
	*state = bench;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *bench = *state;

	control_peer_free(bench->peer);
	if (bench->fd != -1)
		close(bench->fd);
	loop_free(bench->loop);
	log_close(bench->log, DEADLINE_MS);
	free(bench->heard);
	free(bench);
	return 0;
}

static void
turn(struct bench *bench)
{
	assert_int_not_equal(loop_once(bench->loop, 0), -1);
	if (bench->woken > 0 && bench->peer != NULL) {
		bench->woken = 0;
		control_peer_wake(bench->peer);
	}
}

static void
turn_often(struct bench *bench)
{
	int i;

	for (i = 0; i < TURNS; i++)
		turn(bench);
}

static void
send_bytes(struct bench *bench, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(bench->fd, p, len, 0);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else {
			assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
			turn(bench);
		}
	}
}

static void
say(struct bench *bench, const char *text)
{
	send_bytes(bench, text, strlen(text));
}

/* Takes what has come. Returns whether that was something. */
static bool
hear(struct bench *bench)
{
	ssize_t n;

	if (bench->size - bench->len < HEAR_ROOM) {
		bench->size = 2 * bench->size + HEAR_ROOM;
		bench->heard = realloc(bench->heard, bench->size);
		assert_non_null(bench->heard);
	}
	n = recv(bench->fd, bench->heard + bench->len, HEAR_ROOM - 1, 0);
	bench->len += n > 0 ? (size_t)n : 0;
	bench->heard[bench->len] = '\0';
	return n > 0;
}

/* Turns the loop until so much was heard, and then no more. */
static void
expect(struct bench *bench, const char *expected)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int i;

	while (bench->len < strlen(expected)) {
		assert_true(deadline_left_ms(deadline) > 0);
		turn(bench);
		(void)hear(bench);
	}
	for (i = 0; i < 10; i++) {
		turn(bench);
		(void)hear(bench);
	}
	assert_string_equal(bench->heard, expected);
	bench->len = 0;
}

static void
expect_closed(struct bench *bench)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (bench->peer != NULL) {
		assert_true(deadline_left_ms(deadline) > 0);
		turn(bench);
		if (bench->fd != -1)
			(void)hear(bench);
	}
}

static void
hang_up(struct bench *bench)
{
	close(bench->fd);
	bench->fd = -1;
}

static void
answers_come_in_the_order_of_the_commands(void **state)
{
	struct bench *bench = *state;

	bench->rows = 2;
	say(bench, "stats\ndrain\nclients\nfoo 1\r\nkick\nstats\n");
	expect(bench,
	    GOOD BAD "\"not now\"}\n"
		     "{\"row\":0}\n{\"row\":1}\n" GOOD BAD
		     "\"unknown command \\\"foo\\\": stats, clients, watch, "
		     "kick ID, drain, log-data on|off\"}\n" BAD
		     "\"kick takes ID, not \\\"\\\"\"}\n" GOOD);
	assert_int_equal(bench->asked, 4);
	assert_int_equal(bench->freed, 1);
}

static void
what_is_no_command_is_answered_and_forgotten(void **state)
{
	struct bench *bench = *state;
	char endless[100000];

	memset(endless, 'x', sizeof(endless));
	send_bytes(bench, endless, sizeof(endless));
	expect(bench, BAD "\"a command has at most 255 bytes\"}\n");
	send_bytes(bench, endless, sizeof(endless));
	send_bytes(bench, "\nstats\0stats\nstats\n", 19);
	expect(bench, BAD "\"a command has no NUL in it\"}\n" GOOD);
}

static void
the_next_command_waits_for_an_answer_that_comes_later(void **state)
{
	struct bench *bench = *state;

	say(bench, "kick 7\nstats\nkick 8\n");
	turn_often(bench);
	assert_false(hear(bench));
	assert_int_equal(bench->kicked, 7);
	assert_int_equal(bench->asked, 1);
	control_peer_refuse(bench->peer, "no client #7");
	expect(bench, BAD "\"no client #7\"}\n" GOOD);
	assert_int_equal(bench->kicked, 8);
	control_peer_agree(bench->peer);
	expect(bench, GOOD);
}

/* Turns the loop and listens until so much has come. */
static void
hear_text(struct bench *bench, const char *text)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (bench->len < strlen(text) ||
	    strcmp(bench->heard + bench->len - strlen(text), text) != 0) {
		assert_true(deadline_left_ms(deadline) > 0);
		turn(bench);
		(void)hear(bench);
	}
}

/* Numbers behind this key, in order, whatever is between them. */
static unsigned
count_numbers(const char *text, const char *key)
{
	unsigned n;

	for (n = 0; (text = log_lines_find(text, key)) != NULL; n++) {
		text += strlen(key);
		assert_int_equal(strtoul(text, NULL, 10), n);
	}
	return n;
}

/* Each line is an object, and an event or a part of an answer. */
static void
check_lines(char *text)
{
	bool event, named;
	char *end;

	for (; *text != '\0'; text = end + 1) {
		end = strchr(text, '\n');
		assert_non_null(end);
		*end = '\0';
		assert_int_equal(text[0], '{');
		assert_int_equal(end[-1], '}');
		event = strncmp(text, "{\"ts\":\"", 7) == 0;
		named = strstr(text, "\"event\":") != NULL;
		assert_int_equal(event, named);
	}
}

static void
a_long_answer_is_made_as_it_is_taken(void **state)
{
	struct bench *bench = *state;

	bench->rows = ROWS;
	say(bench, "clients\nstats\n");
	turn_often(bench);
	/* What the sockets and the peer itself hold, and no more. */
	assert_in_range(bench->made, 1, ROWS - 1);
	assert_int_equal(bench->asked, 1);
	hear_text(bench, GOOD GOOD);
	assert_int_equal(count_numbers(bench->heard, "{\"row\":"), ROWS);
	assert_int_equal(bench->freed, 1);
	check_lines(bench->heard);
}

static void
who_watches_has_events_between_the_lines_of_answers(void **state)
{
	struct bench *bench = *state;
	uint64_t n;

	say(bench, "watch\nwatch\nstats\n");
	expect(bench, GOOD GOOD GOOD);
	/* Though the log is quiet. */
	for (n = 0; n < EVENTS; n++) {
		log_lines_put(bench->log, "plain", n);
		if (n % 100 == 0)
			say(bench, "drain\n");
		turn(bench);
		(void)hear(bench);
	}
	log_event(bench->log, LOG_LEVEL_INFO, "last", NULL, 0);
	hear_text(bench, "\"event\":\"last\"}\n");
	assert_int_equal(count_numbers(bench->heard, "\"n\":"), EVENTS);
	assert_int_equal(log_lines_count(bench->heard, BAD), EVENTS / 100);
	check_lines(bench->heard);
}

static void
an_answer_does_not_wait_for_events(void **state)
{
	struct bench *bench = *state;
	uint64_t n;

	say(bench, "watch\n");
	expect(bench, GOOD);
	say(bench, "stats\n");
	for (n = 0; n < 10; n++)
		log_lines_put(bench->log, "plain", n);
	hear_text(bench, "\"n\":9}\n");
	assert_memory_equal(bench->heard, GOOD "{\"ts\":", strlen(GOOD) + 6);
}

static size_t
told(const char *text)
{
	static const char word[] = "\"event\":\"dropped\",\"events\":";
	size_t count = 0;

	for (; (text = log_lines_find(text, word)) != NULL;
	     text += strlen(word))
		count += strtoul(text + strlen(word), NULL, 10);
	return count;
}

static void
who_does_not_read_loses_events_and_is_told(void **state)
{
	struct bench *bench = *state;
	size_t heard;
	uint64_t n;

	say(bench, "watch\n");
	expect(bench, GOOD);
	for (n = 0; n < EVENTS; n++) {
		log_lines_put(bench->log, "plain", n);
		turn(bench);
	}
	/* A command gets its answer behind the line that is half out. */
	say(bench, "stats\n");
	hear_text(bench, GOOD);
	do
		turn(bench);
	while (hear(bench));
	heard = log_lines_count(bench->heard, "\"plain\"");
	assert_in_range(heard, 1, EVENTS - 1);
	assert_int_equal(heard + told(bench->heard), EVENTS);
	check_lines(bench->heard);
}

static void
who_sends_no_more_has_all_answers_first(void **state)
{
	struct bench *bench = *state;

	bench->rows = 3;
	say(bench, "clients\nkick 1\nstats\n");
	assert_int_equal(shutdown(bench->fd, SHUT_WR), 0);
	expect(bench, "{\"row\":0}\n{\"row\":1}\n{\"row\":2}\n" GOOD);
	assert_non_null(bench->peer);
	control_peer_agree(bench->peer);
	expect(bench, GOOD GOOD);
	expect_closed(bench);
}

/* Unread bytes at its end reset the connection, also a local one. */
static void
who_goes_without_reading_the_answer_is_gone(void **state)
{
	struct bench *bench = *state;

	say(bench, "stats\n");
	turn_often(bench);
	hang_up(bench);
	expect_closed(bench);
	assert_int_equal(bench->asked, 1);
}

/* More of them than are kept, and none is done or lost before its time. */
static void
commands_behind_a_late_answer_wait(void **state)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct bench *bench = *state;
	unsigned i;

	say(bench, "kick 7\n");
	turn_often(bench);
	for (i = 0; i < AHEAD; i++)
		say(bench, "stats\n");
	turn_often(bench);
	assert_int_equal(bench->asked, 1);
	control_peer_agree(bench->peer);
	while (bench->len < (AHEAD + 1) * strlen(GOOD)) {
		assert_true(deadline_left_ms(deadline) > 0);
		turn(bench);
		(void)hear(bench);
	}
	assert_int_equal(bench->asked, AHEAD + 1);
}

/* It has no more to say, but an answer is still to come. */
static void
who_sends_no_more_has_a_late_answer(void **state)
{
	struct bench *bench = *state;

	say(bench, "kick 7\n");
	assert_int_equal(shutdown(bench->fd, SHUT_WR), 0);
	turn_often(bench);
	assert_non_null(bench->peer);
	control_peer_agree(bench->peer);
	hear_text(bench, GOOD);
	expect_closed(bench);
}

static void
a_command_that_is_cut_off_is_not_done(void **state)
{
	struct bench *bench = *state;

	say(bench, "stats\nkick 1");
	assert_int_equal(shutdown(bench->fd, SHUT_WR), 0);
	expect(bench, GOOD BAD "\"the last command has no end of line\"}\n");
	expect_closed(bench);
	assert_int_equal(bench->kicked, 0);
}

static void
who_watches_and_sends_no_more_goes_on_watching(void **state)
{
	struct bench *bench = *state;

	say(bench, "watch\n");
	assert_int_equal(shutdown(bench->fd, SHUT_WR), 0);
	expect(bench, GOOD);
	turn_often(bench);
	log_lines_put(bench->log, "plain", 0);
	hear_text(bench, "\"n\":0}\n");
	assert_false(control_peer_is_gone(bench->peer));
	hang_up(bench);
	turn_often(bench);
	/* Nothing has told it so yet, but it can be asked. */
	assert_non_null(bench->peer);
	assert_true(control_peer_is_gone(bench->peer));
	log_lines_put(bench->log, "plain", 1);
	expect_closed(bench);
}

static void
who_hangs_up_is_closed_once(void **state)
{
	struct bench *bench = *state;

	bench->rows = ROWS;
	say(bench, "watch\nclients\n");
	turn_often(bench);
	assert_non_null(bench->peer);
	hang_up(bench);
	expect_closed(bench);
	assert_int_equal(bench->freed, 1);
}

static void
the_end_hands_over_the_last_events_and_nothing_more(void **state)
{
	struct bench *bench = *state;

	say(bench, "watch\n");
	expect(bench, GOOD);
	say(bench, "stats\n");
	log_lines_put(bench->log, "plain", 0);
	log_lines_put(bench->log, "plain", 1);
	control_peer_finish(bench->peer);
	assert_null(bench->peer);
	assert_true(hear(bench));
	assert_int_equal(count_numbers(bench->heard, "\"n\":"), 2);
	assert_null(strstr(bench->heard, GOOD));
	assert_int_equal(bench->asked, 0);
}

static void
the_end_does_not_wait_for_who_does_not_read(void **state)
{
	struct bench *bench = *state;

	bench->rows = ROWS;
	say(bench, "watch\nclients\n");
	turn_often(bench);
	control_peer_finish(bench->peer);
	assert_null(bench->peer);
	assert_int_equal(bench->freed, 1);
}

#define PEER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PEER_TEST(answers_come_in_the_order_of_the_commands),
	    PEER_TEST(what_is_no_command_is_answered_and_forgotten),
	    PEER_TEST(the_next_command_waits_for_an_answer_that_comes_later),
	    PEER_TEST(a_long_answer_is_made_as_it_is_taken),
	    PEER_TEST(who_goes_without_reading_the_answer_is_gone),
	    PEER_TEST(who_sends_no_more_has_a_late_answer),
	    PEER_TEST(commands_behind_a_late_answer_wait),
	    PEER_TEST(who_watches_has_events_between_the_lines_of_answers),
	    PEER_TEST(an_answer_does_not_wait_for_events),
	    PEER_TEST(who_does_not_read_loses_events_and_is_told),
	    PEER_TEST(who_sends_no_more_has_all_answers_first),
	    PEER_TEST(a_command_that_is_cut_off_is_not_done),
	    PEER_TEST(who_watches_and_sends_no_more_goes_on_watching),
	    PEER_TEST(who_hangs_up_is_closed_once),
	    PEER_TEST(the_end_hands_over_the_last_events_and_nothing_more),
	    PEER_TEST(the_end_does_not_wait_for_who_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
