/*
 * yodel --watch at a terminal, before a server that is the test: one that says
 * what no yodeld would, or very much of it; and before a log file.
 */

#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bequest.h"
#include "deadline.h"
#include "drawn.h"
#include "harness.h"
#include "process.h"
#include "scratch.h"
#include "term.h"

#define CLIENTS 100003 /* 3 more than the table has room for */
#define EVENTS	300000

#define STATS                                                               \
	"{\"version\":\"1\",\"pid\":1,\"addr\":\"127.0.0.1:1\",\"uptime\":" \
	"1.0,\"open\":1,\"refused\":0,\"messages_1s\":1.5,\"in_1s\":3.0}\n"
#define CLIENT(id)                                                    \
	"{\"client\":" id ",\"peer\":\"p\",\"worker\":0,\"age\":1.0," \
	"\"idle\":0.1,\"in\":1,\"out\":1,\"queued\":0}\n"
#define OK_LINE "{\"ok\":true}\n"

struct fake {
	struct term *term;
	int listener, fd;
	char heard[4096];
	size_t len;
};

static void
say(struct fake *f, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(f->fd, text, len);

		assert_true(n > 0);
		text += n;
		len -= (size_t)n;
	}
}

/* The next command. What the client draws meanwhile is taken in. */
static void
hear(struct fake *f, char *line, size_t size)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	char *end;

	while ((end = memchr(f->heard, '\n', f->len)) == NULL) {
		struct pollfd pfd = {.fd = f->fd, .events = POLLIN};
		ssize_t n;

		(void)term_row(f->term, 0);
		assert_true(deadline_left_ms(deadline) > 0);
		if (poll(&pfd, 1, 10) == 0)
			continue;
		n = read(f->fd, f->heard + f->len, sizeof(f->heard) - f->len);
		assert_true(n > 0);
		f->len += (size_t)n;
	}
	snprintf(line, size, "%.*s", (int)(end - f->heard), f->heard);
	f->len -= (size_t)(end + 1 - f->heard);
	memmove(f->heard, end + 1, f->len);
}

static void
hear_that(struct fake *f, const char *command)
{
	char line[256];

	hear(f, line, sizeof(line));
	assert_string_equal(line, command);
}

static void
fake_accept(struct fake *f)
{
	f->fd = accept(f->listener, NULL, NULL);
	assert_int_not_equal(f->fd, -1);
	f->len = 0;
	hear_that(f, "watch");
	say(f, OK_LINE);
}

static struct fake
fake_start(const struct term_options *options)
{
	char place[256] = "unix:";
	const char *argv[] = {process_yodel(), "--watch", place + 5, NULL};
	struct fake f = {.len = 0};

	scratch_path(place + 5, sizeof(place) - 5, "fake.sock");
	(void)unlink(place + 5);
	f.listener = bequest_listen(place);
	f.term = term_start(argv, options);
	fake_accept(&f);
	return f;
}

static void
fake_end(struct fake *f)
{
	term_type(f->term, "q");
	term_expect_exit(f->term, 0);
	term_expect_restored(f->term);
	drawn_expect(f->term);
	term_free(f->term);
	close(f->fd);
	close(f->listener);
}

/* Answers the first questions with these clients. */
static void
answer(struct fake *f, const char *clients)
{
	hear_that(f, "stats");
	say(f, STATS OK_LINE);
	hear_that(f, "clients");
	say(f, clients);
	say(f, OK_LINE);
}

static void
what_would_act_is_spelt_out(void **state)
{
	struct fake f = fake_start(NULL);

	(void)state;
	answer(&f,
	    "{\"client\":1,\"peer\":\"\\u001b[2J\\u202e\\u009b\",\"worker\":0,"
	    "\"age\":1.0,\"idle\":0.1,\"in\":1,\"out\":1,\"queued\":0}\n");
	term_wait_row(f.term, 3, "^[[2J<U+202E>");
	say(&f, "{\"ts\":\"raw \033[31m \x9b \xff \xe2\x80\xae\n");
	term_wait_text(f.term, "^[[31m");
	say(&f,
	    "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"info\",\"event\":"
	    "\"connect\",\"peer\":\"\\u001b]0;title\\u0007\\u202e\"}\n");
	term_wait_text(f.term, "]0;title");
	say(&f, "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"in\n");
	term_wait_text(f.term, "\"level\":\"in");
	fake_end(&f);
}

static void
half_an_answer_does_not_show(void **state)
{
	struct fake f = fake_start(NULL);

	(void)state;
	answer(&f, CLIENT("1"));
	term_wait_row(f.term, 3, "#1");
	hear_that(&f, "stats");
	say(&f, STATS OK_LINE);
	hear_that(&f, "clients");
	say(&f, CLIENT("2"));
	say(&f, "{\"ts\":\"an event in between\n");
	term_wait_text(f.term, "an event in between");
	term_wait_row(f.term, 3, "#1");
	say(&f, OK_LINE);
	term_wait_row(f.term, 3, "#2");
	fake_end(&f);
}

static void
an_answer_that_is_refused_half_way_is_forgotten(void **state)
{
	struct fake f = fake_start(NULL);

	(void)state;
	hear_that(&f, "stats");
	say(&f, STATS OK_LINE);
	hear_that(&f, "clients");
	say(&f, CLIENT("1") "{\"ok\":false,\"error\":\"no more\"}\n");
	term_wait_row(f.term, -1, "no more");
	answer(&f, CLIENT("2"));
	term_wait_row(f.term, 3, "#2");
	term_wait_row(f.term, 4, "────");
	fake_end(&f);
}

static void
an_answer_that_broke_off_is_forgotten(void **state)
{
	struct fake f = fake_start(NULL);

	(void)state;
	hear_that(&f, "stats");
	say(&f, STATS OK_LINE);
	hear_that(&f, "clients");
	say(&f, CLIENT("1"));
	close(f.fd);
	fake_accept(&f);
	answer(&f, CLIENT("2"));
	term_wait_row(f.term, 3, "#2");
	term_wait_row(f.term, 4, "────");
	fake_end(&f);
}

static void
a_client_without_a_number_is_given_none(void **state)
{
	struct fake f = fake_start(NULL);

	(void)state;
	answer(&f, CLIENT("1") CLIENT("\"x\"") CLIENT("-3") CLIENT("0.5"));
	for (int row = 3; row <= 6; row++)
		term_wait_row(f.term, row, row == 3 ? "#1  " : "#?  ");
	term_key(f.term, KEY_UP, 0);
	term_wait_row(f.term, 6, "› #?");
	term_type(f.term, "k");
	term_wait_row(f.term, -1, "no number to kick it by");
	fake_end(&f);
}

static void
a_peer_that_has_no_room_is_marked(void **state)
{
	struct term_options small = {.rows = 8, .columns = 40};
	struct fake f = fake_start(&small);

	(void)state;
	answer(&f,
	    "{\"client\":1,\"peer\":\"[2001:db8:1111:2222:3333:4444:5555:"
	    "6666]:40112\",\"age\":1.0}\n");
	term_wait_row(f.term, 2, "[2001:db8:1111:2222:3333:4444…");
	term_resize(f.term, 8, 120);
	term_wait_row(f.term, 2, ":4444:5555:6666]:40112 ");
	fake_end(&f);
}

static void
the_wheel_over_the_table_moves_the_table(void **state)
{
	struct fake f = fake_start(NULL);
	char clients[4096] = "", line[128];

	(void)state;
	for (int id = 1; id <= 30; id++) {
		snprintf(line, sizeof(line),
		    "{\"client\":%d,\"peer\":\"p\",\"age\":1.0}\n", id);
		strcat(clients, line);
	}
	answer(&f, clients);
	term_wait_row(f.term, 3, "#1 ");
	term_key(f.term, KEY_DOWN, 0);
	term_wait_row(f.term, 3, "› #1 ");
	for (int i = 1; i <= 3; i++)
		term_wheel(f.term, 5, 10, false);
	term_wait_row(f.term, 3, "  #10 ");
	term_wheel(f.term, 5, 10, true);
	term_wait_row(f.term, 3, "  #7 ");
	/* No further than its ends. */
	for (int i = 0; i < 20; i++)
		term_wheel(f.term, 5, 10, false);
	term_wait_row(f.term, 11, "  #30 ");
	term_wheel(f.term, 5, 10, true);
	term_wait_row(f.term, 11, "  #27 ");
	/* The selection was left where it is. */
	term_key(f.term, KEY_DOWN, 0);
	term_wait_row(f.term, 3, "› #2 ");
	fake_end(&f);
}

static void
the_next_error_is_found(void **state)
{
	struct fake f = fake_start(NULL);
	char line[128];

	(void)state;
	answer(&f, "");
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
		    "{\"ts\":\"2026-11-22T14:02:11.%03dZ\",\"level\":\"%s\","
		    "\"event\":\"e%d\"}\n",
		    i, i == 40 ? "error" : "info", i);
		say(&f, line);
	}
	term_wait_text(f.term, "e99");
	term_type(f.term, "E");
	term_wait_text(f.term, "error e40");
	term_type(f.term, "e");
	term_wait_text(f.term, " no more errors ");
	term_type(f.term, "\033>");
	term_wait_text(f.term, "e99");
	fake_end(&f);
}

/* In a child: the rows, then the events. */
static void
flood(struct fake *f)
{
	char line[256];

	for (int i = 1; i <= CLIENTS; i++) {
		snprintf(line, sizeof(line),
		    "{\"client\":%d,\"peer\":\"127.0.0.1:%d\",\"worker\":0,"
		    "\"age\":1.0,\"idle\":0.1,\"in\":%d,\"out\":1,\"queued\":"
		    "0}\n",
		    i, i, i);
		say(f, line);
	}
	say(f, OK_LINE);
	for (int i = 1; i <= EVENTS; i++) {
		snprintf(line, sizeof(line),
		    "{\"ts\":\"2026-11-22T14:02:11.123Z\",\"level\":\"info\","
		    "\"event\":\"data\",\"client\":%d}\n",
		    i);
		say(f, line);
	}
	_exit(0);
}

static void
keys_work_in_a_crowd_and_a_flood(void **state)
{
	struct fake f = fake_start(NULL);
	pid_t child;

	(void)state;
	hear_that(&f, "stats");
	say(&f, STATS OK_LINE);
	hear_that(&f, "clients");
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0)
		flood(&f);
	term_wait_row(f.term, 3, "#1 ");
	term_key(f.term, KEY_UP, 0);
	term_wait_text(f.term, "› #100000");
	term_wait_text(f.term, " and 3 more ");
	term_type(f.term, "ssss");
	term_wait_row(f.term, 2, "in↓");
	term_wait_row(f.term, 3, "› #100000");
	term_wait_text(f.term, "#300000");
	fake_end(&f);
}

static void
a_file_is_followed_over_a_rotation(void **state)
{
	char path[256], old[256];
	const char *argv[] = {process_yodel(), "--watch", path, NULL};
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "some.log");
	scratch_path(old, sizeof(old), "some.log.1");
	scratch_write(path, "one line\n", 9);
	term = term_start(argv, NULL);
	term_wait_row(term, 0, "some.log");
	term_wait_text(term, "one line");
	term_wait_row(term, -1, "/ filter");
	assert_int_equal(rename(path, old), 0);
	scratch_write(path, "another\n", 8);
	term_wait_text(term, "another");
	term_wait_text(term, "one line");
	term_type(term, "k");
	assert_null(strstr(term_row(term, -1 + term_rows(term)), "kick"));
	term_type(term, "/anoth\r");
	term_wait_no_text(term, "one line");
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		what_would_act_is_spelt_out, term_teardown),
	    cmocka_unit_test_teardown(
		half_an_answer_does_not_show, term_teardown),
	    cmocka_unit_test_teardown(
		an_answer_that_is_refused_half_way_is_forgotten, term_teardown),
	    cmocka_unit_test_teardown(
		an_answer_that_broke_off_is_forgotten, term_teardown),
	    cmocka_unit_test_teardown(
		a_client_without_a_number_is_given_none, term_teardown),
	    cmocka_unit_test_teardown(
		a_peer_that_has_no_room_is_marked, term_teardown),
	    cmocka_unit_test_teardown(
		the_wheel_over_the_table_moves_the_table, term_teardown),
	    cmocka_unit_test_teardown(the_next_error_is_found, term_teardown),
	    cmocka_unit_test_teardown(
		keys_work_in_a_crowd_and_a_flood, term_teardown),
	    cmocka_unit_test_teardown(
		a_file_is_followed_over_a_rotation, term_teardown),
	};

	return cmocka_run_group_tests_name("watch_strange", tests, NULL, NULL);
}
