/* yodel --watch at a terminal, before a real yodeld and its clients. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "drawn.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "server.h"
#include "term.h"

static struct term *
watch_start(const struct server *server, const struct term_options *options)
{
	char name[64], path[256];
	const char *argv[] = {process_yodel(), "--watch", path, NULL};
	struct term *term;

	snprintf(name, sizeof(name), "yodeld-%u.sock", server_port(server));
	scratch_path(path, sizeof(path), name);
	term = term_start(argv, options);
	term_wait_row(term, 0, "yodeld 127.0.0.1");
	return term;
}

static void
watch_quit(struct term *term)
{
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	drawn_expect(term);
	term_free(term);
}

static char *
address_of(char buf[32], const struct peer *peer)
{
	snprintf(buf, 32, "127.0.0.1:%u", peer_port(peer));
	return buf;
}

static void
the_table_has_the_clients(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, NULL);
	struct peer *one, *two;
	char address[32];

	(void)state;
	term_wait_text(term, "nobody is connected");
	one = peer_connect(server_port(server));
	term_wait_row(term, 3, address_of(address, one));
	term_wait_row(term, 3, "#1");
	term_wait_row(term, 0, "1 client ");
	two = peer_connect(server_port(server));
	term_wait_row(term, 4, address_of(address, two));
	peer_echo(two, "hello", 5);
	term_wait_row(term, 4, "5 B");
	term_wait_text(term, "connect #2");
	peer_free(one);
	term_wait_row(term, 3, "#2");
	/* The table keeps its row for a while. */
	term_wait_row(term, 5, "────");
	term_wait_text(term, "close   #1");
	watch_quit(term);
	peer_free(two);
	server_stop(server);
}

static void
a_client_is_kicked_after_a_yes_only(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);
	char question[64], address[32];

	(void)state;
	snprintf(question, sizeof(question), "kick #1? y/n  %s",
	    address_of(address, peer));
	term_wait_row(term, 3, "#1");
	term_type(term, "k");
	term_wait_row(term, -1, "the arrows select whom");
	term_key(term, KEY_DOWN, 0);
	term_wait_row(term, 3, "› #1");
	term_type(term, "k");
	term_wait_row(term, -1, question);
	term_type(term, "n");
	term_wait_row(term, -1, "nobody was kicked");
	peer_echo(peer, "still here", 10);
	term_type(term, "k");
	term_wait_row(term, -1, question);
	term_type(term, "y");
	peer_expect_eof(peer);
	term_wait_row(term, -1, " kicked #1");
	term_wait_text(term, "reason=kicked");
	term_wait_text(term, "nobody is connected");
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

static void
who_has_left_is_not_asked_about(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);

	(void)state;
	term_wait_row(term, 4, "#2");
	term_key(term, KEY_DOWN, 0);
	term_type(term, "k");
	term_wait_row(term, -1, "kick #1? y/n");
	peer_free(one);
	term_wait_row(term, -1, " #1 has left");
	term_wait_row(term, 3, "› #2");
	term_key(term, KEY_UP, 0);
	term_wait_row(term, -1, " F1 help ");
	watch_quit(term);
	peer_free(two);
	server_stop(server);
}

/* Nobody says yes to what they can't see. */
static void
a_question_out_of_sight_is_answered_by_no(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);

	(void)state;
	term_wait_row(term, 3, "#1");
	term_key(term, KEY_DOWN, 0);
	term_type(term, "k");
	term_wait_row(term, -1, "kick #1? y/n");
	term_resize(term, 5, 20);
	term_wait_row(term, 0, "20x5 is too small");
	term_type(term, "y");
	term_resize(term, 6, 20);
	term_wait_row(term, 0, "20x6 is too small");
	term_resize(term, 24, 80);
	term_wait_row(term, -1, "nobody was kicked");
	peer_echo(peer, "still here", 10);
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

static void
the_selection_follows_its_client(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);

	(void)state;
	term_wait_row(term, 4, "#2");
	term_key(term, KEY_DOWN, 0);
	term_wait_row(term, 3, "› #1");
	term_type(term, "r");
	term_wait_row(term, 2, "id↓");
	term_wait_row(term, 4, "› #1");
	term_key(term, KEY_UP, 0);
	term_wait_row(term, 3, "› #2");
	peer_free(two);
	term_wait_row(term, 3, "› #1");
	term_type(term, "s");
	term_wait_row(term, 2, "peer↑");
	term_key(term, KEY_ESCAPE, 0);
	term_wait_row(term, 3, "  #1");
	watch_quit(term);
	peer_free(one);
	server_stop(server);
}

static void
paused_it_stands_still_and_counts(void **state)
{
	struct term_options small = {.rows = 8, .columns = 40};
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, &small);
	struct peer *peers[6];
	char text[32];

	(void)state;
	for (int i = 0; i < 4; i++) {
		peers[i] = peer_connect(server_port(server));
		snprintf(text, sizeof(text), "connect #%d", i + 1);
		term_wait_text(term, text);
	}
	term_type(term, " ");
	term_wait_text(term, " paused ");
	peers[4] = peer_connect(server_port(server));
	term_wait_text(term, " 1 new ↓ ");
	peers[5] = peer_connect(server_port(server));
	term_wait_text(term, " 2 new ↓ ");
	term_wait_row(term, -2, "connect #4");
	term_type(term, " ");
	term_wait_row(term, -2, "connect #6");
	term_wait_no_text(term, " new ");
	watch_quit(term);
	for (int i = 0; i < 6; i++)
		peer_free(peers[i]);
	server_stop(server);
}

static void
a_filter_leaves_lines_out(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, NULL);
	struct peer *one = peer_connect(server_port(server));

	(void)state;
	term_wait_text(term, "connect #1");
	peer_free(one);
	term_wait_text(term, "close   #1");
	term_type(term, "/clo");
	term_wait_row(term, -1, "filter: clo");
	term_wait_no_text(term, "connect #1");
	term_type(term, "\177\177\177connect\r");
	term_wait_text(term, " filter: connect ");
	term_wait_no_text(term, "close   #1");
	term_wait_text(term, "connect #1");
	term_key(term, KEY_ESCAPE, 0);
	term_wait_text(term, "close   #1");
	term_wait_no_text(term, "filter: ");
	watch_quit(term);
	server_stop(server);
}

static void
data_events_are_switched_on_and_off(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term;
	struct peer *peer;

	(void)state;
	term = watch_start(server, NULL);
	peer = peer_connect(server_port(server));
	term_wait_row(term, 3, "#1");
	term_type(term, "d");
	term_wait_text(term, "data events are logged");
	peer_echo(peer, "\033[31mred\n", 9);
	term_wait_text(term, "\\x1b[31mred\\n");
	term_type(term, "d");
	term_wait_text(term, "logged no more");
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

static void
the_server_goes_and_comes_back(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);
	uint16_t port = server_port(server);

	(void)state;
	term_wait_row(term, 3, "#1");
	term_key(term, KEY_DOWN, 0);
	term_type(term, "k");
	term_wait_row(term, -1, "kick #1? y/n");
	process_signal(server_process(server), SIGKILL);
	server_free(server);
	term_wait_row(term, 0, "○ the server is gone, again in");
	/* The next server's #1 would be somebody else. */
	term_wait_row(term, -1, " F1 help ");
	/* It counts down; waits only grow. */
	term_wait_row(term, 0, "again in 2 s");
	term_wait_row(term, 0, "again in 1 s");
	/* What was known stays. */
	term_wait_row(term, 3, "#1");
	server = server_start_at(port, NULL);
	/* It would come by itself, some time. */
	term_type(term, "\r");
	term_wait_row(term, 0, "● yodeld 127.0.0.1");
	term_wait_text(term, "nobody is connected");
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

static void
any_size_will_do_or_is_said_to_be_too_small(void **state)
{
	struct term_options small = {.rows = 8, .columns = 40};
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, &small);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	term_wait_row(term, 2, "#1");
	term_wait_row(term, -1, "q quit");
	term_resize(term, 7, 40);
	term_wait_row(term, 0, "40x7 is too small: 40x8, please");
	term_resize(term, 5, 20);
	term_wait_row(term, 0, "20x5 is too small:");
	term_wait_row(term, 1, "40x8, please");
	for (int i = 0; i < 40; i++)
		term_resize(term, 5 + i, 30 + 3 * i);
	term_resize(term, 30, 120);
	term_wait_row(term, -1, "w wrap");
	term_wait_row(term, 2, "queued");
	term_wait_row(term, 0, " up 00:00:");
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

/*
 * The terminal has lost what it showed, and the program, most of the time, sees
 * the size that it knows.
 */
static void
a_size_that_came_and_went_is_painted_over(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, NULL);

	(void)state;
	for (int i = 0; i < 20; i++) {
		term_wait_row(term, 0, "refused 0");
		term_wait_row(term, -1, "q quit");
		term_resize(term, 8, 20);
		term_resize(term, 24, 80);
	}
	term_wait_row(term, 0, "refused 0");
	term_wait_row(term, -1, "q quit");
	watch_quit(term);
	server_stop(server);
}

static void
it_stops_and_goes_on(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, NULL);
	struct peer *peer;

	(void)state;
	term_type(term, "\032");
	term_wait_stop(term);
	term_expect_restored(term);
	peer = peer_connect(server_port(server));
	term_signal(term, SIGCONT);
	term_wait_row(term, 3, "#1");
	term_signal(term, SIGTERM);
	term_expect_exit(term, 128 + SIGTERM);
	term_expect_restored(term);
	term_free(term);
	peer_free(peer);
	server_stop(server);
}

static void
help_is_a_page_of_the_keys(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, NULL);

	(void)state;
	term_key(term, KEY_F1, 0);
	term_wait_text(term, "kick the selected one; asks");
	term_wait_row(term, -1, "F1 closes this page");
	term_type(term, "?");
	term_wait_text(term, "nobody is connected");
	watch_quit(term);
	server_stop(server);
}

/* The page is closed by it, and no more than that. */
static void
expect_only_closed(struct term *term, const char *typed)
{
	term_key(term, KEY_F1, 0);
	term_wait_row(term, -1, "F1 closes this page");
	term_type(term, typed);
	term_wait_row(term, -1, " F1 help ");
}

static void
a_key_closes_the_help_page_and_does_no_more(void **state)
{
	struct server *server = server_start(NULL);
	struct peer *peer = peer_connect(server_port(server));
	struct term *term = watch_start(server, NULL);

	(void)state;
	term_wait_row(term, 3, "#1");
	term_key(term, KEY_DOWN, 0);
	term_wait_row(term, 3, "› #1");
	expect_only_closed(term, "q");
	expect_only_closed(term, "k");
	expect_only_closed(term, "/");
	expect_only_closed(term, " ");
	expect_only_closed(term, "s");
	expect_only_closed(term, "x");
	expect_only_closed(term, "\003");
	term_key(term, KEY_F1, 0);
	term_wait_row(term, -1, "F1 closes this page");
	term_key(term, KEY_ESCAPE, 0);
	term_wait_row(term, -1, " F1 help ");
	term_wait_row(term, 2, "id↑");
	term_wait_row(term, 3, "› #1");
	term_wait_no_text(term, "paused");
	watch_quit(term);
	peer_free(peer);
	server_stop(server);
}

static void
the_help_page_turns(void **state)
{
	struct term_options small = {.rows = 8, .columns = 40};
	struct server *server = server_start(NULL);
	struct term *term = watch_start(server, &small);

	(void)state;
	term_key(term, KEY_F1, 0);
	term_wait_row(term, 1, "F1, ?");
	term_key(term, KEY_DOWN, 0);
	term_wait_row(term, 1, "this page");
	term_key(term, KEY_PGDN, 0);
	term_wait_row(term, 2, "sort by the next column");
	term_key(term, KEY_END, 0);
	term_wait_row(term, -2, "quit");
	term_key(term, KEY_UP, 0);
	term_wait_row(term, -2, "q, ^C, ^D");
	term_type(term, "\033<");
	term_wait_row(term, 1, "F1, ?");
	term_type(term, "\033>");
	term_wait_row(term, -2, "quit");
	term_key(term, KEY_HOME, 0);
	term_wait_row(term, 1, "F1, ?");
	term_wheel(term, 4, 1, false);
	term_wait_row(term, 1, "select a client");
	term_type(term, "x");
	term_wait_text(term, "nobody is connected");
	term_wait_no_text(term, "scrolled back");
	watch_quit(term);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(the_table_has_the_clients, term_teardown),
	    cmocka_unit_test_teardown(
		a_client_is_kicked_after_a_yes_only, term_teardown),
	    cmocka_unit_test_teardown(
		who_has_left_is_not_asked_about, term_teardown),
	    cmocka_unit_test_teardown(
		a_question_out_of_sight_is_answered_by_no, term_teardown),
	    cmocka_unit_test_teardown(
		the_selection_follows_its_client, term_teardown),
	    cmocka_unit_test_teardown(
		paused_it_stands_still_and_counts, term_teardown),
	    cmocka_unit_test_teardown(a_filter_leaves_lines_out, term_teardown),
	    cmocka_unit_test_teardown(
		data_events_are_switched_on_and_off, term_teardown),
	    cmocka_unit_test_teardown(
		the_server_goes_and_comes_back, term_teardown),
	    cmocka_unit_test_teardown(
		any_size_will_do_or_is_said_to_be_too_small, term_teardown),
	    cmocka_unit_test_teardown(
		a_size_that_came_and_went_is_painted_over, term_teardown),
	    cmocka_unit_test_teardown(it_stops_and_goes_on, term_teardown),
	    cmocka_unit_test_teardown(
		help_is_a_page_of_the_keys, term_teardown),
	    cmocka_unit_test_teardown(
		a_key_closes_the_help_page_and_does_no_more, term_teardown),
	    cmocka_unit_test_teardown(the_help_page_turns, term_teardown),
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
