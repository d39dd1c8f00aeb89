/* listener: what an accepted socket has, and what becomes of the path. */

#include "harness/harness.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "harness/scratch.h"
#include "listener.h"
#include "loop.h"
#include "remote.h"

#define ROUND	   100 /* newcomers: more than are accepted at once */
#define TIMEOUT_MS 10000

struct fixture {
	struct loop *loop;
	struct listener *listener;
	int accepted[ROUND];
	size_t count;
	struct remote remote; /* of the last one */
	size_t crowded;
};

static void
on_arrived(void *arg, int fd, const struct remote *remote)
{
	struct fixture *fixture = arg;

	assert_true(fixture->count < ROUND);
	fixture->accepted[fixture->count++] = fd;
	fixture->remote = *remote;
}

static int
on_crowded(void *arg, int listen_fd)
{
	struct fixture *fixture = arg;

	(void)listen_fd;
	fixture->crowded++;
	errno = EAGAIN; /* there was nobody any more to turn away */
	return -1;
}

static void
listen_at(struct fixture *fixture, const char *text)
{
	const struct listener_handler handler = {
	    .arrived = on_arrived, .crowded = on_crowded, .arg = fixture};
	struct endpoint endpoint;
	struct endpoint_addr addr;
	const char *error;

	assert_int_equal(endpoint_parse(&endpoint, text, 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	fixture->loop = loop_new();
	assert_non_null(fixture->loop);
	fixture->listener = listener_new(&addr);
	assert_non_null(fixture->listener);
	/* nothing here goes wrong, so nothing is logged */
	assert_int_equal(
	    listener_start(fixture->listener, fixture->loop, NULL, &handler),
	    0);
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static void
accept_until(struct fixture *fixture, size_t count)
{
	while (fixture->count < count)
		assert_true(loop_once(fixture->loop, TIMEOUT_MS) > 0);
}

static void
end(struct fixture *fixture)
{
	while (fixture->count > 0)
		close(fixture->accepted[--fixture->count]);
	listener_free(fixture->listener);
	loop_free(fixture->loop);
}

static void
expect_option(int fd, int level, int name, int wanted)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	assert_int_equal(value, wanted);
}

static void
test_accepted_sockets_have_what_the_listener_was_given(void **state)
{
	struct fixture fixture = {0};
	int client, fd;

	(void)state;
	listen_at(&fixture, "127.0.0.1:0");
	client = connect_to(listener_port(fixture.listener));
	accept_until(&fixture, 1);
	fd = fixture.accepted[0];
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	expect_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	expect_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
	expect_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
#endif
#ifdef TCP_KEEPINTVL
	expect_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
	expect_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 6);
#endif
#ifdef TCP_USER_TIMEOUT
	/* It would end a client that only reads slowly. */
	expect_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 0);
#endif
	assert_true(remote_is_ipv4(&fixture.remote));
	assert_true(remote_is_local(&fixture.remote));
	close(client);
	end(&fixture);
}

static void
test_more_newcomers_than_a_round_are_all_accepted(void **state)
{
	struct fixture fixture = {0};
	int clients[ROUND];
	size_t i;

	(void)state;
	listen_at(&fixture, "127.0.0.1:0");
	for (i = 0; i < ROUND; i++)
		clients[i] = connect_to(listener_port(fixture.listener));
	accept_until(&fixture, ROUND);
	for (i = 0; i < ROUND; i++)
		close(clients[i]);
	end(&fixture);
}

/* Without a descriptor for it; it may come back when there is one. */
static void
test_a_newcomer_that_goes_while_there_is_no_room_is_no_error(void **state)
{
	struct fixture fixture = {0};
	struct rlimit before, full;
	int client, next;

	(void)state;
	/* valgrind accepts, and closes then what is beyond the limit. */
	if (getenv("YODEL_TEST_WITH") != NULL)
		skip();
	listen_at(&fixture, "127.0.0.1:0");
	client = connect_to(listener_port(fixture.listener));
	next = dup(client);
	assert_int_equal(close(next), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	full = before;
	full.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &full), 0);
	while (fixture.crowded == 0)
		assert_true(loop_once(fixture.loop, TIMEOUT_MS) > 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(fixture.count, 0);
	accept_until(&fixture, 1);
	assert_int_equal(fixture.crowded, 1);
	close(client);
	end(&fixture);
}

static void
test_the_text_has_the_port_that_the_system_chose(void **state)
{
	struct fixture fixture = {0};
	char wanted[ENDPOINT_TEXT_MAX];

	(void)state;
	listen_at(&fixture, "127.0.0.1:0");
	assert_int_not_equal(listener_port(fixture.listener), 0);
	snprintf(wanted, sizeof(wanted), "127.0.0.1:%u",
	    listener_port(fixture.listener));
	assert_string_equal(listener_text(fixture.listener), wanted);
	end(&fixture);
}

static void
test_the_path_goes_unless_another_file_stands_there(void **state)
{
	struct fixture fixture = {0};
	char path[ENDPOINT_TEXT_MAX], text[ENDPOINT_TEXT_MAX + 8];

	(void)state;
	scratch_path(path, sizeof(path), "listener.sock");
	snprintf(text, sizeof(text), "unix:%s", path);
	listen_at(&fixture, text);
	assert_string_equal(listener_text(fixture.listener), text);
	assert_int_equal(listener_port(fixture.listener), 0);
	end(&fixture);
	assert_int_equal(access(path, F_OK), -1);
	listen_at(&fixture, text);
	assert_int_equal(unlink(path), 0);
	scratch_write(path, "not a socket", 12);
	end(&fixture);
	assert_int_equal(access(path, F_OK), 0);
	listener_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_accepted_sockets_have_what_the_listener_was_given),
	    cmocka_unit_test(test_more_newcomers_than_a_round_are_all_accepted),
	    cmocka_unit_test(
		test_a_newcomer_that_goes_while_there_is_no_room_is_no_error),
	    cmocka_unit_test(test_the_text_has_the_port_that_the_system_chose),
	    cmocka_unit_test(
		test_the_path_goes_unless_another_file_stands_there),
	};

	return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
