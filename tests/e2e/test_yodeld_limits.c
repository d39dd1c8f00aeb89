/* yodeld: who may not come in, and who may not stay. */

#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"

#define CLIENTS	  5000
#define OTHER_FDS 64  /* of either process, at most */
#define CROWD	  150 /* more than 64 descriptors let in */
#define LOW_FDS	  "-n 64"

static void
expect_echo(struct peer *peer)
{
	peer_send_text(peer, "hello");
	peer_expect(peer, "hello");
}

/* Whether the server has closed it; nothing was sent, so nothing came back. */
static bool
is_closed(struct peer *peer)
{
	char byte;
	ssize_t n = recv(peer_fd(peer), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n == -1 && errno == ECONNRESET);
}

/* How many of CROWD peers got in; each other one was refused once. */
static size_t
crowd(struct server *server, const char *reason)
{
	struct peer *peers[CROWD];
	char refused[64];
	size_t i, in = 0;

	for (i = 0; i < CROWD; i++)
		peers[i] = peer_connect(server_port(server));
	/* whoever is decided about has a line */
	journal_wait_count(server, " 127.0.0.1:", CROWD + 1);
	for (i = 0; i < CROWD; i++)
		in += !is_closed(peers[i]);
	snprintf(refused, sizeof(refused), " reason=%s", reason);
	assert_int_equal(journal_count(server, refused), CROWD - in);
	assert_int_equal(journal_count(server, " error "), 0);
	assert_int_equal(journal_stat(server, "open"), in);
	assert_int_equal(journal_stat(server, "refused"), CROWD - in);
	for (i = 0; i < CROWD; i++) {
		if (!is_closed(peers[i]))
			expect_echo(peers[i]);
		peer_free(peers[i]);
	}
	journal_wait_count(server, " close ", in);
	return in;
}

/* How many clients this process may have, but no more than CLIENTS. */
static size_t
clients_by_fds(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	/* What is refused stays as it was. */
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(limit.rlim_cur > 2 * OTHER_FDS);
	return limit.rlim_cur < CLIENTS + OTHER_FDS
	    ? (size_t)limit.rlim_cur - OTHER_FDS
	    : CLIENTS;
}

static void
test_thousands_of_clients_are_served_at_once(void **state)
{
	struct server *server = server_start(NULL);
	const size_t count = clients_by_fds();
	struct peer **peers = calloc(count, sizeof(*peers));
	size_t i;

	(void)state;
	assert_non_null(peers);
	for (i = 0; i < count; i++)
		peers[i] = peer_connect(server_port(server));
	for (i = 0; i < count; i++)
		peer_send(peers[i], &i, sizeof(i));
	for (i = 0; i < count; i++) {
		size_t echo;

		peer_recv(peers[i], &echo, sizeof(echo));
		assert_int_equal(echo, i);
	}
	for (i = 0; i < count; i++)
		peer_free(peers[i]);
	free(peers);
	server_stop(server);
}

static void
test_few_descriptors_make_a_limit_of_their_own(void **state)
{
	const char *const args[] = {"-b", "127.0.0.1", NULL};
	struct server *server = server_start_limited(LOW_FDS, args);
	struct peer *peer;
	size_t in;

	(void)state;
	in = crowd(server, "limit");
	assert_in_range(in, 16, 60);
	peer = peer_connect(server_port(server));
	expect_echo(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_without_descriptors_newcomers_are_turned_away(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "--max-clients", "1000", NULL};
	struct server *server = server_start_limited(LOW_FDS, args);
	struct peer *peer;
	size_t in;

	(void)state;
	in = crowd(server, "fds");
	assert_in_range(in, 16, 63);
	peer = peer_connect(server_port(server));
	expect_echo(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_max_clients_refuses_the_next_until_one_leaves(void **state)
{
	const char *const args[] = {"--max-clients", "2", NULL};
	struct server *server = server_start(args);
	struct peer *one = peer_connect(server_port(server));
	struct peer *two = peer_connect(server_port(server));
	struct peer *three;

	(void)state;
	expect_echo(one);
	expect_echo(two);
	three = peer_connect(server_port(server));
	peer_expect_eof(three);
	peer_free(three);
	journal_expect(
	    server, "warning refuse  127\\.0\\.0\\.1:[0-9]+ reason=limit$");
	peer_free(one);
	journal_expect(server, "close   #1 ");
	three = peer_connect(server_port(server));
	expect_echo(three);
	journal_expect(server, "connect #3 .* open=2$");
	peer_free(three);
	peer_free(two);
	server_stop(server);
}

static void
test_deny_refuses_and_the_other_family_gets_in(void **state)
{
	const char *const args[] = {"--deny", "127.0.0.0/8", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	peer_expect_eof(peer);
	peer_free(peer);
	journal_expect(server, "refuse  127\\.0\\.0\\.1:[0-9]+ reason=deny$");
	if (journal_count(server, " [::1]:") > 0) {
		peer = peer_connect6(server_port(server));
		expect_echo(peer);
		peer_free(peer);
	}
	server_stop(server);
}

static void
test_the_first_of_allow_and_deny_decides(void **state)
{
	const char *const in[] = {
	    "--allow", "127.0.0.1", "--deny", "any", NULL};
	const char *const out[] = {
	    "--deny", "127.0.0.1", "--allow", "any", NULL};
	const char *const other[] = {"--allow", "192.0.2.0/24", NULL};
	struct server *server;
	struct peer *peer;

	(void)state;
	server = server_start(in);
	peer = peer_connect(server_port(server));
	expect_echo(peer);
	peer_free(peer);
	server_stop(server);
	server = server_start(out);
	peer = peer_connect(server_port(server));
	peer_expect_eof(peer);
	peer_free(peer);
	server_stop(server);
	server = server_start(other);
	peer = peer_connect(server_port(server));
	peer_expect_eof(peer);
	peer_free(peer);
	server_stop(server);
}

static void
test_the_wildcard_address_sees_its_clients_as_ipv4(void **state)
{
	const char *const args[] = {
	    "-b", "0.0.0.0", "--allow", "127.0.0.0/8", NULL};
	struct server *server = server_start(args);
	struct peer *peer = peer_connect(server_port(server));

	(void)state;
	expect_echo(peer);
	journal_expect(server, "connect #1 127\\.0\\.0\\.1:[0-9]+ open=1$");
	peer_free(peer);
	server_stop(server);
}

static void
test_only_the_idle_are_closed_for_silence(void **state)
{
	const char *const args[] = {"--idle-timeout", "400ms", NULL};
	struct server *server = server_start(args);
	struct peer *idle = peer_connect(server_port(server));
	struct peer *busy = peer_connect(server_port(server));

	(void)state;
	expect_echo(idle);
	/* a busy one says something until the idle one has gone */
	while (!is_closed(idle))
		expect_echo(busy);
	journal_expect(server, "close   #1 .* reason=idle in=5 out=5 ");
	expect_echo(busy);
	peer_expect_eof(busy);
	journal_expect(server, "close   #2 .* reason=idle ");
	peer_free(idle);
	peer_free(busy);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_thousands_of_clients_are_served_at_once, process_teardown),
	    cmocka_unit_test_teardown(
		test_few_descriptors_make_a_limit_of_their_own,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_without_descriptors_newcomers_are_turned_away,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_max_clients_refuses_the_next_until_one_leaves,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_deny_refuses_and_the_other_family_gets_in,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_first_of_allow_and_deny_decides, process_teardown),
	    cmocka_unit_test_teardown(
		test_the_wildcard_address_sees_its_clients_as_ipv4,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_only_the_idle_are_closed_for_silence, process_teardown),
	};

	return cmocka_run_group_tests_name("yodeld: limits", tests, NULL, NULL);
}
