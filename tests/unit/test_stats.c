/* stats: what passed, over all workers, and the memory, told as best it can. */

#ifdef __linux__
#define _GNU_SOURCE /* SYS_openat */
#include <sys/syscall.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "child.h"
#include "harness/harness.h"
#include "harness/refuse.h"
#include "stats.h"

#define PAGE_LEAST 4096
#define BLOCK	   (64 * 1024 * 1024) /* more than the test has for itself */

static void
traffic_is_added_to_a_view(void **state)
{
	static struct stats_traffic one, other;
	struct stats stats = {.open = 7};

	(void)state;
	stats_add(&one.messages, 1);
	stats_add(&one.in_bytes, 20);
	stats_add(&other.messages, 2);
	stats_add(&other.in_bytes, 100);
	stats_add(&other.out_bytes, 50);
	stats_add(&other.out_bytes, 50);
	stats_collect(&stats, &one);
	stats_collect(&stats, &other);
	assert_int_equal(stats.messages, 3);
	assert_int_equal(stats.in_bytes, 120);
	assert_int_equal(stats.out_bytes, 100);
	assert_int_equal(stats.open, 7);
}

#ifdef __linux__
/* A block whose pages are all there; or NULL. */
static char *
take_memory(void)
{
	volatile char *block = malloc(BLOCK);
	size_t i;

	for (i = 0; block != NULL && i < BLOCK; i += PAGE_LEAST)
		block[i] = 1;
	return (char *)(uintptr_t)block;
}

static void
memory_is_what_there_is_now(void **state)
{
	const uint64_t before = stats_rss_bytes();
	char *block = take_memory();

	(void)state;
	assert_non_null(block);
	assert_true(stats_rss_bytes() >= before + BLOCK / 2);
	free(block);
}

/* As where /proc is not mounted. */
static const char *
tell_without_proc(void)
{
	const struct refusal statm = {
	    SYS_openat, ENOENT, 2, O_RDONLY | O_CLOEXEC};
	char *block = take_memory();

	if (block == NULL || refuse(&statm) == -1)
		return "refuse";
	free(block);
	return stats_rss_bytes() >= BLOCK ? NULL : "it is not the most so far";
}

static const char *
tell_with_nothing(void)
{
	const struct refusal usage = {SYS_getrusage, EPERM, REFUSE_ANY, 0};
	const struct refusal statm = {
	    SYS_openat, ENOENT, 2, O_RDONLY | O_CLOEXEC};

	if (refuse(&usage) == -1 || refuse(&statm) == -1)
		return "refuse";
	return stats_rss_bytes() == 0 ? NULL : "it is made up";
}

static void
without_proc_it_is_the_most_that_there_was(void **state)
{
	(void)state;
	if (!refuse_is_possible())
		skip();
	child_expect(tell_without_proc);
	child_expect(tell_with_nothing);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(traffic_is_added_to_a_view),
#ifdef __linux__
	    cmocka_unit_test(memory_is_what_there_is_now),
	    cmocka_unit_test(without_proc_it_is_the_most_that_there_was),
#endif
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
