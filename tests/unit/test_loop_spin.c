/* loop: how long it asks before it sleeps, and how often it asks the time. */

#include <sys/types.h>
#include <sys/event.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "harness/harness.h"
#include "clock.h"
#include "loop_probe.h"

#define STEP_US	   10
#define NOT_ASKED  (-2)
#define FOR_EVER   (-1)
#define A_YEAR_US  (INT64_C(365) * 24 * 3600 * 1000000)
#define TIMEOUT_MS 1000

/*
 * A kqueue and a clock of the test's own stand in for the system's. Each
 * question that is not to wait takes STEP_US.
 */
static struct fake {
	uint64_t now_us;
	int polls;	  /* questions that were not to wait */
	int sleeps;	  /* those that were */
	int64_t slept_us; /* how long the last was to wait at most */
	int clock_reads;
	int ready_at; /* this poll, counted from 1, has the event... */
	int error;    /* ...or fails with this */
	struct kevent event;
} fake;

int
kqueue(void)
{
	return open("/dev/null", O_RDONLY);
}

static int
fake_poll(struct kevent *events)
{
	fake.now_us += STEP_US;
	if (++fake.polls != fake.ready_at)
		return 0;
	if (fake.error != 0) {
		errno = fake.error;
		return -1;
	}
	*events = fake.event;
	return 1;
}

int
kevent(int kq, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout)
{
	(void)kq;
	(void)changes;
	if (nchanges > 0)
		return 0;
	assert_true(nevents > 0);
	if (timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0)
		return fake_poll(events);
	fake.sleeps++;
	fake.slept_us = FOR_EVER;
	if (timeout != NULL)
		fake.slept_us = (int64_t)timeout->tv_sec * 1000000 +
		    timeout->tv_nsec / 1000;
	return 0;
}

uint64_t
clock_now_us(void)
{
	fake.clock_reads++;
	return fake.now_us;
}

uint64_t
clock_now_ms(void)
{
	return clock_now_us() / 1000;
}

uint64_t
clock_wall_ms(void)
{
	return 0;
}

static int
fake_setup(void **state)
{
	fake = (struct fake){.now_us = 5000000, .slept_us = NOT_ASKED};
	return probe_setup(state);
}

/* Forgets what was asked so far. */
static void
fake_restart(void)
{
	fake.polls = fake.sleeps = fake.clock_reads = fake.ready_at = 0;
	fake.slept_us = NOT_ASKED;
}

/* Spins for spin_us from now on; an event comes with the first question. */
static void
begin(struct loop *loop, struct probe *probe, uint64_t spin_us)
{
	*probe = probe_of(loop);
	probe->src.arg = probe;
	loop_set_spin(loop, spin_us);
	EV_SET(&fake.event, 5, EVFILT_READ, 0, 0, 1, &probe->src);
	fake.ready_at = 1;
	assert_int_equal(loop_once(loop, TIMEOUT_MS), 1);
	assert_int_equal(probe->calls, 1);
	fake_restart();
}

static void
a_loop_without_spin_sleeps_at_once_and_asks_no_clock(void **state)
{
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	assert_int_equal(fake.slept_us, TIMEOUT_MS * 1000);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.slept_us, FOR_EVER);
	assert_int_equal(fake.sleeps, 2);
	assert_int_equal(fake.polls, 0);
	assert_int_equal(fake.clock_reads, 0);
}

static void
a_loop_with_nothing_done_yet_asks_once_and_sleeps(void **state)
{
	loop_set_spin(*state, 50);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1);
	assert_int_equal(fake.slept_us, FOR_EVER);
}

static void
after_an_event_it_asks_again_until_the_spin_is_over(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1 + 50 / STEP_US);
	assert_int_equal(fake.sleeps, 1);
	assert_int_equal(fake.slept_us, FOR_EVER);
}

static void
a_spin_that_is_over_does_not_begin_again_by_itself(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	fake_restart();
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	assert_int_equal(fake.polls, 1);
	assert_int_equal(fake.slept_us, TIMEOUT_MS * 1000);
}

static void
an_event_within_the_spin_is_told_and_renews_it(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	fake.ready_at = 3;
	assert_int_equal(loop_once(*state, -1), 1);
	assert_int_equal(probe.calls, 2);
	assert_int_equal(fake.sleeps, 0);
	fake_restart();
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1 + 50 / STEP_US);
}

static void
an_event_that_is_there_already_needs_no_clock(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	fake.ready_at = 1;
	assert_int_equal(loop_once(*state, -1), 1);
	assert_int_equal(fake.clock_reads, 0);
}

static void
do_nothing(void *arg)
{
	(void)arg;
}

static void
a_task_renews_the_spin_too(void **state)
{
	struct loop_task task = {.fn = do_nothing};

	loop_set_spin(*state, 50);
	loop_defer(*state, &task);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1);
	assert_int_equal(fake.sleeps, 0);
	fake_restart();
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1 + 50 / STEP_US);
}

static void
the_sleep_after_a_spin_is_what_is_left_of_the_time(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	assert_int_equal(fake.slept_us, TIMEOUT_MS * 1000 - 50);
}

static void
a_time_shorter_than_the_spin_ends_it(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50000);
	assert_int_equal(loop_once(*state, 1), 0);
	assert_int_equal(fake.polls, 1 + 1000 / STEP_US);
	assert_int_equal(fake.sleeps, 0);
	/* What was left of the spin goes on in the next wait. */
	fake_restart();
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	assert_in_range(fake.polls, 4800, 4900);
	assert_int_equal(fake.sleeps, 1);
}

static void
no_time_at_all_is_one_question(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_int_equal(fake.polls, 1);
	assert_int_equal(fake.sleeps, 0);
	assert_int_equal(fake.clock_reads, 0);
}

static void
a_spin_may_be_switched_off(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	loop_set_spin(*state, 0);
	assert_int_equal(loop_once(*state, TIMEOUT_MS), 0);
	assert_int_equal(fake.polls, 0);
	assert_int_equal(fake.slept_us, TIMEOUT_MS * 1000);
}

static void
the_longest_spin_is_a_year(void **state)
{
	struct probe probe;

	begin(*state, &probe, UINT64_MAX);
	fake.ready_at = 3;
	assert_int_equal(loop_once(*state, -1), 1);
	/* All but a poll of it has passed by the next wait but one. */
	fake_restart();
	assert_int_equal(loop_once(*state, 1), 0);
	fake.now_us += (uint64_t)A_YEAR_US;
	fake_restart();
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.polls, 1);
	assert_int_equal(fake.slept_us, FOR_EVER);
}

static void
an_interruption_within_the_spin_counts_as_no_event(void **state)
{
	struct probe probe;

	begin(*state, &probe, 50);
	fake.ready_at = 2;
	fake.error = EINTR;
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(fake.sleeps, 0);
	fake_restart();
	fake.ready_at = 1;
	fake.error = EBADF;
	assert_int_equal(loop_once(*state, -1), -1);
	assert_int_equal(errno, EBADF);
}

static void
ask_the_time_three_times(struct probe *probe)
{
	int i;

	for (i = 0; i < 3; i++) {
		assert_true(loop_now_ms(probe->loop) == fake.now_us / 1000);
		probe->fd = fake.clock_reads;
	}
}

static void
the_clock_is_read_once_in_a_batch(void **state)
{
	struct probe probe = probe_of(*state);

	probe.src.arg = &probe;
	probe.then = ask_the_time_three_times;
	EV_SET(&fake.event, 5, EVFILT_READ, 0, 0, 1, &probe.src);
	fake.ready_at = 1;
	assert_int_equal(loop_once(*state, 0), 1);
	assert_int_equal(probe.fd, 1);
	/* The next batch has a time of its own. */
	fake_restart();
	fake.now_us += 7000;
	fake.ready_at = 1;
	assert_int_equal(loop_once(*state, 0), 1);
	assert_int_equal(probe.calls, 2);
	assert_int_equal(probe.fd, 1);
}

static void
outside_of_a_batch_the_clock_is_read_anew(void **state)
{
	assert_true(loop_now_ms(*state) == 5000);
	fake.now_us += 3000;
	assert_true(loop_now_ms(*state) == 5003);
	assert_int_equal(fake.clock_reads, 2);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fake_setup, probe_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_loop_without_spin_sleeps_at_once_and_asks_no_clock),
	    TEST(a_loop_with_nothing_done_yet_asks_once_and_sleeps),
	    TEST(after_an_event_it_asks_again_until_the_spin_is_over),
	    TEST(a_spin_that_is_over_does_not_begin_again_by_itself),
	    TEST(an_event_within_the_spin_is_told_and_renews_it),
	    TEST(an_event_that_is_there_already_needs_no_clock),
	    TEST(a_task_renews_the_spin_too),
	    TEST(the_sleep_after_a_spin_is_what_is_left_of_the_time),
	    TEST(a_time_shorter_than_the_spin_ends_it),
	    TEST(no_time_at_all_is_one_question),
	    TEST(a_spin_may_be_switched_off),
	    TEST(the_longest_spin_is_a_year),
	    TEST(an_interruption_within_the_spin_counts_as_no_event),
	    TEST(the_clock_is_read_once_in_a_batch),
	    TEST(outside_of_a_batch_the_clock_is_read_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
