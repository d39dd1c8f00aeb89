/* What the client tells of its connection: at the side, or in one row. */

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bequest.h"
#include "client.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "server.h"
#include "term.h"

static void
the_side_pane_tells_the_state(void **state)
{
	struct server *server = server_start(NULL);
	struct term_options wide = {.rows = 30, .columns = 120};
	struct term *term = client_connect(server_port(server), NULL, &wide);
	char peer[32];

	(void)state;
	client_say_verified(term, "one");
	snprintf(peer, sizeof(peer), "127.0.0.1:%u", server_port(server));
	term_wait_row(term, 0, peer);
	term_wait_row(term, 2, "● connected");
	term_wait_text(term, "1 line  4 B");
	term_wait_text(term, "1 verified");
	term_wait_row(term, -1, "F1 help");
	client_quit(term);
	server_stop(server);
}

static void
the_side_pane_names_what_is_not_as_it_should_be(void **state)
{
	struct term_options wide = {.rows = 30, .columns = 120};
	struct peer_listener *listener = peer_listen(0);
	struct term *term =
	    client_start(peer_listener_port(listener), NULL, &wide);
	struct peer *peer = peer_accept(listener);

	(void)state;
	client_say(term, "one");
	client_say(term, "two");
	peer_expect(peer, "one\ntwo\n");
	peer_send_text(peer, "one\n");
	term_wait_text(term, "1 verified");
	peer_reset(peer);
	term_wait_text(term, "last end:");
	term_wait_text(term, "  reset by peer");
	term_wait_text(term, "1 unanswered");
	peer = peer_accept(listener);
	term_wait_text(term, "reconnects 1");
	client_say(term, "three");
	peer_expect(peer, "three\n");
	peer_send_text(peer, "thrxe\n");
	term_wait_text(term, "1 differ");
	client_quit(term);
	peer_free(peer);
	peer_listener_free(listener);
}

#define PASTE_LINES 20
#define PASTE_WIDTH 40000

/* Lines that a Unix socket does not take: the connection is not over yet. */
static void
paste_much(struct term *term)
{
	const size_t len = PASTE_LINES * PASTE_WIDTH;
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, 'z', len);
	for (size_t i = 1; i <= PASTE_LINES; i++)
		text[i * PASTE_WIDTH - 1] = '\n';
	text[len] = '\0';
	term_paste(term, text);
	free(text);
	term_wait_text(term, "s send");
	term_type(term, "s");
}

static void
a_peer_that_has_finished_is_told_as_that(void **state)
{
	struct term_options wide = {.rows = 30, .columns = 120};
	char place[256] = "unix:";
	const char *argv[] = {process_yodel(), place, NULL};
	struct term *term;
	int listener, peer;
	char first;

	(void)state;
	scratch_path(place + 5, sizeof(place) - 5, "finished.sock");
	listener = bequest_listen(place);
	term = term_start(argv, &wide);
	term_wait_text(term, "connected to unix:");
	peer = accept(listener, NULL, NULL);
	assert_int_not_equal(peer, -1);
	paste_much(term);
	/* All of them are on their way in the turn that the first one is. */
	assert_int_equal(recv(peer, &first, 1, MSG_PEEK), 1);
	assert_int_equal(shutdown(peer, SHUT_WR), 0);
	term_wait_text(term, "  peer has finished");
	term_wait_row(term, 2, "● connected");
	term_resize(term, 24, 80);
	term_type(term, "\003");
	term_wait_row(term, -2, "peer has finished");
	client_quit(term);
	close(peer);
	close(listener);
}

static void
the_status_tells_of_a_log(void **state)
{
	char path[256];
	const char *args[] = {"--log", path, NULL};
	struct server *server = server_start(NULL);
	struct term *term;

	(void)state;
	scratch_path(path, sizeof(path), "said.log");
	term = client_connect(server_port(server), args, NULL);
	term_wait_row(term, -2, " log");
	term_resize(term, 30, 120);
	term_wait_text(term, "log    said.log");
	client_say(term, "/log off");
	term_wait_no_text(term, "log    said.log");
	client_quit(term);
	server_stop(server);
}

/* Round trips are never the same: there are bars of several heights. */
static void
the_last_round_trips_are_bars(void **state)
{
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, NULL);
	char line[32];

	(void)state;
	for (int i = 0; i < 14; i++) {
		snprintf(line, sizeof(line), "line %d.", i);
		client_say_verified(term, line);
	}
	term_wait_row(term, -2, "▁");
	term_wait_row(term, -2, "█");
	client_quit(term);
	server_stop(server);
}

static void
a_wide_screen_that_is_low_has_the_strip(void **state)
{
	struct term_options low = {.rows = 12, .columns = 160};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, &low);

	(void)state;
	client_say_verified(term, "one");
	term_wait_row(term, -2, "1↑ 1↓");
	term_wait_row(term, -2, "p50");
	term_wait_row(term, -2, "own 127.0.0.1:");
	term_resize(term, 19, 160);
	term_wait_row(term, 2, "● connected");
	term_wait_row(term, -1, "F1 help");
	client_quit(term);
	server_stop(server);
}

/* The first field that is in doubt at 40 columns is the round trip. */
static void
a_narrow_strip_cuts_no_number(void **state)
{
	struct term_options narrow = {.rows = 8, .columns = 40};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, &narrow);
	char counts[32];
	const char *at;

	(void)state;
	for (int i = 1; i <= 25; i++) {
		client_say(term, "x");
		snprintf(counts, sizeof(counts), "%d↑ %d↓", i, i);
		term_wait_row(term, -2, counts);
		at = strstr(term_row(term, -2), counts) + strlen(counts);
		assert_true(*at == '\0' || strstr(at, " ms") != NULL ||
		    strstr(at, " s") != NULL);
	}
	client_quit(term);
	server_stop(server);
}

static void
a_narrow_strip_keeps_the_countdown(void **state)
{
	struct server *server = server_start(NULL);
	struct term_options narrow = {.rows = 8, .columns = 40};
	uint16_t port = server_port(server);
	struct term *term;

	(void)state;
	server_stop(server);
	term = client_start(port, NULL, &narrow);
	term_wait_row(term, -2, "○ connection refused, again in ");
	client_say(term, "for later");
	term_wait_row(term, -2, "○ refused, again in ");
	term_wait_row(term, -2, " s · 1 waiting");
	client_quit(term);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(the_side_pane_tells_the_state),
	    TEST(the_side_pane_names_what_is_not_as_it_should_be),
	    TEST(a_peer_that_has_finished_is_told_as_that),
	    TEST(the_status_tells_of_a_log),
	    TEST(the_last_round_trips_are_bars),
	    TEST(a_wide_screen_that_is_low_has_the_strip),
	    TEST(a_narrow_strip_cuts_no_number),
	    TEST(a_narrow_strip_keeps_the_countdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
