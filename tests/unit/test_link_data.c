/* link: what is sent and received, its bounds, and how a connection ends. */

#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "link_probe.h"

#define QUEUE_BYTES ((size_t)256 * 1024)

/* A link that is connected to a peer of the test's. */
struct fixture {
	struct link_probe *probe;
	struct link *link;
	struct peer_listener *listener;
	struct peer *peer;
};

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct link_options options = link_probe_options();

	assert_non_null(f);
	options.reconnect = false;
	options.queue_bytes = QUEUE_BYTES;
	f->probe = link_probe_new(&options);
	f->link = f->probe->link;
	f->listener = peer_listen(0);
	link_probe_connect(f->probe, peer_listener_port(f->listener));
	link_probe_until_state(f->probe, LINK_CONNECTED);
	f->peer = peer_accept(f->listener);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	link_probe_free(f->probe);
	peer_free(f->peer);
	peer_listener_free(f->listener);
	free(f);
	return 0;
}

static const struct link_status *
status(const struct fixture *f)
{
	return link_status(f->link);
}

static void
expect_received(struct fixture *f, const char *text)
{
	link_probe_until_received(f->probe, strlen(text));
	assert_int_equal(f->probe->received_len, strlen(text));
	assert_memory_equal(f->probe->received, text, strlen(text));
}

/* Sends until something waits. Returns how much was sent in all. */
static size_t
fill(struct fixture *f)
{
	static const char chunk[16384];
	size_t sent = 0;

	while (link_room(f->link) >= sizeof(chunk)) {
		assert_int_equal(link_send(f->link, chunk, sizeof(chunk)), 0);
		sent += sizeof(chunk);
	}
	assert_true(link_queued(f->link) > 0);
	return sent;
}

/* The peer takes this much while the loop turns. */
static void
drain(struct fixture *f, size_t len)
{
	static char buf[65536];
	size_t n;

	while (len > 0) {
		link_probe_settle(f->probe);
		n = peer_recv_some(f->peer, buf, sizeof(buf));
		assert_in_range(n, 1, len);
		len -= n;
	}
}

static void
bytes_go_out_at_once_and_are_counted(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(link_send(f->link, "hello", 5), 0);
	assert_int_equal(link_send(f->link, "", 0), 0);
	peer_expect(f->peer, "hello");
	assert_int_equal(status(f)->bytes_out, 5);
	assert_int_equal(link_queued(f->link), 0);
	peer_send_text(f->peer, "world!");
	expect_received(f, "world!");
	assert_int_equal(status(f)->bytes_in, 6);
}

static void
nothing_is_taken_unless_connected(void **state)
{
	struct fixture *f = *state;

	link_disconnect(f->link);
	assert_int_equal(link_room(f->link), 0);
	errno = 0;
	assert_int_equal(link_send(f->link, "x", 1), -1);
	assert_int_equal(errno, ENOTCONN);
}

static void
the_queue_is_bounded_and_takes_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, QUEUE_BYTES + 1);
	size_t sent, queued, room;

	assert_non_null(big);
	assert_int_equal(link_room(f->link), QUEUE_BYTES);
	assert_int_equal(link_send(f->link, big, QUEUE_BYTES + 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(status(f)->bytes_out, 0);
	sent = fill(f);
	queued = link_queued(f->link);
	room = link_room(f->link);
	assert_int_equal(queued + room, QUEUE_BYTES);
	errno = 0;
	assert_int_equal(link_send(f->link, big, room + 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(link_queued(f->link), queued);
	assert_int_equal(link_send(f->link, big, room), 0);
	assert_int_equal(link_room(f->link), 0);
	assert_int_equal(f->probe->drained, 0);
	drain(f, sent + room);
	assert_int_equal(link_queued(f->link), 0);
	assert_int_equal(f->probe->drained, 1);
	assert_int_equal(status(f)->bytes_out, sent + room);
	free(big);
}

static void
a_paused_link_reads_nothing(void **state)
{
	struct fixture *f = *state;

	link_pause(f->link, true);
	peer_send_text(f->peer, "wait");
	link_probe_settle(f->probe);
	assert_int_equal(f->probe->received_len, 0);
	link_pause(f->link, false);
	expect_received(f, "wait");
}

static void
pause_when_bytes_come(struct link_probe *p)
{
	link_pause(p->link, true);
}

static void
a_pause_inside_the_callback_counts_from_the_next_piece(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, 200000);

	assert_non_null(big);
	f->probe->on_received = pause_when_bytes_come;
	peer_send(f->peer, big, 200000);
	link_probe_until_received(f->probe, 1);
	link_probe_settle(f->probe);
	assert_in_range(f->probe->received_len, 1, 65536);
	f->probe->on_received = NULL;
	link_pause(f->link, false);
	link_probe_until_received(f->probe, 200000);
	free(big);
}

static void
what_the_peer_said_before_its_end_is_read(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(300000);

	assert_non_null(big);
	memset(big, 'x', 300000);
	peer_send(f->peer, big, 300000);
	peer_free(f->peer);
	f->peer = NULL;
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_int_equal(f->probe->received_len, 300000);
	assert_string_equal(status(f)->reason, "closed by peer");
	assert_true(status(f)->clean);
	free(big);
}

static void
finishing_says_so_to_the_peer_and_still_receives(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(link_send(f->link, "last words", 10), 0);
	link_finish(f->link);
	errno = 0;
	assert_int_equal(link_send(f->link, "more", 4), -1);
	assert_int_equal(errno, ENOTCONN);
	peer_expect(f->peer, "last words");
	peer_expect_eof(f->peer);
	peer_send_text(f->peer, "the answer");
	expect_received(f, "the answer");
	assert_int_equal(status(f)->state, LINK_CONNECTED);
	peer_shutdown(f->peer);
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_true(status(f)->clean);
}

static void
finishing_waits_for_the_queue(void **state)
{
	struct fixture *f = *state;
	size_t sent = fill(f);

	link_finish(f->link);
	link_finish(f->link);
	drain(f, sent);
	link_probe_settle(f->probe);
	peer_expect_eof(f->peer);
	assert_int_equal(link_queued(f->link), 0);
}

static void
a_finished_link_does_not_come_back(void **state)
{
	struct fixture *f = *state;
	struct link_options options = link_probe_options();
	struct link_probe *p = link_probe_new(&options);
	struct peer *peer;

	link_probe_connect(p, peer_listener_port(f->listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer = peer_accept(f->listener);
	link_finish(p->link);
	peer_free(peer);
	link_probe_until_state(p, LINK_CLOSED);
	link_probe_free(p);
}

static bool
peer_has_finished(const struct link_probe *p, uint64_t arg)
{
	(void)arg;
	return link_status(p->link)->peer_finished;
}

static void
a_peer_that_only_shut_its_side_gets_the_queue(void **state)
{
	struct fixture *f = *state;
	size_t sent = fill(f);

	peer_shutdown(f->peer);
	link_probe_until(f->probe, peer_has_finished, 0);
	assert_int_equal(status(f)->state, LINK_CONNECTED);
	assert_int_equal(link_room(f->link), 0);
	drain(f, sent);
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_string_equal(status(f)->reason, "closed by peer");
	assert_true(status(f)->clean);
}

static void
a_peer_that_left_without_taking_all_is_no_clean_end(void **state)
{
	struct fixture *f = *state;

	(void)fill(f);
	/* It has not read: the kernel answers for it, with a reset. */
	peer_free(f->peer);
	f->peer = NULL;
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_false(status(f)->clean);
	assert_true(strstr(status(f)->reason, "peer") != NULL);
}

/* It has said that it sends no more, and then it is gone. */
static void
a_peer_that_shut_its_side_and_took_no_more_is_told_as_that(void **state)
{
	struct fixture *f = *state;

	(void)fill(f);
	peer_shutdown(f->peer);
	link_probe_until(f->probe, peer_has_finished, 0);
	assert_int_equal(f->probe->changes, 4);
	peer_free(f->peer);
	f->peer = NULL;
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_false(status(f)->clean);
	assert_false(status(f)->peer_finished);
	assert_string_equal(status(f)->reason,
	    "closed by peer, which did not take all that was sent");
}

static void
a_peer_that_shuts_its_side_when_it_has_all_ends_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(link_send(f->link, "hello", 5), 0);
	peer_expect(f->peer, "hello");
	peer_shutdown(f->peer);
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_false(status(f)->peer_finished);
	assert_true(status(f)->clean);
	assert_string_equal(status(f)->reason, "closed by peer");
}

/* The descriptor whose own address is the link's; its peer's is another. */
static int
find_socket(const struct fixture *f)
{
	char own[ENDPOINT_TEXT_MAX];
	struct sockaddr_storage ss;
	socklen_t len;
	int fd;

	for (fd = 0; fd < 256; fd++) {
		len = sizeof(ss);
		if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
			continue;
		endpoint_addr_format(
		    own, sizeof(own), (struct sockaddr *)&ss, len);
		if (strcmp(own, status(f)->own) == 0)
			return fd;
	}
	fail_msg("no socket is %s", status(f)->own);
	return -1;
}

static int
socket_option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
a_dead_peer_is_looked_for(void **state)
{
	struct fixture *f = *state;
	int fd = find_socket(f);

	assert_true(socket_option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0);
	assert_true(socket_option(fd, IPPROTO_TCP, TCP_NODELAY) != 0);
#ifdef TCP_KEEPIDLE
	assert_int_equal(socket_option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 60);
#endif
#ifdef TCP_KEEPINTVL
	assert_int_equal(socket_option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 10);
	assert_int_equal(socket_option(fd, IPPROTO_TCP, TCP_KEEPCNT), 6);
#endif
#ifdef TCP_USER_TIMEOUT
	/* This one is not to come back: it waits for a slow peer for ever. */
	assert_int_equal(socket_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
#endif
}

#ifdef TCP_USER_TIMEOUT
static void
one_that_comes_back_gives_a_silent_peer_up(void **state)
{
	struct fixture *f = *state;
	struct link_options options = link_probe_options();
	struct fixture other = {.probe = link_probe_new(&options)};
	struct peer *peer;
	int fd;

	other.link = other.probe->link;
	link_probe_connect(other.probe, peer_listener_port(f->listener));
	link_probe_until_state(other.probe, LINK_CONNECTED);
	peer = peer_accept(f->listener);
	fd = find_socket(&other);
	assert_int_equal(
	    socket_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 30000);
	link_probe_free(other.probe);
	peer_free(peer);
}
#endif

static bool
is_down(const struct link_probe *p, uint64_t arg)
{
	(void)arg;
	return link_status(p->link)->state != LINK_CONNECTED;
}

static void
sending_to_a_peer_that_is_gone_is_a_change_of_state(void **state)
{
	struct fixture *f = *state;
	unsigned changes = f->probe->changes;
	int i;

	peer_send_text(f->peer, "bye");
	peer_reset(f->peer);
	f->peer = NULL;
	for (i = 0; i < 3; i++) {
		(void)link_send(f->link, "anyone?", 7);
		assert_int_equal(f->probe->changes, changes);
	}
	link_probe_until(f->probe, is_down, 0);
	assert_false(status(f)->clean);
}

static void
a_reset_ends_a_paused_link_when_it_is_resumed(void **state)
{
	struct fixture *f = *state;

	link_pause(f->link, true);
	peer_reset(f->peer);
	f->peer = NULL;
	link_probe_settle(f->probe);
	link_pause(f->link, false);
	link_probe_until_state(f->probe, LINK_CLOSED);
	assert_string_equal(status(f)->reason, "reset by peer");
}

static void
a_new_connection_begins_with_an_empty_queue(void **state)
{
	struct fixture *f = *state;

	(void)fill(f);
	link_reconnect(f->link);
	assert_int_equal(link_queued(f->link), 0);
	link_probe_until_state(f->probe, LINK_CONNECTED);
	peer_free(f->peer);
	f->peer = peer_accept(f->listener);
	assert_int_equal(link_send(f->link, "fresh", 5), 0);
	peer_expect(f->peer, "fresh");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(bytes_go_out_at_once_and_are_counted),
	    TEST(nothing_is_taken_unless_connected),
	    TEST(the_queue_is_bounded_and_takes_all_or_nothing),
	    TEST(a_paused_link_reads_nothing),
	    TEST(a_pause_inside_the_callback_counts_from_the_next_piece),
	    TEST(what_the_peer_said_before_its_end_is_read),
	    TEST(finishing_says_so_to_the_peer_and_still_receives),
	    TEST(finishing_waits_for_the_queue),
	    TEST(a_finished_link_does_not_come_back),
	    TEST(a_peer_that_only_shut_its_side_gets_the_queue),
	    TEST(a_peer_that_left_without_taking_all_is_no_clean_end),
	    TEST(a_peer_that_shut_its_side_and_took_no_more_is_told_as_that),
	    TEST(a_peer_that_shuts_its_side_when_it_has_all_ends_it),
	    TEST(a_dead_peer_is_looked_for),
#ifdef TCP_USER_TIMEOUT
	    TEST(one_that_comes_back_gives_a_silent_peer_up),
#endif
	    TEST(sending_to_a_peer_that_is_gone_is_a_change_of_state),
	    TEST(a_reset_ends_a_paused_link_when_it_is_resumed),
	    TEST(a_new_connection_begins_with_an_empty_queue),
	};

	return cmocka_run_group_tests_name("link_data", tests, NULL, NULL);
}
