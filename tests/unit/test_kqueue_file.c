#include "kev.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

static int
file_of(const char *name, const char *text, size_t len)
{
	char path[256];
	int fd;

	(void)scratch_path(path, sizeof(path), name);
	scratch_write(path, text, len);
	fd = open(path, O_RDWR);
	assert_int_not_equal(fd, -1);
	assert_int_equal(unlink(path), 0);
	return fd;
}

static void
data_is_what_lies_behind_the_offset(void **state)
{
	const int kq = kev_queue(state), fd = file_of("size", "0123456789", 10);
	struct kevent ev;

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	ev = kev_wait(kq);
	assert_int_equal(ev.ident, fd);
	assert_ptr_equal(ev.udata, (void *)(intptr_t)fd);
	assert_int_equal(ev.data, 10);
	assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
	/* It must not wait: the file is ready. */
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, NULL), 1);
	assert_int_equal(ev.data, 6);
	assert_int_equal(lseek(fd, 15, SEEK_SET), 15);
	assert_int_equal(kev_wait(kq).data, -5);
	close(fd);
	kev_none(kq);
}

static void
at_its_end_a_file_is_waited_for(void **state)
{
	const int kq = kev_queue(state), fd = file_of("end", "0123456789", 10);
	struct pollfd p = {.fd = kq, .events = POLLIN};

	assert_int_equal(lseek(fd, 0, SEEK_END), 10);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	kev_none(kq);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(pwrite(fd, "grown", 5, 10), 5);
	/* This does not look at the file: the queue has been told. */
	assert_true(deadline_wait_fd(deadline_in(DEADLINE_MS), kq, POLLIN));
	assert_int_equal(kev_wait(kq).data, 5);
	assert_int_equal(lseek(fd, 0, SEEK_END), 15);
	kev_none(kq);
	close(fd);
}

static void
a_file_can_always_be_written(void **state)
{
	const int kq = kev_queue(state), fd = file_of("write", "", 0);
	struct kevent events[4];

	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_ADD, 0);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	assert_int_equal(kev_poll(kq, events, 4), 1);
	assert_int_equal(events[0].filter, EVFILT_WRITE);
	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_DISABLE, 0);
	kev_none(kq);
	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).ident, fd);
	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_DELETE, 0);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fd, EVFILT_WRITE, EV_DELETE, 0),
	    ENOENT);
	close(fd);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fd, EVFILT_READ, EV_DELETE, 0),
	    EBADF);
}

static void
oneshot_and_dispatch_work_for_files(void **state)
{
	const int kq = kev_queue(state), fd = file_of("once", "x", 1);

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_ONESHOT, 0);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fd, EVFILT_READ, EV_DELETE, 0),
	    ENOENT);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_DISPATCH, 0);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ENABLE, 0);
	assert_int_equal(kev_wait(kq).data, 1);
	close(fd);
}

static void
with_clear_a_file_is_reported_once_for_each_growth(void **state)
{
	const int kq = kev_queue(state), fd = file_of("clear", "x", 1);

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_CLEAR, 0);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
	assert_int_equal(pwrite(fd, "yz", 2, 1), 2);
	assert_int_equal(kev_wait(kq).data, 3);
	kev_none(kq);
	close(fd);
}

static void
with_clear_growth_that_looks_the_same_is_told(void **state)
{
	const int kq = kev_queue(state), fd = file_of("same", "", 0);
	char line[6];
	int i;

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_CLEAR, 0);
	for (i = 0; i < 6; i++) {
		assert_int_equal(pwrite(fd, "line\n", 5, 5 * i), 5);
		assert_int_equal(kev_wait(kq).data, 5);
		assert_int_equal(read(fd, line, sizeof(line)), 5);
		/* Whether it has been seen at its end or not. */
		if (i % 2)
			kev_none(kq);
	}
	close(fd);
}

static void
a_file_at_its_end_does_not_make_the_queue_ready(void **state)
{
	const int kq = kev_queue(state), fd = file_of("quiet", "", 0);
	struct pollfd p = {.fd = kq, .events = POLLIN};

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	close(fd);
}

static void
the_null_device_is_always_ready(void **state)
{
	const int kq = kev_queue(state), fd = open("/dev/null", O_RDWR);
	struct kevent events[4];

	assert_int_not_equal(fd, -1);
	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_ADD, 0);
	assert_int_equal(kev_wait(kq).filter, EVFILT_WRITE);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	assert_int_equal(kev_poll(kq, events, 4), 2);
	close(fd);
	kev_none(kq);
}

static void
files_and_sockets_take_turns(void **state)
{
	const int kq = kev_queue(state), fd = file_of("turns", "x", 1);
	int fds[2], files = 0, sockets = 0, users = 0, i;
	struct kevent ev;

	kev_pair(fds);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_WRITE, EV_ADD, 0);
	kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
	kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
	for (i = 0; i < 30; i++) {
		assert_int_equal(kev_poll(kq, &ev, 1), 1);
		files += ev.filter == EVFILT_READ;
		sockets += ev.filter == EVFILT_WRITE;
		users += ev.filter == EVFILT_USER;
	}
	assert_true(files > 1);
	assert_true(sockets > 1);
	assert_true(users > 1);
	kev_pair_close(fds);
	close(fd);
}

static void
a_ready_file_makes_the_queue_ready(void **state)
{
	const int kq = kev_queue(state), fd = file_of("poll", "x", 1);
	struct pollfd p = {.fd = kq, .events = POLLIN};

	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(kev_wait(kq).ident, fd);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
	kev_none(kq);
	assert_int_equal(poll(&p, 1, 0), 0);
	close(fd);
}

static void
a_number_may_become_a_socket_and_a_file_again(void **state)
{
	const int kq = kev_queue(state);
	int fd, fds[2], copy;

	fd = file_of("reuse", "x", 1);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	kev_change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_ADD, 0);
	close(fd);
	kev_pair(fds);
	assert_int_equal(fds[0], fd);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	kev_none(kq);
	kev_send(fds[1], "xyz");
	assert_int_equal(kev_wait(kq).data, 3);
	close(fd);
	assert_int_equal(file_of("again", "ab", 2), fd);
	kev_none(kq);
	kev_change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0);
	assert_int_equal(kev_wait(kq).data, 2);
	/* Not closed for good: the next file must be another inode. */
	copy = dup(fd);
	assert_int_not_equal(copy, -1);
	close(fd);
	assert_int_equal(file_of("other", "abc", 3), fd);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fd, EVFILT_READ, EV_DELETE, 0),
	    ENOENT);
	kev_none(kq);
	close(copy);
	close(fd);
	close(fds[1]);
	kev_none(kq);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(data_is_what_lies_behind_the_offset),
	    TEST(at_its_end_a_file_is_waited_for),
	    TEST(a_file_can_always_be_written),
	    TEST(oneshot_and_dispatch_work_for_files),
	    TEST(with_clear_a_file_is_reported_once_for_each_growth),
	    TEST(with_clear_growth_that_looks_the_same_is_told),
	    TEST(a_file_at_its_end_does_not_make_the_queue_ready),
	    TEST(the_null_device_is_always_ready),
	    TEST(files_and_sockets_take_turns),
	    TEST(a_ready_file_makes_the_queue_ready),
	    TEST(a_number_may_become_a_socket_and_a_file_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
