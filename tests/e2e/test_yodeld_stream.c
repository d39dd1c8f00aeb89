/*
 * yodeld: long streams, slow readers, and the end of a stream.
 * $YODEL_STREAM_MIB (64) is the length of the longest.
 */

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/server.h"

#define MIB	    ((uint64_t)1024 * 1024)
#define PERIOD	    65521 /* prime: bytes that got lost or swapped stand out */
#define PIECE	    16384
#define SLOW_RCVBUF 4096
#define SLOW_PIECE  1500
#define QUIET_MS    300 /* a socket that takes nothing for so long is full */

/* Bytes that look random and that come again after PERIOD. */
struct pattern {
	unsigned char bytes[PERIOD + PIECE];
};

struct stream {
	struct peer *peer;
	const struct pattern *pattern;
	uint64_t total;
	uint64_t sent;
	uint64_t got;
};

static struct pattern *
pattern_new(void)
{
	struct pattern *pattern = malloc(sizeof(*pattern));
	uint32_t x = 2463534242;
	size_t i;

	assert_non_null(pattern);
	for (i = 0; i < sizeof(pattern->bytes); i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		pattern->bytes[i] =
		    i < PERIOD ? (unsigned char)x : pattern->bytes[i - PERIOD];
	}
	return pattern;
}

static size_t
smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* Sends what fits now, at most until total. */
static bool
stream_send(struct stream *stream)
{
	size_t len = smaller(stream->total - stream->sent, PIECE), n;

	if (len == 0)
		return false;
	n = peer_send_some(
	    stream->peer, stream->pattern->bytes + stream->sent % PERIOD, len);
	stream->sent += n;
	return n > 0;
}

/* Waits for some of it, and compares that. Returns 0 at its end. */
static size_t
stream_recv(struct stream *stream, size_t size)
{
	unsigned char buf[PIECE];
	size_t n = peer_recv_some(stream->peer, buf, size);

	assert_true(stream->got + n <= stream->sent);
	assert_memory_equal(
	    buf, stream->pattern->bytes + stream->got % PERIOD, n);
	stream->got += n;
	return n;
}

/* Sends all while it reads size bytes at a time; both ends stay busy. */
static void
stream_echo(struct stream *stream, size_t size)
{
	struct pollfd fd = {.fd = peer_fd(stream->peer)};

	while (stream->sent < stream->total) {
		fd.events = POLLIN | POLLOUT;
		assert_true(poll(&fd, 1, DEADLINE_MS) > 0);
		if (fd.revents & POLLOUT)
			(void)stream_send(stream);
		if (fd.revents & POLLIN)
			assert_int_not_equal(stream_recv(stream, size), 0);
	}
}

/* Ends the sending side, reads the rest, and expects the end behind it. */
static void
stream_finish(struct stream *stream, size_t size)
{
	peer_shutdown(stream->peer);
	while (stream_recv(stream, size) > 0)
		continue;
	assert_int_equal(stream->got, stream->total);
}

/* Sends until the server takes no more. */
static void
stream_fill(struct stream *stream)
{
	for (;;) {
		while (stream_send(stream))
			continue;
		if (stream->sent == stream->total)
			fail_msg("all was taken, and none of it read");
		if (!deadline_wait_fd(
			deadline_in(QUIET_MS), peer_fd(stream->peer), POLLOUT))
			return;
	}
}

/* Processor time that the server has had so far. */
static uint64_t
cpu_ms(struct server *server)
{
	struct timespec used;
	clockid_t clock;

	assert_int_equal(
	    clock_getcpuclockid(process_pid(server_process(server)), &clock),
	    0);
	assert_int_equal(clock_gettime(clock, &used), 0);
	return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

/* A server that asks again and again would be busy as long as this waits. */
static void
expect_no_work(struct server *server, struct stream *stream)
{
	uint64_t before = cpu_ms(server);

	assert_false(deadline_wait_fd(
	    deadline_in(QUIET_MS), peer_fd(stream->peer), POLLOUT));
	assert_in_range(cpu_ms(server) - before, 0, QUIET_MS / 4);
}

static uint64_t
long_stream_bytes(void)
{
	const char *text = getenv("YODEL_STREAM_MIB");

	return (text != NULL ? strtoull(text, NULL, 10) : 64) * MIB;
}

static void
test_a_long_stream_comes_back_unchanged(void **state)
{
	struct server *server = server_start(NULL);
	struct pattern *pattern = pattern_new();
	struct stream stream = {
	    .pattern = pattern, .total = long_stream_bytes()};

	(void)state;
	stream.peer = peer_connect(server_port(server));
	stream_echo(&stream, PIECE);
	stream_finish(&stream, PIECE);
	journal_expect(server, "close   #1 .* reason=peer .* open=0$");
	assert_int_equal(journal_stat(server, "in"), stream.total);
	assert_int_equal(journal_stat(server, "out"), stream.total);
	peer_free(stream.peer);
	free(pattern);
	server_stop(server);
}

/* It is filled first: from then on the server's queue is always in use. */
static void
test_half_close_with_a_slow_reader_loses_nothing(void **state)
{
	struct server *server = server_start(NULL);
	struct pattern *pattern = pattern_new();
	struct stream stream = {.pattern = pattern, .total = 256 * MIB};
	char line[128];

	(void)state;
	stream.peer = peer_connect_rcvbuf(server_port(server), SLOW_RCVBUF);
	stream_fill(&stream);
	stream.total = stream.sent + 4 * MIB + 17;
	stream_echo(&stream, SLOW_PIECE);
	stream_finish(&stream, SLOW_PIECE);
	snprintf(line, sizeof(line),
	    "close   #1 .* reason=peer in=%" PRIu64 " out=%" PRIu64
	    " .* open=0$",
	    stream.total, stream.total);
	journal_expect(server, line);
	peer_free(stream.peer);
	free(pattern);
	server_stop(server);
}

static void
test_who_does_not_read_is_not_read_from(void **state)
{
	struct server *server = server_start(NULL);
	struct pattern *pattern = pattern_new();
	struct stream stream = {.pattern = pattern, .total = 256 * MIB};
	struct peer *other = peer_connect(server_port(server));
	uint64_t rss, in;

	(void)state;
	peer_send_text(other, "before");
	peer_expect(other, "before");
	stream.peer = peer_connect_rcvbuf(server_port(server), SLOW_RCVBUF);
	rss = journal_stat(server, "rss");
	stream_fill(&stream);
	expect_no_work(server, &stream);
	in = journal_stat(server, "in");
	assert_true(in < stream.sent + 6);
	peer_send_text(other, "meanwhile");
	peer_expect(other, "meanwhile");
	assert_int_equal(journal_stat(server, "in"), in + 9);
	assert_true(journal_stat(server, "rss") < rss + MIB);
	stream.total = stream.sent;
	stream_finish(&stream, PIECE);
	peer_free(stream.peer);
	peer_free(other);
	free(pattern);
	server_stop(server);
}

static void
test_many_slow_readers_hold_no_one_up(void **state)
{
	struct server *server = server_start(NULL);
	struct pattern *pattern = pattern_new();
	struct stream streams[8];
	struct peer *other;
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		streams[i] =
		    (struct stream){.pattern = pattern, .total = 256 * MIB};
		streams[i].peer =
		    peer_connect_rcvbuf(server_port(server), SLOW_RCVBUF);
		stream_fill(&streams[i]);
	}
	other = peer_connect(server_port(server));
	peer_send_text(other, "served");
	peer_expect(other, "served");
	for (i = 0; i < 8; i++) {
		streams[i].total = streams[i].sent;
		stream_finish(&streams[i], PIECE);
		peer_free(streams[i].peer);
	}
	peer_free(other);
	free(pattern);
	server_stop(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_a_long_stream_comes_back_unchanged, process_teardown),
	    cmocka_unit_test_teardown(
		test_half_close_with_a_slow_reader_loses_nothing,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_who_does_not_read_is_not_read_from, process_teardown),
	    cmocka_unit_test_teardown(
		test_many_slow_readers_hold_no_one_up, process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: streams", tests, NULL, NULL);
}
