#include "kev.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "kev_signal.h"

static void
deliveries_are_counted_until_they_are_taken(void **state)
{
	const int kq = kev_queue(state);
	struct kevent ev;

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_none(kq);
	kev_signal_send(SIGUSR1);
	ev = kev_wait(kq);
	assert_int_equal(ev.ident, SIGUSR1);
	assert_int_equal(ev.filter, EVFILT_SIGNAL);
	assert_int_equal(ev.data, 1);
	assert_ptr_equal(ev.udata, (void *)(intptr_t)SIGUSR1);
	kev_none(kq);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).data, 1);
}

static void
every_queue_gets_the_signal(void **state)
{
	const int first = kev_queue(state), second = kqueue();
	int i;

	kev_signal_watch(first, SIGUSR1, EV_ADD);
	kev_signal_watch(second, SIGUSR1, EV_ADD);
	kev_signal_watch(second, SIGUSR2, EV_ADD);
	for (i = 0; i < 3; i++) {
		kev_signal_send(SIGUSR1);
		assert_int_equal(kev_wait(first).ident, SIGUSR1);
	}
	/* It counted them while the other one was read. */
	assert_int_equal(kev_wait(second).data, 3);
	kev_none(first);
	kev_none(second);
	kev_signal_send(SIGUSR2);
	assert_int_equal(kev_wait(second).ident, SIGUSR2);
	kev_none(first);
	close(second);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(first).data, 1);
}

static void
a_signal_that_is_not_watched_any_more_is_left_alone(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_signal_send(SIGUSR1);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
	kev_none(kq);
	kev_signal_send(SIGUSR1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, SIGUSR2, EVFILT_SIGNAL, EV_ENABLE, 0), ENOENT);
}

static void
the_thread_blocks_a_signal_only_while_it_is_watched(void **state)
{
#ifdef __linux__
	const int kq = kev_queue(state);
	sigset_t mask;

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
	assert_true(sigismember(&mask, SIGUSR1));
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGUSR1));
	/* What the program has blocked itself stays blocked. */
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &mask, NULL), 0);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, NULL, &mask), 0);
	assert_true(sigismember(&mask, SIGUSR1));
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &mask, NULL), 0);
#else
	(void)state;
	skip();
#endif
}

static void
a_disabled_signal_still_counts(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD | EV_DISABLE);
	kev_signal_send(SIGUSR1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_ENABLE);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
}

static void
oneshot_and_dispatch_work_for_signals(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD | EV_ONESHOT);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).ident, SIGUSR1);
	kev_signal_send(SIGUSR1);
	kev_none(kq);
	assert_int_equal(
	    kev_change_error(kq, SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0), ENOENT);
	kev_signal_watch(kq, SIGUSR1, EV_ADD | EV_DISPATCH);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).ident, SIGUSR1);
	kev_signal_send(SIGUSR1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_ENABLE);
	assert_int_equal(kev_wait(kq).ident, SIGUSR1);
}

static void
numbers_that_are_no_signals_are_refused(void **state)
{
	const int kq = kev_queue(state);

	assert_int_equal(
	    kev_change_error(kq, 0, EVFILT_SIGNAL, EV_ADD, 0), EINVAL);
	assert_int_equal(
	    kev_change_error(kq, 4096, EVFILT_SIGNAL, EV_ADD, 0), EINVAL);
}

static void
a_child_can_be_ended_by_a_watched_signal(void **state)
{
	const int kq = kev_queue(state);
	const struct sigaction dfl = {.sa_handler = SIG_DFL};
	int ready[2], status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)sigaction(SIGUSR1, &dfl, NULL);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(kill(pid, SIGUSR1), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	kev_none(kq);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_pair_close(ready);
}

static void
the_end_of_a_child_is_a_signal_too(void **state)
{
	const int kq = kev_queue(state);
	pid_t pid;

	kev_signal_watch(kq, SIGCHLD, EV_ADD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(0);
	assert_int_equal(kev_wait(kq).ident, SIGCHLD);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_signal_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(deliveries_are_counted_until_they_are_taken),
	    TEST(every_queue_gets_the_signal),
	    TEST(a_signal_that_is_not_watched_any_more_is_left_alone),
	    TEST(the_thread_blocks_a_signal_only_while_it_is_watched),
	    TEST(a_disabled_signal_still_counts),
	    TEST(oneshot_and_dispatch_work_for_signals),
	    TEST(numbers_that_are_no_signals_are_refused),
	    TEST(a_child_can_be_ended_by_a_watched_signal),
	    TEST(the_end_of_a_child_is_a_signal_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
