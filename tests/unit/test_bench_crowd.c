/* crowd and talker: the load notices each way in which an echo can be wrong. */

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "crowd.h"
#include "instant.h"

#define BUFFER_BYTES 65536

enum fault { NONE, FLIP, LOSE, DOUBLE, SILENT, CLOSE };

/* A server for one client, which has a fault at that byte of its stream. */
struct server {
	int listener;
	unsigned port;
	enum fault fault;
	size_t at;
	pthread_t thread;
};

static bool
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Passes len bytes on, of which the one at index i is not as it should be. */
static bool
write_wrong(int fd, char *p, size_t len, size_t i, enum fault fault)
{
	switch (fault) {
	case FLIP:
		p[i] ^= 0x10;
		return write_all(fd, p, len);
	case LOSE:
		return write_all(fd, p, i) &&
		    write_all(fd, p + i + 1, len - i - 1);
	case DOUBLE:
		return write_all(fd, p, i + 1) && write_all(fd, p + i, len - i);
	case CLOSE:
		return false;
	case SILENT:
	case NONE:
		break;
	}
	return true;
}

static void *
serve(void *argument)
{
	const struct server *s = argument;
	int fd = accept(s->listener, NULL, NULL);
	char buffer[BUFFER_BYTES];
	size_t offset = 0;
	bool silent = false;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		size_t len = (size_t)n;
		bool wrong =
		    s->fault != NONE && offset <= s->at && s->at < offset + len;

		silent = silent || (wrong && s->fault == SILENT);
		if (wrong ? !write_wrong(
				fd, buffer, len, s->at - offset, s->fault)
			  : !silent && !write_all(fd, buffer, len))
			break;
		offset += len;
	}
	(void)close(fd);
	return NULL;
}

static void
server_start(struct server *s, enum fault fault, size_t at)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t len = sizeof(addr);

	s->fault = fault;
	s->at = at;
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(s->listener, -1);
	assert_int_equal(
	    bind(s->listener, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(
	    getsockname(s->listener, (struct sockaddr *)&addr, &len), 0);
	s->port = ntohs(addr.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_end(struct server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	assert_int_equal(close(s->listener), 0);
}

static int
load(enum fault fault, size_t at, struct shape shape, struct crowd_result *r)
{
	struct server server;
	struct crowd_plan plan = {.shape = shape,
	    .group = getpid(),
	    .warm_ns = 10 * INSTANT_MS,
	    .window_ns = 200 * INSTANT_MS};
	int status, saved;

	server_start(&server, fault, at);
	plan.port = server.port;
	status = crowd_run(&plan, r);
	saved = errno;
	server_end(&server);
	errno = saved;
	return status;
}

static void
assert_served(size_t size, unsigned depth)
{
	struct crowd_result r;

	assert_int_equal(load(NONE, 0, (struct shape){1, size, depth}, &r), 0);
	assert_true(r.messages > 0);
	assert_true(r.seconds > 0);
	assert_true(r.p50_us > 0);
	assert_true(r.p50_us <= r.p99_us && r.p99_us <= r.p999_us);
	assert_true(r.own_cpu_us > 0);
#ifdef __linux__
	assert_true(r.cpu_us > 0);
	assert_true(r.resident_bytes > 0);
#endif
}

static void
test_an_honest_echo_is_measured(void **state)
{
	(void)state;
	assert_served(1, 1);
	assert_served(64, 1);
	assert_served(64, 16);
	assert_served(1000, 3);
}

/* More than sockets and the buffer take at once. */
static void
test_large_messages_go_through(void **state)
{
	(void)state;
	assert_served(65536, 2);
	assert_served(1000000, 4);
}

static void
assert_noticed(enum fault fault, size_t at, int error)
{
	struct crowd_result r;

	assert_int_equal(load(fault, at, (struct shape){1, 64, 2}, &r), -1);
	assert_int_equal(errno, error);
}

static void
test_a_changed_byte_is_noticed(void **state)
{
	(void)state;
	assert_noticed(FLIP, 0, EBADMSG);
	assert_noticed(FLIP, 64, EBADMSG);
	assert_noticed(FLIP, 1000, EBADMSG);
}

static void
test_a_lost_byte_is_noticed(void **state)
{
	(void)state;
	assert_noticed(LOSE, 1000, EBADMSG);
}

static void
test_a_doubled_byte_is_noticed(void **state)
{
	(void)state;
	assert_noticed(DOUBLE, 1000, EBADMSG);
}

static void
test_an_end_of_the_stream_is_an_error(void **state)
{
	(void)state;
	assert_noticed(CLOSE, 0, EPIPE);
}

static void
test_silence_is_an_error(void **state)
{
	(void)state;
	assert_noticed(SILENT, 1, ETIMEDOUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_honest_echo_is_measured),
	    cmocka_unit_test(test_large_messages_go_through),
	    cmocka_unit_test(test_a_changed_byte_is_noticed),
	    cmocka_unit_test(test_a_lost_byte_is_noticed),
	    cmocka_unit_test(test_a_doubled_byte_is_noticed),
	    cmocka_unit_test(test_an_end_of_the_stream_is_an_error),
	    cmocka_unit_test(test_silence_is_an_error),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
