/* outbox: lines that could not be sent yet. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "outbox.h"

static void
add(struct outbox *o, uint64_t id, const char *text)
{
	struct outbox_line line = {id, text, strlen(text)};

	assert_int_equal(outbox_add(o, &line), 0);
}

static void
expect(struct outbox *o, uint64_t id, const char *text)
{
	struct outbox_line line;

	assert_true(outbox_first(o, &line));
	assert_int_equal(line.id, id);
	assert_int_equal(line.len, strlen(text));
	assert_memory_equal(line.text, text, line.len);
	outbox_remove_first(o);
}

static void
lines_come_out_in_order(void **state)
{
	struct outbox *o = outbox_new();

	(void)state;
	add(o, 1, "one");
	add(o, 2, "");
	add(o, 3, "안녕");
	assert_int_equal(outbox_count(o), 3);
	expect(o, 1, "one");
	expect(o, 2, "");
	expect(o, 3, "안녕");
	assert_int_equal(outbox_count(o), 0);
	outbox_free(o);
}

static void
an_emptied_one_can_be_filled_again(void **state)
{
	struct outbox *o = outbox_new();
	struct outbox_line line;

	(void)state;
	add(o, 1, "a");
	expect(o, 1, "a");
	assert_false(outbox_first(o, &line));
	add(o, 2, "b");
	expect(o, 2, "b");
	outbox_free(o);
}

static void
bytes_count_every_line_and_go_back_to_zero(void **state)
{
	struct outbox *o = outbox_new();
	size_t one;

	(void)state;
	add(o, 1, "");
	one = outbox_bytes(o);
	assert_true(one > 0);
	add(o, 2, "1234567");
	assert_int_equal(outbox_bytes(o), 2 * one + 7);
	expect(o, 1, "");
	expect(o, 2, "1234567");
	assert_int_equal(outbox_bytes(o), 0);
	outbox_free(o);
}

static void
moved_lines_stand_behind_those_that_are_there(void **state)
{
	struct outbox *to = outbox_new(), *from = outbox_new();
	struct outbox_line line;

	(void)state;
	add(to, 1, "a");
	add(from, 2, "b");
	add(from, 3, "c");
	outbox_move(to, from);
	outbox_move(to, from);
	assert_int_equal(outbox_count(from), 0);
	assert_int_equal(outbox_bytes(from), 0);
	assert_false(outbox_first(from, &line));
	add(to, 4, "d");
	add(from, 5, "e");
	assert_int_equal(outbox_count(to), 4);
	expect(to, 1, "a");
	expect(to, 2, "b");
	expect(to, 3, "c");
	expect(to, 4, "d");
	expect(from, 5, "e");
	outbox_move(to, from);
	outbox_free(to);
	outbox_free(from);
}

static void
moved_lines_go_between_those_of_other_ids(void **state)
{
	struct outbox *to = outbox_new(), *from = outbox_new();

	(void)state;
	add(to, 2, "b");
	add(to, 5, "e");
	add(from, 1, "a");
	add(from, 3, "c");
	add(from, 4, "d");
	outbox_move(to, from);
	add(to, 6, "f");
	add(from, 7, "g");
	outbox_move(to, from);
	assert_int_equal(outbox_count(to), 7);
	expect(to, 1, "a");
	expect(to, 2, "b");
	expect(to, 3, "c");
	expect(to, 4, "d");
	expect(to, 5, "e");
	expect(to, 6, "f");
	expect(to, 7, "g");
	assert_int_equal(outbox_bytes(to), 0);
	outbox_free(to);
	outbox_free(from);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_come_out_in_order),
	    cmocka_unit_test(an_emptied_one_can_be_filled_again),
	    cmocka_unit_test(bytes_count_every_line_and_go_back_to_zero),
	    cmocka_unit_test(moved_lines_stand_behind_those_that_are_there),
	    cmocka_unit_test(moved_lines_go_between_those_of_other_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
