/* inherit: whose sockets they are, how many, and which of them can be served. */

#include "harness/harness.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/scratch.h"
#include "inherit.h"

#define MAX 64

static void
set_variables(const char *pid, const char *fds)
{
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	if (pid != NULL)
		assert_int_equal(setenv("LISTEN_PID", pid, 1), 0);
	if (fds != NULL)
		assert_int_equal(setenv("LISTEN_FDS", fds, 1), 0);
	assert_int_equal(setenv("LISTEN_FDNAMES", "echo", 1), 0);
}

/* With these variables; none may be left afterwards. NULL: it is not set. */
static int
take(const char *pid, const char *fds, const char **error)
{
	int count;

	set_variables(pid, fds);
	*error = NULL;
	count = inherit_take(MAX, error);
	assert_null(getenv("LISTEN_PID"));
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_FDNAMES"));
	assert_true((count == -1) == (*error != NULL));
	return count;
}

static const char *
own_pid(void)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	return text;
}

static void
test_the_sockets_for_this_process_are_counted(void **state)
{
	const char *error;

	(void)state;
	assert_int_equal(take(own_pid(), "0", &error), 0);
	assert_int_equal(take(own_pid(), "1", &error), 1);
	assert_int_equal(take(own_pid(), "3", &error), 3);
	assert_int_equal(take(own_pid(), "64", &error), MAX);
}

static void
test_there_are_none_without_the_variables(void **state)
{
	const char *error;

	(void)state;
	assert_int_equal(take(NULL, NULL, &error), 0);
	assert_int_equal(take(own_pid(), NULL, &error), 0);
	assert_int_equal(take(NULL, "1", &error), 0);
}

static void
test_those_of_another_process_are_not_taken(void **state)
{
	static const char *const others[] = {
	    "1", "0", "-1", "", "self", "99999999999999999999"};
	char more[32];
	const char *error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(take(others[i], "1", &error), 0);
		/* nor does it matter what is wrong with them */
		assert_int_equal(take(others[i], "many", &error), 0);
	}
	snprintf(more, sizeof(more), "%s ", own_pid());
	assert_int_equal(take(more, "1", &error), 0);
	snprintf(more, sizeof(more), " %s", own_pid());
	assert_int_equal(take(more, "1", &error), 0);
	snprintf(more, sizeof(more), "%s0", own_pid());
	assert_int_equal(take(more, "1", &error), 0);
}

static void
test_a_count_that_is_no_number_is_an_error(void **state)
{
	static const char *const wrong[] = {
	    "", "x", "1x", " 1", "1 ", "+1", "-1", "0x1", "1.0"};
	const char *error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(take(own_pid(), wrong[i], &error), -1);
	assert_non_null(strstr(error, "LISTEN_FDS"));
}

static void
test_more_than_can_be_served_are_an_error(void **state)
{
	static const char *const wrong[] = {"65", "2147483647", "2147483648",
	    "4294967297", "18446744073709551617",
	    "999999999999999999999999999999"};
	const char *error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(take(own_pid(), wrong[i], &error), -1);
		assert_non_null(strstr(error, "LISTEN_FDS"));
	}
}

static int
socket_of(int family, int type)
{
	int fd = socket(family, type, 0);

	assert_int_not_equal(fd, -1);
	return fd;
}

/* Listens at a place of the system's choice. */
static int
listen_inet(int family)
{
	int fd = socket_of(family, SOCK_STREAM);

	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static int
listen_unix(const char *path, int type)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket_of(AF_UNIX, type);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	if (type != SOCK_DGRAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
expect_good(int fd)
{
	const char *error = NULL;

	assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_false(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(inherit_check(fd, &error), 0);
	assert_null(error);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

/* And closes it. */
static void
expect_bad(int fd, const char *why)
{
	const char *error = NULL;

	assert_int_equal(inherit_check(fd, &error), -1);
	assert_non_null(error);
	assert_string_equal(error, why);
	close(fd);
}

static void
test_what_listens_is_made_ready(void **state)
{
	char path[108];

	(void)state;
	scratch_path(path, sizeof(path), "good.sock");
	expect_good(listen_inet(AF_INET));
	expect_good(listen_inet(AF_INET6));
	expect_good(listen_unix(path, SOCK_STREAM));
}

static void
test_what_can_not_be_served_is_told_apart(void **state)
{
	char path[108];
	int ends[2], pair[2], fd;

	(void)state;
	fd = socket_of(AF_INET, SOCK_STREAM);
	close(fd);
	expect_bad(fd, "is not open");
	expect_bad(-1, "is not open");
	assert_int_equal(pipe(ends), 0);
	expect_bad(ends[0], "is not a socket");
	expect_bad(ends[1], "is not a socket");
	expect_bad(open("/dev/null", O_RDWR), "is not a socket");
	expect_bad(socket_of(AF_INET, SOCK_DGRAM), "is not a stream socket");
	scratch_path(path, sizeof(path), "dgram.sock");
	expect_bad(listen_unix(path, SOCK_DGRAM), "is not a stream socket");
	expect_bad(socket_of(AF_INET, SOCK_STREAM), "does not listen");
	expect_bad(socket_of(AF_UNIX, SOCK_STREAM), "does not listen");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_bad(pair[0], "does not listen");
	expect_bad(pair[1], "does not listen");
#ifdef __linux__
	scratch_path(path, sizeof(path), "packets.sock");
	expect_bad(listen_unix(path, SOCK_SEQPACKET), "is not a stream socket");
	expect_bad(socket_of(AF_NETLINK, SOCK_RAW), "is not a stream socket");
#endif
}

/* What inetd passes on: a client, and not where clients arrive. */
static void
test_an_accepted_connection_is_no_listener(void **state)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	int listener, client, accepted;

	(void)state;
	listener = listen_inet(AF_INET);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&in, &len), 0);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client = socket_of(AF_INET, SOCK_STREAM);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&in, sizeof(in)), 0);
	accepted = accept(listener, NULL, NULL);
	assert_int_not_equal(accepted, -1);
	expect_bad(accepted, "does not listen");
	expect_bad(client, "does not listen");
	expect_good(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_sockets_for_this_process_are_counted),
	    cmocka_unit_test(test_there_are_none_without_the_variables),
	    cmocka_unit_test(test_those_of_another_process_are_not_taken),
	    cmocka_unit_test(test_a_count_that_is_no_number_is_an_error),
	    cmocka_unit_test(test_more_than_can_be_served_are_an_error),
	    cmocka_unit_test(test_what_listens_is_made_ready),
	    cmocka_unit_test(test_what_can_not_be_served_is_told_apart),
	    cmocka_unit_test(test_an_accepted_connection_is_no_listener),
	};

	return cmocka_run_group_tests_name("inherit", tests, NULL, NULL);
}
