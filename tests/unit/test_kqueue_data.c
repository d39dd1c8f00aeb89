#include "kev.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

static void
watch(int kq, int fd, int filter)
{
	kev_change(kq, (uintptr_t)fd, filter, EV_ADD, 0);
}

/* Asks until the event is an end, as that may come after the data. */
static struct kevent
wait_for_eof(int kq, int fd, int filter)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct kevent ev;

	do {
		assert_int_not_equal(deadline_left_ms(deadline), 0);
		ev = kev_wait_for(kq, (uintptr_t)fd, filter);
	} while ((ev.flags & EV_EOF) == 0);
	return ev;
}

static struct kevent
wait_for_data(int kq, int fd, int64_t data)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct kevent ev;

	do {
		assert_int_not_equal(deadline_left_ms(deadline), 0);
		ev = kev_wait_for(kq, (uintptr_t)fd, EVFILT_READ);
	} while (ev.data != data);
	return ev;
}

static void
reset_by(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
	close(fd);
}

static void
the_end_of_a_connection_comes_with_the_data_left(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	kev_pair_tcp(fds);
	watch(kq, fds[0], EVFILT_READ);
	kev_send(fds[1], "last words");
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	ev = wait_for_eof(kq, fds[0], EVFILT_READ);
	assert_int_equal(ev.data, 10);
	assert_int_equal(ev.fflags, 0);
	kev_drain(fds[0]);
	ev = kev_wait(kq);
	assert_true(ev.flags & EV_EOF);
	assert_int_equal(ev.data, 0);
	/* The other direction is as it was. */
	watch(kq, fds[0], EVFILT_WRITE);
	ev = kev_wait_for(kq, (uintptr_t)fds[0], EVFILT_WRITE);
	assert_false(ev.flags & EV_EOF);
	kev_pair_close(fds);
}

static void
a_reset_comes_with_its_error(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	kev_pair_tcp(fds);
	watch(kq, fds[0], EVFILT_READ);
	reset_by(fds[1]);
	ev = kev_wait(kq);
	assert_true(ev.flags & EV_EOF);
	assert_int_equal(ev.fflags, ECONNRESET);
	/* Nobody has taken it yet. */
	ev = kev_wait(kq);
	assert_true(ev.flags & EV_EOF);
	assert_int_equal(ev.fflags, ECONNRESET);
	close(fds[0]);
}

static void
a_reset_ends_writing_too(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	kev_pair_tcp(fds);
	kev_fill(fds[0]);
	watch(kq, fds[0], EVFILT_WRITE);
	reset_by(fds[1]);
	ev = wait_for_eof(kq, fds[0], EVFILT_WRITE);
	assert_int_equal(ev.fflags, ECONNRESET);
	close(fds[0]);
}

static void
a_refused_connect_leaves_its_error_to_be_asked_for(void **state)
{
	const int kq = kev_queue(state);
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int listener, fd, error;

	/* Bound, but nobody listens there any more. */
	listener = kev_listen();
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&sin, &len), 0);
	close(listener);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	if (connect(fd, (struct sockaddr *)&sin, len) == 0)
		skip();
	if (errno == EINPROGRESS) {
		watch(kq, fd, EVFILT_WRITE);
		(void)wait_for_eof(kq, fd, EVFILT_WRITE);
		watch(kq, fd, EVFILT_READ);
		(void)wait_for_eof(kq, fd, EVFILT_READ);
		len = sizeof(error);
		assert_int_equal(
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len), 0);
		assert_int_equal(error, ECONNREFUSED);
	}
	close(fd);
}

static void
a_socket_whose_peer_is_closed_ends_both_ways(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	kev_pair(fds);
	watch(kq, fds[0], EVFILT_READ);
	watch(kq, fds[0], EVFILT_WRITE);
	kev_send(fds[1], "xyz");
	close(fds[1]);
	assert_int_equal(wait_for_eof(kq, fds[0], EVFILT_READ).data, 3);
	(void)wait_for_eof(kq, fds[0], EVFILT_WRITE);
	close(fds[0]);
}

static void
a_pipe_without_writers_ends_with_the_data_left(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	watch(kq, fds[0], EVFILT_READ);
	kev_none(kq);
	kev_send(fds[1], "four");
	ev = kev_wait(kq);
	assert_int_equal(ev.data, 4);
	assert_false(ev.flags & EV_EOF);
	close(fds[1]);
	assert_int_equal(wait_for_eof(kq, fds[0], EVFILT_READ).data, 4);
	close(fds[0]);
}

static void
a_pipe_without_readers_ends_writing(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int64_t room;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	watch(kq, fds[1], EVFILT_WRITE);
	ev = kev_wait(kq);
	assert_false(ev.flags & EV_EOF);
	room = ev.data;
	kev_send(fds[1], "four");
	assert_true(kev_wait(kq).data < room);
	kev_fill(fds[1]);
	kev_none(kq);
	close(fds[0]);
	(void)wait_for_eof(kq, fds[1], EVFILT_WRITE);
	close(fds[1]);
}

static void
a_fifo_ends_when_its_last_writer_goes(void **state)
{
	const int kq = kev_queue(state);
	char path[256];
	int reader, writer;

	(void)scratch_path(path, sizeof(path), "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	writer = open(path, O_WRONLY);
	assert_true(reader != -1 && writer != -1);
	watch(kq, reader, EVFILT_READ);
	kev_none(kq);
	kev_send(writer, "ab");
	assert_int_equal(kev_wait(kq).data, 2);
	close(writer);
	assert_int_equal(wait_for_eof(kq, reader, EVFILT_READ).data, 2);
	kev_drain(reader);
	writer = open(path, O_WRONLY);
	assert_int_not_equal(writer, -1);
	kev_send(writer, "c");
	assert_false(wait_for_data(kq, reader, 1).flags & EV_EOF);
	close(writer);
	close(reader);
	assert_int_equal(unlink(path), 0);
}

static void
a_listener_tells_how_many_wait(void **state)
{
	const int kq = kev_queue(state), listener = kev_listen();
	int clients[3], i;

	watch(kq, listener, EVFILT_READ);
	kev_none(kq);
	for (i = 0; i < 3; i++)
		clients[i] = kev_connect(listener);
	(void)wait_for_data(kq, listener, 3);
	close(accept(listener, NULL, NULL));
	assert_int_equal(kev_wait(kq).data, 2);
	for (i = 0; i < 3; i++)
		close(clients[i]);
	close(listener);
}

static void
a_unix_listener_tells_that_someone_waits(void **state)
{
	const int kq = kev_queue(state);
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int listener, client;

	(void)scratch_path(sun.sun_path, sizeof(sun.sun_path), "listener");
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(listener != -1 && client != -1);
	assert_int_equal(
	    bind(listener, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(listener, 4), 0);
	watch(kq, listener, EVFILT_READ);
	kev_none(kq);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_true(kev_wait(kq).data >= 1);
	close(client);
	close(listener);
	assert_int_equal(unlink(sun.sun_path), 0);
}

static void
a_datagram_tells_its_size(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	watch(kq, fds[0], EVFILT_READ);
	kev_none(kq);
	kev_send(fds[1], "datagram");
	assert_true(kev_wait(kq).data >= 8);
	kev_pair_close(fds);
}

static void
a_terminal_tells_what_was_typed_and_hangs_up(void **state)
{
	const int kq = kev_queue(state);
	struct termios raw;
	int master, slave;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master == -1)
		skip();
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_int_not_equal(slave, -1);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	watch(kq, slave, EVFILT_READ);
	kev_none(kq);
	kev_send(master, "typed");
	(void)wait_for_data(kq, slave, 5);
	kev_change(kq, (uintptr_t)slave, EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0);
	(void)kev_wait_for(kq, (uintptr_t)slave, EVFILT_WRITE);
	close(master);
	(void)wait_for_eof(kq, slave, EVFILT_READ);
	close(slave);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(the_end_of_a_connection_comes_with_the_data_left),
	    TEST(a_reset_comes_with_its_error),
	    TEST(a_reset_ends_writing_too),
	    TEST(a_refused_connect_leaves_its_error_to_be_asked_for),
	    TEST(a_socket_whose_peer_is_closed_ends_both_ways),
	    TEST(a_pipe_without_writers_ends_with_the_data_left),
	    TEST(a_pipe_without_readers_ends_writing),
	    TEST(a_fifo_ends_when_its_last_writer_goes),
	    TEST(a_listener_tells_how_many_wait),
	    TEST(a_unix_listener_tells_that_someone_waits),
	    TEST(a_datagram_tells_its_size),
	    TEST(a_terminal_tells_what_was_typed_and_hangs_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
