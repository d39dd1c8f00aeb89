/* untaken: what a socket still has to deliver. */

#include "harness/harness.h"

#include <sys/socket.h>

#include <unistd.h>

#include "harness/deadline.h"
#include "harness/peer.h"
#include "untaken.h"

#define SLOW_RCVBUF 4096
#define SMALL	    60000 /* a socket's buffer holds them, the window does not */

/* Whether the system tells; else there is nothing to test. */
static void
need_an_answer(int fd)
{
	if (untaken_bytes(fd) == -1)
		skip();
}

static void
a_socket_that_sent_nothing_has_nothing_left(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	need_an_answer(fds[0]);
	assert_int_equal(untaken_bytes(fds[0]), 0);
	assert_int_equal(send(fds[0], "x", 1, 0), 1);
	assert_true(untaken_bytes(fds[0]) > 0);
	assert_int_equal(untaken_bytes(fds[1]), 0);
	close(fds[0]);
	close(fds[1]);
}

static bool
has_nothing_left(void *arg)
{
	return untaken_bytes(*(int *)arg) == 0;
}

static void
it_shrinks_as_the_other_end_reads(void **state)
{
	struct peer_listener *listener = peer_listen(0);
	struct peer *slow, *sender;
	static char bytes[SMALL];
	int64_t full;
	int fd;

	(void)state;
	slow = peer_connect_rcvbuf(peer_listener_port(listener), SLOW_RCVBUF);
	sender = peer_accept(listener);
	fd = peer_fd(sender);
	need_an_answer(fd);
	peer_send(sender, bytes, sizeof(bytes));
	full = untaken_bytes(fd);
	assert_in_range(full, 1, SMALL);
	peer_recv(slow, bytes, sizeof(bytes));
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), has_nothing_left, &fd));
	peer_free(slow);
	peer_free(sender);
	peer_listener_free(listener);
}

static void
what_is_no_socket_tells_nothing(void **state)
{
	(void)state;
	assert_int_equal(untaken_bytes(-1), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_socket_that_sent_nothing_has_nothing_left),
	    cmocka_unit_test(it_shrinks_as_the_other_end_reads),
	    cmocka_unit_test(what_is_no_socket_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
