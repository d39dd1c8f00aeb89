/* link: its states, its waits and its reasons, against peers on loopback. */

#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/scratch.h"
#include "link_probe.h"

static int
start(void **state)
{
	struct link_options options = link_probe_options();

	*state = link_probe_new(&options);
	return 0;
}

/* One that does not come back by itself. */
static int
start_once(void **state)
{
	struct link_options options = link_probe_options();

	options.reconnect = false;
	options.connect_timeout_ms = 40;
	*state = link_probe_new(&options);
	return 0;
}

static int
stop(void **state)
{
	link_probe_free(*state);
	return 0;
}

static void
connect_to(struct link_probe *p, const char *place)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, place, 8080), 0);
	link_connect(p->link, &endpoint);
}

static void
it_resolves_connects_and_says_with_whom(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;
	char text[64];

	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer = peer_accept(listener);
	assert_int_equal(p->changes, 3);
	assert_int_equal(p->states[0], LINK_RESOLVING);
	assert_int_equal(p->states[1], LINK_CONNECTING);
	(void)snprintf(
	    text, sizeof(text), "127.0.0.1:%u", peer_listener_port(listener));
	assert_string_equal(link_status(p->link)->peer, text);
	assert_memory_equal(link_status(p->link)->own, "127.0.0.1:", 10);
	assert_int_equal(link_status(p->link)->connects, 1);
	assert_int_equal(link_status(p->link)->tries, 0);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
a_refusal_names_who_refused(void **state)
{
	struct link_probe *p = *state;
	uint16_t port = link_probe_free_port();
	char text[64];

	link_probe_connect(p, port);
	link_probe_until_state(p, LINK_CLOSED);
	(void)snprintf(
	    text, sizeof(text), "connection refused by 127.0.0.1:%u", port);
	assert_string_equal(link_status(p->link)->reason, text);
	assert_int_equal(link_status(p->link)->tries, 1);
	assert_int_equal(link_status(p->link)->connects, 0);
	assert_false(link_status(p->link)->clean);
}

static bool
has_tried(const struct link_probe *p, uint64_t tries)
{
	return link_status(p->link)->tries >= tries;
}

static void
it_keeps_trying_until_somebody_is_there(void **state)
{
	struct link_probe *p = *state;
	uint16_t port = link_probe_free_port();
	struct peer_listener *listener;

	link_probe_connect(p, port);
	link_probe_until(p, has_tried, 3);
	assert_int_equal(link_status(p->link)->state, LINK_WAITING);
	assert_true(link_status(p->link)->retry_at_ms != 0);
	listener = peer_listen(port);
	link_probe_until_state(p, LINK_CONNECTED);
	assert_int_equal(link_status(p->link)->connects, 1);
	assert_int_equal(link_status(p->link)->retry_at_ms, 0);
	peer_listener_free(listener);
}

static bool
has_connected(const struct link_probe *p, uint64_t connects)
{
	return link_status(p->link)->connects >= connects;
}

static void
it_comes_back_a_hundred_times(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;
	uint64_t i;

	link_probe_connect(p, peer_listener_port(listener));
	for (i = 1; i <= 100; i++) {
		link_probe_until(p, has_connected, i);
		peer = peer_accept(listener);
		peer_send_text(peer, ".");
		link_probe_until_received(p, i);
		peer_free(peer);
		link_probe_until_state(p, LINK_WAITING);
		assert_string_equal(
		    link_status(p->link)->reason, "closed by peer");
		assert_true(link_status(p->link)->clean);
		assert_string_equal(link_status(p->link)->own, "");
	}
	peer_listener_free(listener);
}

/* The wait that has just begun, give or take the clock's tick. */
static void
expect_wait(struct link_probe *p, uint64_t least_ms, uint64_t most_ms)
{
	uint64_t wait_ms =
	    link_status(p->link)->retry_at_ms - link_status(p->link)->since_ms;

	assert_int_equal(link_status(p->link)->state, LINK_WAITING);
	assert_in_range(wait_ms, least_ms - 1, most_ms + 1);
}

static void
waits_grow_with_a_peer_that_only_hangs_up(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;
	uint64_t i;

	link_probe_connect(p, peer_listener_port(listener));
	for (i = 1; i <= 6; i++) {
		link_probe_until(p, has_connected, i);
		peer_free(peer_accept(listener));
		link_probe_until_state(p, LINK_WAITING);
	}
	expect_wait(p, 10, 20);
	link_probe_until(p, has_connected, i);
	peer = peer_accept(listener);
	peer_send_text(peer, "hello");
	link_probe_until_received(p, 5);
	peer_free(peer);
	link_probe_until_state(p, LINK_WAITING);
	expect_wait(p, 1, 2);
	peer_listener_free(listener);
}

static void
a_reset_is_told_from_a_close(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);

	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer_reset(peer_accept(listener));
	link_probe_until_state(p, LINK_CLOSED);
	assert_string_equal(link_status(p->link)->reason, "reset by peer");
	assert_false(link_status(p->link)->clean);
	peer_listener_free(listener);
}

static void
its_owner_may_fail_it_and_it_comes_back(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;

	link_fail(p->link, "nothing to fail");
	assert_int_equal(p->changes, 0);
	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer = peer_accept(listener);
	link_fail(p->link, "no friend of ours");
	assert_int_equal(link_status(p->link)->state, LINK_WAITING);
	assert_string_equal(link_status(p->link)->reason, "no friend of ours");
	peer_expect_eof(peer);
	link_probe_until_state(p, LINK_CONNECTED);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
a_try_without_an_answer_times_out(void **state)
{
	struct link_probe *p = *state;
	struct link_probe_hole hole;
	struct endpoint_addr *addr = &hole.addr;
	char text[ENDPOINT_TEXT_MAX];

	link_probe_hole_open(&hole);
	connect_to(p,
	    endpoint_addr_format(
		text, sizeof(text), (struct sockaddr *)&addr->sa, addr->len));
	link_probe_until_state(p, LINK_CLOSED);
	assert_memory_equal(
	    link_status(p->link)->reason, "timed out after 40 ms: ", 23);
	assert_string_equal(link_status(p->link)->reason + 23, text);
	link_probe_hole_close(&hole);
}

static void
a_name_that_does_not_exist_is_named(void **state)
{
	struct link_probe *p = *state;
	connect_to(p, "nonexistent.invalid");
	link_probe_until(p, has_tried, 1);
	assert_non_null(
	    strstr(link_status(p->link)->reason, "nonexistent.invalid"));
	assert_int_equal(p->states[0], LINK_RESOLVING);
	assert_int_equal(p->states[1], LINK_WAITING);
}

static void
localhost_is_looked_up_and_reached(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	char place[64];

	(void)snprintf(
	    place, sizeof(place), "localhost:%u", peer_listener_port(listener));
	connect_to(p, place);
	/* Where ::1 comes first it refuses, and 127.0.0.1 is tried at once. */
	link_probe_until_state(p, LINK_CONNECTED);
	assert_memory_equal(link_status(p->link)->peer, "127.0.0.1:", 10);
	peer_listener_free(listener);
}

static void
the_family_that_was_asked_for_is_the_only_one(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct link_options options = link_probe_options();
	char place[64];

	link_probe_free(p);
	options.family = AF_INET6;
	options.reconnect = false;
	*state = p = link_probe_new(&options);
	(void)snprintf(
	    place, sizeof(place), "127.0.0.1:%u", peer_listener_port(listener));
	connect_to(p, place);
	link_probe_until_state(p, LINK_CLOSED);
	assert_int_equal(link_status(p->link)->connects, 0);
	peer_listener_free(listener);
}

static void
a_unix_socket_is_a_place_too(void **state)
{
	struct link_probe *p = *state;
	struct endpoint endpoint;
	struct endpoint_addr addr;
	const char *error;
	char path[200], place[256];
	int fd;

	(void)snprintf(place, sizeof(place), "unix:%s",
	    scratch_path(path, sizeof(path), "link.sock"));
	assert_int_equal(endpoint_parse(&endpoint, place, 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	fd = endpoint_listen(&addr, 8);
	assert_int_not_equal(fd, -1);
	link_connect(p->link, &endpoint);
	link_probe_until_state(p, LINK_CONNECTED);
	assert_string_equal(link_status(p->link)->peer, place);
	link_disconnect(p->link);
	close(fd);
	unlink(path);
	connect_to(p, place);
	link_probe_until(p, has_tried, 1);
	assert_memory_equal(
	    link_status(p->link)->reason, "no such socket: unix:", 21);
}

static void
disconnected_it_stays_until_told_otherwise(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;

	link_reconnect(p->link);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer = peer_accept(listener);
	link_disconnect(p->link);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	peer_expect_eof(peer);
	peer_free(peer);
	link_probe_settle(p);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	link_reconnect(p->link);
	link_probe_until_state(p, LINK_CONNECTED);
	assert_int_equal(link_status(p->link)->connects, 2);
	peer_listener_free(listener);
}

static void
disconnected_before_the_answer_it_ignores_the_answer(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);

	link_probe_connect(p, peer_listener_port(listener));
	link_disconnect(p->link);
	link_probe_settle(p);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	assert_int_equal(p->changes, 2);
	peer_listener_free(listener);
}

static void
reconnecting_does_not_wait(void **state)
{
	struct link_probe *p = *state;
	struct link_options options = link_probe_options();
	struct peer_listener *listener;
	uint16_t port = link_probe_free_port();

	link_probe_free(p);
	options.reconnect_min_ms = options.reconnect_max_ms = 3600 * 1000;
	*state = p = link_probe_new(&options);
	link_probe_connect(p, port);
	link_probe_until_state(p, LINK_WAITING);
	listener = peer_listen(port);
	link_reconnect(p->link);
	link_probe_until_state(p, LINK_CONNECTED);
	peer_free(peer_accept(listener));
	link_probe_until_state(p, LINK_WAITING);
	link_reconnect(p->link);
	link_probe_until_state(p, LINK_CONNECTED);
	/* From a connection that stands, too. */
	link_reconnect(p->link);
	link_probe_until(p, has_connected, 3);
	peer_listener_free(listener);
}

static void
another_place_takes_over_from_a_name_being_looked_up(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);

	connect_to(p, "nonexistent.invalid");
	assert_int_equal(link_status(p->link)->state, LINK_RESOLVING);
	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	assert_string_equal(link_status(p->link)->reason, "");
	peer_listener_free(listener);
}

/* ASan, LSan and TSan watch the thread that comes back to nobody. */
static void
it_can_be_freed_while_a_name_is_looked_up(void **state)
{
	struct link_options options = link_probe_options();
	struct link_probe *p;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		p = link_probe_new(&options);
		connect_to(p, "nonexistent.invalid");
		link_probe_settle(p);
		link_probe_free(p);
	}
}

static void
disconnect_when_connected(struct link_probe *p)
{
	if (link_status(p->link)->state == LINK_CONNECTED)
		link_disconnect(p->link);
}

static void
reconnect_when_bytes_come(struct link_probe *p)
{
	link_reconnect(p->link);
}

static void
its_owner_may_change_its_mind_inside_a_callback(void **state)
{
	struct link_probe *p = *state;
	struct peer_listener *listener = peer_listen(0);
	struct peer *peer;

	p->on_received = reconnect_when_bytes_come;
	link_probe_connect(p, peer_listener_port(listener));
	link_probe_until_state(p, LINK_CONNECTED);
	peer = peer_accept(listener);
	peer_send_text(peer, "go away");
	link_probe_until(p, has_connected, 2);
	(void)peer_wait_gone(peer);
	peer_free(peer);
	p->on_changed = disconnect_when_connected;
	link_reconnect(p->link);
	link_probe_until_state(p, LINK_IDLE);
	link_probe_settle(p);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	peer_listener_free(listener);
}

static void
every_state_has_a_name(void **state)
{
	enum link_state s;

	(void)state;
	for (s = LINK_IDLE; s <= LINK_CLOSED; s++)
		assert_true(strlen(link_state_name(s)) > 0);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_ONCE(name) cmocka_unit_test_setup_teardown(name, start_once, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_resolves_connects_and_says_with_whom),
	    TEST_ONCE(a_refusal_names_who_refused),
	    TEST(it_keeps_trying_until_somebody_is_there),
	    TEST(it_comes_back_a_hundred_times),
	    TEST(waits_grow_with_a_peer_that_only_hangs_up),
	    TEST_ONCE(a_reset_is_told_from_a_close),
	    TEST(its_owner_may_fail_it_and_it_comes_back),
	    TEST_ONCE(a_try_without_an_answer_times_out),
	    TEST(a_name_that_does_not_exist_is_named),
	    TEST(localhost_is_looked_up_and_reached),
	    TEST(the_family_that_was_asked_for_is_the_only_one),
	    TEST(a_unix_socket_is_a_place_too),
	    TEST(disconnected_it_stays_until_told_otherwise),
	    TEST(disconnected_before_the_answer_it_ignores_the_answer),
	    TEST(reconnecting_does_not_wait),
	    TEST(another_place_takes_over_from_a_name_being_looked_up),
	    cmocka_unit_test(it_can_be_freed_while_a_name_is_looked_up),
	    TEST(its_owner_may_change_its_mind_inside_a_callback),
	    cmocka_unit_test(every_state_has_a_name),
	};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
