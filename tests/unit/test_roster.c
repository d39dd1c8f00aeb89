/* roster: whole answers, their order, rates, and who is selected. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "roster.h"

#define MANY 10000

static void
add(struct roster *r, uint64_t id, uint64_t age_ms, uint64_t in, uint64_t out)
{
	struct roster_row row = {
	    .id = id, .age_ms = age_ms, .in = in, .out = out};

	snprintf(
	    row.peer, sizeof(row.peer), "127.0.0.1:%u", (unsigned)(20000 - id));
	roster_add(r, &row);
}

/* An answer of these ids, which end with a 0. */
static void
answer(struct roster *r, const uint64_t *ids)
{
	for (; *ids != 0; ids++)
		add(r, *ids, *ids * 1000, 100 / *ids, *ids % 3);
	roster_complete(r);
}

static void
expect(struct roster *r, const uint64_t *ids)
{
	size_t n = 0;

	for (; ids[n] != 0; n++) {
		assert_true(n < roster_count(r));
		assert_int_equal(roster_row(r, n)->id, ids[n]);
	}
	assert_int_equal(roster_count(r), n);
}

#define IDS(...)               \
	(const uint64_t[])     \
	{                      \
		__VA_ARGS__, 0 \
	}

static void
half_an_answer_does_not_show(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	answer(r, IDS(1, 2));
	add(r, 3, 1, 1, 1);
	expect(r, IDS(1, 2));
	roster_abandon(r);
	answer(r, IDS(2));
	expect(r, IDS(2));
	roster_complete(r);
	assert_int_equal(roster_count(r), 0);
	roster_free(r);
}

static void
each_column_sorts_in_both_directions(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	answer(r, IDS(12, 1, 5, 3, 7));
	expect(r, IDS(1, 3, 5, 7, 12));
	roster_sort(r, ROSTER_ID, true);
	expect(r, IDS(12, 7, 5, 3, 1));
	roster_sort(r, ROSTER_AGE, false);
	expect(r, IDS(1, 3, 5, 7, 12));
	roster_sort(r, ROSTER_IN, false);
	expect(r, IDS(12, 7, 5, 3, 1));
	assert_int_equal(roster_column(r), ROSTER_IN);
	assert_false(roster_descends(r));
	/* Equal ones stay by id, upwards, either way. */
	roster_sort(r, ROSTER_OUT, false);
	expect(r, IDS(3, 12, 1, 7, 5));
	roster_sort(r, ROSTER_OUT, true);
	expect(r, IDS(5, 1, 7, 3, 12));
	roster_sort(r, ROSTER_QUEUED, true);
	expect(r, IDS(1, 3, 5, 7, 12));
	roster_free(r);
}

static void
peers_are_sorted_as_people_do(void **state)
{
	static const char *const peers[] = {"127.0.0.1:9", "127.0.0.1:10",
	    "127.0.0.10:2", "[::1]:007", "[::1]:8", "", "127.0.0.1"};
	static const uint64_t expected[] = {6, 7, 1, 2, 3, 4, 5, 0};
	struct roster *r = roster_new();

	(void)state;
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct roster_row row = {.id = i + 1};

		snprintf(row.peer, sizeof(row.peer), "%s", peers[i]);
		roster_add(r, &row);
	}
	roster_complete(r);
	roster_sort(r, ROSTER_PEER, false);
	expect(r, expected);
	roster_free(r);
}

static void
a_rate_is_over_the_time_that_the_client_aged(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	add(r, 1, 1000, 0, 500);
	add(r, 2, 1000, 100, 100);
	roster_complete(r);
	assert_int_equal(roster_row(r, 0)->rate, 0);
	add(r, 2, 3000, 500, 100);
	add(r, 1, 1500, 10, 600);
	add(r, 3, 10, 9999, 9999);
	roster_complete(r);
	assert_int_equal(roster_row(r, 0)->rate, 200);
	assert_int_equal(roster_row(r, 1)->rate, 200);
	assert_int_equal(roster_row(r, 2)->rate, 0);
	/* As old as before, younger, with less: nothing can be said. */
	add(r, 1, 1500, 20, 20);
	add(r, 2, 2000, 9999, 9999);
	add(r, 3, 20, 1, 1);
	roster_complete(r);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(roster_row(r, i)->rate, 0);
	roster_free(r);
}

static void
an_id_of_another_peer_is_another_client(void **state)
{
	struct roster_row row = {.id = 1, .age_ms = 1000, .peer = "a"};
	struct roster *r = roster_new();

	(void)state;
	roster_add(r, &row);
	roster_complete(r);
	row = (struct roster_row){
	    .id = 1, .age_ms = 2000, .in = 1000, .peer = "b"};
	roster_add(r, &row);
	roster_complete(r);
	assert_int_equal(roster_row(r, 0)->rate, 0);
	roster_free(r);
}

static void
expect_selected(struct roster *r, uint64_t id)
{
	const struct roster_row *row;
	size_t n;

	row = roster_selected(r, &n);
	assert_non_null(row);
	assert_int_equal(row->id, id);
	assert_ptr_equal(row, roster_row(r, n));
}

static void
the_selection_moves_between_the_ends(void **state)
{
	struct roster *r = roster_new();
	size_t n;

	(void)state;
	roster_select(r, 1);
	assert_null(roster_selected(r, &n));
	answer(r, IDS(1, 2, 3));
	assert_null(roster_selected(r, &n));
	roster_select(r, 1);
	expect_selected(r, 1);
	roster_select(r, 10);
	expect_selected(r, 3);
	roster_select(r, -1);
	expect_selected(r, 2);
	roster_select(r, -10);
	expect_selected(r, 1);
	roster_select_none(r);
	assert_null(roster_selected(r, &n));
	roster_select(r, -1);
	expect_selected(r, 3);
	roster_free(r);
}

static void
the_selection_stays_on_its_client(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	answer(r, IDS(1, 5, 9));
	roster_select(r, 1);
	roster_select(r, 1);
	answer(r, IDS(1, 2, 3, 4, 5, 9));
	expect_selected(r, 5);
	roster_sort(r, ROSTER_ID, true);
	expect_selected(r, 5);
	roster_select(r, 1);
	expect_selected(r, 4);
	roster_free(r);
}

static void
the_neighbour_is_selected_when_the_client_leaves(void **state)
{
	struct roster *r = roster_new();
	size_t n;

	(void)state;
	answer(r, IDS(1, 2, 3, 4, 5));
	roster_select(r, 1);
	roster_select(r, 1);
	answer(r, IDS(1, 4, 5));
	expect_selected(r, 4);
	roster_sort(r, ROSTER_ID, true);
	answer(r, IDS(1, 5));
	expect_selected(r, 1);
	answer(r, IDS(5, 6));
	expect_selected(r, 5);
	answer(r, IDS(8));
	assert_null(roster_selected(r, &n));
	roster_free(r);
}

static void
an_id_told_twice_counts_once(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	answer(r, IDS(3, 2, 3, 3, 1));
	expect(r, IDS(1, 2, 3));
	answer(r, IDS(3, 3));
	expect(r, IDS(3));
	roster_free(r);
}

static void
add_nameless(struct roster *r, const char *peer, uint64_t age_ms, uint64_t in)
{
	struct roster_row row = {
	    .id = 1, .nameless = true, .age_ms = age_ms, .in = in};

	snprintf(row.peer, sizeof(row.peer), "%s", peer);
	roster_add(r, &row);
}

static void
the_nameless_are_all_there_and_told_apart(void **state)
{
	struct roster *r = roster_new();
	size_t n;

	(void)state;
	for (uint64_t age_ms = 1000; age_ms <= 2000; age_ms += 1000) {
		add_nameless(r, "a", age_ms, age_ms);
		add_nameless(r, "b", age_ms, 3 * age_ms);
		add(r, 1, age_ms, 0, 0);
		roster_complete(r);
	}
	assert_int_equal(roster_count(r), 3);
	assert_int_equal(roster_row(r, 0)->id, 1);
	assert_false(roster_row(r, 0)->nameless);
	assert_true(roster_row(r, 1)->nameless);
	assert_string_equal(roster_row(r, 1)->peer, "b");
	assert_int_equal(roster_row(r, 1)->rate, 3000);
	assert_string_equal(roster_row(r, 2)->peer, "a");
	assert_int_equal(roster_row(r, 2)->rate, 1000);
	assert_int_equal(roster_highest_id(r), 1);
	roster_select(r, -1);
	assert_string_equal(roster_selected(r, &n)->peer, "a");
	roster_free(r);
}

static void
more_than_the_most_are_counted(void **state)
{
	struct roster *r = roster_new();

	(void)state;
	for (uint64_t id = 1; id <= ROSTER_MAX + 7; id++)
		add(r, id, 1, 1, 1);
	roster_complete(r);
	assert_int_equal(roster_count(r), ROSTER_MAX);
	assert_int_equal(roster_left_out(r), 7);
	answer(r, IDS(1));
	assert_int_equal(roster_left_out(r), 0);
	roster_free(r);
}

/* Against qsort(3), with many that are equal. */
static int
by_in_then_id(const void *a, const void *b)
{
	const struct roster_row *x = a, *y = b;

	if (x->in != y->in)
		return x->in < y->in ? 1 : -1;
	return x->id < y->id ? -1 : 1;
}

static void
many_are_sorted_as_few_are(void **state)
{
	struct roster_row *rows = calloc(MANY, sizeof(*rows));
	struct roster *r = roster_new();
	uint32_t seed = 1;

	(void)state;
	assert_non_null(rows);
	for (size_t i = 0; i < MANY; i++) {
		seed = seed * 1664525u + 1013904223u;
		rows[i] = (struct roster_row){.id = i + 1, .in = seed >> 24};
		roster_add(r, &rows[i]);
	}
	roster_complete(r);
	roster_sort(r, ROSTER_IN, true);
	qsort(rows, MANY, sizeof(*rows), by_in_then_id);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(roster_row(r, i)->id, rows[i].id);
	roster_free(r);
	free(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(half_an_answer_does_not_show),
	    cmocka_unit_test(each_column_sorts_in_both_directions),
	    cmocka_unit_test(peers_are_sorted_as_people_do),
	    cmocka_unit_test(a_rate_is_over_the_time_that_the_client_aged),
	    cmocka_unit_test(an_id_of_another_peer_is_another_client),
	    cmocka_unit_test(the_selection_moves_between_the_ends),
	    cmocka_unit_test(the_selection_stays_on_its_client),
	    cmocka_unit_test(the_neighbour_is_selected_when_the_client_leaves),
	    cmocka_unit_test(an_id_told_twice_counts_once),
	    cmocka_unit_test(the_nameless_are_all_there_and_told_apart),
	    cmocka_unit_test(more_than_the_most_are_counted),
	    cmocka_unit_test(many_are_sorted_as_few_are),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
