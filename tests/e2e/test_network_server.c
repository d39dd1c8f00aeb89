/*
 * yodeld on a network that fails: each time the one concerned is closed with
 * the right reason, nothing of what can still come is lost, and the others are
 * served meanwhile. Skipped in words where there is no network of one's own.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"
#include "harness/wire.h"

#define BULK	    (256 * 1024)
#define SLOW	    (384 * 1024) /* three seconds */
#define RELAY_BYTES (128 * 1024)
#define RELAY_PEERS 3
#define RELAY_SEED  6
#define DEAD_MS	    200000

static bool laid;

/* A server at the far end, and a client there that nothing happens to. */
struct far {
	struct server *server;
	struct peer *neighbour;
	uint16_t port;
};

/* Where the tool of a test is missing, it is skipped: wire_can() says so. */
static void
need(const char *command)
{
	if (!laid || !wire_can(WIRE_NEAR, command))
		skip();
}

static struct far
far_start(const char *option, const char *value)
{
	const char *const args[] = {"-b", "0.0.0.0", "--allow", "10.77.0.0/24",
	    "--allow", "10.78.0.0/24", option, value, NULL};
	struct far far;

	if (!laid)
		skip();
	wire_mend();
	wire_go(WIRE_FAR);
	far.server = server_start(args);
	far.port = server_port(far.server);
	far.neighbour = peer_connect_at(WIRE_FAR_ADDRESS, far.port);
	wire_go(WIRE_NEAR);
	peer_send_text(far.neighbour, "hello");
	peer_expect(far.neighbour, "hello");
	return far;
}

static struct peer *
far_connect(const struct far *far, const char *text)
{
	struct peer *peer = peer_connect_at(WIRE_FAR_ADDRESS, far->port);

	peer_send_text(peer, text);
	peer_expect(peer, text);
	return peer;
}

struct waited {
	const struct far *far;
	const char *text;
};

static bool
is_served_and_told(void *arg)
{
	const struct waited *w = arg;

	peer_send_text(w->far->neighbour, "and I?");
	peer_expect(w->far->neighbour, "and I?");
	return journal_count(w->far->server, w->text) > 0;
}

/* Until the log has it, the neighbour gets its echo. */
static void
far_expect(const struct far *far, const char *text, int ms)
{
	struct waited w = {far, text};

	if (!deadline_wait(deadline_in(ms), is_served_and_told, &w))
		fail_msg("no \"%s\" in\n%s", text,
		    process_output(
			server_process(far->server), PROCESS_ERR, NULL));
}

static void
far_stop(struct far *far)
{
	peer_free(far->neighbour);
	server_stop(far->server);
	wire_mend();
}

static void
an_echo_that_a_cut_cable_holds_up_is_a_stall(void **state)
{
	static const char zeros[BULK];
	struct far far;
	struct peer *peer;

	(void)state;
	need("nft list ruleset");
	far = far_start("--stall-timeout", "500ms");
	peer = far_connect(&far, "here");
	/* the echo is on its way, and no part has come, when the cable goes */
	wire_run(WIRE_NEAR,
	    "nft 'add table ip t; add chain ip t c { type filter hook input "
	    "priority 0; }; add rule ip t c tcp flags & (syn|ack) == ack "
	    "drop'");
	(void)peer_send_some(peer, zeros, sizeof(zeros));
	wire_run(WIRE_NEAR, "ip link set wire down");
	far_expect(&far, " reason=stall ", DEADLINE_MS);
	assert_int_equal(journal_count(far.server, " close "), 1);
	peer_free(peer);
	far_stop(&far);
}

static void
one_behind_a_cut_cable_is_idle(void **state)
{
	struct far far = far_start("--idle-timeout", "500ms");
	struct peer *peer = far_connect(&far, "here");

	(void)state;
	wire_run(WIRE_NEAR, "ip link set wire down");
	far_expect(&far, " reason=idle in=4 out=4 ", DEADLINE_MS);
	assert_int_equal(journal_count(far.server, " close "), 1);
	peer_free(peer);
	far_stop(&far);
}

static void
a_cable_out_for_a_moment_costs_nobody_a_byte(void **state)
{
	struct far far = far_start(NULL, NULL);
	struct peer *peer = far_connect(&far, "before");

	(void)state;
	wire_run(WIRE_FAR, "ip link set wire down");
	peer_send_text(peer, "while it is out");
	peer_send_text(far.neighbour, "hello");
	peer_expect(far.neighbour, "hello");
	wire_run(WIRE_FAR, "ip link set wire up");
	peer_expect(peer, "while it is out");
	peer_shutdown(peer);
	peer_expect_eof(peer);
	far_expect(&far, " reason=peer in=21 out=21 ", DEADLINE_MS);
	peer_free(peer);
	far_stop(&far);
}

static void
an_address_away_for_a_moment_costs_nobody_a_byte(void **state)
{
	struct far far = far_start(NULL, NULL);
	struct peer *peer = far_connect(&far, "before");

	(void)state;
	wire_run(WIRE_NEAR, "ip addr del " WIRE_NEAR_ADDRESS "/24 dev wire");
	wire_run(WIRE_NEAR, "ip addr add 10.77.0.3/24 dev wire");
	/* as the new address it is another client */
	peer_free(far_connect(&far, "I am new"));
	far_expect(&far, " reason=peer in=8 out=8 ", DEADLINE_MS);
	peer_send_text(peer, "as the old one");
	wire_run(WIRE_NEAR, "ip addr add " WIRE_NEAR_ADDRESS "/24 dev wire");
	peer_expect(peer, "as the old one");
	peer_free(peer);
	far_expect(&far, " reason=peer in=20 out=20 ", DEADLINE_MS);
	far_stop(&far);
	wire_run(WIRE_NEAR, "ip addr del 10.77.0.3/24 dev wire");
}

static void
a_firewall_that_resets_ends_that_client_only(void **state)
{
	struct far far;
	struct peer *peer;

	(void)state;
	need("nft list ruleset");
	far = far_start(NULL, NULL);
	peer = far_connect(&far, "here");
	wire_run(WIRE_NEAR,
	    "nft 'add table ip t; add chain ip t c { type filter hook input "
	    "priority 0; }; add rule ip t c ip protocol tcp reject with tcp "
	    "reset'");
	peer_send_text(peer, "more");
	far_expect(&far, " reason=reset in=8 out=8 ", DEADLINE_MS);
	assert_int_equal(journal_count(far.server, " close "), 1);
	peer_free(peer);
	far_stop(&far);
}

static void
a_slow_link_is_not_a_stall(void **state)
{
	static char bytes[SLOW];
	struct far far;
	struct peer *peer;

	(void)state;
	need("tc qdisc add dev lo root tbf rate 1mbit burst 4kb latency 1s && "
	     "tc qdisc del dev lo root");
	far = far_start("--stall-timeout", "1500ms");
	/* Its queue takes all of it: a lost packet might be a stall. */
	wire_run(WIRE_FAR,
	    "tc qdisc add dev wire root tbf rate 1mbit burst 4kb latency 10s");
	memset(bytes, 's', sizeof(bytes));
	peer = far_connect(&far, "here");
	peer_send(peer, bytes, sizeof(bytes));
	peer_send_text(far.neighbour, "hello");
	peer_expect(far.neighbour, "hello");
	for (size_t got = 0, n; got < sizeof(bytes); got += n) {
		char part[4096];

		n = peer_recv_some(peer, part, sizeof(part));
		assert_in_range(n, 1, sizeof(part));
		assert_memory_equal(part, bytes, n);
	}
	/* not before: nobody stalls who has said that it was all */
	peer_shutdown(peer);
	peer_expect_eof(peer);
	far_expect(&far, " reason=peer in=393220 out=393220 ", DEADLINE_MS);
	peer_free(peer);
	far_stop(&far);
}

/* Packets are lost, doubled and late, but not a byte of an echo. */
static void
a_bad_cable_loses_no_byte(void **state)
{
	struct far far = far_start(NULL, NULL);
	struct peer *peers[RELAY_PEERS];
	char *bytes = malloc(RELAY_BYTES);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < RELAY_BYTES; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	if (!wire_lay_relay(RELAY_SEED)) {
		free(bytes);
		far_stop(&far);
		skip();
	}
	for (size_t i = 0; i < RELAY_PEERS; i++)
		peers[i] = peer_connect_at(WIRE_RELAY_FAR, far.port);
	for (size_t i = 0; i < RELAY_PEERS; i++) {
		peer_echo(peers[i], bytes, RELAY_BYTES - i);
		peer_shutdown(peers[i]);
	}
	for (size_t i = 0; i < RELAY_PEERS; i++) {
		peer_expect_eof(peers[i]);
		peer_free(peers[i]);
	}
	far_expect(&far, " reason=peer in=131070 out=131070 ", DEADLINE_MS);
	free(bytes);
	far_stop(&far);
}

/* Two minutes: 60 s of silence, then a question every 10 s, six times. */
static void
a_dead_peer_is_found_by_keepalive(void **state)
{
	struct far far;
	struct peer *peer;

	(void)state;
	if (getenv("YODEL_LONG") == NULL)
		skip();
	far = far_start(NULL, NULL);
	peer = far_connect(&far, "here");
	wire_run(WIRE_NEAR, "ip link set wire down");
	far_expect(&far, " reason=error in=4 out=4 ", DEAD_MS);
	assert_int_equal(journal_count(far.server, " close "), 1);
	peer_free(peer);
	far_stop(&far);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(an_echo_that_a_cut_cable_holds_up_is_a_stall),
	    TEST(one_behind_a_cut_cable_is_idle),
	    TEST(a_cable_out_for_a_moment_costs_nobody_a_byte),
	    TEST(an_address_away_for_a_moment_costs_nobody_a_byte),
	    TEST(a_firewall_that_resets_ends_that_client_only),
	    TEST(a_slow_link_is_not_a_stall),
	    TEST(a_bad_cable_loses_no_byte),
	    TEST(a_dead_peer_is_found_by_keepalive),
	};

	laid = wire_lay();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
