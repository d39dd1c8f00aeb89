/* Connections that do not come, break, or end half-way; the lines meanwhile. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "server.h"
#include "talk.h"
#include "term.h"

static void
a_killed_server_is_noticed_and_found_again(void **state)
{
	struct server *server = server_start(NULL);
	uint16_t port = server_port(server);
	struct term *term = client_connect(port, NULL, NULL);

	(void)state;
	client_say_verified(term, "first");
	term_type(term, "draft");
	process_signal(server_process(server), SIGKILL);
	term_wait_row(term, -2, "○");
	term_wait_row(term, -1, "$> draft");
	server_free(server);
	server = server_start_at(port, NULL);
	term_wait_text(term, "connected again");
	term_wait_text(term, "‹ first");
	term_wait_row(term, -1, "$> draft");
	term_type(term, " done\r");
	term_wait_text(term, "‹ draft done");
	client_quit(term);
	server_stop(server);
}

static void
a_server_that_comes_late_is_found(void **state)
{
	struct server *server = server_start(NULL);
	uint16_t port = server_port(server);
	struct term *term;

	(void)state;
	server_stop(server);
	term = client_start(port, NULL, NULL);
	term_wait_text(term, "connection refused");
	term_wait_row(term, -2, "again in");
	server = server_start_at(port, NULL);
	term_wait_text(term, "connected");
	client_say_verified(term, "at last");
	client_quit(term);
	server_stop(server);
}

static void
lines_typed_while_down_wait_for_a_word(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "/disconnect");
	term_wait_text(talk.term, "disconnected");
	peer_expect_eof(talk.peer);
	peer_free(talk.peer);
	client_say(talk.term, "one");
	client_say(talk.term, "two");
	term_wait_text(talk.term, "waiting");
	client_say(talk.term, "/reconnect");
	talk.peer = peer_accept(talk.listener);
	term_wait_text(talk.term, "2 lines wait");
	/* What is typed now does not wait behind them. */
	client_say(talk.term, "three");
	peer_expect(talk.peer, "three\n");
	client_say(talk.term, "/resend");
	peer_expect(talk.peer, "one\ntwo\n");
	term_wait_text(talk.term, "2 lines released");
	term_wait_no_text(talk.term, "waiting ");
	talk_end(&talk);
}

static void
a_line_typed_on_the_way_to_a_place_goes_there(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	struct term *term =
	    client_start(peer_listener_port(listener), NULL, NULL);
	struct peer *peer = peer_accept(listener);
	char line[64];

	(void)state;
	/*
	 * All in one read: the connection is still being made for the second.
	 */
	snprintf(line, sizeof(line), "/connect 127.0.0.1:%u\rfor you\r",
	    peer_listener_port(listener));
	term_type(term, line);
	peer_expect_eof(peer);
	peer_free(peer);
	peer = peer_accept(listener);
	peer_expect(peer, "for you\n");
	peer_free(peer);
	peer = peer_accept(listener);
	client_quit(term);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
lines_that_wait_can_be_dropped(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "/disconnect");
	term_wait_text(talk.term, "disconnected");
	client_say(talk.term, "old news");
	client_say(talk.term, "/drop");
	term_wait_text(talk.term, "not sent");
	peer_free(talk.peer);
	client_say(talk.term, "/connect");
	talk.peer = peer_accept(talk.listener);
	term_wait_no_text(talk.term, "○");
	client_say(talk.term, "new");
	peer_expect(talk.peer, "new\n");
	talk_end(&talk);
}

static void
what_was_not_answered_is_marked(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "anybody?");
	peer_expect(talk.peer, "anybody?\n");
	peer_free(talk.peer);
	term_wait_text(talk.term, "unanswered");
	term_wait_text(talk.term, "closed by peer");
	talk.peer = peer_accept(talk.listener);
	talk_end(&talk);
}

static void
a_reset_is_told_from_an_end(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	peer_reset(talk.peer);
	term_wait_text(talk.term, "reset by peer");
	talk.peer = peer_accept(talk.listener);
	talk_end(&talk);
}

/* The peer goes, and the client is told to stay where it is. */
static void
go_down(struct talk *talk)
{
	client_say(talk->term, "/disconnect");
	term_wait_text(talk->term, "disconnected");
	peer_expect_eof(talk->peer);
	peer_free(talk->peer);
	talk->peer = NULL;
}

static void
come_back(struct talk *talk)
{
	client_say(talk->term, "/reconnect");
	talk->peer = peer_accept(talk->listener);
}

static void
resend_always_sends_them_when_it_is_back(void **state)
{
	static const char *const args[] = {"--send-on-connect", "hi", NULL};
	struct talk talk = talk_start(args, NULL);

	(void)state;
	peer_expect(talk.peer, "hi\n");
	client_say(talk.term, "/set resend always");
	go_down(&talk);
	client_say(talk.term, "one");
	client_say(talk.term, "two");
	term_wait_text(talk.term, "waiting");
	come_back(&talk);
	peer_expect(talk.peer, "hi\none\ntwo\n");
	term_wait_text(talk.term, "2 lines that waited go out");
	term_wait_no_text(talk.term, "waiting ");
	talk_end(&talk);
}

static void
resend_always_is_for_the_same_place_only(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct peer_listener *other = peer_listen(0);
	char line[64];

	(void)state;
	client_say(talk.term, "/set resend always");
	go_down(&talk);
	client_say(talk.term, "secret");
	snprintf(line, sizeof(line), "/connect 127.0.0.1:%u",
	    peer_listener_port(other));
	client_say(talk.term, line);
	talk.peer = peer_accept(other);
	term_wait_text(talk.term, "1 line waits");
	client_say(talk.term, "public");
	peer_expect(talk.peer, "public\n");
	client_say(talk.term, "/resend");
	peer_expect(talk.peer, "secret\n");
	talk_end(&talk);
	peer_listener_free(other);
}

static void
resend_never_says_at_once_that_it_is_not_sent(void **state)
{
	struct talk talk = talk_start(NULL, NULL);

	(void)state;
	client_say(talk.term, "/set resend never");
	go_down(&talk);
	client_say(talk.term, "one");
	term_wait_text(talk.term, "not sent: not connected");
	term_wait_text(talk.term, "not sent ✗");
	come_back(&talk);
	term_wait_no_text(talk.term, "○");
	client_say(talk.term, "two");
	peer_expect(talk.peer, "two\n");
	talk_end(&talk);
}

/*
 * A client at a Unix socket, whose buffer is small: what is pasted does not fit
 * into it and into the client's queue.
 */
#define PASTE_LINES 18
#define PASTE_WIDTH 50000

struct half {
	int listener, fd;
	struct term *term;
};

static int
listen_at(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_not_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), -1);
	assert_in_range(strlen(path), 1, sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static void
half_paste(struct half *half)
{
	char *text = malloc(PASTE_LINES * PASTE_WIDTH + 1);

	assert_non_null(text);
	memset(text, 'z', PASTE_LINES * PASTE_WIDTH);
	for (size_t i = 1; i <= PASTE_LINES; i++)
		text[i * PASTE_WIDTH - 1] = '\n';
	text[PASTE_LINES * PASTE_WIDTH] = '\0';
	term_paste(half->term, text);
	term_wait_text(half->term, "s send");
	term_type(half->term, "s");
	term_wait_text(half->term, "lines sent, ^C stops");
	free(text);
}

/* The peer has taken nothing yet, and says that it sends no more. */
static struct half
half_start(void)
{
	char path[200], place[220];
	const char *argv[] = {process_yodel(), place, NULL};
	struct half half;

	scratch_path(path, sizeof(path), "half");
	(void)unlink(path);
	snprintf(place, sizeof(place), "unix:%s", path);
	half.listener = listen_at(path);
	half.term = term_start(argv, NULL);
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), half.listener, POLLIN));
	half.fd = accept(half.listener, NULL, NULL);
	assert_int_not_equal(half.fd, -1);
	term_wait_text(half.term, "connected to unix:");
	half_paste(&half);
	assert_int_equal(shutdown(half.fd, SHUT_WR), 0);
	term_wait_text(half.term, "the peer has closed its side");
	return half;
}

static void
half_end(struct half *half)
{
	term_wait_text(half->term, "paste: the connection is down");
	client_quit(half->term);
	close(half->listener);
}

static void
a_peer_that_has_finished_still_gets_what_was_sent(void **state)
{
	struct half half = half_start();
	size_t got = 0;
	char buf[65536];
	ssize_t n;

	(void)state;
	assert_null(strstr(term_screen(half.term), "closed by peer"));
	while ((n = read(half.fd, buf, sizeof(buf))) > 0)
		got += (size_t)n;
	assert_int_equal(n, 0);
	assert_in_range(got, PASTE_WIDTH, PASTE_LINES * PASTE_WIDTH);
	assert_int_equal(got % PASTE_WIDTH, 0);
	close(half.fd);
	term_wait_text(half.term, "closed by peer");
	assert_null(strstr(term_screen(half.term), "did not take"));
	half_end(&half);
}

static void
a_peer_that_has_finished_and_takes_nothing_is_told_as_that(void **state)
{
	struct half half = half_start();

	(void)state;
	close(half.fd);
	term_wait_text(half.term, "closed by peer, which did not take all");
	half_end(&half);
}

/* A listener that leaves every further connect hanging. */
struct hole {
	int listener;
	int filling[64], count;
	struct sockaddr_in sin;
};

static int
hole_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_not_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), -1);
	assert_int_not_equal(fcntl(fd, F_SETFL, O_NONBLOCK), -1);
	return fd;
}

static uint16_t
hole_open(struct hole *h)
{
	socklen_t len = sizeof(h->sin);
	struct pollfd connecting = {.events = POLLOUT};

	*h = (struct hole){
	    .listener = hole_socket(),
	    .sin = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
	};
	assert_int_equal(bind(h->listener, (struct sockaddr *)&h->sin, len), 0);
	assert_int_equal(listen(h->listener, 0), 0);
	assert_int_equal(
	    getsockname(h->listener, (struct sockaddr *)&h->sin, &len), 0);
	/* The queue is full when a connect is still under way. */
	do {
		assert_in_range(h->count, 0, 63);
		connecting.fd = hole_socket();
		(void)connect(connecting.fd, (struct sockaddr *)&h->sin, len);
		h->filling[h->count++] = connecting.fd;
	} while (poll(&connecting, 1, 50) == 1);
	return ntohs(h->sin.sin_port);
}

/*
 * There is room in the queue again, behind what was in it: shut down, since
 * what has started the client may have inherited it.
 */
static void
hole_let_in(struct hole *h)
{
	while (h->count > 0) {
		(void)shutdown(h->filling[--h->count], SHUT_RDWR);
		close(h->filling[h->count]);
	}
	assert_int_equal(listen(h->listener, 64), 0);
}

/* The first who says anything has to say this. The caller closes it. */
static int
hole_expect(const struct hole *h, const char *text)
{
	char said[64];
	ssize_t n;
	int fd;

	do {
		assert_true(deadline_wait_fd(
		    deadline_in(DEADLINE_MS), h->listener, POLLIN));
		fd = accept(h->listener, NULL, NULL);
		assert_int_not_equal(fd, -1);
		assert_true(
		    deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
		n = read(fd, said, sizeof(said));
		if (n <= 0)
			close(fd);
	} while (n <= 0);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(said, text, strlen(text));
	return fd;
}

static void
a_place_that_does_not_answer_is_given_up_and_tried_again(void **state)
{
	static const char *const args[] = {
	    "--connect-timeout", "200ms", "--reconnect-max", "500ms", NULL};
	struct hole hole;
	uint16_t port = hole_open(&hole);
	struct term *term = client_start(port, args, NULL);
	char text[64];
	int fd;

	(void)state;
	/* Meanwhile it can be typed. */
	term_type(term, "draft");
	term_wait_row(term, -1, "$> draft");
	snprintf(
	    text, sizeof(text), "timed out after 200 ms: 127.0.0.1:%u", port);
	term_wait_text(term, text);
	term_wait_row(term, -2, "again in");
	hole_let_in(&hole);
	term_wait_text(term, "connected to");
	term_type(term, " is kept\r");
	fd = hole_expect(&hole, "draft is kept\n");
	client_quit(term);
	close(fd);
	close(hole.listener);
}

static void
connect_alone_goes_to_the_place_named_last(void **state)
{
	struct talk talk = talk_start(NULL, NULL);
	struct peer_listener *other = peer_listen(0);
	char line[64];

	(void)state;
	snprintf(line, sizeof(line), "/connect 127.0.0.1:%u",
	    peer_listener_port(other));
	client_say(talk.term, line);
	peer_expect_eof(talk.peer);
	peer_free(talk.peer);
	talk.peer = peer_accept(other);
	go_down(&talk);
	client_say(talk.term, "/connect");
	talk.peer = peer_accept(other);
	talk_end(&talk);
	peer_listener_free(other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_killed_server_is_noticed_and_found_again),
	    TEST(a_server_that_comes_late_is_found),
	    TEST(lines_typed_while_down_wait_for_a_word),
	    TEST(a_line_typed_on_the_way_to_a_place_goes_there),
	    TEST(lines_that_wait_can_be_dropped),
	    TEST(what_was_not_answered_is_marked),
	    TEST(a_reset_is_told_from_an_end),
	    TEST(resend_always_sends_them_when_it_is_back),
	    TEST(resend_always_is_for_the_same_place_only),
	    TEST(resend_never_says_at_once_that_it_is_not_sent),
	    TEST(a_peer_that_has_finished_still_gets_what_was_sent),
	    TEST(a_peer_that_has_finished_and_takes_nothing_is_told_as_that),
	    TEST(a_place_that_does_not_answer_is_given_up_and_tried_again),
	    TEST(connect_alone_goes_to_the_place_named_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
