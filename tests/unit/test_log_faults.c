/* log: full disks, half lines, stuck readers, a stderr that is shared. */

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"
#include "log_lines.h"

#define SMALL_RING (16 * 1024)
#define PIPE_LINES 4000

static void
a_full_disk_costs_only_what_the_ring_cannot_hold(void **state)
{
	struct log_place place = log_place("full");
	size_t lines, dropped;
	struct log *log;
	char *text;
	uint64_t n;

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	assert_int_equal(symlink("/dev/full", place.path), 0);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, SMALL_RING);
	for (n = 0; n < 1000; n++)
		log_lines_put(log, "plain", n);
	for (n = 0; n < 10; n++)
		log_lines_put(log, "connect", n);
	/* Room on the disk again. */
	assert_int_equal(unlink(place.path), 0);
	log_reopen(log);
	scratch_expect(place.path, "dropped");
	log_lines_put(log, "last", 1);
	log_close(log, DEADLINE_MS);
	text = log_lines_read(place.path);
	lines = log_lines_count(text, " plain ");
	dropped = log_lines_dropped(text);
	assert_in_range(lines, 50, 500);
	assert_int_equal(lines + dropped, 1000);
	assert_int_equal(log_lines_count(text, " connect "), 10);
	assert_int_equal(log_lines_count(text, " dropped "), 1);
	assert_true(strstr(text, " dropped ") < strstr(text, " last "));
	free(text);
}

static void
set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static bool
file_is_torn(void *arg)
{
	struct stat st;

	return stat(arg, &st) == 0 && st.st_size == 1000;
}

/* A log whose file took 1000 bytes, which end in the middle of a line. */
static struct log *
open_torn(struct log_place *place)
{
	struct log *log;
	uint64_t n;

	/* Like a full disk: what is within the limit goes, the rest fails. */
	set_file_limit(1000);
	log = log_lines_open(place->path, LOG_LEVEL_INFO, 0);
	for (n = 0; n < 15; n++)
		log_lines_put(log, "torn", n);
	assert_true(
	    deadline_wait(deadline_in(DEADLINE_MS), file_is_torn, place->path));
	return log;
}

static void
a_line_half_out_goes_on_at_the_right_byte(void **state)
{
	struct log_place place = log_place("torn");
	struct log *log;

	(void)state;
	log = open_torn(&place);
	set_file_limit(RLIM_INFINITY);
	scratch_expect(place.path, "n=14\n");
	log_close(log, DEADLINE_MS);
	log_lines_check(place.path, 0, 15);
}

static void
a_line_half_out_is_whole_in_a_new_file(void **state)
{
	struct log_place place = log_place("anew");
	struct log *log;
	char *old, *end;
	uint64_t n;

	(void)state;
	log = open_torn(&place);
	assert_int_equal(rename(place.path, place.moved), 0);
	log_reopen(log);
	scratch_expect(place.path, "n=14\n");
	set_file_limit(RLIM_INFINITY);
	log_close(log, DEADLINE_MS);
	old = scratch_read(place.moved, NULL);
	assert_non_null(old);
	end = strrchr(old, '\n');
	assert_non_null(end);
	assert_int_not_equal(end[1], '\0');
	n = log_lines_count(old, "\n");
	log_lines_check(place.path, n, 15);
	free(old);
}

static void
a_full_disk_does_not_hold_up_the_end(void **state)
{
	struct log *log;

	(void)state;
	if (access("/dev/full", W_OK) == -1)
		skip();
	log = log_lines_open("/dev/full", LOG_LEVEL_INFO, 0);
	log_lines_put(log, "lost", 1);
	/* For ever, if it waited for the disk. */
	log_close(log, 3600 * 1000);
}

static void
a_stuck_reader_does_not_hold_up_the_end(void **state)
{
	struct log_place place = log_place("fifo");
	struct log *log;
	char *text;
	uint64_t n;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(place.path, 0600), 0);
	fd = open(place.path, O_RDONLY | O_NONBLOCK);
	assert_int_not_equal(fd, -1);
	log = log_lines_open(place.path, LOG_LEVEL_INFO, 0);
	for (n = 0; n < PIPE_LINES; n++)
		log_lines_put(log, "stuck", n);
	log_close(log, 10);
	/* The thread that was left behind ends, and lets the file go. */
	text = log_lines_drain(fd);
	assert_in_range(strlen(text), 1, PIPE_LINES * 200);
	free(text);
	close(fd);
}

/* A stderr that is a pipe; the reading end is the test's. */
struct captured {
	int saved;
	int fd;
};

static struct captured
capture_stderr(int flags)
{
	struct captured captured;
	int fds[2];

	fflush(stderr);
	captured.saved = dup(STDERR_FILENO);
	assert_int_not_equal(captured.saved, -1);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	close(fds[1]);
	assert_int_equal(fcntl(STDERR_FILENO, F_SETFL, flags), 0);
	captured.fd = fds[0];
	return captured;
}

static void
release_stderr(struct captured *captured)
{
	assert_int_equal(dup2(captured->saved, STDERR_FILENO), STDERR_FILENO);
	close(captured->saved);
}

static void
stderr_is_used_as_it_is(void **state)
{
	struct captured captured = capture_stderr(0);
	struct log *log;
	char *text;
	int flags;

	(void)state;
	log = log_lines_open(NULL, LOG_LEVEL_INFO, 0);
	log_lines_put(log, "first", 1);
	log_reopen(log);
	log_lines_put(log, "second", 2);
	flags = fcntl(STDERR_FILENO, F_GETFL);
	log_close(log, DEADLINE_MS);
	release_stderr(&captured);
	assert_false(flags & O_NONBLOCK);
	text = log_lines_drain(captured.fd);
	assert_int_equal(log_lines_count(text, "\n"), 2);
	free(text);
	close(captured.fd);
}

/* Ends the log while another thread reads what is left in it. */
static void *
close_log(void *log)
{
	log_close(log, DEADLINE_MS);
	close(STDERR_FILENO);
	return NULL;
}

static void
a_non_blocking_pipe_gets_every_line_whole(void **state)
{
	struct captured captured = capture_stderr(O_NONBLOCK);
	pthread_t thread;
	struct log *log;
	uint64_t n;
	char *text;

	(void)state;
	log = log_lines_open(NULL, LOG_LEVEL_INFO, 1024 * 1024);
	for (n = 0; n < PIPE_LINES; n++)
		log_lines_put(log, "slow", n);
	assert_int_equal(pthread_create(&thread, NULL, close_log, log), 0);
	text = log_lines_drain(captured.fd);
	assert_int_equal(pthread_join(thread, NULL), 0);
	release_stderr(&captured);
	close(captured.fd);
	scratch_write(log_place("slow").path, text, strlen(text));
	free(text);
	log_lines_check(log_place("slow").path, 0, PIPE_LINES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_full_disk_costs_only_what_the_ring_cannot_hold),
	    cmocka_unit_test(a_line_half_out_goes_on_at_the_right_byte),
	    cmocka_unit_test(a_line_half_out_is_whole_in_a_new_file),
	    cmocka_unit_test(a_full_disk_does_not_hold_up_the_end),
	    cmocka_unit_test(a_stuck_reader_does_not_hold_up_the_end),
	    cmocka_unit_test(stderr_is_used_as_it_is),
	    cmocka_unit_test(a_non_blocking_pipe_gets_every_line_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
