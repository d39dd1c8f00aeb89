/* gauge: what is flat, and what is a leak. */

#include <fcntl.h>
#include <unistd.h>

#include "gauge.h"
#include "harness/harness.h"

static struct gauge
measured(uint64_t first, uint64_t second, uint64_t third)
{
	struct gauge g = {0};

	gauge_add(&g, 0, first);
	gauge_add(&g, 1, second);
	gauge_add(&g, 2, third);
	return g;
}

static void
the_most_and_the_least_of_a_third_are_kept(void **state)
{
	struct gauge g = measured(5, 6, 7);

	(void)state;
	gauge_add(&g, 1, 9);
	gauge_add(&g, 1, 2);
	gauge_add(&g, 1, 0);
	assert_int_equal(g.most[1], 9);
	assert_int_equal(g.least[1], 2);
	assert_int_equal(g.most[0], 5);
	assert_int_equal(g.least[2], 7);
}

static void
what_grows_beyond_a_twentieth_and_the_slack_is_not_flat(void **state)
{
	struct gauge flat = measured(1000, 5000, 1060);
	struct gauge leak = measured(1000, 1000, 1061);

	(void)state;
	assert_true(gauge_is_flat(&flat, 10));
	assert_false(gauge_is_flat(&leak, 10));
}

static void
a_peak_is_no_leak_to_what_is_compared_by_the_least(void **state)
{
	struct gauge peak = measured(1000, 1000, 1000);
	struct gauge leak = measured(1000, 1000, 1100);

	(void)state;
	gauge_add(&peak, 2, 9000);
	assert_true(gauge_is_even(&peak, 10));
	assert_false(gauge_is_even(&leak, 10));
}

static void
what_was_not_told_is_no_leak(void **state)
{
	struct gauge g = measured(0, 0, 0);

	(void)state;
	assert_true(gauge_is_flat(&g, 0));
}

static void
a_descriptor_more_is_counted(void **state)
{
	uint64_t before = gauge_count_fds(getpid()), with;
	int fd;

	(void)state;
	if (before == 0)
		skip();
	fd = open("/dev/null", O_RDONLY);
	assert_int_not_equal(fd, -1);
	with = gauge_count_fds(getpid());
	close(fd);
	assert_int_equal(with, before + 1);
	assert_int_equal(gauge_count_fds(getpid()), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_most_and_the_least_of_a_third_are_kept),
	    cmocka_unit_test(
		what_grows_beyond_a_twentieth_and_the_slack_is_not_flat),
	    cmocka_unit_test(
		a_peak_is_no_leak_to_what_is_compared_by_the_least),
	    cmocka_unit_test(what_was_not_told_is_no_leak),
	    cmocka_unit_test(a_descriptor_more_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
