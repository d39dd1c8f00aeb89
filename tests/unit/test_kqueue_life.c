#include "kev.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "harness/harness.h"

static void
what_is_no_queue_is_refused(void **state)
{
	struct kevent ev;
	int fds[2], kq;

	(void)state;
	kev_pair(fds);
	kq = kqueue();
	assert_int_not_equal(kq, -1);
	close(kq);
	assert_int_equal(kevent(-1, NULL, 0, &ev, 1, NULL), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, NULL), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(kevent(fds[0], NULL, 0, &ev, 1, NULL), -1);
	assert_int_equal(errno, EBADF);
	kev_pair_close(fds);
}

/* Also where it is not asked for events, and whatever the change is about. */
static void
a_closed_queue_takes_no_changes(void **state)
{
	struct kevent change;
	int fds[2], kq;

	(void)state;
	kev_pair(fds);
	kq = kqueue();
	assert_int_not_equal(kq, -1);
	kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
	close(kq);
	assert_int_equal(kevent(kq, NULL, 0, NULL, 0, NULL), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_USER, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_TIMER, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, SIGUSR2, EVFILT_SIGNAL, EV_ADD, 0), EBADF);
	/* It is the queue that is bad: no event says so. */
	EV_SET(&change, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0, 0, NULL);
	assert_int_equal(kevent(kq, &change, 1, &change, 1, NULL), -1);
	assert_int_equal(errno, EBADF);
	kev_pair_close(fds);
}

static bool
is_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	assert_int_not_equal(poll(&p, 1, 0), -1);
	return p.revents & POLLIN;
}

static void
a_queue_can_be_polled_and_watched_by_another(void **state)
{
	const int outer = kev_queue(state), inner = kqueue();
	struct kevent ev;
	int fds[2];

	kev_pair(fds);
	kev_change(outer, (uintptr_t)inner, EVFILT_READ, EV_ADD, 0);
	kev_change(inner, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	kev_change(inner, 5, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	kev_none(outer);
	assert_false(is_readable(inner));
	kev_send(fds[1], "x");
	ev = kev_wait(outer);
	assert_int_equal(ev.ident, inner);
	assert_true(ev.data > 0);
	assert_true(is_readable(inner));
	assert_int_equal(kev_wait(inner).ident, fds[0]);
	kev_drain(fds[0]);
	kev_none(outer);
	kev_change(inner, 5, EVFILT_USER, 0, NOTE_TRIGGER);
	assert_int_equal(kev_wait(outer).ident, inner);
	assert_int_equal(kev_wait(inner).ident, 5);
	kev_none(outer);
	kev_change_data(inner, 6, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1);
	assert_int_equal(kev_wait(outer).ident, inner);
	assert_int_equal(kev_wait(inner).ident, 6);
	kev_none(outer);
	kev_pair_close(fds);
	close(inner);
	kev_none(outer);
}

/* Returns the child's exit status: 0 when all is as it should be there. */
static int
child_without_queues(int kq, int bystander)
{
	struct kevent ev;
	int own;

	if (kevent(kq, NULL, 0, &ev, 1, NULL) != -1 || errno != EBADF)
		return 1;
	if (write(bystander, "c", 1) != 1)
		return 2;
	own = kqueue();
	if (own == -1)
		return 3;
	EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1, NULL);
	if (kevent(own, &ev, 1, &ev, 1, NULL) != 1 || ev.ident != 1)
		return 4;
	return 0;
}

static void
a_child_does_not_have_the_queue(void **state)
{
	const int kq = kev_queue(state);
	int fds[2], closed, status;
	pid_t pid;

	/* A number of a queue that is closed may be anything by now. */
	closed = kqueue();
	close(closed);
	kev_pair(fds);
	kev_change(kq, (uintptr_t)fds[1], EVFILT_READ, EV_ADD, 0);
	kev_change(kq, 3, EVFILT_USER, EV_ADD, 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(child_without_queues(kq, fds[0]));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(kev_wait(kq).ident, fds[1]);
	kev_pair_close(fds);
}

#ifdef __linux__
static int
count_descriptors(void)
{
	struct pollfd fds[256];
	int i, n = 0;

	for (i = 0; i < 256; i++)
		fds[i] = (struct pollfd){.fd = i};
	assert_int_not_equal(poll(fds, 256, 0), -1);
	for (i = 0; i < 256; i++)
		n += (fds[i].revents & POLLNVAL) == 0;
	return n;
}

static void
closed_queues_leave_nothing_behind(void **state)
{
	struct kevent ev;
	int before = 0, fds[2], kq = -1, i;

	(void)state;
	kev_pair(fds);
	for (i = 0; i < 50; i++) {
		kq = kqueue();
		assert_int_not_equal(kq, -1);
		kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
		kev_change_data(kq, 1, EVFILT_TIMER, EV_ADD, 0, 1000);
		kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
		if (i == 0)
			before = count_descriptors();
		close(kq);
	}
	/* The last one's helpers are kept until a kqueue(2) finds it gone. */
	assert_true(count_descriptors() < before);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, NULL), -1);
	assert_int_equal(errno, EBADF);
	kev_pair_close(fds);
}

static void
a_number_that_is_something_else_now_is_no_queue(void **state)
{
	const struct timespec now = {0};
	struct kevent ev;
	int kq, fds[2];

	(void)state;
	kq = kqueue();
	assert_int_not_equal(kq, -1);
	close(kq);
	kev_pair(fds);
	assert_int_equal(fds[0], kq);
	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &now), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(
	    kev_change_error(kq, 1, EVFILT_USER, EV_ADD, 0), EBADF);
	assert_int_equal(
	    kev_change_error(kq, (uintptr_t)fds[1], EVFILT_READ, EV_ADD, 0),
	    EBADF);
	close(fds[0]);
	kq = kqueue();
	assert_int_equal(kq, fds[0]);
	kev_none(kq);
	close(kq);
	close(fds[1]);
}
#endif

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_no_queue_is_refused),
	    TEST(a_closed_queue_takes_no_changes),
	    TEST(a_queue_can_be_polled_and_watched_by_another),
	    TEST(a_child_does_not_have_the_queue),
#ifdef __linux__
	    TEST(closed_queues_leave_nothing_behind),
	    TEST(a_number_that_is_something_else_now_is_no_queue),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
