/* pool: cells come and go, in any order, and none is handed out twice. */

#include "harness/harness.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

#define CELLS	    5000 /* several slabs of them */
#define LARGE	    4096
#define LARGE_CELLS 600 /* some 40 slabs of them */

struct cell {
	size_t number;
	bool visited;
	char rest[60];
};

struct fixture {
	struct pool *pool;
	struct cell *cells[CELLS];
};

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	size_t i;

	assert_non_null(fixture);
	fixture->pool = pool_new(sizeof(struct cell), fixture);
	assert_non_null(fixture->pool);
	for (i = 0; i < CELLS; i++) {
		fixture->cells[i] = pool_get(fixture->pool);
		assert_non_null(fixture->cells[i]);
		assert_int_equal(fixture->cells[i]->number, 0);
		memset(fixture->cells[i], 0xff, sizeof(struct cell));
		fixture->cells[i]->number = i;
		fixture->cells[i]->visited = false;
	}
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	pool_free(fixture->pool);
	free(fixture);
	return 0;
}

static void
visit(void *arg)
{
	struct cell *cell = arg;

	assert_false(cell->visited);
	cell->visited = true;
}

static void
put_odd(void *arg)
{
	struct cell *cell = arg;

	visit(cell);
	if (cell->number % 2 == 1)
		pool_put(cell);
}

static void
test_every_cell_is_its_own_and_knows_the_owner(void **state)
{
	struct fixture *fixture = *state;
	size_t i;

	assert_int_equal(pool_count(fixture->pool), CELLS);
	for (i = 0; i < CELLS; i++) {
		assert_int_equal(fixture->cells[i]->number, i);
		assert_ptr_equal(pool_owner(fixture->cells[i]), fixture);
	}
}

static void
test_each_visits_every_cell_once(void **state)
{
	struct fixture *fixture = *state;
	size_t i;

	pool_each(fixture->pool, visit);
	for (i = 0; i < CELLS; i++)
		assert_true(fixture->cells[i]->visited);
}

static void
test_each_may_put_the_cell_that_it_visits(void **state)
{
	struct fixture *fixture = *state;
	size_t i;

	pool_each(fixture->pool, put_odd);
	assert_int_equal(pool_count(fixture->pool), CELLS / 2);
	for (i = 0; i < CELLS; i += 2)
		assert_true(fixture->cells[i]->visited);
	pool_each(fixture->pool, pool_put);
	assert_int_equal(pool_count(fixture->pool), 0);
}

struct tour {
	size_t visits;
	size_t sum; /* of numbers */
};

static void
note_and_put_odd(void *arg, void *tour_arg)
{
	const struct cell *cell = arg;
	struct tour *tour = tour_arg;

	tour->visits++;
	tour->sum += cell->number;
	put_odd(arg);
}

static void
test_a_visitor_has_its_own_argument_and_may_put_the_cell(void **state)
{
	struct fixture *fixture = *state;
	struct tour tour = {0};
	size_t i;

	pool_visit(fixture->pool, note_and_put_odd, &tour);
	assert_int_equal(tour.visits, CELLS);
	assert_int_equal(tour.sum, CELLS * (CELLS - 1) / 2);
	assert_int_equal(pool_count(fixture->pool), CELLS / 2);
	for (i = 0; i < CELLS; i += 2)
		fixture->cells[i]->visited = false;
	tour = (struct tour){0};
	pool_visit(fixture->pool, note_and_put_odd, &tour);
	assert_int_equal(tour.visits, CELLS / 2);
}

static void
test_what_was_put_is_handed_out_again_as_zeros(void **state)
{
	static const char zeros[sizeof(struct cell)];
	struct fixture *fixture = *state;
	struct cell *cell;
	size_t i;

	for (i = 0; i < CELLS; i += 3)
		pool_put(fixture->cells[i]);
	for (i = 0; i < CELLS; i += 3) {
		cell = pool_get(fixture->pool);
		assert_non_null(cell);
		assert_memory_equal(cell, zeros, sizeof(zeros));
		cell->number = i;
		fixture->cells[i] = cell;
	}
	test_every_cell_is_its_own_and_knows_the_owner(state);
	test_each_visits_every_cell_once(state);
}

static void
test_an_emptied_pool_serves_again(void **state)
{
	struct fixture *fixture = *state;
	struct cell *cell;
	size_t i;

	for (i = 0; i < CELLS; i++)
		pool_put(fixture->cells[i]);
	pool_put(NULL);
	assert_int_equal(pool_count(fixture->pool), 0);
	pool_each(fixture->pool, visit);
	cell = pool_get(fixture->pool);
	assert_non_null(cell);
	assert_int_equal(pool_count(fixture->pool), 1);
	pool_put(cell);
}

/* The largest cells there are: a slab has few of them. */
static void
test_it_grows_by_as_many_slabs_as_it_takes(void **state)
{
	struct pool *pool = pool_new(LARGE, NULL);
	size_t *cells[LARGE_CELLS];
	size_t i;

	(void)state;
	assert_non_null(pool);
	for (i = 0; i < LARGE_CELLS; i++) {
		cells[i] = pool_get(pool);
		assert_non_null(cells[i]);
		assert_int_equal(*cells[i], 0);
		*cells[i] = i + 1;
	}
	assert_int_equal(pool_count(pool), LARGE_CELLS);
	for (i = 0; i < LARGE_CELLS; i++) {
		assert_int_equal(*cells[i], i + 1);
		pool_put(cells[i]);
	}
	assert_int_equal(pool_count(pool), 0);
	pool_free(pool);
}

static void
test_a_size_that_does_not_fit_a_slab_is_refused(void **state)
{
	(void)state;
	assert_null(pool_new(0, NULL));
	assert_int_equal(errno, EINVAL);
	assert_null(pool_new(65536, NULL));
	assert_int_equal(errno, EINVAL);
	pool_free(NULL);
}

#define POOL_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    POOL_TEST(test_every_cell_is_its_own_and_knows_the_owner),
	    POOL_TEST(test_each_visits_every_cell_once),
	    POOL_TEST(test_each_may_put_the_cell_that_it_visits),
	    POOL_TEST(test_a_visitor_has_its_own_argument_and_may_put_the_cell),
	    POOL_TEST(test_what_was_put_is_handed_out_again_as_zeros),
	    POOL_TEST(test_an_emptied_pool_serves_again),
	    cmocka_unit_test(test_it_grows_by_as_many_slabs_as_it_takes),
	    cmocka_unit_test(test_a_size_that_does_not_fit_a_slab_is_refused),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
