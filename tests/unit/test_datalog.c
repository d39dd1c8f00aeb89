/* datalog: what clients say, and what a second has no room for. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "datalog.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "unit/log_lines.h"

#define RATE	  100
#define THREADS	  4
#define MESSAGES  5000 /* of each thread */
#define SECOND_MS 1000

static void
a_message_is_an_event_of_its_client(void **state)
{
	struct log_place place = log_place("message");
	struct datalog *datalog;
	struct log *log;
	char *text;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	datalog = datalog_new(log, RATE);
	assert_non_null(datalog);
	datalog_set(datalog, true);
	assert_true(datalog_take(datalog, LOG_LEVEL_INFO));
	datalog_write(datalog, LOG_LEVEL_INFO, 7, 65536, "its beginning\n", 14);
	datalog_free(datalog);
	log_close(log, DEADLINE_MS);
	text = scratch_read(place.path, NULL);
	assert_non_null(text);
	assert_string_equal(text + LOG_LINES_STAMP,
	    "info  data    #7 65536 B \"its beginning\\n\"\n");
	free(text);
	datalog_free(NULL);
}

static void
what_a_quiet_log_leaves_out_is_not_counted(void **state)
{
	struct log_place place = log_place("quiet");
	struct datalog *datalog;
	struct log *log;
	char *text;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_WARNING, 0);
	datalog = datalog_new(log, 1);
	assert_non_null(datalog);
	datalog_set(datalog, true);
	for (i = 0; i < 10; i++)
		assert_false(datalog_take(datalog, LOG_LEVEL_INFO));
	datalog_free(datalog);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_string_equal(text, "");
	free(text);
}

/* Meanwhile nothing is taken, nor counted as missing. */
static void
it_is_off_at_first_and_can_be_switched(void **state)
{
	struct log_place place = log_place("switched");
	struct datalog *datalog;
	struct log *log;
	char *text;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	datalog = datalog_new(log, RATE);
	assert_non_null(datalog);
	assert_false(datalog_is_on(datalog));
	assert_false(datalog_take(datalog, LOG_LEVEL_INFO));
	datalog_set(datalog, true);
	assert_true(datalog_is_on(datalog));
	assert_true(datalog_take(datalog, LOG_LEVEL_INFO));
	datalog_write(datalog, LOG_LEVEL_INFO, 1, 2, "hi", 2);
	datalog_set(datalog, false);
	assert_false(datalog_is_on(datalog));
	assert_false(datalog_take(datalog, LOG_LEVEL_INFO));
	datalog_free(datalog);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_int_equal(log_lines_count(text, " data "), 1);
	assert_int_equal(log_lines_dropped(text), 0);
	free(text);
}

static void *
say(void *arg)
{
	struct datalog *datalog = arg;
	int i;

	for (i = 0; i < MESSAGES; i++)
		if (datalog_take(datalog, LOG_LEVEL_INFO))
			datalog_write(datalog, LOG_LEVEL_INFO, 1, 2, "hi", 2);
	return NULL;
}

static void
the_rate_is_that_of_all_threads_together(void **state)
{
	struct log_place place = log_place("rate");
	pthread_t threads[THREADS];
	struct datalog *datalog;
	uint64_t begin, seconds;
	struct log *log;
	size_t lines;
	char *text;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	datalog = datalog_new(log, RATE);
	assert_non_null(datalog);
	datalog_set(datalog, true);
	begin = clock_now_ms() / SECOND_MS;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, say, datalog), 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	seconds = clock_now_ms() / SECOND_MS - begin + 1;
	datalog_free(datalog);
	log_close(log, DEADLINE_MS);
	text = scratch_read(place.path, NULL);
	assert_non_null(text);
	lines = log_lines_count(text, "data    #1 2 B \"hi\"\n");
	assert_in_range(lines, RATE, seconds * RATE);
	assert_int_equal(lines + log_lines_dropped(text), THREADS * MESSAGES);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_is_an_event_of_its_client),
	    cmocka_unit_test(what_a_quiet_log_leaves_out_is_not_counted),
	    cmocka_unit_test(it_is_off_at_first_and_can_be_switched),
	    cmocka_unit_test(the_rate_is_that_of_all_threads_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
