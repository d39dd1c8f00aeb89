/* sampler: looks once a second, as long as there is something to see. */

#include <stdbool.h>
#include <stdlib.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "inbox.h"
#include "loop.h"
#include "rates.h"
#include "sampler.h"
#include "stats.h"

#define QUIET_MS 1500 /* longer than from one look to the next */
#define MESSAGES 7

struct bench {
	struct loop *loop;
	struct inbox *inbox;
	struct sampler *sampler;
	struct stats stats; /* what there is to see */
	unsigned looks;
	unsigned comes; /* the look that sees a client first; 0: none does */
	unsigned goes;	/* the look that sees that it has left; 0: none */
};

static void
collect(void *arg, struct stats *stats)
{
	struct bench *bench = arg;

	bench->looks++;
	if (bench->looks == bench->comes) {
		bench->stats.accepted++;
		bench->stats.open = 1;
	}
	if (bench->looks == bench->goes)
		bench->stats.open = 0;
	*stats = bench->stats;
}

static int
set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	bench->loop = loop_new();
	assert_non_null(bench->loop);
	bench->inbox = inbox_new(bench->loop);
	assert_non_null(bench->inbox);
	bench->sampler = sampler_new(bench->loop, bench->inbox, collect, bench);
	assert_non_null(bench->sampler);
	*state = bench;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;

	inbox_free(bench->inbox);
	sampler_free(bench->sampler);
	loop_free(bench->loop);
	free(bench);
	return 0;
}

static void
wait_looks(struct bench *bench, unsigned count)
{
	while (bench->looks < count)
		assert_true(loop_once(bench->loop, DEADLINE_MS) > 0);
	assert_int_equal(bench->looks, count);
}

static void
expect_quiet(struct bench *bench)
{
	const unsigned looks = bench->looks;

	assert_int_equal(loop_once(bench->loop, QUIET_MS), 0);
	assert_int_equal(bench->looks, looks);
}

static void
without_a_client_it_sleeps(void **state)
{
	struct bench *bench = *state;
	struct rates_values values;

	expect_quiet(bench);
	sampler_over(bench->sampler, 1, &values);
	assert_int_equal(values.messages, 0);
}

static void
a_client_wakes_it_and_is_looked_at_while_it_is_there(void **state)
{
	struct bench *bench = *state;
	struct rates_values values;

	bench->stats.open = 1;
	bench->stats.messages = MESSAGES;
	sampler_stir(bench->sampler);
	sampler_stir(bench->sampler);
	wait_looks(bench, 1);
	sampler_over(bench->sampler, RATES_SECONDS_MAX, &values);
	assert_int_equal(values.messages, MESSAGES * 1000 / RATES_SECONDS_MAX);
	wait_looks(bench, 2);
}

/* A look to see that nothing is there, and one to be sure. */
static void
who_came_and_went_in_silence_wakes_it_once(void **state)
{
	struct bench *bench = *state;

	sampler_stir(bench->sampler);
	wait_looks(bench, 2);
	expect_quiet(bench);
	sampler_stir(bench->sampler);
	wait_looks(bench, 4);
	expect_quiet(bench);
}

static void
who_comes_just_when_it_stops_is_seen(void **state)
{
	struct bench *bench = *state;

	bench->comes = 2;
	sampler_stir(bench->sampler);
	wait_looks(bench, 2);
	wait_looks(bench, 3);
}

/* What it said belongs to this second, so the sampler has to go on. */
static void
who_came_and_left_just_then_is_seen_too(void **state)
{
	struct bench *bench = *state;

	bench->comes = bench->goes = 2;
	sampler_stir(bench->sampler);
	wait_looks(bench, 2);
	wait_looks(bench, 4);
	expect_quiet(bench);
}

#define SAMPLER_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    SAMPLER_TEST(without_a_client_it_sleeps),
	    SAMPLER_TEST(a_client_wakes_it_and_is_looked_at_while_it_is_there),
	    SAMPLER_TEST(who_came_and_went_in_silence_wakes_it_once),
	    SAMPLER_TEST(who_comes_just_when_it_stops_is_seen),
	    SAMPLER_TEST(who_came_and_left_just_then_is_seen_too),
	};

	sampler_free(NULL);
	return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
