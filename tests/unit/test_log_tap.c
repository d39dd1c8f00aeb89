/* log_tap: other readers of a log, who neither miss nor hold up anything. */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "log_lines.h"
#include "log_tap.h"

#define RING	(16 * 1024) /* the least */
#define THREADS 4
#define EVENTS	20000 /* of each */
#define TURNS	200

/* A tap and all that came out of it. */
struct reader {
	struct log_tap *tap;
	_Atomic unsigned wakes;
	char *text;
	size_t len;
	size_t size;
	size_t missed; /* that it has to be told of */
};

static void
note_wake(void *arg)
{
	struct reader *reader = arg;

	reader->wakes++;
}

static void
reader_open(struct reader *reader, struct log *log)
{
	*reader = (struct reader){.size = 4096};
	reader->text = malloc(reader->size);
	assert_non_null(reader->text);
	reader->text[0] = '\0';
	reader->tap = log_tap_new(log, RING, note_wake, reader);
	assert_non_null(reader->tap);
}

static void
reader_close(struct reader *reader)
{
	log_tap_free(reader->tap);
	free(reader->text);
}

/* Takes once. Returns whether there was something. */
static bool
reader_take(struct reader *reader)
{
	size_t n;

	if (reader->size - reader->len <= LOG_LINE_MAX) {
		reader->size *= 2;
		reader->text = realloc(reader->text, reader->size);
		assert_non_null(reader->text);
	}
	n = log_tap_take(reader->tap, reader->text + reader->len, LOG_LINE_MAX);
	reader->len += n;
	reader->text[reader->len] = '\0';
	assert_true(n == 0 || reader->text[reader->len - 1] == '\n');
	return n > 0;
}

static const char *
reader_take_all(struct reader *reader)
{
	while (reader_take(reader))
		;
	return reader->text;
}

/* The sum of all that "dropped" events tell. */
static size_t
told(const char *text)
{
	static const char word[] =
	    "\"level\":\"warning\",\"event\":\"dropped\",\"events\":";
	size_t count = 0;

	for (; (text = log_lines_find(text, word)) != NULL;
	     text += strlen(word))
		count += strtoul(text + strlen(word), NULL, 10);
	return count;
}

/* For deadline_wait(): whether it has been told of all that it missed. */
static bool
reader_knows(void *arg)
{
	struct reader *reader = arg;

	return told(reader_take_all(reader)) >= reader->missed;
}

static void
expect_told(struct reader *reader, size_t missed)
{
	reader->missed = missed;
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), reader_knows, reader));
	assert_int_equal(told(reader->text), missed);
}

/* The numbers that log_lines_put() gave, in order: from first on, so many. */
static void
check_numbers(const char *text, uint64_t first, uint64_t count)
{
	uint64_t n;

	for (n = first; (text = log_lines_find(text, "\"n\":")) != NULL; n++) {
		assert_int_equal(strtoull(text + 4, NULL, 10), n);
		text += 4;
	}
	assert_int_equal(n - first, count);
}

static void
put_lines(struct log *log, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		log_lines_put(log, "plain", from);
}

static void
a_tap_has_what_happens_from_then_on(void **state)
{
	struct log_place place = log_place("from-then-on");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	struct reader reader;

	(void)state;
	log_lines_put(log, "before", 1);
	reader_open(&reader, log);
	assert_false(reader_take(&reader));
	log_lines_put(log, "plain", 2);
	assert_true(reader_take(&reader));
	assert_false(reader_take(&reader));
	assert_memory_equal(reader.text, "{\"ts\":\"2", 8);
	assert_string_equal(
	    reader.text + strlen("{\"ts\":\"2026-11-22T14:02:12.001"),
	    "Z\",\"level\":\"info\",\"event\":\"plain\",\"pad\":"
	    "\"the quick brown fox jumps over the lazy dog\",\"n\":2}\n");
	reader_close(&reader);
	log_lines_put(log, "after", 3);
	log_close(log, DEADLINE_MS);
	log_lines_check(place.path, 1, 4);
	log_tap_free(NULL);
}

static void
the_form_of_the_file_is_its_own(void **state)
{
	struct log_place place = log_place("form");
	const struct log_options options = {.path = place.path, .json = true};
	struct log *log = log_open(&options);
	struct reader reader;
	char *text;

	(void)state;
	assert_non_null(log);
	reader_open(&reader, log);
	put_lines(log, 0, 10);
	reader_take_all(&reader);
	log_tap_free(reader.tap);
	reader.tap = NULL;
	log_close(log, DEADLINE_MS);
	text = scratch_read(place.path, NULL);
	assert_non_null(text);
	/* One event has one time and one form here. */
	assert_string_equal(text, reader.text);
	free(text);
	reader_close(&reader);
}

static void
a_quiet_file_has_talkative_taps(void **state)
{
	struct log_place place = log_place("quiet");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_ERROR, 0);
	struct reader reader;
	char *text;

	(void)state;
	reader_open(&reader, log);
	assert_true(log_wants(log, LOG_LEVEL_INFO));
	assert_false(log_wants(log, LOG_LEVEL_DEBUG));
	log_event(log, LOG_LEVEL_DEBUG, "debugged", NULL, 0);
	log_event(log, LOG_LEVEL_INFO, "informed", NULL, 0);
	log_event(log, LOG_LEVEL_ERROR, "failed", NULL, 0);
	reader_take_all(&reader);
	assert_null(strstr(reader.text, "debugged"));
	assert_non_null(strstr(reader.text, "informed"));
	assert_non_null(strstr(reader.text, "failed"));
	reader_close(&reader);
	/* Without it, nobody makes a line for nothing. */
	assert_false(log_wants(log, LOG_LEVEL_INFO));
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_string_equal(text + LOG_LINES_STAMP, "error failed\n");
	free(text);
}

static void
a_talkative_file_has_talkative_taps(void **state)
{
	struct log_place place = log_place("talkative");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_DEBUG, 0);
	struct reader reader;

	(void)state;
	reader_open(&reader, log);
	log_event(log, LOG_LEVEL_DEBUG, "debugged", NULL, 0);
	assert_non_null(strstr(reader_take_all(&reader), "debugged"));
	reader_close(&reader);
	log_close(log, DEADLINE_MS);
}

static void
a_reader_is_woken_once_for_what_waits(void **state)
{
	struct log_place place = log_place("woken");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	struct reader reader;

	(void)state;
	reader_open(&reader, log);
	put_lines(log, 0, 3);
	assert_int_equal(reader.wakes, 1);
	/* It has not been told that there is nothing. */
	assert_true(reader_take(&reader));
	put_lines(log, 3, 6);
	assert_int_equal(reader.wakes, 1);
	assert_true(reader_take(&reader));
	assert_false(reader_take(&reader));
	put_lines(log, 6, 9);
	assert_int_equal(reader.wakes, 2);
	check_numbers(reader_take_all(&reader), 0, 9);
	reader_close(&reader);
	log_close(log, DEADLINE_MS);
}

static void
what_a_full_tap_has_no_room_for_is_one_gap_that_it_tells(void **state)
{
	struct log_place place = log_place("full-tap");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	struct reader slow, quick;
	size_t kept;
	uint64_t n;

	(void)state;
	reader_open(&slow, log);
	reader_open(&quick, log);
	for (n = 0; n < 1000; n++) {
		log_lines_put(log, "plain", n);
		reader_take_all(&quick);
	}
	/* Who comes and goes has a place all the same, as in the file. */
	log_lines_put(log, "close", n);
	reader_take_all(&slow);
	kept = log_lines_count(slow.text, "\"plain\"");
	assert_in_range(kept, RING / 2 / LOG_LINE_MAX, 999);
	assert_int_equal(kept + told(slow.text), 1000);
	assert_int_equal(log_lines_count(slow.text, "\"dropped\""), 1);
	assert_int_equal(log_lines_count(slow.text, "\"close\""), 1);
	/* The gap is closed. */
	log_lines_put(log, "plain", 1001);
	assert_non_null(strstr(reader_take_all(&slow), "\"n\":1001}"));
	/* The others have missed nothing. */
	check_numbers(reader_take_all(&quick), 0, 1002);
	assert_int_equal(told(quick.text), 0);
	reader_close(&slow);
	reader_close(&quick);
	log_close(log, DEADLINE_MS);
	log_lines_check(place.path, 0, 1002);
}

/* Asks for count more than there are in a second, at least. */
static uint64_t
overdraw(struct log_quota *quota, uint64_t count)
{
	uint64_t refused = 0;

	while (refused < count)
		refused += !log_quota_take(quota);
	return refused;
}

static void
what_a_quota_keeps_back_is_told_to_who_would_have_had_it(void **state)
{
	struct log_place place = log_place("quota-tap");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_WARNING, 0);
	struct log_quota *info, *warning;
	struct reader reader;
	char *text;

	(void)state;
	info = log_quota_new(log, LOG_LEVEL_INFO, 10);
	warning = log_quota_new(log, LOG_LEVEL_WARNING, 10);
	assert_non_null(info);
	assert_non_null(warning);
	overdraw(info, 1000);
	overdraw(warning, 100);
	reader_open(&reader, log);
	/* That was before its time. This is told though nothing is logged. */
	overdraw(info, 10);
	expect_told(&reader, 10);
	overdraw(warning, 1);
	expect_told(&reader, 11);
	reader_close(&reader);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_int_equal(log_lines_dropped(text), 101);
	free(text);
}

static void
a_file_that_takes_nothing_holds_up_no_tap(void **state)
{
	struct log_place place = log_place("hanging");
	struct reader reader;
	struct log_quota *quota;
	struct log *log;
	char *text;
	uint64_t n;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(place.path, 0600), 0);
	fd = open(place.path, O_RDONLY | O_NONBLOCK);
	assert_int_not_equal(fd, -1);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	quota = log_quota_new(log, LOG_LEVEL_INFO, 0);
	assert_non_null(quota);
	reader_open(&reader, log);
	for (n = 0; n < EVENTS; n++) {
		log_lines_put(log, "plain", n);
		reader_take_all(&reader);
	}
	overdraw(quota, 7);
	expect_told(&reader, 7);
	check_numbers(reader.text, 0, EVENTS);
	reader_close(&reader);
	/* It hangs: what it has is lost. */
	log_close(log, 0);
	text = log_lines_drain(fd);
	assert_non_null(strstr(text, " n=0\n"));
	free(text);
	close(fd);
}

static void
logging_keeps_errno(void **state)
{
	struct log_place place = log_place("errno-tap");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	struct reader reader;

	(void)state;
	reader_open(&reader, log);
	errno = ENOTTY;
	log_lines_put(log, "plain", 1);
	assert_int_equal(errno, ENOTTY);
	reader_close(&reader);
	log_close(log, DEADLINE_MS);
}

static void *
log_from_thread(void *log)
{
	put_lines(log, 0, EVENTS);
	return NULL;
}

/* A tap that is read, and whose reader sees the last event. */
static void *
read_from_thread(void *arg)
{
	struct reader *reader = arg;

	size_t seen = 0;

	while (strstr(reader->text + seen, "\"last\"") == NULL) {
		seen = reader->len;
		(void)reader_take(reader);
	}
	return NULL;
}

static void
check_all_accounted_for(const struct reader *reader)
{
	assert_int_equal(
	    log_lines_count(reader->text, "\"plain\"") + told(reader->text),
	    THREADS * EVENTS);
}

static void
threads_and_taps_that_come_and_go_lose_nothing_uncounted(void **state)
{
	struct log_place place = log_place("threads-tap");
	struct log *log = log_lines_open(place.path, LOG_LEVEL_INFO, RING);
	pthread_t threads[THREADS], reading;
	struct reader read, unread, passing;
	int i;

	(void)state;
	reader_open(&read, log);
	reader_open(&unread, log);
	assert_int_equal(
	    pthread_create(&reading, NULL, read_from_thread, &read), 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, log_from_thread, log), 0);
	for (i = 0; i < TURNS; i++) {
		reader_open(&passing, log);
		(void)reader_take(&passing);
		reader_close(&passing);
	}
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	log_event(log, LOG_LEVEL_WARNING, "last", NULL, 0);
	assert_int_equal(pthread_join(reading, NULL), 0);
	check_all_accounted_for(&read);
	reader_take_all(&unread);
	check_all_accounted_for(&unread);
	assert_in_range(unread.len, RING / 2, RING + LOG_LINE_MAX);
	reader_close(&read);
	reader_close(&unread);
	log_close(log, DEADLINE_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tap_has_what_happens_from_then_on),
	    cmocka_unit_test(the_form_of_the_file_is_its_own),
	    cmocka_unit_test(a_quiet_file_has_talkative_taps),
	    cmocka_unit_test(a_talkative_file_has_talkative_taps),
	    cmocka_unit_test(a_reader_is_woken_once_for_what_waits),
	    cmocka_unit_test(
		what_a_full_tap_has_no_room_for_is_one_gap_that_it_tells),
	    cmocka_unit_test(
		what_a_quota_keeps_back_is_told_to_who_would_have_had_it),
	    cmocka_unit_test(a_file_that_takes_nothing_holds_up_no_tap),
	    cmocka_unit_test(logging_keeps_errno),
	    cmocka_unit_test(
		threads_and_taps_that_come_and_go_lose_nothing_uncounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
