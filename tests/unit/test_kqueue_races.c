/*
 * kqueue: threads get in each other's way on purpose. What a change has ended
 * must not be returned by a call that begins after it, nothing may be lost, and
 * nobody may hang.
 */

#include "kev.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "harness/harness.h"
#include "harness/deadline.h"

#define ROUNDS 400
#define BATCH  8
#define FENCE  4242 /* a user event: who has seen it has seen all before */
#define STOP   4243

/*
 * A thread that takes events. udata is a number that counts up: events of
 * numbers below the lowest one that is valid are stale.
 */
struct taker {
	pthread_t thread;
	int kq;
	atomic_uintptr_t lowest;
	atomic_uintptr_t fences;
	atomic_uintptr_t newest; /* of what it has got */
	atomic_int events;
	atomic_int stale;
};

/* What it saw as the lowest before the call counts for the call. */
static bool
taker_take(struct taker *taker)
{
	const uintptr_t lowest = atomic_load(&taker->lowest);
	struct kevent events[BATCH];
	int i, n;

	n = kevent(taker->kq, NULL, 0, events, BATCH, NULL);
	if (n == -1)
		return false;
	for (i = 0; i < n; i++) {
		if (events[i].filter == EVFILT_USER && events[i].ident == STOP)
			return false;
		if (events[i].filter == EVFILT_USER &&
		    events[i].ident == FENCE) {
			atomic_store(&taker->fences, (uintptr_t)events[i].data);
			continue;
		}
		atomic_fetch_add(&taker->events, 1);
		atomic_store(&taker->newest, (uintptr_t)events[i].udata);
		if ((uintptr_t)events[i].udata < lowest)
			atomic_fetch_add(&taker->stale, 1);
	}
	return true;
}

static void *
taker_run(void *arg)
{
	struct taker *taker = arg;

	while (taker_take(taker))
		continue;
	return NULL;
}

static void
taker_start(struct taker *taker, int kq)
{
	taker->kq = kq;
	atomic_init(&taker->lowest, 0);
	atomic_init(&taker->fences, 0);
	atomic_init(&taker->newest, 0);
	atomic_init(&taker->events, 0);
	atomic_init(&taker->stale, 0);
	assert_int_equal(
	    pthread_create(&taker->thread, NULL, taker_run, taker), 0);
}

static void
taker_stop(struct taker *taker)
{
	kev_change(taker->kq, STOP, EVFILT_USER, EV_ADD, 0);
	kev_change(taker->kq, STOP, EVFILT_USER, 0, NOTE_TRIGGER);
	assert_int_equal(pthread_join(taker->thread, NULL), 0);
	assert_int_equal(atomic_load(&taker->stale), 0);
	kev_change(taker->kq, STOP, EVFILT_USER, EV_DELETE, 0);
}

struct fence {
	struct taker *taker;
	uintptr_t n;
};

static bool
fence_is_seen(void *arg)
{
	const struct fence *fence = arg;

	return atomic_load(&fence->taker->fences) == fence->n;
}

/* The thread is told that all below n is over, and it does take events. */
static void
taker_fence(struct taker *taker, uintptr_t n)
{
	struct fence fence = {taker, n};

	atomic_store(&taker->lowest, n);
	kev_change_data(
	    taker->kq, FENCE, EVFILT_USER, EV_ADD | EV_CLEAR, 0, (int64_t)n);
	kev_change_data(
	    taker->kq, FENCE, EVFILT_USER, 0, NOTE_TRIGGER, (int64_t)n);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), fence_is_seen, &fence));
}

static bool
newest_is_there(void *arg)
{
	const struct fence *fence = arg;

	return atomic_load(&fence->taker->newest) == fence->n;
}

/* It gets an event of this number. */
static void
taker_reaches(struct taker *taker, uintptr_t n)
{
	struct fence fence = {taker, n};

	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), newest_is_there, &fence));
}

static void
submit(int kq, uintptr_t ident, int filter, int flags, int64_t data,
    uintptr_t udata)
{
	struct kevent change;

	EV_SET(&change, ident, (short)filter, (unsigned short)flags, 0, data,
	    (void *)udata);
	assert_int_equal(kevent(kq, &change, 1, NULL, 0, NULL), 0);
}

/* Ready all the time, and deleted while the other thread takes its events. */
static void
what_is_deleted_while_a_thread_waits_is_over(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	uintptr_t n;
	int fds[2];

	kev_pair(fds);
	kev_send(fds[1], "x");
	taker_start(&taker, kq);
	for (n = 1; n <= ROUNDS; n++) {
		submit(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0, n);
		submit(kq, (uintptr_t)fds[0], EVFILT_WRITE, EV_ADD, 0, n);
		if (n % 3 == 0)
			taker_fence(&taker, n);
		if (n % 10 == 0)
			taker_reaches(&taker, n);
		submit(kq, (uintptr_t)fds[0], EVFILT_READ, EV_DELETE, 0, n);
		submit(kq, (uintptr_t)fds[0], EVFILT_WRITE, EV_DELETE, 0, n);
		atomic_store(&taker.lowest, n + 1);
	}
	taker_stop(&taker);
	kev_pair_close(fds);
}

/*
 * That another thread asks for the number just now is the point here: what
 * looks for races must not know of these descriptors.
 */
static void
pair_raced(int fds[2])
{
#ifdef __linux__
	assert_int_equal(
	    syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, fds), 0);
#else
	kev_pair(fds);
#endif
}

static void
close_raced(int fd)
{
#ifdef __linux__
	(void)syscall(SYS_close, fd);
#else
	(void)close(fd);
#endif
}

static void
a_number_is_reused_while_a_thread_waits(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	uintptr_t n;
	int fds[2];

	taker_start(&taker, kq);
	for (n = 1; n <= ROUNDS; n++) {
		pair_raced(fds);
		submit(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0, n);
		if (n % 2 == 0)
			submit(kq, (uintptr_t)fds[0], EVFILT_WRITE,
			    EV_ADD | EV_CLEAR, 0, n);
		kev_send(fds[1], "x");
		if (n % 3 == 0)
			taker_fence(&taker, n);
		if (n % 10 == 0)
			taker_reaches(&taker, n);
		close_raced(fds[0]);
		close_raced(fds[1]);
		atomic_store(&taker.lowest, n + 1);
	}
	taker_stop(&taker);
}

/* Due at once, put off, due, deleted: what fires is of the last change. */
static void
timers_fire_while_they_are_changed(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	uintptr_t n;
	int i;

	taker_start(&taker, kq);
	for (n = 1; n <= ROUNDS; n++) {
		for (i = 0; i < 4; i++)
			submit(kq, (uintptr_t)i, EVFILT_TIMER, EV_ADD, 1, n);
		for (i = 0; i < 4; i++)
			submit(kq, (uintptr_t)i, EVFILT_TIMER, EV_ADD,
			    n % 5 == 0 ? 1 : 3600000, n + 1);
		atomic_store(&taker.lowest, n + 1);
		if (n % 4 == 0)
			taker_fence(&taker, n + 1);
		if (n % 25 == 0)
			taker_reaches(&taker, n + 1);
		submit(kq, n % 4, EVFILT_TIMER, EV_DELETE, 0, 0);
	}
	taker_stop(&taker);
}

/* EV_DISPATCH: one event for each time that it is enabled, by whomever. */
static void
dispatch_among_threads_is_one_event_each(void **state)
{
	const int kq = kev_queue(state);
	struct taker takers[3];
	struct deadline deadline;
	int fds[2], i, k, sum = 0;

	kev_pair(fds);
	kev_send(fds[1], "x");
	submit(kq, (uintptr_t)fds[0], EVFILT_READ,
	    EV_ADD | EV_DISPATCH | EV_DISABLE, 0, 1);
	submit(kq, (uintptr_t)fds[0], EVFILT_WRITE, EV_ADD | EV_DISABLE, 0, 1);
	for (i = 0; i < 3; i++)
		taker_start(&takers[i], kq);
	for (i = 1; i <= ROUNDS; i++) {
		submit(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ENABLE, 0, 1);
		deadline = deadline_in(DEADLINE_MS);
		do {
			assert_int_not_equal(deadline_left_ms(deadline), 0);
			for (sum = k = 0; k < 3; k++)
				sum += atomic_load(&takers[k].events);
		} while (sum < i);
	}
	kev_change(kq, STOP, EVFILT_USER, EV_ADD, 0);
	kev_change(kq, STOP, EVFILT_USER, 0, NOTE_TRIGGER);
	for (sum = i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(takers[i].thread, NULL), 0);
		sum += atomic_load(&takers[i].events);
	}
	assert_int_equal(sum, ROUNDS);
	kev_pair_close(fds);
}

/* Forks while its sibling is in the middle of kevent(2). */
static void *
fork_often(void *arg)
{
	struct kevent ev;
	int i, kq, status;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0) {
			kq = kqueue();
			EV_SET(&ev, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1,
			    NULL);
			_exit(kevent(kq, &ev, 1, &ev, 1, NULL) != 1);
		}
		if (waitpid(pid, &status, 0) != pid || status != 0)
			return NULL;
	}
	return arg;
}

static void
a_thread_forks_while_another_one_works(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	pthread_t thread;
	void *result;
	uintptr_t n;

	taker_start(&taker, kq);
	assert_int_equal(pthread_create(&thread, NULL, fork_often, &taker), 0);
	for (n = 1; n <= ROUNDS; n++) {
		submit(kq, n % 7, EVFILT_TIMER, EV_ADD, 1, n);
		taker_fence(&taker, 0);
	}
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &taker);
	taker_stop(&taker);
}

/* Watches a signal and lets go of it, in a queue of its own. */
static void *
watch_signals(void *arg)
{
	const struct timespec now = {0};
	struct kevent ev;
	int i, kq;

	for (i = 0; i < ROUNDS; i++) {
		kq = kqueue();
		EV_SET(&ev, SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
		if (kevent(kq, &ev, 1, &ev, 1, &now) == -1)
			return NULL;
		EV_SET(&ev, SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0, 0, NULL);
		if (i % 2 && kevent(kq, &ev, 1, NULL, 0, NULL) == -1)
			return NULL;
		(void)close(kq);
	}
	return arg;
}

static void
signals_are_watched_and_left_by_many_threads(void **state)
{
	pthread_t threads[3];
	void *result;
	int i;

	(void)signal(SIGUSR1, SIG_IGN);
	kev_change(kev_queue(state), SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, watch_signals, state), 0);
	for (i = 0; i < 5 * ROUNDS; i++)
		assert_int_equal(kill(getpid(), SIGUSR1), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, state);
	}
	kev_change(kev_queue(state), SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_deleted_while_a_thread_waits_is_over),
	    TEST(a_number_is_reused_while_a_thread_waits),
	    TEST(timers_fire_while_they_are_changed),
	    TEST(dispatch_among_threads_is_one_event_each),
	    TEST(a_thread_forks_while_another_one_works),
	    TEST(signals_are_watched_and_left_by_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
