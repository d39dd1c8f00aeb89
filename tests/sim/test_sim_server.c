/*
 * sim: yodeld's server among clients that are made up, in a system that is too.
 * With a seed as its argument it plays that one and says what came of it.
 */

#include "harness/harness.h"
#include "sim_server.h"
#include "sim_play.h"

#define SEEDS 60

static void
test_nothing_is_lost_whatever_happens(void **state)
{
	(void)state;
	sim_play_seeds(sim_server_run, SEEDS);
}

static void
test_a_seed_is_the_same_run_each_time(void **state)
{
	(void)state;
	sim_play_twice(sim_server_run, 7);
}

static void
test_nothing_is_lost_in_a_minute(void **state)
{
	(void)state;
	sim_play_minute(sim_server_run);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_nothing_is_lost_whatever_happens, sim_play_teardown),
	    cmocka_unit_test_teardown(
		test_a_seed_is_the_same_run_each_time, sim_play_teardown),
	    cmocka_unit_test_teardown(
		test_nothing_is_lost_in_a_minute, sim_play_teardown),
	};

	if (argc > 1)
		return sim_play_again(sim_server_run, argv[1]);
	return cmocka_run_group_tests_name("sim: server", tests, NULL, NULL);
}
