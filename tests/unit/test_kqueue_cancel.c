/*
 * kqueue(2), CANCELLATION BEHAVIOUR; and threads that wait in a queue that is
 * closed.
 */

#include "kev.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

#define CLOSINGS 300

/* It loses sight of the stack when a thread is unwound: no fault of ours. */
#ifdef __SANITIZE_ADDRESS__
#define CANCEL_CONFUSES_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CANCEL_CONFUSES_SANITIZER 1
#endif
#endif
#ifndef CANCEL_CONFUSES_SANITIZER
#define CANCEL_CONFUSES_SANITIZER 0
#endif

struct waiter {
	pthread_t thread;
	int kq;
	const struct timespec *timeout;
	atomic_bool waits;
	int result;
	int error;
};

static void *
waiter_run(void *arg)
{
	struct waiter *waiter = arg;
	struct kevent ev;

	atomic_store(&waiter->waits, true);
	waiter->result = kevent(waiter->kq, NULL, 0, &ev, 1, waiter->timeout);
	waiter->error = errno;
	return waiter;
}

static bool
waiter_waits(void *arg)
{
	const struct waiter *waiter = arg;

	return atomic_load(&waiter->waits);
}

static void
waiter_start(struct waiter *waiter, int kq, const struct timespec *timeout)
{
	waiter->kq = kq;
	waiter->timeout = timeout;
	atomic_init(&waiter->waits, false);
	assert_int_equal(
	    pthread_create(&waiter->thread, NULL, waiter_run, waiter), 0);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), waiter_waits, waiter));
}

/* "If nevents is non-zero, the call is a cancellation point." */
static void
a_thread_that_waits_can_be_cancelled(void **state)
{
	const struct timespec long_time = {.tv_sec = 3600, .tv_nsec = 1};
	const struct timespec *const times[] = {NULL, &long_time};
	const int kq = kev_queue(state);
	struct waiter waiter;
	void *result;
	int i;

	if (CANCEL_CONFUSES_SANITIZER)
		skip();
	for (i = 0; i < 20; i++) {
		waiter_start(&waiter, kq, times[i % 2]);
		assert_int_equal(pthread_cancel(waiter.thread), 0);
		assert_int_equal(pthread_join(waiter.thread, &result), 0);
		assert_ptr_equal(result, PTHREAD_CANCELED);
	}
	kev_change(kq, 1, EVFILT_USER, EV_ADD, 0);
	kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
	assert_int_equal(kev_wait(kq).ident, 1);
}

/* A thread that has been cancelled already when it makes its changes. */
static void *
change_cancelled(void *arg)
{
	const int kq = *(const int *)arg;
	struct kevent changes[5];
	int i;

	(void)pthread_cancel(pthread_self());
	EV_SET(&changes[0], 1, EVFILT_USER, EV_ADD, 0, 0, NULL);
	EV_SET(&changes[1], 1, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
	EV_SET(&changes[2], 2, EVFILT_TIMER, EV_ADD, NOTE_SECONDS, 1, NULL);
	EV_SET(&changes[3], SIGUSR2, EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
	EV_SET(&changes[4], SIGUSR2, EVFILT_SIGNAL, EV_DELETE, 0, 0, NULL);
	for (i = 0; i < 5; i++)
		if (kevent(kq, &changes[i], 1, NULL, 0, NULL) != 0)
			return NULL;
	if (close(kqueue()) == 0)
		pthread_testcancel();
	return NULL;
}

/* "Otherwise, i.e., if nevents is zero, the call is not cancellable." */
static void
changes_alone_can_not_be_cancelled(void **state)
{
	int kq = kev_queue(state);
	pthread_t thread;
	void *result;

	if (CANCEL_CONFUSES_SANITIZER)
		skip();
	assert_int_equal(
	    pthread_create(&thread, NULL, change_cancelled, &kq), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	/* All of them were made, and no lock is held. */
	assert_int_equal(kev_wait(kq).ident, 1);
	kev_change(kq, 2, EVFILT_TIMER, EV_DELETE, 0);
}

/* Cancels itself, then asks for an event with a change. */
static void *
wait_cancelled(void *arg)
{
	const int kq = *(const int *)arg;
	struct kevent ev;

	(void)pthread_cancel(pthread_self());
	EV_SET(&ev, 5, EVFILT_USER, EV_ADD, 0, 0, NULL);
	(void)kevent(kq, &ev, 1, &ev, 1, NULL);
	return NULL;
}

/* "Cancellation can only occur before any changes are made, ..." */
static void
what_is_cancelled_before_has_changed_nothing(void **state)
{
	int kq = kev_queue(state);
	pthread_t thread;
	void *result;

	if (CANCEL_CONFUSES_SANITIZER)
		skip();
	assert_int_equal(pthread_create(&thread, NULL, wait_cancelled, &kq), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	assert_int_equal(
	    kev_change_error(kq, 5, EVFILT_USER, EV_DELETE, 0), ENOENT);
}

/*
 * On Linux close(2) alone wakes nobody: the next kqueue(2) finds out that the
 * queue is closed.
 */
static void
closing_the_queue_ends_the_wait(void **state)
{
	struct waiter waiters[4];
	int kq, next, i, fds[2];

	(void)state;
	kev_pair(fds);
	kq = kqueue();
	assert_int_not_equal(kq, -1);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0);
	for (i = 0; i < 4; i++)
		waiter_start(&waiters[i], kq, NULL);
	/* The number is taken, so that it is not that of the next queue. */
	assert_int_equal(dup2(fds[1], kq), kq);
	next = kqueue();
	assert_int_not_equal(next, -1);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
		assert_int_equal(waiters[i].result, -1);
		assert_int_equal(waiters[i].error, EBADF);
	}
	kev_none(next);
	close(next);
	close(kq);
	kev_pair_close(fds);
}

static atomic_int closed_queue;
static atomic_bool closings_are_over;

/* Waits in whatever queue there is: for an event, or for its end. */
static void *
wait_in_closed(void *arg)
{
	const struct timespec limit = {.tv_nsec = 500000};
	struct kevent ev;

	while (!atomic_load(&closings_are_over))
		if (kevent(atomic_load(&closed_queue), NULL, 0, &ev, 1,
			&limit) == -1 &&
		    errno != EBADF)
			return NULL;
	return arg;
}

static void
queues_are_closed_under_threads_that_wait(void **state)
{
	pthread_t threads[3];
	void *result;
	int i, kq;

	atomic_store(&closings_are_over, false);
	atomic_store(&closed_queue, -1);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, wait_in_closed, state),
		    0);
	for (i = 0; i < CLOSINGS; i++) {
		kq = kqueue();
		assert_int_not_equal(kq, -1);
		kev_change(kq, 1, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
		kev_change_data(kq, 1, EVFILT_TIMER, EV_ADD, 0, 1);
		atomic_store(&closed_queue, kq);
		kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
		/* Not by its own thread's leave. */
		close(kq);
	}
	atomic_store(&closings_are_over, true);
	for (i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, state);
	}
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_thread_that_waits_can_be_cancelled),
	    TEST(changes_alone_can_not_be_cancelled),
	    TEST(what_is_cancelled_before_has_changed_nothing),
	    TEST(closing_the_queue_ends_the_wait),
	    TEST(queues_are_closed_under_threads_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
