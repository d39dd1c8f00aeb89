/*
 * yodel on a network that fails: it says in words what has happened, comes
 * back, and keeps what is on the screen and in the line. Skipped in words where
 * there is no network of one's own.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/client.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/process.h"
#include "harness/server.h"
#include "harness/term.h"
#include "harness/wire.h"

#define FIREWALL                                                          \
	"nft 'add table ip t; add chain ip t c { type filter hook input " \
	"priority 0; }; add rule ip t c ip protocol tcp "
#define RESETS FIREWALL "reject with tcp reset'"
#define DROPS  FIREWALL "drop'"
#define NFT    "nft list ruleset"
#define IP     "ip link show wire"

#define PIPED	   (96 * 1024)
#define RELAY_SEED 7
#define DEAD_MS	   60000

static bool laid;

/* A server at the far end, and a client of it at the near one. */
struct line {
	struct server *server;
	struct term *term;
	char place[32];
};

static void
need(const char *command)
{
	if (!laid || !wire_can(WIRE_NEAR, command))
		skip();
	wire_mend();
}

static void
line_serve(struct line *line, const char *address)
{
	static const char *const args[] = {"-b", "0.0.0.0", "--allow",
	    "10.77.0.0/24", "--allow", "10.78.0.0/24", NULL};

	wire_go(WIRE_FAR);
	line->server = server_start(args);
	wire_go(WIRE_NEAR);
	(void)snprintf(line->place, sizeof(line->place), "%s:%u", address,
	    server_port(line->server));
}

static struct line
line_start(const char *command)
{
	struct line line;
	const char *argv[] = {process_yodel(), "--reconnect-max", "500ms",
	    "--connect-timeout", "300ms", line.place, NULL};

	line_serve(&line, WIRE_FAR_ADDRESS);
	if (command != NULL)
		wire_run(WIRE_FAR, command);
	line.term = term_start(argv, NULL);
	term_wait_text(line.term, "$>");
	return line;
}

/* What was said first is there, and a line that has been begun. */
static struct line
line_talk(void)
{
	struct line line = line_start(NULL);

	term_wait_text(line.term, "connected to");
	client_say_verified(line.term, "first");
	return line;
}

static void
line_keeps(const struct line *line)
{
	term_wait_text(line->term, "‹ first");
	term_wait_row(line->term, -1, "$> draft");
}

static void
line_stop(struct line *line)
{
	client_quit(line->term);
	server_stop(line->server);
	wire_mend();
}

/* It is connected again, and the line that was begun is sent and comes back. */
static void
line_is_back(struct line *line)
{
	term_wait_text(line->term, "connected again");
	line_keeps(line);
	term_type(line->term, " done\r");
	term_wait_text(line->term, "‹ draft done");
	line_stop(line);
}

static void
a_cable_out_for_a_moment_is_no_outage(void **state)
{
	struct line line;

	(void)state;
	need(IP);
	line = line_talk();
	wire_run(WIRE_FAR, "ip link set wire down");
	client_say(line.term, "into the dark");
	term_wait_text(line.term, "› into the dark");
	term_type(line.term, "draft");
	line_keeps(&line);
	assert_null(strstr(term_screen(line.term), "‹ into the dark"));
	wire_run(WIRE_FAR, "ip link set wire up");
	term_wait_text(line.term, "‹ into the dark");
	line_keeps(&line);
	assert_null(strstr(term_screen(line.term), "connected again"));
	client_drop_and_quit(line.term);
	server_stop(line.server);
	wire_mend();
}

static void
a_firewall_that_resets_is_told_and_outlived(void **state)
{
	struct line line;
	char text[80];

	(void)state;
	need(NFT);
	line = line_talk();
	wire_run(WIRE_FAR, RESETS);
	client_say(line.term, "anybody?");
	term_type(line.term, "draft");
	term_wait_text(line.term, "reset by peer");
	term_wait_text(line.term, "unanswered");
	(void)snprintf(
	    text, sizeof(text), "connection refused by %s", line.place);
	term_wait_text(line.term, text);
	line_keeps(&line);
	wire_run(WIRE_FAR, "nft flush ruleset");
	line_is_back(&line);
}

static void
a_black_hole_is_given_up_in_words(void **state)
{
	struct line line;
	char text[80];

	(void)state;
	need(NFT);
	line = line_start(DROPS);
	(void)snprintf(
	    text, sizeof(text), "timed out after 300 ms: %s", line.place);
	term_wait_text(line.term, text);
	term_type(line.term, "draft");
	term_wait_row(line.term, -2, "again in");
	wire_run(WIRE_FAR, "nft flush ruleset");
	term_wait_text(line.term, "connected to");
	term_wait_row(line.term, -1, "$> draft");
	term_type(line.term, " done\r");
	term_wait_text(line.term, "‹ draft done");
	line_stop(&line);
}

static void
an_address_that_goes_away_is_told_and_found_again(void **state)
{
	struct line line;
	char text[80];

	(void)state;
	need(IP);
	line = line_talk();
	wire_run(WIRE_NEAR, "ip addr del " WIRE_NEAR_ADDRESS "/24 dev wire");
	client_say(line.term, "/reconnect");
	term_type(line.term, "draft");
	(void)snprintf(
	    text, sizeof(text), "network unreachable: %s", line.place);
	term_wait_text(line.term, text);
	line_keeps(&line);
	wire_run(WIRE_NEAR, "ip addr add " WIRE_NEAR_ADDRESS "/24 dev wire");
	line_is_back(&line);
}

static struct process *
start_pipe(const char *place, const char *timeout)
{
	const char *argv[] = {
	    process_yodel(), "--connect-timeout", timeout, place, NULL};

	return process_start(argv, NULL);
}

static void
a_pipe_into_a_black_hole_ends_with_1_and_a_word(void **state)
{
	struct line line;
	struct process *pipe;

	(void)state;
	need(NFT);
	line_serve(&line, WIRE_FAR_ADDRESS);
	wire_run(WIRE_FAR, DROPS);
	pipe = start_pipe(line.place, "300ms");
	process_close_stdin(pipe);
	process_wait_text(pipe, PROCESS_ERR, "timed out after 300 ms");
	process_expect_exit(pipe, 1);
	process_free(pipe);
	server_stop(line.server);
	wire_mend();
}

static void
a_pipe_that_is_reset_ends_with_3_and_a_word(void **state)
{
	struct line line;
	struct process *pipe;

	(void)state;
	need(NFT);
	line_serve(&line, WIRE_FAR_ADDRESS);
	pipe = start_pipe(line.place, "10s");
	process_write(pipe, "first\n", 6);
	process_wait_text(pipe, PROCESS_OUT, "first\n");
	wire_run(WIRE_FAR, RESETS);
	process_write(pipe, "second\n", 7);
	process_wait_text(pipe, PROCESS_ERR, "reset by peer");
	process_expect_exit(pipe, 3);
	process_free(pipe);
	server_stop(line.server);
	wire_mend();
}

/* What goes through the pipe comes back whole. */
static void
pipe_all(const char *place)
{
	struct process *pipe = start_pipe(place, "10s");
	char *bytes = malloc(PIPED);
	const char *out;
	size_t len;

	assert_non_null(bytes);
	for (size_t i = 0; i < PIPED; i++)
		bytes[i] = (char)(i * 11 + i / 241);
	process_write(pipe, bytes, PIPED);
	process_close_stdin(pipe);
	process_expect_exit(pipe, 0);
	out = process_output(pipe, PROCESS_OUT, &len);
	assert_int_equal(len, PIPED);
	assert_memory_equal(out, bytes, PIPED);
	process_free(pipe);
	free(bytes);
}

static void
a_pipe_over_a_slow_link_is_whole(void **state)
{
	struct line line;

	(void)state;
	need("tc qdisc add dev wire root tbf rate 1mbit burst 4kb latency 1s");
	line_serve(&line, WIRE_FAR_ADDRESS);
	wire_run(WIRE_NEAR,
	    "tc qdisc add dev wire root tbf rate 1mbit burst 4kb latency 1s");
	pipe_all(line.place);
	server_stop(line.server);
	wire_mend();
}

static void
a_bad_cable_loses_no_byte_and_no_line(void **state)
{
	struct line line;
	const char *argv[] = {process_yodel(), line.place, NULL};
	char text[32];

	(void)state;
	need(IP);
	if (!wire_lay_relay(RELAY_SEED))
		skip();
	line_serve(&line, WIRE_RELAY_FAR);
	pipe_all(line.place);
	line.term = term_start(argv, NULL);
	term_wait_text(line.term, "connected to");
	for (const char *at = "abcdefghij"; *at != '\0'; at++) {
		(void)snprintf(text, sizeof(text), "line %c", *at);
		client_say(line.term, text);
	}
	client_say_verified(line.term, "line z");
	for (const char *at = "abcdefghij"; *at != '\0'; at++) {
		(void)snprintf(text, sizeof(text), "‹ line %c", *at);
		term_wait_text(line.term, text);
	}
	line_stop(&line);
}

static bool
is_given_up(void *arg)
{
	struct line *line = arg;

	return strstr(term_screen(line->term),
		   "the peer does not answer any more") != NULL;
}

/* Half a minute: what TCP_USER_TIMEOUT is set to. */
static void
a_dead_peer_is_told_within_half_a_minute(void **state)
{
	struct line line;

	(void)state;
	if (getenv("YODEL_LONG") == NULL)
		skip();
	need(NFT);
	line = line_talk();
	wire_run(WIRE_FAR, DROPS);
	client_say(line.term, "anybody?");
	term_type(line.term, "draft");
	assert_true(deadline_wait(deadline_in(DEAD_MS), is_given_up, &line));
	line_keeps(&line);
	wire_run(WIRE_FAR, "nft flush ruleset");
	line_is_back(&line);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_cable_out_for_a_moment_is_no_outage),
	    TEST(a_firewall_that_resets_is_told_and_outlived),
	    TEST(a_black_hole_is_given_up_in_words),
	    TEST(an_address_that_goes_away_is_told_and_found_again),
	    TEST(a_pipe_into_a_black_hole_ends_with_1_and_a_word),
	    TEST(a_pipe_that_is_reset_ends_with_3_and_a_word),
	    TEST(a_pipe_over_a_slow_link_is_whole),
	    TEST(a_bad_cable_loses_no_byte_and_no_line),
	    TEST(a_dead_peer_is_told_within_half_a_minute),
	};

	laid = wire_lay();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
