/* save: the transcript as a text file. */

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/region.h"
#include "save.h"
#include "scratch.h"
#include "transcript.h"

static void
add(struct transcript *t, enum transcript_kind kind, const char *text,
    bool continued)
{
	uint64_t id;

	assert_int_equal(
	    transcript_add(t, kind, 1500, text, strlen(text), continued, &id),
	    0);
}

static void
a_line_an_entry_made_visible(void **state)
{
	struct transcript *t = transcript_new(100, 10000);
	char path[256], *text;
	struct stat st;

	(void)state;
	add(t, TRANSCRIPT_NOTICE, "connected", false);
	add(t, TRANSCRIPT_SENT, "안녕 \033[2J", false);
	add(t, TRANSCRIPT_RECEIVED, "a long line ", true);
	add(t, TRANSCRIPT_RECEIVED, "in pieces\n\xff", false);
	scratch_path(path, sizeof(path), "saved");
	assert_int_equal(save_transcript(t, path), 4);
	text = scratch_read(path, NULL);
	assert_string_equal(text,
	    "1970-01-01 00:00:01.500 - connected\n"
	    "1970-01-01 00:00:01.500 > 안녕 ^[[2J\n"
	    "1970-01-01 00:00:01.500 < a long line in pieces^J\\xff\n");
	free(text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	transcript_free(t);
}

static void
what_is_said_of_a_line_is_at_its_end(void **state)
{
	struct transcript *t = transcript_new(100, 10000);
	char path[256], *text;

	(void)state;
	add(t, TRANSCRIPT_SENT, "one", false);
	add(t, TRANSCRIPT_RECEIVED, "one", false);
	add(t, TRANSCRIPT_RECEIVED, "tow", false);
	add(t, TRANSCRIPT_SENT, "three", false);
	transcript_set_mark(t, 1, TRANSCRIPT_VERIFIED, 210);
	transcript_set_mark(t, 2, TRANSCRIPT_MISMATCH, 1);
	transcript_set_mark(t, 3, TRANSCRIPT_DROPPED, 0);
	add(t, TRANSCRIPT_SENT, "four", false);
	transcript_set_mark(t, 4, TRANSCRIPT_UNANSWERED, 0);
	scratch_path(path, sizeof(path), "verdicts");
	assert_int_equal(save_transcript(t, path), 5);
	text = scratch_read(path, NULL);
	assert_string_equal(text,
	    "1970-01-01 00:00:01.500 > one\n"
	    "1970-01-01 00:00:01.500 < one\t(0.21 ms)\n"
	    "1970-01-01 00:00:01.500 < tow\t(differs at byte 1)\n"
	    "1970-01-01 00:00:01.500 > three\t(not sent)\n"
	    "1970-01-01 00:00:01.500 > four\t(unanswered)\n");
	free(text);
	transcript_free(t);
}

static void
a_line_that_something_came_between_begins_anew(void **state)
{
	struct transcript *t = transcript_new(100, 10000);
	char path[256], *text;

	(void)state;
	add(t, TRANSCRIPT_RECEIVED, "a long ", true);
	add(t, TRANSCRIPT_SENT, "typed", false);
	add(t, TRANSCRIPT_RECEIVED, "line", false);
	add(t, TRANSCRIPT_RECEIVED, "not ended", true);
	scratch_path(path, sizeof(path), "between");
	assert_int_equal(save_transcript(t, path), 4);
	text = scratch_read(path, NULL);
	assert_string_equal(text,
	    "1970-01-01 00:00:01.500 < a long \n"
	    "1970-01-01 00:00:01.500 > typed\n"
	    "1970-01-01 00:00:01.500 < line\n"
	    "1970-01-01 00:00:01.500 < not ended\n");
	free(text);
	transcript_free(t);
}

static void
an_existing_file_is_left_alone(void **state)
{
	struct transcript *t = transcript_new(100, 10000);
	char path[256], *text;

	(void)state;
	scratch_path(path, sizeof(path), "there");
	scratch_write(path, "precious", 8);
	assert_int_equal(save_transcript(t, path), -1);
	assert_int_equal(errno, EEXIST);
	text = scratch_read(path, NULL);
	assert_string_equal(text, "precious");
	free(text);
	transcript_free(t);
}

static void
a_folder_that_is_not_there_is_an_error(void **state)
{
	struct transcript *t = transcript_new(100, 10000);

	(void)state;
	add(t, TRANSCRIPT_SENT, "lost", false);
	assert_int_equal(save_transcript(t, "/nowhere/at/all"), -1);
	assert_int_equal(errno, ENOENT);
	transcript_free(t);
}

/* A limit on files stands in for a full disk. */
static void
a_disk_that_is_full_is_an_error_and_leaves_nothing(void **state)
{
	struct transcript *t = transcript_new(1000, 1000000);
	struct rlimit limit, before;
	char path[256];
	struct stat st;

	(void)state;
	for (int i = 0; i < 1000; i++)
		add(t, TRANSCRIPT_SENT, "as long as a line may well be", false);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 8192;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	scratch_path(path, sizeof(path), "full");
	errno = 0;
	assert_int_equal(save_transcript(t, path), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(stat(path, &st), -1);
	transcript_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_an_entry_made_visible),
	    cmocka_unit_test(what_is_said_of_a_line_is_at_its_end),
	    cmocka_unit_test(a_line_that_something_came_between_begins_anew),
	    cmocka_unit_test(an_existing_file_is_left_alone),
	    cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	    cmocka_unit_test(
		a_disk_that_is_full_is_an_error_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
