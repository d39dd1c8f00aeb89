/* account: what of a log counts, and as what. */

#include <string.h>

#include "account.h"
#include "harness/harness.h"

static void
add(struct account *a, const char *line)
{
	account_add(a, line, strlen(line));
}

static void
clients_are_counted_as_they_come_and_go(void **state)
{
	struct account a = {0};

	(void)state;
	add(&a, "{\"level\":\"info\",\"event\":\"connect\",\"client\":1}");
	add(&a, "{\"level\":\"info\",\"event\":\"connect\",\"client\":2}");
	add(&a, "{\"event\":\"close\",\"client\":1,\"reason\":\"peer\"}");
	add(&a, "{\"event\":\"close\",\"client\":2,\"reason\":\"stall\"}");
	add(&a, "{\"event\":\"close\",\"client\":3,\"reason\":\"kicked\"}");
	assert_int_equal(a.connects, 2);
	assert_int_equal(account_closes(&a), 3);
	assert_int_equal(a.closes[ACCOUNT_PEER], 1);
	assert_int_equal(a.closes[ACCOUNT_RESET], 0);
	assert_int_equal(a.closes[ACCOUNT_STALL], 1);
	assert_int_equal(a.closes[ACCOUNT_OTHER], 1);
}

static void
dropped_events_are_added_up(void **state)
{
	struct account a = {0};

	(void)state;
	add(&a, "{\"level\":\"warning\",\"event\":\"dropped\",\"events\":40}");
	add(&a, "{\"level\":\"warning\",\"event\":\"dropped\",\"events\":2}");
	assert_int_equal(a.dropped, 42);
}

static void
what_is_no_event_of_a_client_is_told_apart(void **state)
{
	struct account a = {0};

	(void)state;
	add(&a, "{\"level\":\"error\",\"event\":\"error\",\"error\":\"x\"}");
	add(&a, "{\"event\":\"refuse\",\"reason\":\"limit\"}");
	add(&a, "{\"event\":\"reopen\"}");
	add(&a, "{\"text\":\"\\\"event\\\":\\\"connect\\\"\"}");
	assert_int_equal(a.errors, 1);
	assert_int_equal(a.refused, 1);
	assert_int_equal(a.reopened, 1);
	assert_int_equal(a.connects, 0);
}

static void
a_number_is_that_of_its_key(void **state)
{
	static const char line[] = "{\"open\":3,\"accepted\":4711}";

	(void)state;
	assert_int_equal(account_number(line, strlen(line), "open"), 3);
	assert_int_equal(account_number(line, strlen(line), "accepted"), 4711);
	assert_int_equal(account_number(line, strlen(line), "in"), 0);
	/* no further than the line is long */
	assert_int_equal(account_number(line, 10, "accepted"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clients_are_counted_as_they_come_and_go),
	    cmocka_unit_test(dropped_events_are_added_up),
	    cmocka_unit_test(what_is_no_event_of_a_client_is_told_apart),
	    cmocka_unit_test(a_number_is_that_of_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
