/* bulk: what goes through the pipe, and what is left in it. */

#ifdef __linux__
#define _GNU_SOURCE /* eventfd(2) */
#endif

#include "harness/harness.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "bulk.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

#define LIMIT	    65536
#define PERIOD	    65521 /* prime: bytes that got lost or swapped stand out */
#define TOTAL	    (4 * 1024 * 1024)
#define DESCRIPTORS 256

/* Two connected sockets that do not block: the peer's and ours. */
struct pair {
	int peer;
	int ours;
};

struct fixture {
	struct bulk *bulk;
	struct pair pairs[2]; /* TCP, Unix */
	unsigned char pattern[PERIOD + LIMIT];
	unsigned char buffer[LIMIT];
};

static void
set_nonblocking(int fd)
{
	assert_int_not_equal(fcntl(fd, F_SETFL, O_NONBLOCK), -1);
}

static struct pair
pair_tcp(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	struct pair pair;
	int listener;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(listener, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&at, &len), 0);
	pair.peer = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    connect(pair.peer, (const struct sockaddr *)&at, sizeof(at)), 0);
	pair.ours = accept(listener, NULL, NULL);
	assert_int_not_equal(pair.ours, -1);
	close(listener);
	return pair;
}

static struct pair
pair_unix(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	return (struct pair){.peer = fds[0], .ours = fds[1]};
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	uint32_t x = 2463534242;
	size_t i;

	assert_non_null(fixture);
	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	fixture->bulk = bulk_new(LIMIT);
	if (fixture->bulk == NULL)
		assert_int_equal(errno, ENOSYS);
	fixture->pairs[0] = pair_tcp();
	fixture->pairs[1] = pair_unix();
	for (i = 0; i < 2; i++) {
		set_nonblocking(fixture->pairs[i].peer);
		set_nonblocking(fixture->pairs[i].ours);
	}
	for (i = 0; i < sizeof(fixture->pattern); i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		fixture->pattern[i] = i < PERIOD ? (unsigned char)x
						 : fixture->pattern[i - PERIOD];
	}
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		close(fixture->pairs[i].peer);
		close(fixture->pairs[i].ours);
	}
	bulk_free(fixture->bulk);
	free(fixture);
	return 0;
}

static struct fixture *
fixture_of(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->bulk == NULL)
		skip();
	return fixture;
}

/* Until n bytes can be taken: on the way they are not there yet. */
static size_t
take(struct fixture *fixture, int fd, size_t max)
{
	ssize_t n;

	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
	n = bulk_take(fixture->bulk, fd, max);
	assert_true(n > 0);
	assert_true((size_t)n <= max);
	return (size_t)n;
}

static size_t
send_some(struct fixture *fixture, int fd, size_t at, size_t len)
{
	ssize_t n = send(fd, fixture->pattern + at % PERIOD, len, 0);

	if (n == -1)
		assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
	return n == -1 ? 0 : (size_t)n;
}

static void
send_all(struct fixture *fixture, int fd, size_t len)
{
	assert_int_equal(send_some(fixture, fd, 0, len), len);
}

/* What has come to fd now, compared with the pattern from `at` on. */
static size_t
receive(struct fixture *fixture, int fd, size_t at)
{
	ssize_t n = recv(fd, fixture->buffer, sizeof(fixture->buffer), 0);

	if (n == -1)
		assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
	if (n <= 0)
		return 0;
	assert_memory_equal(
	    fixture->buffer, fixture->pattern + at % PERIOD, (size_t)n);
	return (size_t)n;
}

static void
receive_all(struct fixture *fixture, int fd, size_t at, size_t until)
{
	while (at < until) {
		assert_true(
		    deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
		at += receive(fixture, fd, at);
	}
	assert_int_equal(at, until);
}

/* There and back in pieces of that size, with all that may be kept kept. */
static void
echo(struct fixture *fixture, struct pair pair, size_t piece, bool more)
{
	size_t sent = 0, taken = 0, given = 0, got = 0;
	ssize_t n;

	while (got < TOTAL) {
		if (TOTAL - sent < piece)
			piece = TOTAL - sent;
		if (piece > 0)
			sent += send_some(fixture, pair.peer, sent, piece);
		n = given == taken ? bulk_take(fixture->bulk, pair.ours, LIMIT)
				   : 0;
		taken += n > 0 ? (size_t)n : 0;
		n = bulk_give(fixture->bulk, pair.ours, more && taken < TOTAL);
		given += n > 0 ? (size_t)n : 0;
		got += receive(fixture, pair.peer, got);
	}
	assert_int_equal(given, TOTAL);
}

static void
test_bytes_come_back_in_order(void **state)
{
	struct fixture *fixture = fixture_of(state);
	const size_t pieces[] = {LIMIT, 16384, 1448, 1000};
	size_t i, j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++)
			echo(fixture, fixture->pairs[i], pieces[j], j % 2 == 0);
}

static void
test_no_more_is_taken_than_was_asked_for(void **state)
{
	struct fixture *fixture = fixture_of(state);
	size_t i;

	for (i = 0; i < 2; i++) {
		send_all(fixture, fixture->pairs[i].peer, 100);
		assert_int_equal(take(fixture, fixture->pairs[i].ours, 60), 60);
		assert_int_equal(
		    bulk_give(fixture->bulk, fixture->pairs[i].ours, false),
		    60);
		receive_all(fixture, fixture->pairs[i].peer, 0, 60);
		assert_int_equal(take(fixture, fixture->pairs[i].ours, 60), 40);
		assert_int_equal(
		    bulk_read(fixture->bulk, fixture->buffer, 60), 40);
		assert_memory_equal(fixture->buffer, fixture->pattern + 60, 40);
	}
}

static void
test_where_nothing_is_nothing_comes(void **state)
{
	struct fixture *fixture = fixture_of(state);
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    bulk_take(fixture->bulk, fixture->pairs[i].ours, LIMIT),
		    -1);
		assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
		assert_int_equal(
		    bulk_give(fixture->bulk, fixture->pairs[i].ours, false), 0);
		assert_int_equal(
		    bulk_read(fixture->bulk, fixture->buffer, LIMIT), 0);
	}
}

static void
test_the_end_comes_after_the_last_byte(void **state)
{
	struct fixture *fixture = fixture_of(state);
	struct pair pair;
	size_t i;

	for (i = 0; i < 2; i++) {
		pair = fixture->pairs[i];
		send_all(fixture, pair.peer, 1000);
		assert_int_equal(shutdown(pair.peer, SHUT_WR), 0);
		assert_int_equal(take(fixture, pair.ours, LIMIT), 1000);
		assert_int_equal(
		    bulk_give(fixture->bulk, pair.ours, false), 1000);
		assert_true(deadline_wait_fd(
		    deadline_in(DEADLINE_MS), pair.ours, POLLIN));
		assert_int_equal(bulk_take(fixture->bulk, pair.ours, LIMIT), 0);
		receive_all(fixture, pair.peer, 0, 1000);
	}
}

/* The peer sends without reading, until the way back is full. */
static void
expect_a_rest(struct fixture *fixture, struct pair pair)
{
	size_t sent = 0, given = 0, rest = 0;
	ssize_t n;

	while (rest == 0) {
		sent += send_some(fixture, pair.peer, sent, LIMIT);
		rest = take(fixture, pair.ours, LIMIT);
		n = bulk_give(fixture->bulk, pair.ours, false);
		if (n == -1)
			assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
		given += n == -1 ? 0 : (size_t)n;
		rest -= n == -1 ? 0 : (size_t)n;
	}
	n = bulk_read(fixture->bulk, fixture->buffer, LIMIT);
	assert_int_equal(n, rest);
	assert_memory_equal(
	    fixture->buffer, fixture->pattern + given % PERIOD, rest);
	assert_int_equal(bulk_read(fixture->bulk, fixture->buffer, LIMIT), 0);
	receive_all(fixture, pair.peer, 0, given);
}

static void
test_what_a_full_socket_leaves_can_be_read(void **state)
{
	struct fixture *fixture = fixture_of(state);

	expect_a_rest(fixture, fixture->pairs[0]);
	expect_a_rest(fixture, fixture->pairs[1]);
}

static void
test_who_is_gone_leaves_everything_in_the_pipe(void **state)
{
	struct fixture *fixture = fixture_of(state);
	struct pair pair = fixture->pairs[1];

	send_all(fixture, pair.peer, 1000);
	assert_int_equal(take(fixture, pair.ours, LIMIT), 1000);
	assert_int_equal(shutdown(pair.ours, SHUT_WR), 0);
	assert_int_equal(bulk_give(fixture->bulk, pair.ours, false), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(
	    bulk_read(fixture->bulk, fixture->buffer, LIMIT), 1000);
	assert_int_equal(bulk_read(fixture->bulk, fixture->buffer, LIMIT), 0);
}

#ifdef __linux__
static void
test_what_can_not_be_spliced_is_left_alone(void **state)
{
	struct fixture *fixture = fixture_of(state);
	int fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t count;

	assert_int_not_equal(fd, -1);
	assert_int_equal(bulk_take(fixture->bulk, fd, LIMIT), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(read(fd, &count, sizeof(count)), sizeof(count));
	assert_int_equal(count, 1);
	assert_int_equal(bulk_read(fixture->bulk, fixture->buffer, LIMIT), 0);
	close(fd);
}
#endif

/* A file that is only appended to is one of those. */
static void
test_what_takes_no_splice_leaves_everything_in_the_pipe(void **state)
{
	struct fixture *fixture = fixture_of(state);
	char path[512];
	int fd;

	scratch_path(path, sizeof(path), "appended");
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_int_not_equal(fd, -1);
	send_all(fixture, fixture->pairs[0].peer, 1000);
	assert_int_equal(take(fixture, fixture->pairs[0].ours, LIMIT), 1000);
	assert_int_equal(bulk_give(fixture->bulk, fd, false), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(
	    bulk_read(fixture->bulk, fixture->buffer, LIMIT), 1000);
	assert_memory_equal(fixture->buffer, fixture->pattern, 1000);
	close(fd);
}

/* FD_CLOEXEC or 0 for each that is open, else -1. */
static void
look_at_descriptors(int flags[DESCRIPTORS])
{
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		flags[fd] = fcntl(fd, F_GETFD);
}

static void
test_descriptors_are_closed_on_exec_and_in_the_end(void **state)
{
	int before[DESCRIPTORS], during[DESCRIPTORS], after[DESCRIPTORS];
	struct bulk *bulk;
	int fd, opened = 0;

	(void)fixture_of(state);
	look_at_descriptors(before);
	bulk = bulk_new(LIMIT);
	assert_non_null(bulk);
	look_at_descriptors(during);
	bulk_free(bulk);
	look_at_descriptors(after);
	for (fd = 0; fd < DESCRIPTORS; fd++) {
		assert_int_equal(after[fd], before[fd]);
		if (during[fd] == before[fd])
			continue;
		assert_int_equal(during[fd], FD_CLOEXEC);
		opened++;
	}
	assert_int_equal(opened, 2);
	bulk_free(NULL);
}

/* More than any user gets: it works with what there is. */
static void
test_a_pipe_of_any_size_works(void **state)
{
	struct fixture *fixture = fixture_of(state);
	const size_t limits[] = {1, 4096, 1 << 20, SIZE_MAX};
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		bulk_free(fixture->bulk);
		fixture->bulk = bulk_new(limits[i]);
		assert_non_null(fixture->bulk);
		echo(fixture, fixture->pairs[1], LIMIT, false);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_bytes_come_back_in_order),
	    TEST(test_no_more_is_taken_than_was_asked_for),
	    TEST(test_where_nothing_is_nothing_comes),
	    TEST(test_the_end_comes_after_the_last_byte),
	    TEST(test_what_a_full_socket_leaves_can_be_read),
	    TEST(test_who_is_gone_leaves_everything_in_the_pipe),
#ifdef __linux__
	    TEST(test_what_can_not_be_spliced_is_left_alone),
#endif
	    TEST(test_what_takes_no_splice_leaves_everything_in_the_pipe),
	    TEST(test_descriptors_are_closed_on_exec_and_in_the_end),
	    TEST(test_a_pipe_of_any_size_works),
	};

	return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
