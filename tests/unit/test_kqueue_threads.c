#include "kev.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

#define STOP   4242 /* the user event that ends a waiting thread */
#define HOLD   4243 /* the one that holds its thread until it gets a byte */
#define ROUNDS 200

/* A thread that takes events one by one until STOP is there. */
struct taker {
	pthread_t thread;
	int kq;
	int held; /* where the byte comes from */
	atomic_int events;
	atomic_int failures;
};

static void *
taker_run(void *arg)
{
	struct taker *taker = arg;
	struct kevent ev;
	char byte;
	int n;

	for (;;) {
		n = kevent(taker->kq, NULL, 0, &ev, 1, NULL);
		if (n != 1) {
			atomic_fetch_add(&taker->failures, 1);
			return NULL;
		}
		if (ev.ident == STOP && ev.filter == EVFILT_USER)
			return NULL;
		atomic_fetch_add(&taker->events, 1);
		if (ev.udata == (void *)HOLD &&
		    read(taker->held, &byte, 1) != 1)
			atomic_fetch_add(&taker->failures, 1);
	}
}

static void
taker_start(struct taker *taker, int kq)
{
	taker->kq = kq;
	atomic_init(&taker->events, 0);
	atomic_init(&taker->failures, 0);
	assert_int_equal(
	    pthread_create(&taker->thread, NULL, taker_run, taker), 0);
}

/* Without EV_CLEAR the event stays, for all who wait. */
static void
takers_stop(int kq, struct taker *takers, int n)
{
	int i;

	kev_change(kq, STOP, EVFILT_USER, EV_ADD, 0);
	kev_change(kq, STOP, EVFILT_USER, 0, NOTE_TRIGGER);
	for (i = 0; i < n; i++) {
		assert_int_equal(pthread_join(takers[i].thread, NULL), 0);
		assert_int_equal(atomic_load(&takers[i].failures), 0);
	}
	kev_change(kq, STOP, EVFILT_USER, EV_DELETE, 0);
}

struct goal {
	struct taker *takers;
	int n;
	int events;
};

static bool
goal_is_reached(void *arg)
{
	const struct goal *goal = arg;
	int i, sum = 0;

	for (i = 0; i < goal->n; i++)
		sum += atomic_load(&goal->takers[i].events);
	return sum >= goal->events;
}

static void
takers_reach(struct taker *takers, int n, int events)
{
	struct goal goal = {takers, n, events};

	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), goal_is_reached, &goal));
}

static void
a_waiting_thread_is_woken_by_anothers_trigger(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	int i;

	kev_change(kq, 1, EVFILT_USER, EV_ADD | EV_CLEAR, 0);
	taker_start(&taker, kq);
	for (i = 1; i <= ROUNDS; i++) {
		kev_change(kq, 1, EVFILT_USER, 0, NOTE_TRIGGER);
		takers_reach(&taker, 1, i);
	}
	takers_stop(kq, &taker, 1);
	assert_int_equal(atomic_load(&taker.events), ROUNDS);
}

static void
changes_take_effect_on_a_thread_that_waits(void **state)
{
	const int kq = kev_queue(state);
	struct taker taker;
	int fds[2];

	kev_pair(fds);
	kev_send(fds[1], "x");
	taker_start(&taker, kq);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD | EV_DISPATCH, 0);
	takers_reach(&taker, 1, 1);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ENABLE, 0);
	takers_reach(&taker, 1, 2);
	kev_change_data(kq, 5, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 3600000);
	kev_change_data(kq, 6, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 1);
	takers_reach(&taker, 1, 3);
	kev_change(kq, (uintptr_t)fds[0], EVFILT_WRITE, EV_ADD | EV_CLEAR, 0);
	takers_reach(&taker, 1, 4);
	takers_stop(kq, &taker, 1);
	assert_int_equal(atomic_load(&taker.events), 4);
	kev_pair_close(fds);
}

static void
oneshot_goes_to_one_of_two_threads(void **state)
{
	const int kq = kev_queue(state);
	struct taker takers[2];
	int fds[2], i;

	kev_pair(fds);
	kev_send(fds[1], "x");
	taker_start(&takers[0], kq);
	taker_start(&takers[1], kq);
	for (i = 1; i <= ROUNDS; i++) {
		kev_change(
		    kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD | EV_ONESHOT, 0);
		kev_change(kq, (uintptr_t)fds[0], EVFILT_WRITE,
		    EV_ADD | EV_ONESHOT, 0);
		kev_change_data(
		    kq, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_USECONDS, 1);
		kev_change(kq, 2, EVFILT_USER, EV_ADD | EV_ONESHOT, 0);
		kev_change(kq, 2, EVFILT_USER, 0, NOTE_TRIGGER);
		takers_reach(takers, 2, 4 * i);
	}
	takers_stop(kq, takers, 2);
	assert_int_equal(
	    atomic_load(&takers[0].events) + atomic_load(&takers[1].events),
	    4 * ROUNDS);
	kev_pair_close(fds);
}

/* Adds, changes and deletes knotes of its own on a queue shared with others. */
struct worker {
	pthread_t thread;
	int kq;
	uintptr_t ident;
	int fds[2];
	int failures;
};

static void
worker_change(struct worker *worker, uintptr_t ident, int filter, int flags,
    unsigned fflags)
{
	struct kevent change;

	EV_SET(&change, ident, (short)filter, (unsigned short)flags, fflags,
	    1000, NULL);
	worker->failures += kevent(worker->kq, &change, 1, NULL, 0, NULL) != 0;
}

static void
worker_turn(struct worker *worker)
{
	const uintptr_t ident = worker->ident, fd = (uintptr_t)worker->fds[1];

	worker_change(worker, ident, EVFILT_USER, EV_ADD, 0);
	worker_change(worker, ident, EVFILT_TIMER, EV_ADD, 0);
	worker_change(worker, ident, EVFILT_USER, 0, NOTE_TRIGGER);
	worker_change(worker, ident, EVFILT_USER, EV_DELETE, 0);
	worker_change(worker, ident, EVFILT_TIMER, EV_DELETE, 0);
	worker_change(worker, fd, EVFILT_WRITE, EV_ADD, 0);
	worker_change(worker, fd, EVFILT_WRITE, EV_DELETE, 0);
}

static void *
worker_run(void *arg)
{
	struct worker *worker = arg;
	int i;

	for (i = 0; i < ROUNDS; i++)
		worker_turn(worker);
	return NULL;
}

static void
many_threads_change_one_queue_while_others_wait(void **state)
{
	const int kq = kev_queue(state);
	struct worker workers[3] = {{0}};
	struct taker takers[2];
	int i;

	taker_start(&takers[0], kq);
	taker_start(&takers[1], kq);
	for (i = 0; i < 3; i++) {
		workers[i].kq = kq;
		workers[i].ident = (uintptr_t)i;
		assert_int_equal(pipe(workers[i].fds), 0);
		assert_int_equal(pthread_create(&workers[i].thread, NULL,
				     worker_run, &workers[i]),
		    0);
	}
	for (i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].failures, 0);
	}
	takers_stop(kq, takers, 2);
	kev_none(kq);
	for (i = 0; i < 3; i++)
		kev_pair_close(workers[i].fds);
}

/* Opens, uses and closes queues of its own. */
static void *
opener_run(void *arg)
{
	const uintptr_t ident = (uintptr_t)arg;
	struct kevent ev;
	int i, kq;

	for (i = 0; i < ROUNDS; i++) {
		kq = kqueue();
		if (kq == -1)
			return NULL;
		EV_SET(&ev, ident, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL);
		if (kevent(kq, &ev, 1, NULL, 0, NULL) != 0)
			return NULL;
		EV_SET(&ev, ident, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
		if (kevent(kq, &ev, 1, &ev, 1, NULL) != 1 || ev.ident != ident)
			return NULL;
		(void)close(kq);
	}
	return arg;
}

static void
queues_are_opened_and_closed_by_many_threads(void **state)
{
	pthread_t threads[4];
	void *result;
	uintptr_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, opener_run,
				     (void *)(i + 1)),
		    0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, (void *)(i + 1));
	}
}

/* To be taken by a thread that is held then, or only counted. */
static void
give_read_event(int kq, int fd, uintptr_t udata)
{
	struct kevent change;

	EV_SET(&change, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_ONESHOT, 0, 0,
	    (void *)udata);
	assert_int_equal(kevent(kq, &change, 1, NULL, 0, NULL), 0);
}

static bool
queue_is_quiet(void *arg)
{
	struct pollfd p = {.fd = *(const int *)arg, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

static void
a_stale_entry_does_not_lose_those_who_wait(void **state)
{
	const int kq = kev_queue(state);
	struct taker takers[2];
	int old[2], first[2], second[2], held[2], copy, i;

	kev_pair(old);
	kev_pair(first);
	kev_pair(second);
	assert_int_equal(pipe(held), 0);
	copy = dup(old[0]);
	assert_int_not_equal(copy, -1);
	kev_change(kq, (uintptr_t)old[0], EVFILT_READ, EV_ADD | EV_CLEAR, 0);
	for (i = 0; i < 2; i++) {
		takers[i].held = held[0];
		taker_start(&takers[i], kq);
	}
	/*
	 * On Linux its entry stays, and wakes one of them each time; after the
	 * ninth the queue gets rid of it, while the other one waits.
	 */
	close(old[0]);
	for (i = 0; i < 9; i++) {
		kev_send(old[1], "x");
		assert_true(deadline_wait(
		    deadline_in(DEADLINE_MS), queue_is_quiet, (void *)&kq));
	}
	kev_send(first[1], "x");
	kev_send(second[1], "x");
	give_read_event(kq, first[0], HOLD);
	takers_reach(takers, 2, 1);
	give_read_event(kq, second[0], 0);
	takers_reach(takers, 2, 2);
	kev_send(held[1], "x");
	takers_stop(kq, takers, 2);
	close(copy);
	close(old[1]);
	kev_pair_close(first);
	kev_pair_close(second);
	kev_pair_close(held);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kev_setup, kev_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_waiting_thread_is_woken_by_anothers_trigger),
	    TEST(changes_take_effect_on_a_thread_that_waits),
	    TEST(oneshot_goes_to_one_of_two_threads),
	    TEST(many_threads_change_one_queue_while_others_wait),
	    TEST(queues_are_opened_and_closed_by_many_threads),
	    TEST(a_stale_entry_does_not_lose_those_who_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
