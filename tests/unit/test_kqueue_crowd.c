/* kqueue: 20,000 knotes in one queue. */

#include "kev.h"

#include <sys/resource.h>

#include <stdbool.h>
#include <unistd.h>

#include "harness/harness.h"

#define CROWD 9000 /* descriptors, each with both filters */
#define USERS 2000
#define BATCH 1000

struct crowd {
	int kq;
	int fds[2];
	int copies[CROWD];
	unsigned char seen[3][CROWD];
};

static void
submit(int kq, uintptr_t ident, int filter, int flags, int udata)
{
	struct kevent change;

	EV_SET(&change, ident, (short)filter, (unsigned short)flags, 0, 0,
	    (void *)(intptr_t)udata);
	assert_int_equal(kevent(kq, &change, 1, NULL, 0, NULL), 0);
}

static void
crowd_open(struct crowd *crowd)
{
	int i;

	kev_pair(crowd->fds);
	kev_send(crowd->fds[1], "x");
	for (i = 0; i < CROWD; i++) {
		crowd->copies[i] = dup(crowd->fds[0]);
		assert_int_not_equal(crowd->copies[i], -1);
		submit(crowd->kq, (uintptr_t)crowd->copies[i], EVFILT_READ,
		    EV_ADD | EV_ONESHOT, i);
		submit(crowd->kq, (uintptr_t)crowd->copies[i], EVFILT_WRITE,
		    EV_ADD | (i % 2 ? EV_ONESHOT : EV_DISPATCH), i);
	}
	for (i = 0; i < USERS; i++) {
		submit(
		    crowd->kq, (uintptr_t)i, EVFILT_USER, EV_ADD | EV_CLEAR, i);
		kev_change(
		    crowd->kq, (uintptr_t)i, EVFILT_USER, 0, NOTE_TRIGGER);
	}
}

static void
crowd_see(struct crowd *crowd, const struct kevent *ev)
{
	int kind = 2;
	uintptr_t who = ev->ident;

	if (ev->filter != EVFILT_USER) {
		kind = ev->filter == EVFILT_WRITE;
		who = (uintptr_t)ev->udata;
	}
	assert_true(who < CROWD);
	assert_int_equal(crowd->seen[kind][who]++, 0);
}

static void
crowd_close(struct crowd *crowd)
{
	int i;

	for (i = 0; i < CROWD; i++)
		close(crowd->copies[i]);
	kev_pair_close(crowd->fds);
}

static void
each_of_a_crowd_is_returned_once(void **state)
{
	static struct kevent events[BATCH];
	static struct crowd crowd;
	struct rlimit before, limit;
	int i, n, left = 2 * CROWD + USERS;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	if (limit.rlim_max < CROWD + 100)
		skip();
	limit.rlim_cur = CROWD + 100;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	crowd.kq = kev_queue(state);
	crowd_open(&crowd);
	for (; left > 0; left -= n) {
		n = kev_poll(crowd.kq, events, BATCH);
		assert_true(n > 0);
		for (i = 0; i < n; i++)
			crowd_see(&crowd, &events[i]);
	}
	kev_none(crowd.kq);
	crowd_close(&crowd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		each_of_a_crowd_is_returned_once, kev_setup, kev_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
