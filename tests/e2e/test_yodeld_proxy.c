/* yodeld behind a load balancer that is made by hand: --proxy-protocol. */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define LOCAL	  SIGNATURE "\x20\0\0\0"
/* 192.0.2.7:4000 and [2001:db8::7]:4000 */
#define FROM4                      \
	SIGNATURE "\x21\x11\0\x0c" \
		  "\xc0\0\x02\x07\x7f\0\0\x01\x0f\xa0\x1f\x90"
#define FROM6                                                          \
	SIGNATURE "\x21\x21\0\x28"                                     \
		  "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"         \
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x0f\xa0\x1f\x90" \
		  "\x04\0\x01x"
#define HEADER_MAX 4096
#define BULK	   (300 * 1024)
#define MANY	   40

#define SEND(peer, literal) peer_send(peer, literal, sizeof(literal) - 1)

static struct server *
start(void)
{
	return server_start((const char *const[]){"--proxy-protocol", NULL});
}

/* A client from 192.0.2.host, port 1000. */
static struct peer *
connect_from(struct server *server, unsigned host)
{
	struct peer *peer = peer_connect(server_port(server));
	char header[64];

	(void)snprintf(header, sizeof(header),
	    "PROXY TCP4 192.0.2.%u 127.0.0.1 1000 8080\r\n", host);
	peer_send_text(peer, header);
	return peer;
}

/* All that it sent has come back, and not a byte more; then it is over. */
static void
leave(struct peer *peer)
{
	peer_shutdown(peer);
	peer_expect_eof(peer);
	peer_free(peer);
}

static void
test_the_source_of_version_1_is_the_peer(void **state)
{
	struct server *server = start();
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	SEND(peer, "PROXY TCP4 192.0.2.7 127.0.0.1 4000 8080\r\nhello\r\n");
	peer_expect(peer, "hello\r\n");
	journal_expect(server, "info  connect #1 192\\.0\\.2\\.7:4000 open=1$");
	leave(peer);
	journal_expect(server,
	    "info  close   #1 192\\.0\\.2\\.7:4000 reason=peer in=7 out=7 ");
	peer = peer_connect(server_port(server));
	SEND(peer, "PROXY TCP6 2001:db8::7 ::1 4000 8080\r\n");
	peer_greet(peer);
	journal_expect(server, "connect #2 \\[2001:db8::7\\]:4000 open=1$");
	leave(peer);
	server_stop(server);
}

static void
test_the_source_of_version_2_is_the_peer(void **state)
{
	struct server *server = start();
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	SEND(peer, FROM4 "hello");
	peer_expect(peer, "hello");
	journal_expect(server, "info  connect #1 192\\.0\\.2\\.7:4000 open=1$");
	leave(peer);
	journal_expect(
	    server, "close   #1 192\\.0\\.2\\.7:4000 reason=peer in=5 out=5 ");
	peer = peer_connect(server_port(server));
	SEND(peer, FROM6 "hello");
	peer_expect(peer, "hello");
	journal_expect(server, "connect #2 \\[2001:db8::7\\]:4000 open=1$");
	leave(peer);
	server_stop(server);
}

/* What another one has got back is behind what was sent before that. */
static void
send_in_bytes(struct peer *peer, const char *p, size_t len, struct peer *other)
{
	size_t i;

	for (i = 0; i < len; i++) {
		peer_send(peer, p + i, 1);
		peer_greet(other);
	}
}

static void
test_a_header_may_come_in_single_bytes(void **state)
{
	struct server *server = start();
	struct peer *other = connect_from(server, 1);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));

	(void)state;
	send_in_bytes(one, FROM6, sizeof(FROM6) - 1, other);
	send_in_bytes(two, "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n", 34, other);
	send_in_bytes(two, "data", 4, other);
	peer_expect(two, "data");
	journal_expect(server, "connect #2 \\[2001:db8::7\\]:4000 ");
	journal_expect(server, "connect #3 10\\.0\\.0\\.1:1 ");
	peer_greet(one);
	leave(one);
	leave(two);
	leave(other);
	server_stop(server);
}

static void
test_much_behind_the_header_comes_back_whole(void **state)
{
	struct server *server = start();
	struct peer *peer = peer_connect(server_port(server));
	const size_t header = sizeof(FROM4) - 1;
	char *bytes = malloc(header + BULK);
	char *echo = malloc(BULK);
	size_t i, sent = 0, got = 0;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(echo);
	memcpy(bytes, FROM4, header);
	for (i = 0; i < BULK; i++)
		bytes[header + i] = (char)(i * 7 / 5);
	while (sent < header + BULK) {
		sent +=
		    peer_send_some(peer, bytes + sent, header + BULK - sent);
		/* as much as must be on its way back already */
		if (sent > header + got)
			got += peer_recv_some(peer, echo + got, BULK - got);
	}
	peer_recv(peer, echo + got, BULK - got);
	assert_memory_equal(echo, bytes + header, BULK);
	leave(peer);
	free(bytes);
	free(echo);
	server_stop(server);
}

/* The longest one that is taken, through a buffer that is shorter than it. */
static void
test_a_long_header_is_skipped_with_a_small_buffer(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--buffer", "100", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));
	char header[HEADER_MAX + 5];

	(void)state;
	memset(header, 'x', sizeof(header));
	memcpy(header, FROM4, sizeof(FROM4) - 1);
	header[14] = (HEADER_MAX - 16) >> 8;
	header[15] = (char)(unsigned char)((HEADER_MAX - 16) & 0xff);
	peer_send(peer, header, sizeof(header));
	peer_expect(peer, "xxxxx");
	peer_greet(peer);
	journal_expect(server, "connect #1 192\\.0\\.2\\.7:4000 ");
	leave(peer);
	server_stop(server);
}

static void
test_a_wrong_header_is_told_and_closes_nobody_else(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} wrong[] = {
	    {"GET / HTTP/1.1\r\n\r\n", "there is no PROXY header"},
	    {"PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "a port of PROXY"},
	    {"PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", "an address of PROXY"},
	    {"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "not of TCP4"},
	};
	struct server *server = start();
	struct peer *other = connect_from(server, 1), *peer;
	char line[128];
	size_t i;

	(void)state;
	peer_greet(other);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		peer = peer_connect(server_port(server));
		peer_send_text(peer, wrong[i].text);
		(void)peer_wait_gone(peer);
		(void)snprintf(line, sizeof(line),
		    "warning error   #%zu 127\\.0\\.0\\.1:%" PRIu16 " .*%s",
		    i + 2, peer_port(peer), wrong[i].error);
		journal_expect(server, line);
		peer_free(peer);
		peer_greet(other);
	}
	/* the warning is all: there was no client */
	assert_int_equal(journal_count(server, " connect "), 1);
	assert_int_equal(journal_count(server, " close "), 0);
	assert_int_equal(journal_stat(server, "open"), 1);
	leave(other);
	server_stop(server);
}

static void
test_half_a_header_is_a_wrong_one(void **state)
{
	struct server *server = start();
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	SEND(peer, "PROXY TCP4 1.2.");
	peer_shutdown(peer);
	(void)peer_wait_gone(peer);
	peer_free(peer);
	journal_expect(server, "warning error .*ends within the PROXY header");
	server_stop(server);
}

/* A check of a balancer, in all the ways that there are. */
static void
check_health(struct server *server)
{
	const uint16_t port = server_port(server);
	struct peer *peer;

	peer_free(peer_connect(port));
	peer_reset(peer_connect(port));
	peer = peer_connect(port);
	peer_shutdown(peer);
	peer_expect_eof(peer);
	peer_free(peer);
	peer = peer_connect(port);
	SEND(peer, LOCAL);
	peer_free(peer);
	peer = peer_connect(port);
	SEND(peer, LOCAL);
	peer_reset(peer);
	peer = peer_connect(port);
	SEND(peer, LOCAL "hello");
	peer_expect(peer, "hello");
	leave(peer);
}

static void
test_health_checks_make_no_line(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--log-data", "on", NULL};
	struct server *server = server_start(args);
	struct peer *peer;
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		check_health(server);
	peer = connect_from(server, 1);
	peer_greet(peer);
	leave(peer);
	journal_expect(server, "info  close   #61 ");
	assert_int_equal(journal_count(server, " connect "), 1);
	assert_int_equal(journal_count(server, " data "), 1);
	assert_int_equal(journal_count(server, " close "), 1);
	assert_int_equal(journal_count(server, " error   #"), 0);
	assert_int_equal(journal_count(server, " refuse "), 0);
	server_stop(server);
}

static void
test_the_balancers_own_connections_are_served_and_for_debugging(void **state)
{
	const char *const args[] = {"--proxy-protocol", "-v", NULL};
	struct server *server = server_start(args);
	struct peer *local = peer_connect(server_port(server));
	struct peer *unknown = peer_connect(server_port(server));
	struct peer *real = peer_connect(server_port(server));
	char line[96];

	(void)state;
	SEND(local, LOCAL "hello");
	peer_expect(local, "hello");
	(void)snprintf(line, sizeof(line),
	    "debug connect #1 127\\.0\\.0\\.1:%" PRIu16 " open=",
	    peer_port(local));
	journal_expect(server, line);
	SEND(unknown, "PROXY UNKNOWN 192.0.2.1 192.0.2.2 1 2\r\nhello");
	peer_expect(unknown, "hello");
	(void)snprintf(line, sizeof(line),
	    "debug connect #2 127\\.0\\.0\\.1:%" PRIu16 " open=",
	    peer_port(unknown));
	journal_expect(server, line);
	/* as version 1 is used for a check: with the real ends */
	(void)snprintf(line, sizeof(line),
	    "PROXY TCP4 127.0.0.1 127.0.0.1 %" PRIu16 " 8080\r\n",
	    peer_port(real));
	peer_send_text(real, line);
	peer_greet(real);
	journal_expect(server, "debug connect #3 127\\.0\\.0\\.1:");
	leave(real);
	leave(local);
	leave(unknown);
	journal_expect(server, "debug data    #1 5 B \"hello\"$");
	journal_expect(server, "debug close   #1 .* reason=peer in=5 out=5 ");
	journal_expect(server, "debug close   #2 .* reason=peer in=5 out=5 ");
	server_stop(server);
}

static void
test_deny_is_about_the_source(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--deny", "192.0.2.4/30", NULL};
	struct server *server = server_start(args);
	struct peer *peer = connect_from(server, 5);

	(void)state;
	(void)peer_wait_gone(peer);
	peer_free(peer);
	journal_expect(
	    server, "warning refuse  192\\.0\\.2\\.5:1000 reason=deny$");
	peer = connect_from(server, 8);
	peer_greet(peer);
	journal_expect(server, "connect #2 192\\.0\\.2\\.8:1000 open=1$");
	leave(peer);
	assert_int_equal(journal_stat(server, "refused"), 1);
	server_stop(server);
}

static void
test_allow_is_about_the_balancer(void **state)
{
	const char *const in[] = {
	    "--proxy-protocol", "--allow", "127.0.0.1", NULL};
	const char *const out[] = {
	    "--proxy-protocol", "--allow", "192.0.2.0/24", NULL};
	struct server *server = server_start(in);
	struct peer *peer = connect_from(server, 1);

	(void)state;
	peer_greet(peer);
	leave(peer);
	server_stop(server);
	server = server_start(out);
	peer = peer_connect(server_port(server));
	(void)peer_wait_gone(peer);
	peer_free(peer);
	journal_expect(server, "refuse  127\\.0\\.0\\.1:[0-9]+ reason=deny$");
	server_stop(server);
}

static void
test_max_per_ip_counts_sources(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--max-per-ip", "2", NULL};
	struct server *server = server_start(args);
	struct peer *one = connect_from(server, 1);
	struct peer *same = connect_from(server, 1);
	struct peer *other = connect_from(server, 2);
	struct peer *own = peer_connect(server_port(server)), *peer;

	(void)state;
	peer_greet(one);
	peer_greet(same);
	peer_greet(other);
	SEND(own, LOCAL);
	peer_greet(own);
	peer = connect_from(server, 1);
	(void)peer_wait_gone(peer);
	peer_free(peer);
	journal_expect(
	    server, "warning refuse  192\\.0\\.2\\.1:1000 reason=per-ip$");
	leave(one);
	journal_expect(server, "close   #1 ");
	one = connect_from(server, 1);
	peer_greet(one);
	peer = connect_from(server, 1);
	(void)peer_wait_gone(peer);
	peer_free(peer);
	peer_greet(same);
	leave(one);
	leave(same);
	leave(other);
	leave(own);
	server_stop(server);
}

static void
test_a_header_comes_through_a_unix_socket_too(void **state)
{
	char path[256], address[300];
	const char *args[] = {"--proxy-protocol", "-v", "-b", address, NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	scratch_path(path, sizeof(path), "proxied");
	(void)snprintf(address, sizeof(address), "unix:%s", path);
	server = server_start(args);
	peer = peer_connect_unix(path);
	SEND(peer, FROM4 "hello");
	peer_expect(peer, "hello");
	journal_expect(server, "info  connect #1 192\\.0\\.2\\.7:4000 ");
	leave(peer);
	peer = peer_connect_unix(path);
	SEND(peer, LOCAL "hello");
	peer_expect(peer, "hello");
	journal_expect(server, "debug connect #2 unix:/.*/proxied ");
	leave(peer);
	server_stop(server);
}

static void
test_all_threads_read_headers(void **state)
{
	const char *const args[] = {"--proxy-protocol", "-t", "3", NULL};
	struct server *server = server_start(args);
	struct peer *peers[MANY];
	char line[64];
	unsigned i;

	(void)state;
	for (i = 0; i < MANY; i++)
		peers[i] = peer_connect(server_port(server));
	for (i = 0; i < MANY; i++) {
		(void)snprintf(line, sizeof(line),
		    "PROXY TCP4 192.0.2.%u 127.0.0.1 1 2\r\nhello", i);
		peer_send_text(peers[i], line);
	}
	for (i = 0; i < MANY; i++) {
		peer_expect(peers[i], "hello");
		(void)snprintf(line, sizeof(line), " 192.0.2.%u:1 open=", i);
		server_wait_log(server, line);
		leave(peers[i]);
	}
	journal_wait_count(server, " close ", MANY);
	assert_int_equal(journal_stat(server, "open"), 0);
	server_stop(server);
}

static void
test_a_shutdown_waits_for_no_header(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--drain-timeout", "1h", NULL};
	struct server *server = server_start(args);
	struct peer *silent = peer_connect(server_port(server));
	struct peer *half = peer_connect(server_port(server));
	struct peer *peer = connect_from(server, 1);

	(void)state;
	SEND(half, "PROXY ");
	peer_greet(peer);
	process_signal(server_process(server), SIGTERM);
	peer_expect_eof(peer);
	(void)peer_wait_gone(silent);
	(void)peer_wait_gone(half);
	peer_free(peer);
	peer_free(silent);
	peer_free(half);
	process_expect_exit(server_process(server), 0);
	assert_int_equal(journal_count(server, "no PROXY header"), 0);
	server_free(server);
}

static void
test_a_header_that_does_not_come_is_not_waited_for(void **state)
{
	struct server *server = start();
	struct peer *silent = peer_connect(server_port(server));
	struct peer *half = peer_connect(server_port(server));
	struct peer *peer = connect_from(server, 1);

	(void)state;
	SEND(half, "PROXY TCP4 1.2.3.4 ");
	peer_greet(peer);
	(void)peer_wait_gone(silent);
	(void)peer_wait_gone(half);
	peer_free(silent);
	peer_free(half);
	journal_expect(server, "warning error   #1 .*no PROXY header came");
	journal_expect(server, "warning error   #2 .*no PROXY header came");
	/* who has told may be silent as long as he likes */
	peer_greet(peer);
	leave(peer);
	server_stop(server);
}

/* The balancer's time is not the client's: it is silent from its header on. */
static void
test_the_idle_time_begins_after_the_header(void **state)
{
	const char *const args[] = {
	    "--proxy-protocol", "--idle-timeout", "400ms", NULL};
	struct server *server = server_start(args);
	struct peer *late = peer_connect(server_port(server)), *early;

	(void)state;
	early = connect_from(server, 2);
	peer_expect_eof(early);
	journal_expect(server, "close   #2 .* reason=idle ");
	SEND(late, "PROXY TCP4 192.0.2.1 127.0.0.1 1000 8080\r\n");
	peer_expect_eof(late);
	journal_expect(server,
	    "close   #1 192\\.0\\.2\\.1:1000 reason=idle .*"
	    " secs=(0\\.[789]|[1-9])");
	peer_free(early);
	peer_free(late);
	server_stop(server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_source_of_version_1_is_the_peer),
	    TEST(test_the_source_of_version_2_is_the_peer),
	    TEST(test_a_header_may_come_in_single_bytes),
	    TEST(test_much_behind_the_header_comes_back_whole),
	    TEST(test_a_long_header_is_skipped_with_a_small_buffer),
	    TEST(test_a_wrong_header_is_told_and_closes_nobody_else),
	    TEST(test_half_a_header_is_a_wrong_one),
	    TEST(test_health_checks_make_no_line),
	    TEST(
		test_the_balancers_own_connections_are_served_and_for_debugging),
	    TEST(test_deny_is_about_the_source),
	    TEST(test_allow_is_about_the_balancer),
	    TEST(test_max_per_ip_counts_sources),
	    TEST(test_a_header_comes_through_a_unix_socket_too),
	    TEST(test_all_threads_read_headers),
	    TEST(test_a_shutdown_waits_for_no_header),
	    TEST(test_the_idle_time_begins_after_the_header),
	    TEST(test_a_header_that_does_not_come_is_not_waited_for),
	};

	return cmocka_run_group_tests_name("yodeld: proxy", tests, NULL, NULL);
}
