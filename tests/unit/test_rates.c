/* rates: what passed in a second, however the samples come. */

#include <stdlib.h>

#include "harness/harness.h"
#include "rates.h"
#include "stats.h"

#define START_MS   12345 /* a clock does not begin at 0 */
#define RATE	   100	 /* messages in a second */
#define EACH_IN	   70	 /* bytes of each */
#define EACH_OUT   30
#define LONG	   (3 * RATES_SAMPLES) /* samples */
#define HOUR_MS	   (3600 * 1000)
#define DAY_MS	   (24 * UINT64_C(3600000))
#define FAST_BYTES UINT64_C(10000000) /* in a millisecond */

/* Whoever takes samples of a server, and the server. */
struct bench {
	struct rates rates;
	struct stats stats;
	uint64_t now_ms;
};

static int
set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	bench->now_ms = START_MS;
	*state = bench;
	return 0;
}

static int
tear_down(void **state)
{
	free(*state);
	return 0;
}

/* So many messages in so much time, then a sample. */
static void
pass(struct bench *bench, uint64_t ms, uint64_t messages)
{
	bench->now_ms += ms;
	bench->stats.messages += messages;
	bench->stats.in_bytes += EACH_IN * messages;
	bench->stats.out_bytes += EACH_OUT * messages;
	rates_add(&bench->rates, bench->now_ms, &bench->stats);
}

/* At RATE. */
static void
pass_evenly(struct bench *bench, uint64_t ms)
{
	pass(bench, ms, ms * RATE / 1000);
}

/* Messages in a second, in thousandths, over that span; bytes are as many. */
static void
expect(const struct bench *bench, unsigned seconds, uint64_t thousandths)
{
	struct rates_values values;

	rates_over(&bench->rates, seconds, &values);
	assert_int_equal(values.messages, thousandths);
	/* each may lose less than a thousandth */
	assert_in_range(values.in_bytes, EACH_IN * thousandths,
	    EACH_IN * (thousandths + 1));
	assert_in_range(values.out_bytes, EACH_OUT * thousandths,
	    EACH_OUT * (thousandths + 1));
}

static void
expect_rate(const struct bench *bench)
{
	expect(bench, 1, RATE * 1000);
	expect(bench, 10, RATE * 1000);
	expect(bench, RATES_SECONDS_MAX, RATE * 1000);
}

static void
without_samples_nothing_passes(void **state)
{
	struct bench *bench = *state;

	expect(bench, 1, 0);
	expect(bench, RATES_SECONDS_MAX, 0);
	pass(bench, 0, 500);
	expect(bench, 1, 0);
	expect(bench, RATES_SECONDS_MAX, 0);
}

static void
a_steady_stream_has_one_rate(void **state)
{
	struct bench *bench = *state;
	int i;

	for (i = 0; i <= RATES_SECONDS_MAX; i++)
		pass_evenly(bench, 1000);
	expect_rate(bench);
	for (i = 0; i < LONG; i++) {
		pass_evenly(bench, 1000);
		expect_rate(bench);
	}
}

static void
a_late_sample_changes_no_rate(void **state)
{
	static const uint64_t late_ms[] = {
	    10, 20, 500, 510, 1000, 3000, 9000, 30000, HOUR_MS};
	struct bench *bench = *state;
	size_t i;
	int second;

	for (i = 0; i < sizeof(late_ms) / sizeof(late_ms[0]); i++) {
		for (second = 0; second <= RATES_SECONDS_MAX; second++)
			pass_evenly(bench, 1000);
		pass_evenly(bench, 1000 + late_ms[i]);
		expect_rate(bench);
		pass_evenly(bench, 1000);
		expect_rate(bench);
	}
}

static void
a_timer_that_is_always_late_changes_no_rate(void **state)
{
	struct bench *bench = *state;
	int i;

	for (i = 0; i <= RATES_SECONDS_MAX; i++)
		pass_evenly(bench, 1000 + 10 * (uint64_t)(i % 7));
	for (i = 0; i < LONG; i++) {
		pass_evenly(bench, 1000 + 10 * (uint64_t)(i % 7));
		expect_rate(bench);
	}
}

/* A span that is longer than the time so far is a span all the same. */
static void
few_samples_are_over_the_whole_span(void **state)
{
	struct bench *bench = *state;

	pass(bench, 0, 0);
	pass(bench, 1000, 600);
	expect(bench, 1, 600 * 1000);
	expect(bench, 10, 60 * 1000);
	expect(bench, 60, 10 * 1000);
	pass(bench, 1000, 600);
	expect(bench, 1, 600 * 1000);
	expect(bench, 10, 120 * 1000);
	expect(bench, 60, 20 * 1000);
}

static void
after_a_pause_only_what_came_since_counts(void **state)
{
	struct bench *bench = *state;
	int i;

	for (i = 0; i < LONG; i++)
		pass_evenly(bench, 1000);
	for (i = 0; i <= RATES_SECONDS_MAX; i++)
		pass(bench, 1000, 0);
	expect(bench, RATES_SECONDS_MAX, 0);
	pass(bench, HOUR_MS, 0);
	expect(bench, RATES_SECONDS_MAX, 0);
	pass(bench, 1000, 600);
	expect(bench, 1, 600 * 1000);
	expect(bench, 10, 60 * 1000);
	expect(bench, 60, 10 * 1000);
}

static void
a_burst_leaves_each_span_in_its_time(void **state)
{
	struct bench *bench = *state;
	int i;

	for (i = 0; i < 5; i++)
		pass(bench, 1000, 0);
	pass(bench, 1000, 6000);
	expect(bench, 1, 6000 * 1000);
	for (i = 1; i <= RATES_SECONDS_MAX; i++) {
		expect(bench, 10, i <= 10 ? 600 * 1000 : 0);
		expect(bench, 60, 100 * 1000);
		pass(bench, 1000, 0);
		expect(bench, 1, 0);
	}
	expect(bench, 60, 0);
}

static void
no_number_is_too_large(void **state)
{
	struct bench *bench = *state;
	struct rates_values values;

	pass(bench, 0, 0);
	bench->now_ms += DAY_MS;
	bench->stats.in_bytes += DAY_MS * FAST_BYTES;
	rates_add(&bench->rates, bench->now_ms, &bench->stats);
	rates_over(&bench->rates, 1, &values);
	assert_int_equal(values.in_bytes, FAST_BYTES * 1000 * 1000);
	rates_over(&bench->rates, RATES_SECONDS_MAX, &values);
	assert_int_equal(values.in_bytes, FAST_BYTES * 1000 * 1000);
}

#define RATES_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RATES_TEST(without_samples_nothing_passes),
	    RATES_TEST(a_steady_stream_has_one_rate),
	    RATES_TEST(a_late_sample_changes_no_rate),
	    RATES_TEST(a_timer_that_is_always_late_changes_no_rate),
	    RATES_TEST(few_samples_are_over_the_whole_span),
	    RATES_TEST(after_a_pause_only_what_came_since_counts),
	    RATES_TEST(a_burst_leaves_each_span_in_its_time),
	    RATES_TEST(no_number_is_too_large),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
