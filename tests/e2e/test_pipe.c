/* yodel as a pipe: byte-exact both ways, and the exit status tells the end. */

#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define MIB ((size_t)1024 * 1024)

static char *
random_bytes(size_t len)
{
	unsigned char *bytes = malloc(len);
	uint32_t x = 2463534242;

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bytes[i] = (unsigned char)x;
	}
	return (char *)bytes;
}

/* yodel with these streams, one more argument (or NULL) and 127.0.0.1:port. */
static struct process *
start_yodel(uint16_t port, const char *option, const char *value,
    const struct process_options *options)
{
	const char *argv[6] = {process_yodel()};
	char place[32];
	int argc = 1;

	(void)snprintf(place, sizeof(place), "127.0.0.1:%u", port);
	if (option != NULL)
		argv[argc++] = option;
	if (value != NULL)
		argv[argc++] = value;
	argv[argc] = place;
	return process_start(argv, options);
}

/* A pipe whose ends the program gets as its streams only. */
static void
make_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	assert_int_not_equal(fcntl(ends[0], F_SETFD, FD_CLOEXEC), -1);
	assert_int_not_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), -1);
}

static void
expect_output(struct process *yodel, const void *bytes, size_t len)
{
	size_t got;
	const char *out = process_output(yodel, PROCESS_OUT, &got);

	assert_int_equal(got, len);
	if (len > 0)
		assert_memory_equal(out, bytes, len);
}

static void
expect_silence_on_stderr(struct process *yodel)
{
	assert_string_equal(process_output(yodel, PROCESS_ERR, NULL), "");
}

/* The listener of a peer that the test plays. */
static struct process *
start_with_peer(struct peer **peer, const char *option, const char *value)
{
	struct peer_listener *listener = peer_listen(0);
	struct process *yodel =
	    start_yodel(peer_listener_port(listener), option, value, NULL);

	*peer = peer_accept(listener);
	peer_listener_free(listener);
	return yodel;
}

static void
a_mebibyte_comes_back_as_it_went(void **state)
{
	struct server *server = server_start(NULL);
	struct process *yodel =
	    start_yodel(server_port(server), NULL, NULL, NULL);
	char *bytes = random_bytes(MIB);

	(void)state;
	process_write(yodel, bytes, MIB);
	process_close_stdin(yodel);
	process_expect_exit(yodel, 0);
	expect_output(yodel, bytes, MIB);
	expect_silence_on_stderr(yodel);
	process_free(yodel);
	server_stop(server);
	free(bytes);
}

static void
what_comes_back_is_not_held_back(void **state)
{
	struct server *server = server_start(NULL);
	struct process *yodel =
	    start_yodel(server_port(server), NULL, NULL, NULL);

	(void)state;
	process_write(yodel, "no newline", 10);
	process_wait_text(yodel, PROCESS_OUT, "no newline");
	process_write(yodel, ", and more", 10);
	process_wait_text(yodel, PROCESS_OUT, ", and more");
	process_close_stdin(yodel);
	process_expect_exit(yodel, 0);
	process_free(yodel);
	server_stop(server);
}

static void
nothing_in_is_nothing_out(void **state)
{
	struct server *server = server_start(NULL);
	struct process_options options = {.stdin_fd = PROCESS_NULL};
	struct process *yodel =
	    start_yodel(server_port(server), NULL, NULL, &options);

	(void)state;
	process_expect_exit(yodel, 0);
	expect_output(yodel, "", 0);
	process_free(yodel);
	server_stop(server);
}

static void
files_in_and_out(void **state)
{
	struct server *server = server_start(NULL);
	struct process_options options = {0};
	struct process *yodel;
	char in[200], out[200], *bytes = random_bytes(3 * MIB), *got;
	size_t len;

	(void)state;
	scratch_write(scratch_path(in, sizeof(in), "in"), bytes, 3 * MIB);
	scratch_write(scratch_path(out, sizeof(out), "out"), "", 0);
	options.stdin_fd = open(in, O_RDONLY);
	options.stdout_fd = open(out, O_WRONLY);
	assert_true(options.stdin_fd != -1 && options.stdout_fd != -1);
	yodel = start_yodel(server_port(server), NULL, NULL, &options);
	process_expect_exit(yodel, 0);
	got = scratch_read(out, &len);
	assert_non_null(got);
	assert_int_equal(len, 3 * MIB);
	assert_memory_equal(got, bytes, 3 * MIB);
	close(options.stdin_fd);
	close(options.stdout_fd);
	process_free(yodel);
	server_stop(server);
	free(bytes);
	free(got);
}

static void
a_reader_that_left_ends_it_quietly(void **state)
{
	struct server *server = server_start(NULL);
	struct process_options options = {0};
	struct process *yodel;
	int ends[2];

	(void)state;
	make_pipe(ends);
	options.stdout_fd = ends[1];
	yodel = start_yodel(server_port(server), NULL, NULL, &options);
	close(ends[0]);
	close(ends[1]);
	process_write(yodel, "anyone?\n", 8);
	process_expect_exit(yodel, 0);
	expect_silence_on_stderr(yodel);
	process_free(yodel);
	server_stop(server);
}

/* yodel with one of its standard streams closed, as a shell's ">&-" does. */
static struct process *
start_closed(uint16_t port, const char *redirection)
{
	char script[512];
	const char *argv[] = {"sh", "-c", script, NULL};

	(void)snprintf(script, sizeof(script),
	    "echo text | '%s' 127.0.0.1 %u %s", process_yodel(), port,
	    redirection);
	return process_start(argv, NULL);
}

static void
closed_streams_are_never_taken_for_the_socket(void **state)
{
	struct server *server = server_start(NULL);
	struct process *yodel;

	(void)state;
	yodel = start_closed(server_port(server), ">&-");
	process_expect_exit(yodel, 3);
	process_wait_text(yodel, PROCESS_ERR, "yodel: stdout: ");
	process_free(yodel);
	yodel = start_closed(server_port(server), "<&-");
	process_expect_exit(yodel, 3);
	process_wait_text(yodel, PROCESS_ERR, "yodel: stdin: ");
	process_free(yodel);
	yodel = start_closed(server_port(server), "2>&-");
	process_expect_exit(yodel, 0);
	expect_output(yodel, "text\n", 5);
	process_free(yodel);
	server_stop(server);
}

static void
who_cannot_connect_says_so_with_1(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	uint16_t port = peer_listener_port(listener);
	struct process *yodel;
	char text[64];

	(void)state;
	peer_listener_free(listener);
	yodel = start_yodel(port, NULL, NULL, NULL);
	process_expect_exit(yodel, 1);
	(void)snprintf(text, sizeof(text),
	    "yodel: connection refused by 127.0.0.1:%u\n", port);
	assert_string_equal(process_output(yodel, PROCESS_ERR, NULL), text);
	expect_output(yodel, "", 0);
	process_free(yodel);
}

static void
a_wrong_usage_is_2(void **state)
{
	const char *option[] = {process_yodel(), "--bogus", NULL};
	const char *operand[] = {process_yodel(), "127.0.0.1", "port", NULL};
	struct process *yodel;

	(void)state;
	yodel = process_start(option, NULL);
	process_expect_exit(yodel, 2);
	process_wait_text(yodel, PROCESS_ERR, "--bogus");
	process_wait_text(yodel, PROCESS_ERR, "yodel --help");
	process_free(yodel);
	yodel = process_start(operand, NULL);
	process_expect_exit(yodel, 2);
	process_wait_text(yodel, PROCESS_ERR, "'127.0.0.1 port'");
	process_free(yodel);
}

static void
help_and_version_are_0(void **state)
{
	static const char *const options[] = {"--help", "-h", "--version"};
	struct process *yodel;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *argv[] = {process_yodel(), options[i], NULL};

		yodel = process_start(argv, NULL);
		process_expect_exit(yodel, 0);
		process_wait_text(yodel, PROCESS_OUT, "yodel");
		expect_silence_on_stderr(yodel);
		process_free(yodel);
	}
}

static void
a_reset_in_the_middle_is_3(void **state)
{
	struct peer *peer;
	struct process *yodel = start_with_peer(&peer, NULL, NULL);

	(void)state;
	process_write(yodel, "question", 8);
	peer_expect(peer, "question");
	peer_send_text(peer, "half an ans");
	process_wait_text(yodel, PROCESS_OUT, "half an ans");
	peer_reset(peer);
	process_expect_exit(yodel, 3);
	assert_string_equal(
	    process_output(yodel, PROCESS_ERR, NULL), "yodel: reset by peer\n");
	process_free(yodel);
}

static void
a_peer_that_closes_before_the_end_of_input_is_3(void **state)
{
	struct peer *peer;
	struct process *yodel = start_with_peer(&peer, NULL, NULL);

	(void)state;
	peer_send_text(peer, "goodbye");
	peer_free(peer);
	process_expect_exit(yodel, 3);
	expect_output(yodel, "goodbye", 7);
	assert_string_equal(process_output(yodel, PROCESS_ERR, NULL),
	    "yodel: closed by peer before the end of the input\n");
	process_free(yodel);
}

static void
the_end_of_input_is_passed_on_and_the_rest_awaited(void **state)
{
	struct peer *peer;
	struct process *yodel = start_with_peer(&peer, NULL, NULL);

	(void)state;
	process_write(yodel, "GET", 3);
	process_close_stdin(yodel);
	peer_expect(peer, "GET");
	peer_expect_eof(peer);
	peer_send_text(peer, "the answer, ");
	process_wait_text(yodel, PROCESS_OUT, "the answer, ");
	peer_send_text(peer, "all of it");
	peer_free(peer);
	process_expect_exit(yodel, 0);
	expect_output(yodel, "the answer, all of it", 21);
	process_free(yodel);
}

static void
it_waits_no_longer_than_it_was_told(void **state)
{
	struct peer *peer;
	struct process *yodel = start_with_peer(&peer, "-w", "100ms");

	(void)state;
	peer_send_text(peer, "early");
	process_wait_text(yodel, PROCESS_OUT, "early");
	process_close_stdin(yodel);
	/* The peer never closes. */
	process_expect_exit(yodel, 0);
	expect_silence_on_stderr(yodel);
	peer_free(peer);
	process_free(yodel);
}

/* A Unix socket, as what it holds is soon full. */
static int
listen_unix(const char *path)
{
	struct endpoint endpoint = {.family = AF_UNIX};
	struct endpoint_addr addr;
	const char *error;
	int fd;

	assert_true(strlen(path) < sizeof(endpoint.host));
	strcpy(endpoint.host, path);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	fd = endpoint_listen(&addr, 4);
	assert_int_not_equal(fd, -1);
	return fd;
}

/* How much a peer at path is sent before it has to take something. */
static size_t
capacity(const char *path, const char *bytes, size_t len)
{
	struct peer *peer = peer_connect_unix(path);
	size_t n, sum = 0;

	while ((n = peer_send_some(peer, bytes, len)) > 0)
		sum += n;
	peer_free(peer);
	return sum;
}

/*
 * yodel -w 0 with so much input that its own queue is half full when the input
 * ends, as long as the peer takes nothing. Returns how much that is.
 */
static size_t
start_with_deaf_peer(struct process **yodel, int *listener)
{
	struct process_options options = {0};
	char path[200], in[200], place[256], *bytes = calloc(1, 16 * MIB);
	const char *argv[] = {process_yodel(), "-w", "0", place, NULL};
	size_t len;

	assert_non_null(bytes);
	*listener = listen_unix(scratch_path(path, sizeof(path), "deaf"));
	(void)snprintf(place, sizeof(place), "unix:%s", path);
	len = capacity(path, bytes, 65536) + (size_t)128 * 1024;
	assert_true(len < 16 * MIB);
	close(accept(*listener, NULL, NULL));
	scratch_write(scratch_path(in, sizeof(in), "in"), bytes, len);
	options.stdin_fd = open(in, O_RDONLY);
	assert_int_not_equal(options.stdin_fd, -1);
	*yodel = process_start(argv, &options);
	close(options.stdin_fd);
	free(bytes);
	return len;
}

static void
the_wait_ends_with_a_peer_that_takes_nothing(void **state)
{
	struct process *yodel;
	int listener;

	(void)state;
	(void)start_with_deaf_peer(&yodel, &listener);
	process_expect_exit(yodel, 3);
	process_wait_text(yodel, PROCESS_ERR, "does not take the rest");
	close(listener);
	process_free(yodel);
}

static void
no_wait_for_the_answer_is_one_for_what_is_sent(void **state)
{
	static char buf[65536];
	struct process *yodel;
	size_t got = 0, len;
	ssize_t n;
	int listener, peer;

	(void)state;
	len = start_with_deaf_peer(&yodel, &listener);
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), listener, POLLIN));
	peer = accept(listener, NULL, NULL);
	assert_int_not_equal(peer, -1);
	do {
		assert_true(
		    deadline_wait_fd(deadline_in(DEADLINE_MS), peer, POLLIN));
		n = read(peer, buf, sizeof(buf));
		assert_int_not_equal(n, -1);
		got += (size_t)n;
	} while (n > 0);
	assert_int_equal(got, len);
	process_expect_exit(yodel, 0);
	close(peer);
	close(listener);
	process_free(yodel);
}

static void
output_that_nobody_reads_holds_up_nothing_else(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	struct process_options options = {0};
	struct process *yodel;
	struct peer *peer;
	char *bytes = calloc(1, MIB);
	int ends[2];

	(void)state;
	assert_non_null(bytes);
	make_pipe(ends);
	options.stdout_fd = ends[1];
	yodel = start_yodel(peer_listener_port(listener), NULL, NULL, &options);
	peer = peer_accept(listener);
	/* So that no piece ends where the pipe does. */
	peer_send(peer, bytes, 5);
	assert_true(
	    deadline_wait_fd(deadline_in(DEADLINE_MS), ends[0], POLLIN));
	while (poll(&(struct pollfd){.fd = ends[1], .events = POLLOUT}, 1, 0))
		(void)peer_send_some(peer, bytes, 65536);
	process_write(yodel, "still here", 10);
	peer_expect(peer, "still here");
	process_signal(yodel, SIGTERM);
	assert_int_equal(process_wait_exit(yodel), 128 + SIGTERM);
	close(ends[0]);
	close(ends[1]);
	peer_free(peer);
	peer_listener_free(listener);
	process_free(yodel);
	free(bytes);
}

static void
a_slow_reader_gets_all_and_nothing_locks_up(void **state)
{
	struct server *server = server_start(NULL);
	struct process_options options = {0};
	struct process *yodel;
	char in[200], *bytes = random_bytes(16 * MIB), *got = malloc(16 * MIB);
	size_t done = 0;
	ssize_t n;
	char extra;
	int ends[2];

	(void)state;
	assert_non_null(got);
	scratch_write(scratch_path(in, sizeof(in), "in"), bytes, 16 * MIB);
	options.stdin_fd = open(in, O_RDONLY);
	assert_int_not_equal(options.stdin_fd, -1);
	make_pipe(ends);
	options.stdout_fd = ends[1];
	yodel = start_yodel(server_port(server), NULL, NULL, &options);
	close(ends[1]);
	/* More than all that lies between: everyone has to wait for us. */
	while (done < 16 * MIB) {
		assert_true(deadline_wait_fd(
		    deadline_in(DEADLINE_MS), ends[0], POLLIN));
		n = read(
		    ends[0], got + done, done < MIB ? 1000 : 16 * MIB - done);
		assert_true(n > 0);
		done += (size_t)n;
	}
	assert_int_equal(read(ends[0], &extra, 1), 0);
	assert_memory_equal(got, bytes, 16 * MIB);
	process_expect_exit(yodel, 0);
	close(ends[0]);
	close(options.stdin_fd);
	process_free(yodel);
	server_stop(server);
	free(bytes);
	free(got);
}

#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_mebibyte_comes_back_as_it_went),
	    TEST(what_comes_back_is_not_held_back),
	    TEST(nothing_in_is_nothing_out),
	    TEST(files_in_and_out),
	    TEST(a_reader_that_left_ends_it_quietly),
	    TEST(closed_streams_are_never_taken_for_the_socket),
	    TEST(who_cannot_connect_says_so_with_1),
	    TEST(a_wrong_usage_is_2),
	    TEST(help_and_version_are_0),
	    TEST(a_reset_in_the_middle_is_3),
	    TEST(a_peer_that_closes_before_the_end_of_input_is_3),
	    TEST(the_end_of_input_is_passed_on_and_the_rest_awaited),
	    TEST(it_waits_no_longer_than_it_was_told),
	    TEST(the_wait_ends_with_a_peer_that_takes_nothing),
	    TEST(no_wait_for_the_answer_is_one_for_what_is_sent),
	    TEST(output_that_nobody_reads_holds_up_nothing_else),
	    TEST(a_slow_reader_gets_all_and_nothing_locks_up),
	};

	return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
