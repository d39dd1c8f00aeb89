/* loop: what it asks of the system, and what it does with a refusal. */

#include <sys/types.h>
#include <sys/event.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "loop_probe.h"

#define CHANGES_MAX 8

/* A kqueue of the test's own stands in for the system's. */
static struct fake {
	struct kevent changes[CHANGES_MAX]; /* all that were asked for */
	int count;
	int calls;		 /* kevent() with changes */
	int refused;		 /* this change, counted from 0, fails... */
	int error;		 /* ...with this */
	struct kevent events[2]; /* what the next wait returns */
	int nevents;
} fake;

int
kqueue(void)
{
	return open("/dev/null", O_RDONLY);
}

int
kevent(int kq, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout)
{
	int i, n;

	(void)kq;
	(void)timeout;
	fake.calls += nchanges > 0;
	for (i = 0; i < nchanges; i++) {
		assert_in_range(fake.count, 0, CHANGES_MAX - 1);
		fake.changes[fake.count] = changes[i];
		if (fake.count++ == fake.refused) {
			errno = fake.error;
			return -1;
		}
	}
	n = nevents < fake.nevents ? nevents : fake.nevents;
	if (n > 0)
		memcpy(events, fake.events, (size_t)n * sizeof(*events));
	return n;
}

static int
fake_setup(void **state)
{
	int result;

	fake = (struct fake){.refused = -1};
	result = probe_setup(state);
	fake = (struct fake){.refused = -1};
	return result;
}

/* Forgets what was asked so far. */
static void
fake_refuse(int change, int error)
{
	fake = (struct fake){.refused = change, .error = error};
}

static void
check_change(int i, uintptr_t ident, int filter, int flags)
{
	assert_in_range(i, 0, fake.count - 1);
	assert_int_equal(fake.changes[i].ident, ident);
	assert_int_equal(fake.changes[i].filter, filter);
	assert_int_equal(fake.changes[i].flags, flags);
}

static void
two_filters_are_one_call_and_no_change_is_none(void **state)
{
	struct probe probe = probe_of(*state);

	probe_watch(&probe, 5, LOOP_READ | LOOP_WRITE);
	assert_int_equal(fake.calls, 1);
	assert_int_equal(fake.count, 2);
	check_change(0, 5, EVFILT_READ, EV_ADD);
	check_change(1, 5, EVFILT_WRITE, EV_ADD);
	probe_watch(&probe, 5, LOOP_READ | LOOP_WRITE);
	assert_int_equal(fake.calls, 1);
	probe_watch(&probe, 5, LOOP_READ);
	assert_int_equal(fake.count, 3);
	check_change(2, 5, EVFILT_WRITE, EV_DELETE);
	probe_watch(&probe, 5, LOOP_WRITE);
	assert_int_equal(fake.calls, 3);
	check_change(3, 5, EVFILT_READ, EV_DELETE);
	check_change(4, 5, EVFILT_WRITE, EV_ADD);
}

static void
what_was_added_is_undone_when_the_rest_is_refused(void **state)
{
	struct probe probe = probe_of(*state);

	fake_refuse(1, ENOMEM);
	assert_int_equal(
	    loop_io_set(*state, &probe.src, 5, LOOP_READ | LOOP_WRITE), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(fake.count, 4);
	check_change(2, 5, EVFILT_READ, EV_DELETE);
	check_change(3, 5, EVFILT_WRITE, EV_DELETE);
}

static void
what_was_removed_is_put_back_when_the_rest_is_refused(void **state)
{
	struct probe probe = probe_of(*state);

	probe_watch(&probe, 5, LOOP_READ);
	fake_refuse(1, ENOMEM);
	assert_int_equal(loop_io_set(*state, &probe.src, 5, LOOP_WRITE), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(probe.src.watched, LOOP_READ);
	check_change(0, 5, EVFILT_READ, EV_DELETE);
	check_change(2, 5, EVFILT_READ, EV_ADD);
	check_change(3, 5, EVFILT_WRITE, EV_DELETE);
}

static void
stopping_goes_on_where_the_system_refuses(void **state)
{
	struct probe probe = probe_of(*state);

	probe_watch(&probe, 5, LOOP_READ | LOOP_WRITE);
	fake_refuse(0, ENOENT);
	errno = ENOTTY;
	assert_int_equal(loop_io_set(*state, &probe.src, 5, 0), 0);
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(fake.count, 2);
	check_change(1, 5, EVFILT_WRITE, EV_DELETE);
}

static void
an_interrupted_change_was_made(void **state)
{
	struct probe probe = probe_of(*state);

	fake_refuse(1, EINTR);
	probe_watch(&probe, 5, LOOP_READ | LOOP_WRITE);
	assert_int_equal(probe.src.watched, LOOP_READ | LOOP_WRITE);
	assert_int_equal(fake.count, 2);
}

static void
a_refused_timer_is_not_armed(void **state)
{
	struct probe probe = probe_of(*state);

	fake_refuse(0, ENOMEM);
	assert_int_equal(loop_timer_start(*state, &probe.src, 1), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(probe.src.watched, 0);
	loop_timer_stop(*state, &probe.src);
	assert_int_equal(fake.count, 1);
	fake_refuse(0, ENOMEM);
	assert_int_equal(loop_wake_start(*state, &probe.src), -1);
	assert_int_equal(probe.src.watched, 0);
}

static void
a_watch_that_broke_is_told_as_the_end_with_its_error(void **state)
{
	struct probe probe = probe_of(*state);

	probe_watch(&probe, 5, LOOP_READ);
	EV_SET(&fake.events[0], 5, EVFILT_READ, EV_ERROR, 0, ENXIO, &probe.src);
	fake.nevents = 1;
	assert_int_equal(loop_once(*state, -1), 1);
	assert_int_equal(probe.calls, 1);
	assert_true(probe.last.eof);
	assert_int_equal(probe.last.error, ENXIO);
	assert_int_equal(probe.last.data, 0);
}

static void
stop_the_other(struct probe *probe)
{
	probe_watch(probe->other, 6, 0);
}

static void
a_struck_event_still_counts_in_the_batch(void **state)
{
	struct probe probe = probe_of(*state), other = probe_of(*state);

	probe.then = stop_the_other;
	probe.other = &other;
	probe_watch(&probe, 5, LOOP_READ);
	probe_watch(&other, 6, LOOP_READ);
	EV_SET(&fake.events[0], 5, EVFILT_READ, 0, 0, 1, &probe.src);
	EV_SET(&fake.events[1], 6, EVFILT_READ, 0, 0, 1, &other.src);
	fake.nevents = 2;
	assert_int_equal(loop_once(*state, -1), 2);
	assert_int_equal(probe.calls, 1);
	assert_int_equal(other.calls, 0);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, probe_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(two_filters_are_one_call_and_no_change_is_none),
	    TEST(what_was_added_is_undone_when_the_rest_is_refused),
	    TEST(what_was_removed_is_put_back_when_the_rest_is_refused),
	    TEST(stopping_goes_on_where_the_system_refuses),
	    TEST(an_interrupted_change_was_made),
	    TEST(a_refused_timer_is_not_armed),
	    TEST(a_watch_that_broke_is_told_as_the_end_with_its_error),
	    TEST(a_struck_event_still_counts_in_the_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
