/*
 * yodeld: large amounts, which go through a pipe where the system has
 * splice(2). What read(2) brought, /proc/PID/io tells; what splice(2) brought
 * is not in it.
 */

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define MIB	    ((uint64_t)1024 * 1024)
#define LETTERS	    26	   /* of the pattern: each client begins elsewhere */
#define PIECE	    131072 /* more than the server reads at once */
#define SMALL	    1000
#define SMALL_TIMES 200
#define SLOW_RCVBUF 4096
#define QUIET_MS    300 /* a socket that takes nothing for so long is full */
#define ROUNDS_MAX  64
#define URGENTS	    10
#define PATH_SIZE   512

struct stream {
	struct peer *peer;
	unsigned first; /* letter */
	uint64_t sent;
	uint64_t got;
};

static char letters[PIECE + LETTERS];

static int
set_up_letters(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(letters); i++)
		letters[i] = (char)('a' + i % LETTERS);
	return 0;
}

static const char *
stream_at(const struct stream *stream, uint64_t offset)
{
	return letters + (stream->first + offset) % LETTERS;
}

/* Sends what fits now, at most until total. */
static bool
stream_send(struct stream *stream, uint64_t total)
{
	uint64_t left = total - stream->sent;
	size_t n;

	if (left == 0)
		return false;
	n = peer_send_some(stream->peer, stream_at(stream, stream->sent),
	    left < PIECE ? (size_t)left : PIECE);
	stream->sent += n;
	return n > 0;
}

/* Waits for some of it, and compares that. Returns 0 at its end. */
static size_t
stream_recv(struct stream *stream)
{
	static char buf[PIECE];
	size_t n = peer_recv_some(stream->peer, buf, sizeof(buf));

	assert_true(stream->got + n <= stream->sent);
	assert_memory_equal(buf, stream_at(stream, stream->got), n);
	stream->got += n;
	return n;
}

/* Sends and receives until so many bytes of it are back. */
static void
stream_echo(struct stream *stream, uint64_t total)
{
	struct pollfd fd = {.fd = peer_fd(stream->peer)};

	while (stream->got < total) {
		fd.events = stream->sent < total ? POLLIN | POLLOUT : POLLIN;
		assert_true(poll(&fd, 1, DEADLINE_MS) > 0);
		if (fd.revents & POLLOUT)
			(void)stream_send(stream, total);
		if (fd.revents & POLLIN)
			assert_int_not_equal(stream_recv(stream), 0);
	}
}

/* Sends until nothing more is taken. */
static void
stream_fill(struct stream *stream, uint64_t total)
{
	do {
		while (stream_send(stream, total))
			continue;
		assert_true(stream->sent < total);
	} while (deadline_wait_fd(
	    deadline_in(QUIET_MS), peer_fd(stream->peer), POLLOUT));
}

static void
stream_finish(struct stream *stream)
{
	peer_shutdown(stream->peer);
	while (stream_recv(stream) > 0)
		continue;
	assert_int_equal(stream->got, stream->sent);
}

static void
expect_close(struct server *server, unsigned id, uint64_t total)
{
	char line[128];

	snprintf(line, sizeof(line),
	    "close   #%u .* reason=peer in=%" PRIu64 " out=%" PRIu64 " ", id,
	    total, total);
	journal_expect(server, line);
}

/* The bytes that the server has had from read(2), or skips the test. */
static uint64_t
bytes_read(struct server *server)
{
	char path[PATH_SIZE], *text;
	uint64_t count;

	snprintf(path, sizeof(path), "/proc/%ld/io",
	    (long)process_pid(server_process(server)));
	text = scratch_read(path, NULL);
	if (text == NULL) {
		server_stop(server);
		skip();
	}
	assert_int_equal(strncmp(text, "rchar: ", 7), 0);
	count = strtoull(text + 7, NULL, 10);
	free(text);
	return count;
}

/* Stopped, it finds all that was sent meanwhile in one event. */
static void
stop(struct server *server)
{
	pid_t pid = process_pid(server_process(server));

	process_signal(server_process(server), SIGSTOP);
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
}

static void
resume(struct server *server)
{
	process_signal(server_process(server), SIGCONT);
}

/* A client of the Unix socket that has spoken in bulk already. */
static struct stream
speak_in_bulk(struct server *server, const char *path, unsigned first)
{
	struct stream stream = {.first = first};

	stream.peer = peer_connect_unix(path);
	stop(server);
	assert_true(stream_send(&stream, PIECE));
	assert_true(stream.sent > PIECE / 2);
	resume(server);
	stream_echo(&stream, PIECE);
	return stream;
}

static struct server *
start_unix(char path[PATH_SIZE], const char *log_data)
{
	char bind[PATH_SIZE + 8];
	const char *const args[] = {"-b", bind, "--log-data", log_data, NULL};

	scratch_path(path, PATH_SIZE, "bulk.sock");
	snprintf(bind, sizeof(bind), "unix:%s", path);
	return server_start(args);
}

/* Every message is read, or all but so many. */
static void
expect_small_read(struct server *server, struct stream *stream, int except)
{
	uint64_t before = bytes_read(server);
	int i;

	for (i = 0; i < SMALL_TIMES; i++)
		stream_echo(stream, stream->sent + SMALL);
	assert_true(bytes_read(server) - before >=
	    (uint64_t)(SMALL_TIMES - except) * SMALL);
}

/* Where it keeps up with us, less comes at once, and is read. */
static void
expect_bulk_not_read(struct server *server, struct stream *stream)
{
	uint64_t before, total;
	int round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		before = bytes_read(server);
		total = stream->sent + 4 * MIB;
		stop(server);
		while (stream_send(stream, total))
			continue;
		resume(server);
		stream_echo(stream, total);
		if (bytes_read(server) - before < MIB)
			return;
	}
	fail_msg("all was read");
}

static void
test_bulk_is_not_read_and_small_messages_are(void **state)
{
	struct server *server = server_start(NULL);
	struct stream stream = {0};

	(void)state;
	stream.peer = peer_connect(server_port(server));
	expect_small_read(server, &stream, 0);
	expect_bulk_not_read(server, &stream);
	expect_small_read(server, &stream, 20);
	expect_bulk_not_read(server, &stream);
	stream_finish(&stream);
	expect_close(server, 1, stream.got);
	peer_free(stream.peer);
	server_stop(server);
}

static void
test_a_small_queue_has_everything_read(void **state)
{
	const char *const args[] = {"--buffer", "65535", NULL};
	struct server *server = server_start(args);
	struct stream stream = {0};
	uint64_t before;

	(void)state;
	before = bytes_read(server);
	stream.peer = peer_connect(server_port(server));
	stream_echo(&stream, 8 * MIB);
	assert_true(bytes_read(server) - before >= 8 * MIB);
	peer_free(stream.peer);
	server_stop(server);
}

static void
stream_send_urgent(struct stream *stream)
{
	const void *byte = stream_at(stream, stream->sent);

	assert_int_equal(send(peer_fd(stream->peer), byte, 1, MSG_OOB), 1);
	stream->sent++;
}

/* splice(2) stops there, with data behind it, and the last time with a FIN. */
static void
test_urgent_data_comes_back_as_all_other(void **state)
{
	struct server *server = server_start(NULL);
	struct stream stream = {0};
	uint64_t total;
	int i;

	(void)state;
	stream.peer = peer_connect(server_port(server));
	stream_send_urgent(&stream);
	stream_echo(&stream, SMALL);
	for (i = 1; i <= URGENTS; i++) {
		total = stream.sent + 2 * MIB;
		stop(server);
		stream_send_urgent(&stream);
		while (stream_send(&stream, total))
			continue;
		if (i == URGENTS)
			peer_shutdown(stream.peer);
		resume(server);
		stream_echo(&stream, stream.sent);
	}
	assert_int_equal(stream_recv(&stream), 0);
	expect_close(server, 1, stream.sent);
	peer_free(stream.peer);
	server_stop(server);
}

/* They take turns, and between them somebody says little. */
static void
test_many_in_bulk_and_a_small_one_get_their_own_bytes(void **state)
{
	struct server *server = server_start(NULL);
	struct stream streams[4], small = {.first = 25};
	uint64_t total;
	size_t i;

	(void)state;
	small.peer = peer_connect(server_port(server));
	for (i = 0; i < 4; i++) {
		streams[i] = (struct stream){.first = (unsigned)(5 * i)};
		streams[i].peer = peer_connect(server_port(server));
	}
	for (total = MIB; total <= 16 * MIB; total += MIB) {
		for (i = 0; i < 4; i++)
			while (streams[i].sent < total &&
			    stream_send(&streams[i], total))
				continue;
		stream_echo(&small, small.sent + SMALL);
		for (i = 0; i < 4; i++)
			stream_echo(&streams[i], total);
	}
	for (i = 0; i < 4; i++) {
		stream_finish(&streams[i]);
		expect_close(server, (unsigned)i + 2, 16 * MIB);
		peer_free(streams[i].peer);
	}
	peer_free(small.peer);
	server_stop(server);
}

static void
test_a_slow_reader_in_bulk_is_bounded_and_loses_nothing(void **state)
{
	struct server *server = server_start(NULL);
	struct stream slow = {0}, other = {.first = 3};
	uint64_t rss;

	(void)state;
	other.peer = peer_connect(server_port(server));
	slow.peer = peer_connect_rcvbuf(server_port(server), SLOW_RCVBUF);
	rss = journal_stat(server, "rss");
	stream_fill(&slow, 256 * MIB);
	stream_echo(&other, 4 * MIB);
	assert_true(journal_stat(server, "rss") < rss + MIB);
	stream_finish(&slow);
	expect_close(server, 2, slow.sent);
	peer_free(slow.peer);
	peer_free(other.peer);
	server_stop(server);
}

static void
test_a_unix_socket_in_bulk_with_a_half_close(void **state)
{
	char path[PATH_SIZE];
	struct server *server = start_unix(path, "off");
	struct stream stream = speak_in_bulk(server, path, 0);

	(void)state;
	stream_echo(&stream, 16 * MIB);
	stop(server);
	assert_true(stream_send(&stream, 16 * MIB + PIECE));
	peer_shutdown(stream.peer);
	resume(server);
	while (stream_recv(&stream) > 0)
		continue;
	assert_int_equal(stream.got, stream.sent);
	expect_close(server, 1, stream.sent);
	peer_free(stream.peer);
	server_stop(server);
}

/*
 * Its last words were taken, but can't be given back any more: a Unix socket
 * keeps them, while a reset of TCP throws them away.
 */
static void
test_who_dies_in_bulk_leaves_nothing_to_the_next(void **state)
{
	char path[PATH_SIZE];
	struct server *server = start_unix(path, "off");
	struct stream next = speak_in_bulk(server, path, 13), dying;
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++) {
		dying = speak_in_bulk(server, path, i);
		stop(server);
		assert_true(stream_send(&dying, dying.sent + PIECE));
		peer_free(dying.peer);
		assert_true(stream_send(&next, next.sent + PIECE));
		resume(server);
		stream_echo(&next, next.sent);
		journal_wait_count(server, " reason=reset ", i + 1);
		journal_wait_count(server, " out=131072 ", i + 1);
	}
	stream_finish(&next);
	expect_close(server, 1, next.sent);
	peer_free(next.peer);
	server_stop(server);
}

static void
test_resets_in_bulk_end_nobody_else(void **state)
{
	struct server *server = server_start(NULL);
	struct stream next = {.first = 7}, dying;
	unsigned i;

	(void)state;
	next.peer = peer_connect(server_port(server));
	for (i = 0; i < 20; i++) {
		dying = (struct stream){.first = i};
		dying.peer = peer_connect(server_port(server));
		stream_echo(&dying, MIB);
		while (stream_send(&dying, 64 * MIB))
			continue;
		peer_reset(dying.peer);
		stream_echo(&next, next.sent + MIB);
	}
	journal_wait_count(server, " reason=reset ", 20);
	stream_finish(&next);
	peer_free(next.peer);
	server_stop(server);
}

/* Each data event says how much, and begins with the letter that is next. */
static void
expect_previews(struct server *server, uint64_t total)
{
	const char *at =
	    process_output(server_process(server), PROCESS_ERR, NULL);
	uint64_t sum = 0;
	const char *text;

	while ((at = strstr(at, "data    #1 ")) != NULL) {
		at += strlen("data    #1 ");
		text = strchr(at, '"');
		assert_non_null(text);
		assert_int_equal(text[1], letters[sum % LETTERS]);
		sum += strtoull(at, NULL, 10);
	}
	assert_int_equal(sum, total);
}

static void
test_the_log_shows_how_bulk_begins(void **state)
{
	char path[PATH_SIZE];
	struct server *server = start_unix(path, "on");
	struct stream stream = speak_in_bulk(server, path, 0);

	(void)state;
	stream_echo(&stream, 2 * MIB);
	stream_finish(&stream);
	expect_close(server, 1, 2 * MIB);
	assert_int_equal(journal_count(server, " dropped "), 0);
	expect_previews(server, 2 * MIB);
	peer_free(stream.peer);
	server_stop(server);
}

#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_bulk_is_not_read_and_small_messages_are),
	    TEST(test_a_small_queue_has_everything_read),
	    TEST(test_urgent_data_comes_back_as_all_other),
	    TEST(test_many_in_bulk_and_a_small_one_get_their_own_bytes),
	    TEST(test_a_slow_reader_in_bulk_is_bounded_and_loses_nothing),
	    TEST(test_a_unix_socket_in_bulk_with_a_half_close),
	    TEST(test_who_dies_in_bulk_leaves_nothing_to_the_next),
	    TEST(test_resets_in_bulk_end_nobody_else),
	    TEST(test_the_log_shows_how_bulk_begins),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: bulk", tests, set_up_letters, NULL);
}
