/* layout: which cells belong to which pane. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "layout.h"

#define SIZE_MAX_TESTED 250

/* Marks the pane's cells; none may be taken or outside. */
static void
take(char cells[SIZE_MAX_TESTED][SIZE_MAX_TESTED],
    const struct layout_pane *pane, int rows, int columns)
{
	assert_true(pane->row >= 0 && pane->row + pane->rows <= rows);
	assert_true(
	    pane->column >= 0 && pane->column + pane->columns <= columns);
	for (int row = pane->row; row < pane->row + pane->rows; row++)
		for (int column = pane->column;
		     column < pane->column + pane->columns; column++) {
			assert_int_equal(cells[row][column], 0);
			cells[row][column] = 1;
		}
}

static void
take_row(char cells[SIZE_MAX_TESTED][SIZE_MAX_TESTED], int row, int rows,
    int columns)
{
	struct layout_pane pane = {row, 0, 1, columns};

	if (row >= 0)
		take(cells, &pane, rows, columns);
}

static void
panes_never_overlap_nor_leave_the_screen(void **state)
{
	static char cells[SIZE_MAX_TESTED][SIZE_MAX_TESTED];

	(void)state;
	for (int columns = LAYOUT_MIN_COLUMNS; columns < SIZE_MAX_TESTED;
	     columns += 3)
		for (int rows = LAYOUT_MIN_ROWS; rows < 60; rows++) {
			struct layout l;

			memset(cells, 0, sizeof(cells));
			layout_compute(&l, rows, columns);
			assert_false(l.too_small);
			assert_true(l.transcript.rows >= 3);
			assert_int_equal(l.input.rows, 1);
			take(cells, &l.title, rows, columns);
			take(cells, &l.transcript, rows, columns);
			take(cells, &l.status, rows, columns);
			take(cells, &l.input, rows, columns);
			take(cells, &l.hint, rows, columns);
			take_row(cells, l.top_rule, rows, columns);
			take_row(cells, l.bottom_rule, rows, columns);
		}
}

static void
the_status_stands_at_the_side_from_100_columns_on(void **state)
{
	struct layout l;

	(void)state;
	layout_compute(&l, 24, 99);
	assert_false(l.side);
	assert_int_equal(l.status.rows, 1);
	assert_int_equal(l.transcript.columns, 99);
	layout_compute(&l, 24, 100);
	assert_true(l.side);
	assert_true(l.status.rows > 1);
	assert_true(l.transcript.columns < l.status.column);
}

/* All that the pane at the side has to tell wants rows. */
static void
a_wide_screen_with_few_rows_has_the_strip(void **state)
{
	struct layout l;

	(void)state;
	layout_compute(&l, 18, 200);
	assert_false(l.side);
	assert_int_equal(l.status.rows, 1);
	layout_compute(&l, 19, 200);
	assert_true(l.side);
	assert_int_equal(l.status.rows, 14);
}

static void
what_is_smaller_than_40_by_8_is_too_small(void **state)
{
	struct layout l;

	(void)state;
	layout_compute(&l, 8, 40);
	assert_false(l.too_small);
	layout_compute(&l, 7, 40);
	assert_true(l.too_small);
	layout_compute(&l, 8, 39);
	assert_true(l.too_small);
	layout_compute(&l, 1, 1);
	assert_true(l.too_small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(panes_never_overlap_nor_leave_the_screen),
	    cmocka_unit_test(the_status_stands_at_the_side_from_100_columns_on),
	    cmocka_unit_test(a_wide_screen_with_few_rows_has_the_strip),
	    cmocka_unit_test(what_is_smaller_than_40_by_8_is_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
