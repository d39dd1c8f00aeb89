/* bytes: a bounded queue, compared with a plain array that cannot be wrong. */

#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

#define LIMIT	   5000
#define STREAM_MAX (1 << 20)

/* How send(2) below behaves: what a kernel may do at any call. */
static struct {
	int interrupts; /* so many calls end in EINTR first */
	size_t most;	/* bytes taken by one call; 0: as many as it likes */
} fault;

/* Stands before the system's. */
ssize_t
send(int fd, const void *p, size_t len, int flags)
{
	if (fault.interrupts > 0) {
		fault.interrupts--;
		errno = EINTR;
		return -1;
	}
	if (fault.most > 0 && len > fault.most)
		len = fault.most;
	return sendto(fd, p, len, flags, NULL, 0);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
make_pair(int fds[2])
{
	int i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
}

static void
close_pair(const int fds[2])
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
a_new_queue_is_empty(void **state)
{
	struct bytes *bytes = bytes_new(LIMIT);
	size_t len = 99;

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(bytes_pending(bytes), 0);
	assert_int_equal(bytes_room(bytes), LIMIT);
	assert_null(bytes_peek(bytes, &len));
	assert_int_equal(len, 0);
	bytes_drop(bytes, 0);
	bytes_clear(bytes);
	bytes_free(bytes);
	bytes_free(NULL);
}

static void
what_does_not_fit_is_not_taken_at_all(void **state)
{
	static const char data[LIMIT + 1];
	struct bytes *bytes = bytes_new(LIMIT);

	(void)state;
	errno = 0;
	assert_int_equal(bytes_append(bytes, data, LIMIT + 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(bytes_pending(bytes), 0);
	assert_int_equal(bytes_append(bytes, data, LIMIT - 1), 0);
	errno = 0;
	assert_int_equal(bytes_append(bytes, data, 2), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(bytes_append(bytes, data, SIZE_MAX), -1);
	assert_int_equal(bytes_append(bytes, data, 1), 0);
	assert_int_equal(bytes_room(bytes), 0);
	assert_int_equal(bytes_append(bytes, NULL, 0), 0);
	assert_int_equal(bytes_append(bytes, data, 1), -1);
	bytes_free(bytes);
}

static void
a_queue_smaller_than_its_first_allocation_keeps_its_limit(void **state)
{
	struct bytes *bytes = bytes_new(3), *none = bytes_new(0);
	size_t len;

	(void)state;
	assert_int_equal(bytes_append(bytes, "abc", 3), 0);
	assert_int_equal(bytes_append(bytes, "d", 1), -1);
	bytes_drop(bytes, 2);
	assert_int_equal(bytes_append(bytes, "de", 2), 0);
	assert_memory_equal(bytes_peek(bytes, &len), "c", 1);
	assert_int_equal(len, 1);
	bytes_drop(bytes, 1);
	assert_memory_equal(bytes_peek(bytes, &len), "de", 2);
	assert_int_equal(len, 2);
	assert_int_equal(bytes_append(none, "a", 1), -1);
	assert_int_equal(errno, ENOBUFS);
	bytes_free(none);
	bytes_free(bytes);
}

/* Everything that waits, run by run, against the model. */
static void
assert_holds(struct bytes *bytes, const unsigned char *expected, size_t len)
{
	const void *run;
	size_t run_len;

	assert_int_equal(bytes_pending(bytes), len);
	assert_int_equal(bytes_room(bytes), LIMIT - len);
	run = bytes_peek(bytes, &run_len);
	assert_true(run_len <= len);
	assert_true((run_len > 0) == (len > 0));
	if (run_len > 0)
		assert_memory_equal(run, expected, run_len);
}

static void
any_order_of_calls_gives_what_an_array_gives(void **state)
{
	static unsigned char stream[STREAM_MAX];
	struct bytes *bytes = bytes_new(LIMIT);
	uint32_t seed = 7;
	size_t head = 0, tail = 0, len;
	int step;

	(void)state;
	for (len = 0; len < sizeof(stream); len++)
		stream[len] = (unsigned char)next_random(&seed);
	for (step = 0; step < 20000; step++) {
		len = next_random(&seed) % (step % 64 == 0 ? LIMIT + 9 : 300);
		if (tail + len > sizeof(stream))
			break;
		if (next_random(&seed) % 2 == 0) {
			if (bytes_append(bytes, stream + tail, len) == 0)
				tail += len;
			else
				assert_true(tail - head + len > LIMIT);
		} else {
			len = len < tail - head ? len : tail - head;
			bytes_drop(bytes, len);
			head += len;
		}
		assert_holds(bytes, stream + head, tail - head);
	}
	assert_true(tail > sizeof(stream) / 2);
	bytes_free(bytes);
}

static void
clearing_makes_the_whole_room_free(void **state)
{
	struct bytes *bytes = bytes_new(LIMIT);
	size_t len;

	(void)state;
	assert_int_equal(bytes_append(bytes, "abc", 3), 0);
	bytes_clear(bytes);
	assert_int_equal(bytes_room(bytes), LIMIT);
	assert_null(bytes_peek(bytes, &len));
	assert_int_equal(bytes_append(bytes, "xyz", 3), 0);
	assert_memory_equal(bytes_peek(bytes, &len), "xyz", 3);
	bytes_free(bytes);
}

/* Reads all that there is at fd and compares it with the stream. */
static size_t
drain(int fd, const unsigned char *expected)
{
	unsigned char buf[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		assert_memory_equal(buf, expected + total, (size_t)n);
		total += (size_t)n;
	}
	return total;
}

/* A stream far longer than the limit through fds[0] -> fds[1]. */
static void
pump(int to, int from)
{
	static unsigned char stream[STREAM_MAX];
	struct bytes *bytes = bytes_new(LIMIT);
	uint32_t seed = 3;
	size_t in = 0, out = 0, len;
	ssize_t waits = 0;

	for (len = 0; len < sizeof(stream); len++)
		stream[len] = (unsigned char)(len * 7 + (len >> 8));
	while (out < sizeof(stream)) {
		len = next_random(&seed) % (LIMIT + 1);
		len = len < bytes_room(bytes) ? len : bytes_room(bytes);
		len = len < sizeof(stream) - in ? len : sizeof(stream) - in;
		assert_int_equal(bytes_append(bytes, stream + in, len), 0);
		in += len;
		waits = bytes_flush(bytes, to);
		assert_true(waits >= 0);
		assert_int_equal((size_t)waits, bytes_pending(bytes));
		if (bytes_room(bytes) == 0 || in == sizeof(stream) ||
		    next_random(&seed) % 16 == 0)
			out += drain(from, stream + out);
	}
	assert_int_equal(waits, 0);
	bytes_free(bytes);
}

static void
flushing_to_a_socket_keeps_the_stream(void **state)
{
	int fds[2];

	(void)state;
	make_pair(fds);
	pump(fds[0], fds[1]);
	close_pair(fds);
}

static void
flushing_survives_short_counts_and_interrupts(void **state)
{
	int fds[2];

	(void)state;
	make_pair(fds);
	fault.most = 61;
	fault.interrupts = 1000;
	pump(fds[0], fds[1]);
	fault.most = 0;
	assert_int_equal(fault.interrupts, 0);
	close_pair(fds);
}

static void
flushing_to_a_pipe_keeps_the_stream(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	pump(fds[1], fds[0]);
	close_pair(fds);
}

static void
a_socket_that_takes_no_more_leaves_the_rest_waiting(void **state)
{
	static const char data[LIMIT];
	struct bytes *bytes = bytes_new(LIMIT);
	int fds[2];
	ssize_t waits = 0;

	(void)state;
	make_pair(fds);
	while (waits == 0) {
		assert_int_equal(bytes_append(bytes, data, LIMIT), 0);
		waits = bytes_flush(bytes, fds[0]);
	}
	assert_true(waits > 0);
	assert_int_equal((size_t)waits, bytes_pending(bytes));
	assert_int_equal(bytes_flush(bytes, fds[0]), waits);
	bytes_free(bytes);
	close_pair(fds);
}

static void
a_peer_that_is_gone_is_an_error_and_no_signal(void **state)
{
	struct bytes *bytes = bytes_new(LIMIT);
	int fds[2];

	(void)state;
	make_pair(fds);
	(void)close(fds[1]);
	assert_int_equal(bytes_append(bytes, "x", 1), 0);
	assert_int_equal(bytes_flush(bytes, fds[0]), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(bytes_pending(bytes), 1);
	(void)close(fds[0]);
	assert_int_equal(bytes_flush(bytes, fds[0]), -1);
	assert_int_equal(errno, EBADF);
	bytes_free(bytes);
}

static void
flushing_nothing_does_not_touch_the_descriptor(void **state)
{
	struct bytes *bytes = bytes_new(LIMIT);

	(void)state;
	assert_int_equal(bytes_flush(bytes, -1), 0);
	bytes_free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_queue_is_empty),
	    cmocka_unit_test(what_does_not_fit_is_not_taken_at_all),
	    cmocka_unit_test(
		a_queue_smaller_than_its_first_allocation_keeps_its_limit),
	    cmocka_unit_test(any_order_of_calls_gives_what_an_array_gives),
	    cmocka_unit_test(clearing_makes_the_whole_room_free),
	    cmocka_unit_test(flushing_to_a_socket_keeps_the_stream),
	    cmocka_unit_test(flushing_survives_short_counts_and_interrupts),
	    cmocka_unit_test(flushing_to_a_pipe_keeps_the_stream),
	    cmocka_unit_test(
		a_socket_that_takes_no_more_leaves_the_rest_waiting),
	    cmocka_unit_test(a_peer_that_is_gone_is_an_error_and_no_signal),
	    cmocka_unit_test(flushing_nothing_does_not_touch_the_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
