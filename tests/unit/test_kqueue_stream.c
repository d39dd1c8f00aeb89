/*
 * kqueue(2), EVFILT_READ and EVFILT_WRITE: what there is to read, how much can
 * be written, and where it ends, for each type of descriptor.
 */

#include "kev.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "harness/harness.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

static void
watch(int kq, int fd, int filter)
{
	kev_change(kq, (uintptr_t)fd, filter, EV_ADD, 0);
}

static void
set_low_water(int fd, int bytes)
{
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof(bytes)), 0);
}

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

/* "... subject to the SO_RCVLOWAT value of the socket buffer." */
static void
the_sockets_own_mark_holds_events_back(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	kev_pair_tcp(fds);
	set_low_water(fds[0], 5);
	watch(kq, fds[0], EVFILT_READ);
	kev_send(fds[1], "1234");
	kev_none(kq);
	kev_send(fds[1], "5");
	assert_int_equal(kev_wait(kq).data, 5);
	kev_pair_close(fds);
}

/* "This may be overridden": to a higher mark, here. */
static void
the_knotes_mark_overrides_it(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	kev_pair_tcp(fds);
	set_low_water(fds[0], 5);
	kev_change_data(
	    kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 8);
	kev_send(fds[1], "1234567");
	kev_none(kq);
	kev_send(fds[1], "8");
	assert_int_equal(kev_wait(kq).data, 8);
	kev_drain(fds[0]);
	kev_change_data(
	    kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, NOTE_LOWAT, 2);
	kev_send(fds[1], "123");
#ifdef __linux__
	/* README.md: not to a lower one. */
	kev_none(kq);
	kev_send(fds[1], "45");
	assert_int_equal(kev_wait(kq).data, 5);
#else
	assert_int_equal(kev_wait(kq).data, 3);
#endif
	kev_pair_close(fds);
}

/* "If the read direction of the socket has shutdown": by ourselves. */
static void
ones_own_shutdown_ends_reading(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2], i;

	for (i = 0; i < 2; i++) {
		(i == 0 ? kev_pair : kev_pair_tcp)(fds);
		watch(kq, fds[0], EVFILT_READ);
		kev_none(kq);
		assert_int_equal(shutdown(fds[0], SHUT_RD), 0);
		ev = wait_for_eof(kq, fds[0], EVFILT_READ);
		assert_int_equal(ev.data, 0);
		assert_int_equal(ev.fflags, 0);
		kev_pair_close(fds);
	}
}

static void
an_end_with_clear_comes_once(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;
	int fds[2];

	kev_pair(fds);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0);
	kev_send(fds[1], "bye");
	assert_false(kev_wait(kq).flags & EV_EOF);
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	ev = kev_wait(kq);
	assert_true(ev.flags & EV_EOF);
	assert_int_equal(ev.data, 3);
	kev_none(kq);
	kev_pair_close(fds);
}

static void
an_empty_datagram_is_something_to_read(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	watch(kq, fds[0], EVFILT_READ);
	assert_int_equal(send(fds[1], "", 0, 0), 0);
	assert_int_equal(kev_wait(kq).ident, fds[0]);
	assert_int_equal(recv(fds[0], &fds, 0, 0), 0);
	kev_none(kq);
	kev_pair_close(fds);
}

/* "... the amount of space remaining in the write buffer." */
static void
room_shrinks_as_it_is_written_to(void **state)
{
	const int kq = kev_queue(state);
	static const char block[1024];
	struct kevent ev;
	int64_t before;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	watch(kq, fds[1], EVFILT_WRITE);
	for (before = INT64_MAX; kev_poll(kq, &ev, 1) == 1; before = ev.data) {
		assert_true(ev.data > 0 && ev.data < before);
		assert_true(write(fds[1], block, sizeof(block)) > 0);
	}
	kev_none(kq);
	kev_pair_close(fds);
}

static void
a_connection_that_is_made_can_be_written_to(void **state)
{
	const int kq = kev_queue(state), listener = kev_listen();
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	struct kevent ev;
	int fd;

	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&sin, &len), 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	if (connect(fd, (struct sockaddr *)&sin, len) == -1)
		assert_int_equal(errno, EINPROGRESS);
	watch(kq, fd, EVFILT_WRITE);
	ev = kev_wait(kq);
	assert_false(ev.flags & EV_EOF);
	assert_true(ev.data > 0);
	close(fd);
	close(listener);
}

/* "When the last writer disconnects": not before. */
static void
a_pipe_ends_with_its_last_writer(void **state)
{
	const int kq = kev_queue(state);
	int fds[2], copy;

	assert_int_equal(pipe(fds), 0);
	copy = dup(fds[1]);
	watch(kq, fds[0], EVFILT_READ);
	close(fds[1]);
	kev_none(kq);
	close(copy);
	assert_int_equal(wait_for_eof(kq, fds[0], EVFILT_READ).data, 0);
	close(fds[0]);
}

/* "This will be cleared when a new reader connects." */
static void
a_fifo_can_be_written_again_with_a_new_reader(void **state)
{
	const int kq = kev_queue(state);
	char path[256];
	int reader, writer;

	(void)scratch_path(path, sizeof(path), "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	writer = open(path, O_WRONLY | O_NONBLOCK);
	assert_true(reader != -1 && writer != -1);
	watch(kq, writer, EVFILT_WRITE);
	assert_false(kev_wait(kq).flags & EV_EOF);
	close(reader);
	(void)wait_for_eof(kq, writer, EVFILT_WRITE);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_false(kev_wait(kq).flags & EV_EOF);
	close(reader);
	close(writer);
	assert_int_equal(unlink(path), 0);
}

static void
open_terminal(int fds[2])
{
	fds[1] = posix_openpt(O_RDWR | O_NOCTTY);
	assert_int_not_equal(fds[1], -1);
	assert_int_equal(grantpt(fds[1]), 0);
	assert_int_equal(unlockpt(fds[1]), 0);
	fds[0] = open(ptsname(fds[1]), O_RDWR | O_NOCTTY);
	assert_int_not_equal(fds[0], -1);
}

/* In canonical mode there is data to read when there is a line. */
static void
a_terminal_tells_of_whole_lines(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	open_terminal(fds);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	watch(kq, fds[0], EVFILT_READ);
	kev_send(fds[1], "li");
	/* Its echo shows that it has arrived. */
	kev_drain(fds[1]);
	kev_none(kq);
	kev_send(fds[1], "ne\n");
	assert_int_equal(kev_wait(kq).data, 5);
	kev_pair_close(fds);
}

static void
a_terminals_master_ends_when_nobody_has_it_open(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	open_terminal(fds);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	watch(kq, fds[1], EVFILT_READ);
	kev_none(kq);
	kev_send(fds[0], "out");
	assert_true(kev_wait(kq).data >= 3);
	close(fds[0]);
	(void)wait_for_eof(kq, fds[1], EVFILT_READ);
	close(fds[1]);
}

#ifdef __linux__
/* README.md: of these there is no number. */
static void
an_eventfd_is_readable_and_no_more(void **state)
{
	const int kq = kev_queue(state), fd = eventfd(0, EFD_NONBLOCK);
	const uint64_t five = 5;
	uint64_t got;

	assert_int_not_equal(fd, -1);
	watch(kq, fd, EVFILT_READ);
	kev_none(kq);
	assert_int_equal(write(fd, &five, sizeof(five)), sizeof(five));
	assert_int_equal(kev_wait(kq).data, 1);
	assert_int_equal(read(fd, &got, sizeof(got)), sizeof(got));
	kev_none(kq);
	close(fd);
}

/* README.md: FreeBSD refuses it. */
static void
a_queue_is_never_writable(void **state)
{
	const int kq = kev_queue(state), inner = kqueue();

	assert_int_not_equal(inner, -1);
	watch(kq, inner, EVFILT_WRITE);
	kev_none(kq);
	close(inner);
}

/* README.md: FreeBSD says EV_EOF. */
static void
ones_own_shutdown_of_writing_is_no_end(void **state)
{
	const int kq = kev_queue(state);
	int fds[2];

	kev_pair_tcp(fds);
	watch(kq, fds[0], EVFILT_WRITE);
	assert_int_equal(shutdown(fds[0], SHUT_WR), 0);
	assert_false(kev_wait(kq).flags & EV_EOF);
	kev_pair_close(fds);
}
#endif

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(the_sockets_own_mark_holds_events_back),
	    TEST(the_knotes_mark_overrides_it),
	    TEST(ones_own_shutdown_ends_reading),
	    TEST(an_end_with_clear_comes_once),
	    TEST(an_empty_datagram_is_something_to_read),
	    TEST(room_shrinks_as_it_is_written_to),
	    TEST(a_connection_that_is_made_can_be_written_to),
	    TEST(a_pipe_ends_with_its_last_writer),
	    TEST(a_fifo_can_be_written_again_with_a_new_reader),
	    TEST(a_terminal_tells_of_whole_lines),
	    TEST(a_terminals_master_ends_when_nobody_has_it_open),
#ifdef __linux__
	    TEST(an_eventfd_is_readable_and_no_more),
	    TEST(a_queue_is_never_writable),
	    TEST(ones_own_shutdown_of_writing_is_no_end),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
