/* log: so many events a second, and what becomes of the others. */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "log_lines.h"
#include "log_quota.h"

#define THREADS	       4
#define THREAD_EVENTS  10000
#define SECOND_MS      1000
#define LIMIT	       10
#define SECONDS_WANTED 2

/* A quota, and what came of asking it. */
struct asked {
	struct log_quota *quota;
	uint64_t taken;
	uint64_t refused;
	uint64_t second; /* the clock's, of the last that was counted */
	uint64_t taken_in_second;
	unsigned seconds; /* of which more than the share was asked for */
};

static uint64_t
second_now(void)
{
	return clock_now_ms() / SECOND_MS;
}

static bool
ask(struct asked *asked)
{
	bool taken = log_quota_take(asked->quota);

	if (taken)
		asked->taken++;
	else
		asked->refused++;
	return taken;
}

static void
ask_until_refused(struct asked *asked)
{
	while (ask(asked))
		;
}

/* All that was refused has to be told in the file, once. */
static void
check_told(const char *path, uint64_t refused)
{
	char *text = log_lines_read(path);

	assert_int_equal(log_lines_dropped(text), refused);
	free(text);
}

/* For deadline_wait(): asks for more than the share of several seconds. */
static bool
seconds_are_used_up(void *arg)
{
	struct asked *asked = arg;
	const uint64_t before = second_now();
	const uint64_t taken_before = asked->taken;
	const uint64_t refused_before = asked->refused;
	int i;

	for (i = 0; i < 2 * LIMIT; i++)
		(void)ask(asked);
	/* What went on while a second ended is nobody's share. */
	if (second_now() != before)
		return false;
	if (before != asked->second) {
		asked->second = before;
		asked->taken_in_second = 0;
		asked->seconds++;
	}
	asked->taken_in_second += asked->taken - taken_before;
	assert_in_range(asked->taken_in_second, 0, LIMIT);
	assert_true(asked->refused > refused_before);
	return asked->seconds == SECONDS_WANTED;
}

static void
no_second_gets_more_than_its_share(void **state)
{
	struct log_place place = log_place("share");
	struct asked asked = {0};
	struct log *log;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	asked.quota = log_quota_new(log, LOG_LEVEL_INFO, LIMIT);
	assert_non_null(asked.quota);
	assert_true(deadline_wait(
	    deadline_in(DEADLINE_MS), seconds_are_used_up, &asked));
	assert_in_range(asked.taken, LIMIT, (SECONDS_WANTED + 1) * LIMIT);
	log_close(log, DEADLINE_MS);
	check_told(place.path, asked.refused);
}

static void
a_second_is_told_when_it_is_over_though_nothing_is_logged(void **state)
{
	struct log_place place = log_place("silence");
	struct asked asked = {0};
	struct log *log;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	asked.quota = log_quota_new(log, LOG_LEVEL_INFO, LIMIT);
	assert_non_null(asked.quota);
	/* The thread has been at work, and has none left. */
	log_lines_put(log, "plain", 1);
	scratch_expect(place.path, "n=1\n");
	ask_until_refused(&asked);
	scratch_expect(place.path, "warning dropped events=1\n");
	/* A new second, a new share. */
	for (i = 0; i < LIMIT; i++)
		assert_true(ask(&asked));
	log_close(log, DEADLINE_MS);
	check_told(place.path, asked.refused);
}

static void
the_end_tells_what_is_untold(void **state)
{
	struct log_place place = log_place("untold");
	struct asked first = {0}, second = {0};
	struct log *log;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	first.quota = log_quota_new(log, LOG_LEVEL_INFO, 1);
	second.quota = log_quota_new(log, LOG_LEVEL_INFO, 0);
	assert_non_null(first.quota);
	assert_non_null(second.quota);
	for (i = 0; i < LIMIT; i++) {
		(void)ask(&first);
		assert_false(ask(&second));
	}
	log_close(log, DEADLINE_MS);
	assert_true(first.refused > 0);
	check_told(place.path, first.refused + second.refused);
}

static void
what_a_quota_refuses_makes_no_gap_for_others(void **state)
{
	struct log_place place = log_place("others");
	struct asked asked = {0};
	struct log *log;
	char *text;
	uint64_t n;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	asked.quota = log_quota_new(log, LOG_LEVEL_INFO, 0);
	assert_non_null(asked.quota);
	for (n = 0; n < 100; n++) {
		assert_false(ask(&asked));
		log_lines_put(log, "plain", n);
	}
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_int_equal(log_lines_count(text, " plain "), 100);
	assert_int_equal(log_lines_dropped(text), 100);
	free(text);
}

static void
only_a_refusal_wakes_an_idle_log(void **state)
{
	struct log_place place = log_place("idle");
	struct asked asked = {0};
	struct log *log;
	uint64_t now_ms;
	int wait_ms;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	assert_int_equal(log_quota_wait_ms(NULL, clock_now_ms()), -1);
	asked.quota = log_quota_new(log, LOG_LEVEL_INFO, LIMIT);
	assert_non_null(asked.quota);
	assert_int_equal(log_quota_wait_ms(asked.quota, clock_now_ms()), -1);
	assert_true(ask(&asked));
	assert_int_equal(log_quota_wait_ms(asked.quota, clock_now_ms()), -1);
	/* When the second ends meanwhile, the log's thread comes between. */
	do {
		now_ms = clock_now_ms();
		ask_until_refused(&asked);
		wait_ms = log_quota_wait_ms(asked.quota, now_ms);
	} while (second_now() != now_ms / SECOND_MS);
	assert_int_equal(wait_ms, SECOND_MS - (int)(now_ms % SECOND_MS));
	log_close(log, DEADLINE_MS);
	check_told(place.path, asked.refused);
}

static void
asking_keeps_errno(void **state)
{
	struct log_place place = log_place("quota-errno");
	struct asked asked = {0};
	struct log *log;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	asked.quota = log_quota_new(log, LOG_LEVEL_INFO, 1);
	assert_non_null(asked.quota);
	errno = ENOTTY;
	ask_until_refused(&asked);
	assert_int_equal(errno, ENOTTY);
	log_close(log, DEADLINE_MS);
}

static void *
ask_from_thread(void *arg)
{
	struct asked *asked = arg;
	const uint64_t begin = second_now();
	int i;

	/* While a second ends and another one begins: that is when it is hard. */
	while (second_now() == begin)
		(void)ask(asked);
	for (i = 0; i < THREAD_EVENTS; i++)
		(void)ask(asked);
	return NULL;
}

static void
threads_share_a_quota_and_none_is_lost_or_told_twice(void **state)
{
	struct log_place place = log_place("quota-threads");
	struct asked asked[THREADS] = {{0}};
	uint64_t taken = 0, refused = 0, begin, seconds;
	pthread_t threads[THREADS];
	struct log *log;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	asked[0].quota = log_quota_new(log, LOG_LEVEL_INFO, LIMIT);
	assert_non_null(asked[0].quota);
	begin = second_now();
	for (i = 0; i < THREADS; i++) {
		asked[i].quota = asked[0].quota;
		assert_int_equal(pthread_create(&threads[i], NULL,
				     ask_from_thread, &asked[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		taken += asked[i].taken;
		refused += asked[i].refused;
	}
	seconds = second_now() - begin + 1;
	log_close(log, DEADLINE_MS);
	assert_in_range(taken, LIMIT, seconds * LIMIT);
	check_told(place.path, refused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_second_gets_more_than_its_share),
	    cmocka_unit_test(
		a_second_is_told_when_it_is_over_though_nothing_is_logged),
	    cmocka_unit_test(the_end_tells_what_is_untold),
	    cmocka_unit_test(what_a_quota_refuses_makes_no_gap_for_others),
	    cmocka_unit_test(only_a_refusal_wakes_an_idle_log),
	    cmocka_unit_test(asking_keeps_errno),
	    cmocka_unit_test(
		threads_share_a_quota_and_none_is_lost_or_told_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
