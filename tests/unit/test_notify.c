/* notify: who is told, in which words, and that nobody is waited for. */

#include "harness/harness.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/scratch.h"
#include "notify.h"

#define PATH_MAX_BYTES sizeof(((struct sockaddr_un *)0)->sun_path)
#define NAME_MAX_BYTES 256
#define FULL_MAX       100000 /* more messages than any queue has room for */

/* A socket that is bound to name, which NOTIFY_SOCKET then has. */
static int
receive_at(const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_int_not_equal(fd, -1);
	assert_true(len <= sizeof(un.sun_path));
	memcpy(un.sun_path, name, len);
	if (name[0] == '@')
		un.sun_path[0] = '\0';
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&un,
		(socklen_t)(sizeof(un) - sizeof(un.sun_path) + len)),
	    0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

static int
receive_at_path(char *path, size_t size, const char *name)
{
	scratch_path(path, size, name);
	return receive_at(path);
}

static void
expect_message(int fd, const char *wanted)
{
	char text[64];
	ssize_t n;

	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), fd, POLLIN));
	n = recv(fd, text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

static void
expect_no_message(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static struct notify *
open_notify(void)
{
	struct notify *notify = notify_open();

	assert_non_null(notify);
	assert_null(getenv("NOTIFY_SOCKET"));
	return notify;
}

/* What notify_open() says of this name. */
static int
refusal(const char *name)
{
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	errno = 0;
	assert_null(notify_open());
	assert_null(getenv("NOTIFY_SOCKET"));
	return errno;
}

static void
expect_both(int fd)
{
	struct notify *notify = open_notify();

	expect_no_message(fd);
	notify_ready(notify);
	expect_message(fd, "READY=1");
	notify_stopping(notify);
	expect_message(fd, "STOPPING=1");
	expect_no_message(fd);
	notify_close(notify);
	close(fd);
}

static void
test_a_socket_at_a_path_is_told(void **state)
{
	char path[PATH_MAX_BYTES];

	(void)state;
	expect_both(receive_at_path(path, sizeof(path), "notify.sock"));
}

/* Names of their own, as those of other runs are in the same place. */
static void
test_an_abstract_socket_is_told(void **state)
{
#ifdef __linux__
	char name[PATH_MAX_BYTES + 1];

	(void)state;
	snprintf(name, sizeof(name), "@yodel/test/%d", (int)getpid());
	expect_both(receive_at(name));
	/* the longest that there is */
	memset(name + strlen(name), 'x', sizeof(name) - 1 - strlen(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(strlen(name), PATH_MAX_BYTES);
	expect_both(receive_at(name));
#else
	(void)state;
	assert_int_equal(refusal("@yodel"), EAFNOSUPPORT);
#endif
}

static void
test_without_the_variable_nothing_happens(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	errno = EIO;
	assert_null(notify_open());
	assert_int_equal(errno, 0);
	assert_int_equal(refusal(""), 0);
	notify_ready(NULL);
	notify_stopping(NULL);
	notify_close(NULL);
}

static void
test_what_is_no_name_is_refused(void **state)
{
	(void)state;
	assert_int_equal(refusal("@"), EINVAL);
	assert_int_equal(refusal("run/notify"), EINVAL);
	assert_int_equal(refusal("vsock:2:1234"), EINVAL);
	assert_int_equal(refusal(" /run/notify"), EINVAL);
}

static void
test_a_name_that_is_too_long_is_refused(void **state)
{
	char name[NAME_MAX_BYTES];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(refusal(name), ENAMETOOLONG);
	/* by one: there is no room for the zero */
	name[PATH_MAX_BYTES] = '\0';
	assert_int_equal(refusal(name), ENAMETOOLONG);
	name[PATH_MAX_BYTES - 1] = '\0';
	assert_int_equal(refusal(name), ENOENT);
	memset(name, 'x', sizeof(name));
	name[0] = '@';
	name[PATH_MAX_BYTES + 1] = '\0';
	assert_int_equal(refusal(name), ENAMETOOLONG);
}

static void
test_a_receiver_that_is_not_there_is_an_error(void **state)
{
	char path[PATH_MAX_BYTES];

	(void)state;
	scratch_path(path, sizeof(path), "nobody.sock");
	assert_int_equal(refusal(path), ENOENT);
	close(receive_at(path));
	assert_int_equal(refusal(path), ECONNREFUSED);
}

static void
test_a_receiver_that_has_gone_does_no_harm(void **state)
{
	char path[PATH_MAX_BYTES];
	int fd = receive_at_path(path, sizeof(path), "gone.sock");
	struct notify *notify = open_notify();

	(void)state;
	close(fd);
	notify_ready(notify);
	notify_stopping(notify);
	notify_close(notify);
}

/* The queue is the receiver's: anybody can fill it. */
static void
fill(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	size_t i;

	assert_int_not_equal(fd, -1);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	for (i = 0; i < FULL_MAX; i++)
		if (send(fd, "x", 1, MSG_DONTWAIT) == -1)
			break;
	assert_true(i < FULL_MAX);
	close(fd);
}

static void
test_a_receiver_that_is_full_is_not_waited_for(void **state)
{
	char path[PATH_MAX_BYTES];
	int fd = receive_at_path(path, sizeof(path), "full.sock");
	struct notify *notify = open_notify();
	char byte;

	(void)state;
	fill(path);
	/* whoever waits here is ended */
	alarm(DEADLINE_MS / 1000);
	notify_ready(notify);
	alarm(0);
	while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		assert_int_equal(byte, 'x');
	/* that one was lost, and the next one is not */
	notify_stopping(notify);
	expect_message(fd, "STOPPING=1");
	expect_no_message(fd);
	notify_close(notify);
	close(fd);
}

/* As after --user or in a sandbox: it was connected before. */
static void
test_the_path_may_go_once_it_is_open(void **state)
{
	char path[PATH_MAX_BYTES];
	int fd = receive_at_path(path, sizeof(path), "removed.sock");
	struct notify *notify = open_notify();

	(void)state;
	assert_int_equal(unlink(path), 0);
	notify_ready(notify);
	expect_message(fd, "READY=1");
	notify_close(notify);
	close(fd);
}

/* How many of the first hundred descriptors are open, and outlive an exec. */
static int
count_inheritable(void)
{
	int fd, count = 0;

	for (fd = 3; fd < 100; fd++) {
		int flags = fcntl(fd, F_GETFD);

		count += flags != -1 && !(flags & FD_CLOEXEC);
	}
	return count;
}

static void
test_its_descriptor_is_nobody_elses(void **state)
{
	char path[PATH_MAX_BYTES];
	int fd = receive_at_path(path, sizeof(path), "private.sock");
	int before = count_inheritable();
	struct notify *notify = open_notify();

	(void)state;
	assert_int_equal(count_inheritable(), before);
	notify_close(notify);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_socket_at_a_path_is_told),
	    cmocka_unit_test(test_an_abstract_socket_is_told),
	    cmocka_unit_test(test_without_the_variable_nothing_happens),
	    cmocka_unit_test(test_what_is_no_name_is_refused),
	    cmocka_unit_test(test_a_name_that_is_too_long_is_refused),
	    cmocka_unit_test(test_a_receiver_that_is_not_there_is_an_error),
	    cmocka_unit_test(test_a_receiver_that_has_gone_does_no_harm),
	    cmocka_unit_test(test_a_receiver_that_is_full_is_not_waited_for),
	    cmocka_unit_test(test_the_path_may_go_once_it_is_open),
	    cmocka_unit_test(test_its_descriptor_is_nobody_elses),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
