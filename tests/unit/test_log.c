/* log: lines, levels, rotation, threads. */

#include <sys/stat.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "log_lines.h"

#define SMALL_RING   (16 * 1024)
#define THREADS	     4
#define THREAD_LINES 2000

static void
an_event_is_a_line_of_the_file(void **state)
{
	struct log_place place = log_place("line");
	struct stat st;
	struct log *log;
	mode_t mask;
	char *text;

	(void)state;
	mask = umask(0);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	umask(mask);
	assert_false(log_is_terminal(log));
	log_lines_put(log, "first", 1);
	/* It is there without waiting for the end. */
	scratch_expect(place.path, "n=1\n");
	log_lines_put(log, "second", 2);
	log_close(log, DEADLINE_MS);
	assert_int_equal(stat(place.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	log_lines_put(log, "third", 3);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_int_equal(log_lines_count(text, "\n"), 3);
	assert_true(strstr(text, "first") < strstr(text, "second"));
	assert_true(strstr(text, "second") < strstr(text, "third"));
	free(text);
	log_close(NULL, 0);
}

static void
json_lines_are_objects(void **state)
{
	struct log_place place = log_place("json");
	const struct log_options options = {.path = place.path, .json = true};
	struct log *log;
	char *text;

	(void)state;
	log = log_open(&options);
	assert_non_null(log);
	log_lines_put(log, "first", 1);
	log_close(log, DEADLINE_MS);
	text = scratch_read(place.path, NULL);
	assert_non_null(text);
	assert_memory_equal(text, "{\"ts\":\"2", 8);
	assert_string_equal(text + strlen("{\"ts\":\"2026-11-22T14:02:12.001"),
	    "Z\",\"level\":\"info\",\"event\":\"first\",\"pad\":"
	    "\"the quick brown fox jumps over the lazy dog\",\"n\":1}\n");
	free(text);
}

static void
a_level_too_low_is_not_written(void **state)
{
	struct log_place place = log_place("level");
	struct log *log;
	char *text;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_WARNING, 0);
	assert_false(log_wants(log, LOG_LEVEL_INFO));
	assert_true(log_wants(log, LOG_LEVEL_WARNING));
	log_lines_put(log, "unwanted", 1);
	log_event(log, LOG_LEVEL_ERROR, "wanted", NULL, 0);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_string_equal(text + LOG_LINES_STAMP, "error wanted\n");
	free(text);
}

static void
logging_keeps_errno(void **state)
{
	struct log_place place = log_place("errno");
	struct log *log;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	errno = ENOTTY;
	log_lines_put(log, "first", 1);
	assert_int_equal(errno, ENOTTY);
	log_event(log, LOG_LEVEL_DEBUG, "unwanted", NULL, 0);
	assert_int_equal(errno, ENOTTY);
	log_close(log, DEADLINE_MS);
}

static void
a_path_that_cannot_be_opened_is_refused(void **state)
{
	struct log_place place = log_place("no-such-directory/log");
	const struct log_options options = {.path = place.path};

	(void)state;
	errno = 0;
	assert_null(log_open(&options));
	assert_int_equal(errno, ENOENT);
}

static void
rotation_loses_nothing_and_keeps_the_files_apart(void **state)
{
	struct log_place place = log_place("rotated");
	char name[64], moved[128];
	struct log *log;
	uint64_t first, n, turn;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	for (turn = first = n = 0; turn < 20; turn++) {
		for (; n < turn * 50 + 25; n++)
			log_lines_put(log, "run", n);
		snprintf(name, sizeof(name), "rotated.%u", (unsigned)turn);
		scratch_path(moved, sizeof(moved), name);
		assert_int_equal(rename(place.path, moved), 0);
		log_reopen(log);
		for (; n < turn * 50 + 50; n++)
			log_lines_put(log, "run", n);
		/* The new file is there when the old one has its lines. */
		scratch_expect(place.path, "");
		log_lines_check(moved, first, turn * 50 + 25);
		first = turn * 50 + 25;
	}
	log_close(log, DEADLINE_MS);
	log_lines_check(place.path, first, n);
}

static void
a_failed_reopen_is_told_in_the_old_file(void **state)
{
	struct log_place place = log_place("dir/log"), dir = log_place("dir");
	struct log *log;
	char *text;

	(void)state;
	assert_int_equal(mkdir(dir.path, 0700), 0);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	log_lines_put(log, "before", 1);
	assert_int_equal(rename(dir.path, dir.moved), 0);
	log_reopen(log);
	log_lines_put(log, "after", 2);
	log_close(log, DEADLINE_MS);
	snprintf(place.path, sizeof(place.path), "%.100s/log", dir.moved);
	text = log_lines_read(place.path);
	assert_int_equal(log_lines_count(text, "\n"), 3);
	assert_non_null(strstr(
	    text, "error error   error=\"cannot reopen the log: No such file"));
	assert_non_null(strstr(text, "after"));
	free(text);
}

static void *
log_from_thread(void *log)
{
	uint64_t n;

	for (n = 0; n < THREAD_LINES; n++)
		log_lines_put(log, "thread", n);
	return NULL;
}

static void
threads_lose_nothing_that_is_not_counted(void **state)
{
	struct log_place place = log_place("threads");
	pthread_t threads[THREADS];
	struct log *log;
	char *text;
	int i;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, SMALL_RING);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, log_from_thread, log), 0);
	for (i = 0; i < 50; i++)
		log_reopen(log);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	assert_int_equal(
	    log_lines_count(text, " thread ") + log_lines_dropped(text),
	    THREADS * THREAD_LINES);
	free(text);
}

static volatile sig_atomic_t signals_seen;

static void
note_signal(int signo)
{
	(void)signo;
	signals_seen++;
}

static void
the_thread_takes_no_signal(void **state)
{
	struct log_place place = log_place("signals");
	struct sigaction action = {.sa_handler = note_signal}, before;
	sigset_t blocked, mask;
	struct log *log;

	(void)state;
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	sigemptyset(&action.sa_mask);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	assert_int_equal(sigaction(SIGUSR2, &action, &before), 0);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &blocked, &mask), 0);
	assert_false(sigismember(&mask, SIGUSR2));
	assert_int_equal(kill(getpid(), SIGUSR2), 0);
	log_lines_put(log, "first", 1);
	scratch_expect(place.path, "n=1\n");
	assert_int_equal(signals_seen, 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &mask, NULL), 0);
	assert_int_equal(signals_seen, 1);
	assert_int_equal(sigaction(SIGUSR2, &before, NULL), 0);
	log_close(log, DEADLINE_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_a_line_of_the_file),
	    cmocka_unit_test(json_lines_are_objects),
	    cmocka_unit_test(a_level_too_low_is_not_written),
	    cmocka_unit_test(logging_keeps_errno),
	    cmocka_unit_test(a_path_that_cannot_be_opened_is_refused),
	    cmocka_unit_test(rotation_loses_nothing_and_keeps_the_files_apart),
	    cmocka_unit_test(a_failed_reopen_is_told_in_the_old_file),
	    cmocka_unit_test(threads_lose_nothing_that_is_not_counted),
	    cmocka_unit_test(the_thread_takes_no_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
