/* watch_layout: which cells of the watch screen belong to which pane. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch_layout.h"

/* Each row has one owner, from the top to the bottom. */
static void
expect_rows(const struct watch_layout *l, int rows)
{
	int row = l->header.rows;

	assert_int_equal(l->header.row, 0);
	assert_int_equal(l->header.rows, 1);
	if (l->top_rule != -1)
		assert_int_equal(l->top_rule, row++);
	if (l->table.rows > 0)
		assert_int_equal(l->table.row, row);
	row += l->table.rows;
	assert_int_equal(l->log_rule, row++);
	assert_int_equal(l->log.row, row);
	row += l->log.rows;
	assert_int_equal(l->keys.row, row++);
	assert_int_equal(row, rows);
}

static void
each_row_has_one_owner(void **state)
{
	struct watch_layout l;

	(void)state;
	for (int rows = LAYOUT_MIN_ROWS; rows < 200; rows++)
		for (long clients = -1; clients < 300; clients++) {
			watch_layout_compute(&l, rows, 80, clients);
			assert_false(l.too_small);
			expect_rows(&l, rows);
			assert_true(l.log.rows >= 3);
			assert_true(l.table.rows <= l.log.rows);
			assert_int_equal(l.log.columns, 80);
		}
}

static void
the_table_has_what_it_needs_up_to_a_half(void **state)
{
	struct watch_layout l;

	(void)state;
	watch_layout_compute(&l, 24, 80, 0);
	assert_int_equal(l.table.rows, 2); /* it says that there is nobody */
	watch_layout_compute(&l, 24, 80, 1);
	assert_int_equal(l.table.rows, 2);
	watch_layout_compute(&l, 24, 80, 3);
	assert_int_equal(l.table.rows, 4);
	watch_layout_compute(&l, 24, 80, 10000);
	assert_int_equal(l.table.rows, 10);
	assert_int_equal(l.log.rows, 10);
	watch_layout_compute(&l, 8, 40, 10000);
	assert_int_equal(l.table.rows, 2);
	assert_int_equal(l.log.rows, 3);
	assert_int_equal(l.top_rule, -1);
}

static void
a_file_has_no_table(void **state)
{
	struct watch_layout l;

	(void)state;
	watch_layout_compute(&l, 24, 80, -1);
	assert_int_equal(l.table.rows, 0);
	assert_int_equal(l.log.rows, 21);
	assert_int_equal(l.top_rule, -1);
}

static void
what_is_too_small_is_said(void **state)
{
	struct watch_layout l;

	(void)state;
	watch_layout_compute(&l, LAYOUT_MIN_ROWS - 1, 80, 3);
	assert_true(l.too_small);
	watch_layout_compute(&l, 24, LAYOUT_MIN_COLUMNS - 1, 3);
	assert_true(l.too_small);
	watch_layout_compute(&l, 1, 1, 3);
	assert_true(l.too_small);
	assert_int_equal(l.keys.row, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_has_one_owner),
	    cmocka_unit_test(the_table_has_what_it_needs_up_to_a_half),
	    cmocka_unit_test(a_file_has_no_table),
	    cmocka_unit_test(what_is_too_small_is_said),
	};

	return cmocka_run_group_tests_name("watch_layout", tests, NULL, NULL);
}
