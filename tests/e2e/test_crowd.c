/* crowd: the clients of a demo, against a real yodeld and against others. */

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

#define ARGS_MAX   16
#define SAID_MAX   4096
#define LINES_FILE "assets/crowd.txt"

/* The crowd with these arguments, then the place (where not NULL), the file. */
static struct process *
crowd_at(const char *place, const char *const *args)
{
	char dir[256], path[280];
	const char *argv[ARGS_MAX + 4];
	int argc = 0;

	(void)snprintf(path, sizeof(path), "%s/tests/tools/crowd",
	    process_build_dir(dir, sizeof(dir)));
	argv[argc++] = path;
	while (*args != NULL && argc < ARGS_MAX)
		argv[argc++] = *args++;
	argv[argc++] = place;
	argv[argc++] = LINES_FILE;
	argv[argc] = NULL;
	return process_start(argv, NULL);
}

static struct process *
crowd_start(uint16_t port, const char *const *args)
{
	char place[32];

	(void)snprintf(place, sizeof(place), "127.0.0.1:%" PRIu16, port);
	return crowd_at(place, args);
}

static void
crowd_expect_end(struct process *crowd, int status, const char *said)
{
	process_expect_exit(crowd, status);
	if (strstr(process_output(crowd, PROCESS_OUT, NULL), said) == NULL)
		fail_msg("no '%s' in: %s", said,
		    process_output(crowd, PROCESS_OUT, NULL));
	process_free(crowd);
}

static void
test_every_line_of_many_is_verified(void **state)
{
	static const char *const args[] = {
	    "-c", "20", "-l", "40", "-p", "2ms", NULL};
	struct server *server = server_start(NULL);
	struct process *crowd = crowd_start(server_port(server), args);

	(void)state;
	crowd_expect_end(crowd, 0,
	    "sent 800 lines: 800 verified, 0 differed, 0 without an answer");
	/* nobody stays for more than 16 of them */
	assert_in_range(journal_stat(server, "accepted"), 20 * 3, 20 * 10);
	assert_int_equal(journal_count(server, "reason=peer"),
	    journal_stat(server, "accepted"));
	server_stop(server);
}

static void
test_a_unix_socket_will_do(void **state)
{
	static const char *const args[] = {
	    "-c", "3", "-l", "5", "-p", "2ms", NULL};
	char place[256];
	const char *const server_args[] = {"-b", place, NULL};
	char path[240];
	struct server *server;

	(void)state;
	(void)snprintf(place, sizeof(place), "unix:%s",
	    scratch_path(path, sizeof(path), "crowd.sock"));
	server = server_start(server_args);
	crowd_expect_end(
	    crowd_at(place, args), 0, "15 lines: 15 verified, 0 differed, 0");
	server_stop(server);
}

/* A line of the crowd's only client. Returns its length. */
static size_t
hear(struct peer *peer, char *line)
{
	size_t len = 0;

	do {
		assert_true(len + 1 < SAID_MAX);
		peer_recv(peer, line + len, 1);
	} while (line[len++] != '\n');
	line[len] = '\0';
	return len;
}

/* What its only client says, with that seed, before it would leave. */
static void
said_with(const char *seed, char *said)
{
	const char *const args[] = {
	    "-c", "1", "-l", "3", "-p", "1ms", "-s", seed, NULL};
	struct peer_listener *listener = peer_listen(0);
	struct process *crowd = crowd_start(peer_listener_port(listener), args);
	struct peer *peer = peer_accept(listener);

	for (int i = 0; i < 3; i++) {
		size_t len = hear(peer, said);

		peer_send(peer, said, len);
		said += len;
	}
	peer_expect_eof(peer);
	peer_free(peer);
	crowd_expect_end(crowd, 0, "3 verified");
	peer_listener_free(listener);
}

static void
test_the_same_seed_says_the_same_again(void **state)
{
	char once[3 * SAID_MAX], again[3 * SAID_MAX], other[3 * SAID_MAX];

	(void)state;
	said_with("7", once);
	said_with("7", again);
	said_with("8", other);
	assert_string_equal(once, again);
	assert_string_not_equal(once, other);
}

static void
test_a_wrong_byte_is_told_and_fails(void **state)
{
	static const char *const args[] = {
	    "-c", "1", "-l", "1", "-p", "1ms", NULL};
	struct peer_listener *listener = peer_listen(0);
	struct process *crowd = crowd_start(peer_listener_port(listener), args);
	struct peer *peer = peer_accept(listener);
	char said[SAID_MAX];
	size_t len = hear(peer, said);

	(void)state;
	said[len - 1] = '\033';
	peer_send(peer, said, len);
	process_wait_text(crowd, PROCESS_ERR, "client 1: \"");
	process_wait_text(crowd, PROCESS_ERR, "\\x1b\" came");
	peer_wait_gone(peer);
	peer_free(peer);
	crowd_expect_end(crowd, 1, "sent 1 lines: 0 verified, 1 differed, 0");
	peer_listener_free(listener);
}

static void
test_bytes_that_nobody_asked_for_fail_too(void **state)
{
	static const char *const args[] = {
	    "-c", "1", "-l", "1", "-p", "1h", NULL};
	struct peer_listener *listener = peer_listen(0);
	struct process *crowd = crowd_start(peer_listener_port(listener), args);
	struct peer *peer = peer_accept(listener);

	(void)state;
	peer_send_text(peer, "hello?\n");
	process_wait_text(
	    crowd, PROCESS_ERR, "\"\" was expected, \"hello?\\n\" came");
	process_signal(crowd, SIGTERM);
	crowd_expect_end(crowd, 1, "sent 0 lines: 0 verified, 1 differed, 0");
	peer_free(peer);
	peer_listener_free(listener);
}

static void
test_who_is_put_out_comes_again(void **state)
{
	static const char *const args[] = {
	    "-c", "1", "-l", "2", "-p", "1ms", NULL};
	struct peer_listener *listener = peer_listen(0);
	struct process *crowd = crowd_start(peer_listener_port(listener), args);
	struct peer *peer = peer_accept(listener);
	char said[SAID_MAX];
	size_t len;

	(void)state;
	(void)hear(peer, said);
	peer_free(peer);
	peer = peer_accept(listener);
	len = hear(peer, said);
	peer_send(peer, said, len);
	peer_expect_eof(peer);
	peer_free(peer);
	crowd_expect_end(crowd, 0,
	    "came 2 times and sent 2 lines: 1 verified, 0 differed, "
	    "1 without an answer");
	peer_listener_free(listener);
}

static void
test_signals_end_it(void **state)
{
	static const char *const args[] = {"-c", "5", "-p", "5ms", NULL};
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	struct server *server = server_start(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct process *crowd = crowd_start(server_port(server), args);

		journal_wait_count(server, " connect ", 5 * (i + 1));
		process_signal(crowd, signals[i]);
		crowd_expect_end(crowd, 0, "0 differed");
	}
	server_stop(server);
}

static void
test_it_ends_with_its_server(void **state)
{
	static const char *const args[] = {"-c", "5", "-p", "5ms", NULL};
	struct server *server = server_start(NULL);
	struct process *crowd = crowd_start(server_port(server), args);

	(void)state;
	journal_wait_count(server, " connect ", 5);
	server_stop(server);
	crowd_expect_end(crowd, 0, "0 differed");
}

static void
test_it_ends_when_its_time_is_up(void **state)
{
	static const char *const args[] = {"-c", "2", "-f", "50ms", NULL};
	struct server *server = server_start(NULL);

	(void)state;
	crowd_expect_end(crowd_start(server_port(server), args), 0,
	    "sent 0 lines: 0 verified, 0 differed, 0 without an answer");
	server_stop(server);
}

static void
test_a_server_that_was_never_there_is_a_failure(void **state)
{
	static const char *const args[] = {"-c", "2", "-p", "5ms", NULL};
	char place[256] = "unix:";
	struct process *crowd;

	(void)state;
	scratch_path(place + 5, sizeof(place) - 5, "nobody.sock");
	crowd = crowd_at(place, args);
	process_wait_text(crowd, PROCESS_ERR, "No such file");
	process_expect_exit(crowd, 1);
	process_free(crowd);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_every_line_of_many_is_verified),
	    TEST(test_a_unix_socket_will_do),
	    TEST(test_the_same_seed_says_the_same_again),
	    TEST(test_a_wrong_byte_is_told_and_fails),
	    TEST(test_bytes_that_nobody_asked_for_fail_too),
	    TEST(test_who_is_put_out_comes_again),
	    TEST(test_signals_end_it),
	    TEST(test_it_ends_with_its_server),
	    TEST(test_it_ends_when_its_time_is_up),
	    TEST(test_a_server_that_was_never_there_is_a_failure),
	};

	return cmocka_run_group_tests_name("crowd", tests, NULL, NULL);
}
