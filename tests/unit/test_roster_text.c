/* roster_text: the cells of the table. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roster_text.h"

static void
expect(const struct roster_row *row, enum roster_column column,
    const char *expected)
{
	char buf[ROSTER_TEXT_BYTES];

	assert_string_equal(roster_text_cell(buf, row, column), expected);
}

static void
cells_are_for_a_person(void **state)
{
	const struct roster_row row = {.id = 3,
	    .peer = "127.0.0.1:53122",
	    .age_ms = 751000,
	    .idle_ms = 290,
	    .in = 214,
	    .out = 1200000,
	    .rate = 80000};

	(void)state;
	expect(&row, ROSTER_ID, "#3");
	expect(&row, ROSTER_PEER, "127.0.0.1:53122");
	expect(&row, ROSTER_AGE, "00:12:31");
	expect(&row, ROSTER_IDLE, "0.2 s");
	expect(&row, ROSTER_IN, "214 B");
	expect(&row, ROSTER_OUT, "1.2 MB");
	expect(&row, ROSTER_RATE, "80.0 kB/s");
	expect(&row, ROSTER_QUEUED, "0");
}

static void
who_has_no_number_is_given_none(void **state)
{
	const struct roster_row row = {.id = 3, .nameless = true};

	(void)state;
	expect(&row, ROSTER_ID, "#?");
}

static void
long_times_change_their_form(void **state)
{
	struct roster_row row = {.idle_ms = 59999, .age_ms = 359999999};

	(void)state;
	expect(&row, ROSTER_IDLE, "59.9 s");
	expect(&row, ROSTER_AGE, "99:59:59");
	row.idle_ms = 60000;
	row.age_ms = 360000000;
	expect(&row, ROSTER_IDLE, "00:01:00");
	expect(&row, ROSTER_AGE, "4d 04h");
}

static void
usual_cells_fit_their_columns(void **state)
{
	struct roster_row row = {.id = 99999,
	    .peer = "255.255.255.255:65535",
	    .age_ms = 359999999,
	    .idle_ms = 359999999,
	    .in = 999900,
	    .out = 999900,
	    .rate = 999900,
	    .queued = 999900};
	char buf[ROSTER_TEXT_BYTES];

	(void)state;
	for (int i = 0; i < ROSTER_COLUMNS; i++) {
		enum roster_column column = (enum roster_column)i;

		assert_true(strlen(roster_text_cell(buf, &row, column)) <=
		    (size_t)roster_text_heading(column)->columns);
		/* With the arrow behind it. */
		assert_true(strlen(roster_text_heading(column)->name) <
		    (size_t)roster_text_heading(column)->columns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cells_are_for_a_person),
	    cmocka_unit_test(who_has_no_number_is_given_none),
	    cmocka_unit_test(long_times_change_their_form),
	    cmocka_unit_test(usual_cells_fit_their_columns),
	};

	return cmocka_run_group_tests_name("roster_text", tests, NULL, NULL);
}
