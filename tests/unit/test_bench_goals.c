/* goals: which loads they are for, what meets them, how that is told. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "goals.h"
#include "idle.h"
#include "ledger.h"
#include "report.h"
#include "servers.h"

#define TEXT_BYTES 8192

static const struct shape one = {.clients = 1, .size = 64, .depth = 1};
static const struct shape many = {.clients = 50, .size = 64, .depth = 16};
static const struct shape bulk = {.clients = 50, .size = 65536, .depth = 1};

static void
test_a_goal_without_bounds_is_for_every_load(void **state)
{
	const struct goal g = {.at_most = 1};

	(void)state;
	assert_true(goal_concerns(&g, &one));
	assert_true(goal_concerns(&g, &many));
	assert_true(goal_concerns(&g, &bulk));
}

static void
test_each_bound_keeps_out_what_is_beyond_it(void **state)
{
	const struct goal few = {.clients_max = 1}, crowd = {.clients_min = 50},
			  small = {.size_max = 65535},
			  large = {.size_min = 65536}, flat = {.depth_max = 1};

	(void)state;
	assert_true(goal_concerns(&few, &one));
	assert_false(goal_concerns(&few, &many));
	assert_false(goal_concerns(&crowd, &one));
	assert_true(goal_concerns(&crowd, &many));
	assert_true(goal_concerns(&small, &many));
	assert_false(goal_concerns(&small, &bulk));
	assert_false(goal_concerns(&large, &many));
	assert_true(goal_concerns(&large, &bulk));
	assert_true(goal_concerns(&flat, &bulk));
	assert_false(goal_concerns(&flat, &many));
}

static void
test_one_miss_is_enough(void **state)
{
	const struct goal most = {.at_most = 1.05}, least = {.at_least = 3};

	(void)state;
	assert_int_equal(goal_judge(&most, GOAL_UNKNOWN, 1.05), GOAL_MET);
	assert_int_equal(goal_judge(&most, GOAL_MET, 0.5), GOAL_MET);
	assert_int_equal(goal_judge(&most, GOAL_MET, 1.051), GOAL_MISSED);
	assert_int_equal(goal_judge(&most, GOAL_MISSED, 0.5), GOAL_MISSED);
	assert_int_equal(goal_judge(&least, GOAL_UNKNOWN, 3), GOAL_MET);
	assert_int_equal(goal_judge(&least, GOAL_UNKNOWN, 2.99), GOAL_MISSED);
	assert_int_equal(goal_judge(&least, GOAL_MISSED, 9), GOAL_MISSED);
}

static void
test_each_goal_has_one_bound_and_a_server(void **state)
{
	size_t count, i;
	const struct goal *goals = goals_all(&count);

	(void)state;
	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		assert_non_null(goals[i].server);
		assert_true((goals[i].at_most > 0) != (goals[i].at_least > 0));
	}
}

/* A benchmark of one round: what each server took for a message. */
static const struct server ours = {.name = SERVERS_OURS}, raw = {.name = "raw"},
			   uv = {.name = "libuv"};
static const struct server *const servers[] = {&ours, &raw, &uv};

static void
enter(struct ledger *l, size_t kase, size_t server, double cpu_us)
{
	*ledger_at(l, 0, kase, server) = (struct ledger_entry){
	    .state = LEDGER_GOOD,
	    .result = {.messages = 1, .seconds = 1, .cpu_us = cpu_us},
	};
}

static void
print_goals(const struct report *r, char text[TEXT_BYTES])
{
	FILE *file = tmpfile();
	size_t len;

	assert_non_null(file);
	report_goals(r, file);
	rewind(file);
	len = fread(text, 1, TEXT_BYTES - 1, file);
	text[len] = '\0';
	assert_int_equal(fclose(file), 0);
}

static void
assert_line(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("'%s' is not in:\n%s", line, text);
}

static void
test_the_table_says_what_is_met_missed_and_not_asked_for(void **state)
{
	const struct shape shapes[] = {one, bulk};
	const struct calls calls = {.count = 1, .kinds = {{"read", 2.2}}};
	const struct idle idle = {.clients = 10, .bytes = 100};
	struct report r = {.ledger = ledger_new(1, 2, 3),
	    .rounds = 1,
	    .shapes = shapes,
	    .shape_count = 2,
	    .servers = servers,
	    .server_count = 3,
	    .baseline = 1,
	    .calls = &calls,
	    .idle = &idle};
	char text[TEXT_BYTES];

	(void)state;
	assert_non_null(r.ledger);
	enter(r.ledger, 0, 0, 1.02);
	enter(r.ledger, 0, 1, 1);
	enter(r.ledger, 1, 0, 0.8);
	enter(r.ledger, 1, 1, 1);
	enter(r.ledger, 1, 2, 1);
	print_goals(&r, text);
	assert_line(text, "1x64x1    50x64Kx1   wanted\n");
	assert_line(
	    text, "/ raw            1.020      (0.800)   <= 1.05  met\n");
	assert_line(
	    text, "/ raw           (1.020)      0.800!   <= 0.75  missed\n");
	assert_line(
	    text, "/ libuv              -       0.800    <= 1.00  met\n");
	assert_line(text,
	    "/ libev              -           -    <= 1.05  not measured\n");
	assert_line(text, "2.20 (read 2.20; 50 clients)   <= 2.10  missed\n");
	assert_line(text, "100 bytes (10 clients)   <= 128  met\n");
	assert_line(text, "goals: 3 met, 2 missed, ");
	ledger_free(r.ledger);
}

static void
test_what_was_not_measured_at_all_is_said(void **state)
{
	struct report r = {.ledger = ledger_new(1, 1, 3),
	    .rounds = 1,
	    .shapes = &one,
	    .shape_count = 1,
	    .servers = servers,
	    .server_count = 3,
	    .baseline = 1};
	char text[TEXT_BYTES];

	(void)state;
	assert_non_null(r.ledger);
	print_goals(&r, text);
	assert_line(text, "system calls per message: not measured\n");
	assert_line(text, "memory of an idle client: not measured\n");
	assert_line(text, "goals: 0 met, 0 missed, ");
	ledger_free(r.ledger);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_goal_without_bounds_is_for_every_load),
	    cmocka_unit_test(test_each_bound_keeps_out_what_is_beyond_it),
	    cmocka_unit_test(test_one_miss_is_enough),
	    cmocka_unit_test(test_each_goal_has_one_bound_and_a_server),
	    cmocka_unit_test(
		test_the_table_says_what_is_met_missed_and_not_asked_for),
	    cmocka_unit_test(test_what_was_not_measured_at_all_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
