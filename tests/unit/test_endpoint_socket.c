/* endpoint: the sockets at addresses. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "endpoint.h"

#define WAIT_MS 10000

static void
resolve_one(const char *text, struct endpoint_addr *addr)
{
	struct endpoint endpoint;
	const char *error = NULL;

	assert_int_equal(endpoint_parse(&endpoint, text, 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, addr, 1, &error), 1);
	assert_null(error);
}

/* Listens at text and puts the address that came of it into addr. */
static int
listen_at(const char *text, struct endpoint_addr *addr)
{
	int fd;

	resolve_one(text, addr);
	fd = endpoint_listen(addr, 8);
	if (fd != -1) {
		addr->len = sizeof(addr->sa);
		assert_int_equal(
		    getsockname(fd, (struct sockaddr *)&addr->sa, &addr->len),
		    0);
	}
	return fd;
}

static void
wait_for(int fd, short events)
{
	struct pollfd pfd = {.fd = fd, .events = events};

	assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
}

static void
assert_socket_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void
assert_option(int fd, int level, int name, int on)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	assert_int_equal(value != 0, on);
}

/* A directory of its own for a test's Unix sockets. */
static int
make_directory(void **state)
{
	char dir[] = "/tmp/test_endpoint.XXXXXX";

	if (mkdtemp(dir) == NULL || (*state = strdup(dir)) == NULL)
		return -1;
	return 0;
}

static int
remove_directory(void **state)
{
	char path[128];
	int result;

	(void)snprintf(path, sizeof(path), "%s/s", (char *)*state);
	if (unlink(path) == -1 && errno != ENOENT)
		return -1;
	result = rmdir(*state);
	free(*state);
	return result;
}

static char *
unix_name(char *buf, size_t size, void **state)
{
	(void)snprintf(buf, size, "unix:%s/s", (char *)*state);
	return buf;
}

static void
exchange(const char *text)
{
	struct endpoint_addr addr;
	int listener, client, peer;
	char byte = 0;

	listener = listen_at(text, &addr);
	assert_true(listener >= 0);
	assert_socket_flags(listener);
	client = endpoint_connect(&addr);
	assert_true(client >= 0);
	assert_socket_flags(client);
	wait_for(client, POLLOUT);
	assert_int_equal(endpoint_connect_result(client), 0);
	wait_for(listener, POLLIN);
	peer = accept(listener, NULL, NULL);
	assert_true(peer >= 0);
	assert_int_equal(write(client, "x", 1), 1);
	wait_for(peer, POLLIN);
	assert_int_equal(read(peer, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	if (addr.sa.ss_family != AF_UNIX)
		assert_option(client, IPPROTO_TCP, TCP_NODELAY, 1);
	(void)close(peer);
	(void)close(client);
	(void)close(listener);
}

static void
ipv4_is_listened_at_and_connected_to(void **state)
{
	(void)state;
	exchange("127.0.0.1:0");
}

static bool
has_ipv6(void)
{
	struct endpoint_addr addr;
	int fd = listen_at("[::1]:0", &addr);

	if (fd == -1)
		assert_true(errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT);
	else
		(void)close(fd);
	return fd != -1;
}

static void
ipv6_is_listened_at_and_connected_to(void **state)
{
	(void)state;
	if (!has_ipv6())
		skip();
	exchange("[::1]:0");
}

static void
ipv6_leaves_the_port_to_ipv4(void **state)
{
	struct endpoint_addr addr;
	int fd;

	(void)state;
	if (!has_ipv6())
		skip();
	fd = listen_at("[::]:0", &addr);
	assert_true(fd >= 0);
	assert_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	(void)close(fd);
}

static void
a_unix_socket_is_listened_at_and_connected_to(void **state)
{
	char name[128];

	exchange(unix_name(name, sizeof(name), state));
}

static void
a_connection_that_is_refused_says_so(void **state)
{
	struct endpoint_addr addr;
	int fd = listen_at("127.0.0.1:0", &addr);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	fd = endpoint_connect(&addr);
	if (fd == -1) {
		assert_int_equal(errno, ECONNREFUSED);
		return;
	}
	wait_for(fd, POLLOUT);
	assert_int_equal(endpoint_connect_result(fd), ECONNREFUSED);
	assert_int_equal(endpoint_connect_result(fd), ENOTCONN);
	(void)close(fd);
}

static void
a_port_in_use_cannot_be_listened_at(void **state)
{
	struct endpoint_addr addr;
	int fd = listen_at("127.0.0.1:0", &addr);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, EADDRINUSE);
	(void)close(fd);
}

static void
a_port_can_be_listened_at_again_while_its_connections_linger(void **state)
{
	struct endpoint_addr addr;
	int listener = listen_at("127.0.0.1:0", &addr), client, peer;
	char byte;

	(void)state;
	assert_true(listener >= 0);
	client = endpoint_connect(&addr);
	assert_true(client >= 0);
	wait_for(listener, POLLIN);
	peer = accept(listener, NULL, NULL);
	assert_true(peer >= 0);
	/* The side that closes first is the one in TIME_WAIT. */
	(void)close(peer);
	wait_for(client, POLLIN);
	assert_int_equal(read(client, &byte, 1), 0);
	(void)close(client);
	(void)close(listener);
	listener = endpoint_listen(&addr, 8);
	assert_true(listener >= 0);
	(void)close(listener);
}

static void
a_socket_that_meets_itself_is_refused(void **state)
{
	struct sockaddr_in sin = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1) {
		(void)close(fd);
		skip();
	}
	assert_int_equal(endpoint_connect_result(fd), ECONNREFUSED);
	(void)close(fd);
}

static void
a_pair_of_unnamed_sockets_is_connected(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(endpoint_connect_result(fds[0]), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
what_is_no_socket_is_named_by_its_errno(void **state)
{
	(void)state;
	assert_int_equal(endpoint_connect_result(-1), EBADF);
	assert_int_equal(endpoint_set_nonblocking(-1), -1);
	assert_int_equal(errno, EBADF);
}

static void
a_stale_unix_socket_is_replaced(void **state)
{
	struct endpoint_addr addr;
	char name[128];
	int fd = listen_at(unix_name(name, sizeof(name), state), &addr);

	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(endpoint_connect(&addr), -1);
	assert_int_equal(errno, ECONNREFUSED);
	exchange(name);
}

static void
a_live_unix_socket_is_left_alone(void **state)
{
	struct endpoint_addr addr;
	char name[128];
	int fd = listen_at(unix_name(name, sizeof(name), state), &addr), client;

	assert_true(fd >= 0);
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, EADDRINUSE);
	client = endpoint_connect(&addr);
	assert_true(client >= 0);
	(void)close(client);
	(void)close(fd);
}

/* A backlog that is full makes a server busy, not dead. */
static void
a_unix_socket_with_a_full_backlog_is_left_alone(void **state)
{
	struct endpoint_addr addr;
	char name[128];
	int clients[64], count = 0, listener;

	resolve_one(unix_name(name, sizeof(name), state), &addr);
	listener = endpoint_listen(&addr, 1);
	assert_true(listener >= 0);
	while (count < 64 && (clients[count] = endpoint_connect(&addr)) != -1)
		count++;
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, EADDRINUSE);
	while (count > 0)
		(void)close(clients[--count]);
	(void)close(listener);
}

static void
a_file_at_a_unix_sockets_path_is_left_alone(void **state)
{
	struct endpoint_addr addr;
	struct stat st;
	char name[128];
	int fd;

	resolve_one(unix_name(name, sizeof(name), state), &addr);
	fd = open(name + 5, O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "kept", 4), 4);
	(void)close(fd);
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(stat(name + 5, &st), 0);
	assert_int_equal(st.st_size, 4);
}

static void
a_link_at_a_unix_sockets_path_is_not_followed(void **state)
{
	struct endpoint_addr addr;
	struct stat st;
	char name[128];

	resolve_one(unix_name(name, sizeof(name), state), &addr);
	assert_int_equal(symlink("elsewhere", name + 5), 0);
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(lstat(name + 5, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void
a_directory_that_is_missing_is_named_by_its_errno(void **state)
{
	struct endpoint_addr addr;

	(void)state;
	resolve_one("unix:/nonexistent/directory/s", &addr);
	assert_int_equal(endpoint_listen(&addr, 8), -1);
	assert_int_equal(errno, ENOENT);
}

static void
flags_are_added_to_those_that_are_there(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_APPEND), 0);
	assert_int_equal(endpoint_set_nonblocking(fds[1]), 0);
	assert_socket_flags(fds[1]);
	assert_true(fcntl(fds[1], F_GETFL) & O_APPEND);
	assert_int_equal(endpoint_set_nonblocking(fds[1]), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

#define WITH_DIRECTORY(test) \
	cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ipv4_is_listened_at_and_connected_to),
	    cmocka_unit_test(ipv6_is_listened_at_and_connected_to),
	    cmocka_unit_test(ipv6_leaves_the_port_to_ipv4),
	    WITH_DIRECTORY(a_unix_socket_is_listened_at_and_connected_to),
	    cmocka_unit_test(a_connection_that_is_refused_says_so),
	    cmocka_unit_test(a_port_in_use_cannot_be_listened_at),
	    cmocka_unit_test(
		a_port_can_be_listened_at_again_while_its_connections_linger),
	    cmocka_unit_test(a_socket_that_meets_itself_is_refused),
	    cmocka_unit_test(a_pair_of_unnamed_sockets_is_connected),
	    cmocka_unit_test(what_is_no_socket_is_named_by_its_errno),
	    WITH_DIRECTORY(a_stale_unix_socket_is_replaced),
	    WITH_DIRECTORY(a_live_unix_socket_is_left_alone),
	    WITH_DIRECTORY(a_unix_socket_with_a_full_backlog_is_left_alone),
	    WITH_DIRECTORY(a_file_at_a_unix_sockets_path_is_left_alone),
	    WITH_DIRECTORY(a_link_at_a_unix_sockets_path_is_not_followed),
	    cmocka_unit_test(a_directory_that_is_missing_is_named_by_its_errno),
	    cmocka_unit_test(flags_are_added_to_those_that_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
