/*
 * kqueue(2), EVFILT_SIGNAL: how often a signal has occurred, and how that goes
 * together with signal(3) and sigaction(2).
 */

#include "kev.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/effort.h"
#include "harness/harness.h"
#include "kev_signal.h"

#define QUEUED 400 /* more than the layer reads at once */
#define STORM  20000

/* All that is there now. */
static int64_t
take_count(int kq, int signo)
{
	struct kevent ev;
	int64_t sum = 0;

	while (kev_poll(kq, &ev, 1) == 1) {
		assert_int_equal(ev.ident, signo);
		assert_true(ev.data >= 1);
		sum += ev.data;
	}
	return sum;
}

#ifdef SIGRTMIN
static void
each_of_many_queued_signals_counts(void **state)
{
	const int kq = kev_queue(state), second = kqueue();
	const union sigval nothing = {.sival_int = 0};
	const int signo = SIGRTMIN + 1;
	struct rlimit limit;
	int i;

	assert_int_equal(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
	if (limit.rlim_cur < QUEUED)
		skip();
	kev_signal_watch(kq, signo, EV_ADD);
	kev_signal_watch(second, signo, EV_ADD | EV_DISABLE);
	for (i = 0; i < QUEUED; i++)
		assert_int_equal(sigqueue(getpid(), signo, nothing), 0);
	assert_int_equal(take_count(kq, signo), QUEUED);
	kev_none(kq);
	/* The other one has counted them too, though it was disabled. */
	kev_signal_watch(second, signo, EV_ENABLE);
	assert_int_equal(take_count(second, signo), QUEUED);
	kev_signal_watch(second, signo, EV_DELETE);
	kev_signal_watch(kq, signo, EV_DELETE);
	close(second);
}
#endif

/* "... since the last call to kevent()." */
static void
the_count_starts_anew_when_it_has_been_returned(void **state)
{
	const int kq = kev_queue(state);
	int i;

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	for (i = 0; i < 20; i++) {
		kev_signal_send(SIGUSR1);
		assert_int_equal(kev_wait(kq).data, 1);
	}
	kev_none(kq);
}

static void
adding_again_keeps_the_count(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD | EV_DISABLE);
	kev_signal_send(SIGUSR1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
}

/* "... even if the signal has been marked as SIG_IGN"; or is by itself. */
static void
an_ignored_signal_is_recorded(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_signal_watch(kq, SIGURG, EV_ADD);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).ident, SIGUSR1);
	kev_signal_send(SIGURG);
	assert_int_equal(kev_wait(kq).ident, SIGURG);
	kev_signal_watch(kq, SIGURG, EV_DELETE);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
}

/* "... except for SIGCHLD, which, if ignored, will not be recorded." */
static void
an_ignored_end_of_a_child_is_not_recorded(void **state)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	const int kq = kev_queue(state);
	struct sigaction before;
	pid_t pid;

	assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
	kev_signal_watch(kq, SIGCHLD, EV_ADD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(0);
	/* Nobody is left to wait for, once it has ended. */
	assert_int_equal(waitpid(pid, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	kev_none(kq);
	kev_signal_watch(kq, SIGCHLD, EV_DELETE);
	assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
}

static volatile sig_atomic_t handled;

static void
count_signal(int signo)
{
	(void)signo;
	handled++;
}

/* "This coexists with signal() and sigaction(), and has lower precedence." */
static void
a_handler_and_a_knote(void **state)
{
	const struct sigaction act = {.sa_handler = count_signal};
	const int kq = kev_queue(state);

	handled = 0;
	assert_int_equal(sigaction(SIGUSR1, &act, NULL), 0);
	kev_signal_send(SIGUSR1);
	assert_int_equal(handled, 1);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	kev_signal_send(SIGUSR1);
	assert_int_equal(kev_wait(kq).data, 1);
#ifdef __linux__
	/* README.md: the handler does not run while the signal is watched, */
	assert_int_equal(handled, 1);
	kev_signal_send(SIGUSR1);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
	/* nor for what came before it was no longer; but then it does. */
	assert_int_equal(handled, 1);
	kev_signal_send(SIGUSR1);
	assert_int_equal(handled, 2);
#else
	assert_int_equal(handled, 2);
#endif
}

static void
a_signal_that_the_program_blocks_is_recorded(void **state)
{
	const int kq = kev_queue(state);
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR2);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	kev_signal_watch(kq, SIGUSR2, EV_ADD);
	kev_signal_send(SIGUSR2);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_signal_watch(kq, SIGUSR2, EV_DELETE);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

/* Sends until it is told to stop, and as fast as it can. */
static void *
storm_run(void *arg)
{
	atomic_bool *stop = arg;
	int i;

	for (i = 0; i < STORM || !atomic_load(stop); i++)
		if (kill(getpid(), SIGUSR1) == -1)
			return NULL;
	return arg;
}

/* However fast they come: each call returns, and others are not kept out. */
static void
a_storm_of_signals_lets_everyone_work(void **state)
{
	const int kq = kev_queue(state), rounds = effort_rounds(200);
	atomic_bool stop;
	pthread_t thread;
	void *result;
	int i, kq2;

	atomic_init(&stop, false);
	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	assert_int_equal(pthread_create(&thread, NULL, storm_run, &stop), 0);
	for (i = 0; i < rounds; i++) {
		assert_int_equal(kev_wait(kq).ident, SIGUSR1);
		kq2 = kqueue();
		assert_int_not_equal(kq2, -1);
		close(kq2);
	}
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &stop);
	(void)take_count(kq, SIGUSR1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
}

#ifdef __linux__
/* README.md: what is sent to one thread is for that one's kevent(2) only. */
static void
a_signal_sent_to_this_thread_is_seen_by_it(void **state)
{
	const int kq = kev_queue(state);

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(kev_wait(kq).data, 1);
	kev_none(kq);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
}

/* README.md: the layer's mask is not left to a program that is executed. */
static void
a_child_has_the_mask_from_before(void **state)
{
	const int kq = kev_queue(state);
	sigset_t mask;
	int status;
	pid_t pid;

	kev_signal_watch(kq, SIGUSR1, EV_ADD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(sigprocmask(SIG_BLOCK, NULL, &mask) != 0 ||
		    sigismember(&mask, SIGUSR1));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	kev_signal_watch(kq, SIGUSR1, EV_DELETE);
}
#endif

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_signal_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
#ifdef SIGRTMIN
	    TEST(each_of_many_queued_signals_counts),
#endif
	    TEST(the_count_starts_anew_when_it_has_been_returned),
	    TEST(adding_again_keeps_the_count),
	    TEST(an_ignored_signal_is_recorded),
	    TEST(an_ignored_end_of_a_child_is_not_recorded),
	    TEST(a_handler_and_a_knote),
	    TEST(a_signal_that_the_program_blocks_is_recorded),
	    TEST(a_storm_of_signals_lets_everyone_work),
#ifdef __linux__
	    TEST(a_signal_sent_to_this_thread_is_seen_by_it),
	    TEST(a_child_has_the_mask_from_before),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
