/* calls, usage and launch: what is known of a server from outside. */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "calls.h"
#include "launch.h"
#include "usage.h"
#include "harness/deadline.h"
#include "harness/scratch.h"

#define TOUCHED_BYTES (8 * 1024 * 1024)

static int
parse(struct calls *calls, const char *text)
{
	FILE *file = tmpfile();
	int status, saved;

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	rewind(file);
	errno = 0;
	status = calls_parse(calls, file);
	saved = errno;
	assert_int_equal(fclose(file), 0);
	errno = saved;
	return status;
}

#define HEAD                                                           \
	"% time     seconds  usecs/call     calls    errors syscall\n" \
	"------ ----------- ----------- --------- --------- "          \
	"----------------\n"

static const char table[] =
    HEAD " 51.21    0.301010          10     30001           write\n"
	 " 48.10    0.290000           9     30100        50 read\n"
	 "  0.69    0.000100           9       600           epoll_wait\n"
	 "------ ----------- ----------- --------- --------- ----------------\n"
	 "100.00    0.591110           9     60701        50 total\n";

static void
test_the_table_of_strace_is_read(void **state)
{
	struct calls calls;

	(void)state;
	assert_int_equal(parse(&calls, table), 0);
	assert_int_equal(calls.count, 3);
	assert_string_equal(calls.kinds[0].name, "write");
	assert_true(calls.kinds[0].calls == 30001);
	assert_string_equal(calls.kinds[1].name, "read");
	assert_true(calls.kinds[1].calls == 30100);
	assert_true(calls_total(&calls) == 60701);
	/* A version whose total has fewer columns. */
	assert_int_equal(parse(&calls, HEAD "100.00    0.1      0 total\n"), 0);
	assert_int_equal(calls.count, 0);
}

static void
test_a_table_without_its_end_is_refused(void **state)
{
	char text[sizeof(table)];
	struct calls calls;

	(void)state;
	memcpy(text, table, sizeof(table));
	*strstr(text, "100.00") = '\0';
	assert_int_equal(parse(&calls, text), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(parse(&calls, ""), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(parse(&calls, "strace: not permitted\n"), -1);
}

static void
test_what_beginning_and_end_take_is_subtracted(void **state)
{
	struct calls more = {.count = 3,
	    .kinds = {{"read", 1150}, {"write", 1050}, {"mmap", 20}}};
	const struct calls fewer = {
	    .count = 2, .kinds = {{"mmap", 20}, {"read", 150}}};
	char text[CALLS_TEXT_MAX];

	(void)state;
	calls_subtract(&more, &fewer, 1000);
	assert_true(more.kinds[0].calls == 1);
	assert_true(more.kinds[2].calls == 0);
	assert_string_equal(calls_format(text, &more), "read 1.00, write 1.05");
}

static void
test_memory_that_is_touched_is_resident(void **state)
{
	struct usage *usage = usage_new(getpid());
	uint64_t before, after;
	char *memory;

	(void)state;
	assert_non_null(usage);
	before = usage_resident_bytes(usage);
	memory = malloc(TOUCHED_BYTES);
	assert_non_null(memory);
	memset(memory, 1, TOUCHED_BYTES);
	after = usage_resident_bytes(usage);
	assert_int_equal(memory[TOUCHED_BYTES - 1], 1);
	free(memory);
	usage_free(usage);
	usage_free(NULL);
#ifdef __linux__
	assert_true(after > before + TOUCHED_BYTES / 2);
#else
	assert_true(after >= before);
#endif
}

static bool
is_there(void *path)
{
	return access(path, F_OK) == 0;
}

static void
test_a_server_is_asked_to_end_before_it_is_killed(void **state)
{
	static const char *const polite[] = {"sh", "-c",
	    "trap 'echo % >@/said; exit' TERM; : >@/up; "
	    "while :; do sleep 0.01; done",
	    NULL};
	char up[PATH_MAX], path[PATH_MAX], *said;
	pid_t group;

	(void)state;
	(void)scratch_path(up, sizeof(up), "up");
	group = launch_start(polite, scratch_dir(), 7);
	assert_int_not_equal(group, -1);
	assert_true(deadline_wait(deadline_in(DEADLINE_MS), is_there, up));
	assert_int_equal(launch_end(group), 0);
	said = scratch_read(scratch_path(path, sizeof(path), "said"), NULL);
	assert_non_null(said);
	assert_string_equal(said, "7\n");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_table_of_strace_is_read),
	    cmocka_unit_test(test_a_table_without_its_end_is_refused),
	    cmocka_unit_test(test_what_beginning_and_end_take_is_subtracted),
	    cmocka_unit_test(test_memory_that_is_touched_is_resident),
	    cmocka_unit_test(test_a_server_is_asked_to_end_before_it_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
