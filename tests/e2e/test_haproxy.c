/* Two yodeld behind a real HAProxy, with the configuration that is shipped. */

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define CONFIGURATION "assets/haproxy.cfg"
#define CLIENTS	      6 /* of both yodeld together */
#define CHECKS	      3 /* until the log is looked at */
#define BULK	      (1 << 20)

static const char *const server_args[] = {
    "-b", "127.0.0.1", "--proxy-protocol", NULL};

struct farm {
	struct server *one;
	struct server *two;
	struct process *haproxy;
	uint16_t port;
	char control[256];
};

static bool
is_installed(void)
{
	return system("PATH=$PATH:/usr/sbin command -v haproxy >/dev/null") ==
	    0;
}

/* The text with all places of one thing changed into another; it frees it. */
static char *
replace(char *text, const char *from, const char *to)
{
	const size_t step = strlen(to);
	char *result = calloc(1, strlen(text) * (step + 1) + 1);
	char *at, *rest = text, *out = result;

	assert_non_null(result);
	if (strstr(text, from) == NULL)
		fail_msg("no '%s' in %s", from, CONFIGURATION);
	while ((at = strstr(rest, from)) != NULL) {
		memcpy(out, rest, (size_t)(at - rest));
		out += at - rest;
		memcpy(out, to, step);
		out += step;
		rest = at + strlen(from);
	}
	memcpy(out, rest, strlen(rest) + 1);
	free(text);
	return result;
}

static char *
replace_port(char *text, const char *from, uint16_t port)
{
	char to[32];

	(void)snprintf(to, sizeof(to), "127.0.0.1:%" PRIu16, port);
	return replace(text, from, to);
}

/* A port that nobody has at the moment. */
static uint16_t
free_port(void)
{
	struct peer_listener *listener = peer_listen(0);
	uint16_t port = peer_listener_port(listener);

	peer_listener_free(listener);
	return port;
}

struct checks {
	struct server *server;
	uint64_t count;
};

static bool
were_made(void *arg)
{
	const struct checks *checks = arg;

	return journal_stat(checks->server, "accepted") >= checks->count;
}

/* So many connections in all; without clients it is HAProxy that looks. */
static void
wait_accepted(struct server *server, uint64_t count)
{
	struct checks checks = {.server = server, .count = count};

	if (!deadline_wait(deadline_in(DEADLINE_MS), were_made, &checks))
		fail_msg("HAProxy does not check");
}

/* What is shipped, but on free ports, and with this way to send the header. */
static void
farm_start(struct farm *farm, const char *send_proxy)
{
	char path[256], runtime_dir[280];
	const char *const argv[] = {"/bin/sh", "-c",
	    "PATH=$PATH:/usr/sbin exec haproxy -db -f \"$0\"", path, NULL};
	const char *const env[] = {runtime_dir, NULL};
	const struct process_options options = {
	    .env = env, .stdin_fd = PROCESS_NULL};
	char *text = scratch_read(CONFIGURATION, NULL);

	assert_non_null(text);
	farm->one = server_start(server_args);
	farm->two = server_start(server_args);
	farm->port = free_port();
	text = replace_port(text, "127.0.0.1:8080", farm->port);
	text = replace_port(text, "127.0.0.1:8081", server_port(farm->one));
	text = replace_port(text, "127.0.0.1:8082", server_port(farm->two));
	text = replace(text, "send-proxy-v2", send_proxy);
	scratch_path(path, sizeof(path), "haproxy.cfg");
	scratch_write(path, text, strlen(text));
	free(text);
	(void)snprintf(runtime_dir, sizeof(runtime_dir), "XDG_RUNTIME_DIR=%s",
	    scratch_dir());
	scratch_path(
	    farm->control, sizeof(farm->control), "yodeld-haproxy.sock");
	farm->haproxy = process_start(argv, &options);
	/* it listens before it checks */
	wait_accepted(farm->one, 1);
	wait_accepted(farm->two, 1);
}

static void
farm_stop(struct farm *farm)
{
	process_free(farm->haproxy);
	server_stop(farm->one);
	server_stop(farm->two);
}

/* What HAProxy answers to a command; the caller frees it. */
static char *
farm_tell(const struct farm *farm, const char *command)
{
	struct peer *peer = peer_connect_unix(farm->control);
	char *answer;

	peer_send_text(peer, command);
	peer_send_text(peer, "\n");
	answer = peer_recv_all(peer, NULL);
	peer_free(peer);
	return answer;
}

/* Whether it is at this yodeld, by the address that its log has. */
static bool
is_at(struct server *server, const struct peer *peer)
{
	char text[64];

	(void)snprintf(text, sizeof(text),
	    " 127.0.0.1:%" PRIu16 " open=", peer_port(peer));
	return journal_count(server, text) > 0;
}

/* All of them have a line in one of the logs, which comes after the echo. */
static void
connect_all(struct farm *farm, struct peer **peers, size_t count)
{
	size_t before = journal_count(farm->one, " connect ") +
	    journal_count(farm->two, " connect ");
	struct deadline deadline = deadline_in(DEADLINE_MS);
	size_t i;

	for (i = 0; i < count; i++) {
		peers[i] = peer_connect(farm->port);
		peer_greet(peers[i]);
	}
	while (journal_count(farm->one, " connect ") +
		journal_count(farm->two, " connect ") <
	    before + count)
		assert_true(deadline_left_ms(deadline) > 0);
}

static void
leave_all(struct peer **peers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		peer_shutdown(peers[i]);
		peer_expect_eof(peers[i]);
		peer_free(peers[i]);
	}
}

static void
check_clients(const char *send_proxy)
{
	struct farm farm;
	struct peer *peers[CLIENTS];
	size_t i, at_one = 0;
	char *bytes = calloc(1, BULK);

	assert_non_null(bytes);
	farm_start(&farm, send_proxy);
	wait_accepted(farm.one, CHECKS);
	connect_all(&farm, peers, CLIENTS);
	for (i = 0; i < CLIENTS; i++) {
		assert_true(
		    is_at(farm.one, peers[i]) != is_at(farm.two, peers[i]));
		at_one += is_at(farm.one, peers[i]);
	}
	assert_in_range(at_one, 1, CLIENTS - 1);
	peer_echo(peers[0], bytes, BULK);
	free(bytes);
	leave_all(peers, CLIENTS);
	journal_wait_count(farm.one, " close ", at_one);
	journal_wait_count(farm.two, " close ", CLIENTS - at_one);
	/* and of the checks, not a line */
	assert_int_equal(journal_count(farm.one, " connect "), at_one);
	assert_int_equal(journal_count(farm.one, " close "), at_one);
	assert_int_equal(journal_count(farm.one, " error   #"), 0);
	assert_int_equal(journal_count(farm.two, " error   #"), 0);
	farm_stop(&farm);
}

static void
test_the_log_has_the_clients_and_not_the_checks(void **state)
{
	(void)state;
	if (!is_installed())
		skip();
	check_clients("send-proxy-v2");
}

static void
test_version_1_does_the_same(void **state)
{
	(void)state;
	if (!is_installed())
		skip();
	check_clients("send-proxy");
}

/* Somebody new, once more. */
static bool
reaches_one(void *arg)
{
	struct farm *farm = arg;
	struct peer *peer;

	connect_all(farm, &peer, 1);
	leave_all(&peer, 1);
	return journal_count(farm->one, " connect ") > 0;
}

static void
test_nobody_elsewhere_notices_that_one_ends(void **state)
{
	struct farm farm;
	struct peer *peers[CLIENTS], *late[CLIENTS];
	uint16_t port;
	size_t i, stay = 0;

	(void)state;
	if (!is_installed())
		skip();
	farm_start(&farm, "send-proxy-v2");
	connect_all(&farm, peers, CLIENTS);
	port = server_port(farm.one);
	process_signal(server_process(farm.one), SIGTERM);
	for (i = 0; i < CLIENTS; i++) {
		if (is_at(farm.two, peers[i])) {
			peer_greet(peers[i]);
			peers[stay++] = peers[i];
		} else {
			peer_expect_eof(peers[i]);
			peer_free(peers[i]);
		}
	}
	assert_in_range(stay, 1, CLIENTS - 1);
	connect_all(&farm, late, CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		assert_true(is_at(farm.two, late[i]));
	for (i = 0; i < stay; i++)
		peer_greet(peers[i]);
	process_expect_exit(server_process(farm.one), 0);
	server_free(farm.one);
	farm.one = server_start_at(port, server_args);
	if (!deadline_wait(deadline_in(DEADLINE_MS), reaches_one, &farm))
		fail_msg("HAProxy does not come back to it");
	leave_all(peers, stay);
	leave_all(late, CLIENTS);
	farm_stop(&farm);
}

/* As assets/haproxy.cfg says how to: the fifth column, of both servers. */
static unsigned long
clients_of_one(const struct farm *farm)
{
	char *answer = farm_tell(farm, "show stat yodeld 4 -1");
	const char *at = strstr(answer, "yodeld,one,");
	unsigned long clients;
	int i;

	for (i = 0; i < 4 && at != NULL; i++)
		at = strchr(at + 1, ',');
	assert_non_null(at);
	clients = strtoul(at + 1, NULL, 10);
	free(answer);
	return clients;
}

static bool
one_is_empty(void *arg)
{
	return clients_of_one(arg) == 0;
}

static void
test_one_can_be_emptied_before_it_ends(void **state)
{
	struct farm farm;
	struct peer *peers[CLIENTS], *late[CLIENTS];
	char *answer;
	size_t i;

	(void)state;
	if (!is_installed())
		skip();
	farm_start(&farm, "send-proxy-v2");
	connect_all(&farm, peers, CLIENTS);
	answer = farm_tell(&farm, "set server yodeld/one state drain");
	assert_string_equal(answer, "\n");
	free(answer);
	connect_all(&farm, late, CLIENTS);
	for (i = 0; i < CLIENTS; i++) {
		peer_greet(peers[i]);
		assert_true(is_at(farm.two, late[i]));
	}
	assert_int_not_equal(clients_of_one(&farm), 0);
	leave_all(peers, CLIENTS);
	if (!deadline_wait(deadline_in(DEADLINE_MS), one_is_empty, &farm))
		fail_msg("HAProxy still counts somebody");
	server_stop(farm.one);
	for (i = 0; i < CLIENTS; i++)
		peer_greet(late[i]);
	leave_all(late, CLIENTS);
	process_free(farm.haproxy);
	server_stop(farm.two);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_log_has_the_clients_and_not_the_checks),
	    TEST(test_version_1_does_the_same),
	    TEST(test_nobody_elsewhere_notices_that_one_ends),
	    TEST(test_one_can_be_emptied_before_it_ends),
	};

	return cmocka_run_group_tests_name("haproxy", tests, NULL, NULL);
}
