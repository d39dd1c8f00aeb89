/* yodeld: --max-per-ip, how many clients there may be from one address. */

#include <sys/socket.h>
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/bequest.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define REFUSED(address) "refuse  " address ":[0-9]+ reason=per-ip$"
#define PATH_SIZE	 256

static void
expect_refused(struct peer *peer)
{
	peer_expect_eof(peer);
	peer_free(peer);
}

static void
test_one_address_has_so_many_places(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "--max-per-ip", "2", NULL};
	struct server *server = server_start(args);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));

	(void)state;
	peer_greet(one);
	peer_greet(two);
	expect_refused(peer_connect(server_port(server)));
	expect_refused(peer_connect(server_port(server)));
	journal_wait_count(server, " refuse ", 2);
	journal_expect(server, REFUSED("127\\.0\\.0\\.1"));
	assert_int_equal(journal_stat(server, "refused"), 2);
	assert_int_equal(journal_stat(server, "open"), 2);
	peer_greet(one);
	peer_free(one);
	peer_free(two);
	server_stop(server);
}

/* Also who was reset, and also when the same place was had before. */
static void
test_who_leaves_makes_room_for_the_next(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "--max-per-ip", "1", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));
	int i;

	(void)state;
	for (i = 1; i <= 3; i++) {
		peer_greet(peer);
		expect_refused(peer_connect(server_port(server)));
		if (i == 2)
			peer_reset(peer);
		else
			peer_free(peer);
		journal_wait_count(server, " close ", (size_t)i);
		peer = peer_connect(server_port(server));
	}
	peer_greet(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_each_address_has_its_own(void **state)
{
	const char *const args[] = {"--max-per-ip", "1", NULL};
	struct server *server = server_start(args);
	struct peer *v4 = peer_connect(server_port(server)), *v6, *other;

	(void)state;
	peer_greet(v4);
	/* By then it has told where it listens. */
	journal_expect(server, " connect ");
	if (journal_count(server, " [::1]:") == 0) {
		peer_free(v4);
		server_stop(server);
		skip();
	}
	v6 = peer_connect6(server_port(server));
	peer_greet(v6);
	expect_refused(peer_connect6(server_port(server)));
	journal_expect(server, REFUSED("\\[::1\\]"));
#ifdef __linux__ /* all of 127.0.0.0/8 is its own without being set up */
	other = peer_connect_from(server_port(server), "127.0.0.2");
	peer_greet(other);
	expect_refused(peer_connect_from(server_port(server), "127.0.0.2"));
	journal_expect(server, REFUSED("127\\.0\\.0\\.2"));
	peer_free(other);
#else
	(void)other;
#endif
	peer_free(v6);
	journal_expect(server, " close .* \\[::1\\]:");
	v6 = peer_connect6(server_port(server));
	peer_greet(v6);
	expect_refused(peer_connect(server_port(server)));
	peer_free(v6);
	peer_free(v4);
	server_stop(server);
}

/* Listens for both families, which yodeld itself never asks for. */
static int
listen_at_wildcard(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	int fd = socket(AF_INET6, SOCK_STREAM, 0), off = 0;

	if (fd == -1 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) ==
		-1 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) == -1 ||
	    listen(fd, SOMAXCONN) == -1)
		skip();
	return fd;
}

static void
test_ipv4_through_an_ipv6_socket_is_the_same_address(void **state)
{
	const char *const args[] = {
	    "--allow", "any", "--max-per-ip", "1", NULL};
	struct bequest bequest = {.count = 2};
	struct server *server;
	struct peer *peer;
	uint16_t mapped, plain;
	int i;

	(void)state;
	bequest.fds[0] = listen_at_wildcard();
	bequest.fds[1] = bequest_listen("127.0.0.1:0");
	mapped = bequest_port(bequest.fds[0]);
	plain = bequest_port(bequest.fds[1]);
	server = server_start_bequeathed(&bequest, args);
	for (i = 0; i < 2; i++)
		close(bequest.fds[i]);
	peer = peer_connect(mapped);
	peer_greet(peer);
	journal_expect(server, "connect #1 127\\.0\\.0\\.1:");
	expect_refused(peer_connect(plain));
	expect_refused(peer_connect(mapped));
	journal_wait_count(server, " reason=per-ip", 2);
	peer_free(peer);
	journal_wait_count(server, " close ", 1);
	peer = peer_connect(plain);
	peer_greet(peer);
	expect_refused(peer_connect(mapped));
	peer_free(peer);
	server_stop(server);
}

static void
test_a_unix_socket_has_no_addresses_to_count(void **state)
{
	char path[PATH_SIZE], bind_to[PATH_SIZE + 8];
	const char *const args[] = {"-b", bind_to, "--max-per-ip", "1", NULL};
	struct server *server;
	struct peer *peers[3];
	int i;

	(void)state;
	scratch_path(path, sizeof(path), "per-ip.sock");
	snprintf(bind_to, sizeof(bind_to), "unix:%s", path);
	server = server_start(args);
	for (i = 0; i < 3; i++)
		peers[i] = peer_connect_unix(path);
	for (i = 0; i < 3; i++)
		peer_greet(peers[i]);
	for (i = 0; i < 3; i++)
		peer_free(peers[i]);
	assert_int_equal(journal_stat(server, "refused"), 0);
	server_stop(server);
}

/* They may leave in one thread while they come in another. */
static void
test_places_are_counted_right_over_threads(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "-t", "4", "--max-per-ip", "8", NULL};
	struct server *server = server_start(args);
	struct peer *peers[8];
	int i, round;

	(void)state;
	for (round = 1; round <= 20; round++) {
		for (i = 0; i < 8; i++)
			peers[i] = peer_connect(server_port(server));
		for (i = 0; i < 8; i++)
			peer_greet(peers[i]);
		expect_refused(peer_connect(server_port(server)));
		for (i = 0; i < 8; i++)
			peer_free(peers[i]);
		journal_wait_count(server, " close ", (size_t)round * 8);
	}
	assert_int_equal(journal_stat(server, "refused"), 20);
	assert_int_equal(journal_stat(server, "open"), 0);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_one_address_has_so_many_places, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_leaves_makes_room_for_the_next, process_teardown),
	    cmocka_unit_test_teardown(
		test_each_address_has_its_own, process_teardown),
	    cmocka_unit_test_teardown(
		test_ipv4_through_an_ipv6_socket_is_the_same_address,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_unix_socket_has_no_addresses_to_count, process_teardown),
	    cmocka_unit_test_teardown(
		test_places_are_counted_right_over_threads, process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: clients of an address", tests, NULL, NULL);
}
