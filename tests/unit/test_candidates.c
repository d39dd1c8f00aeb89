/* candidates: the texts that a word may become. */

#include <string.h>

#include "candidates.h"
#include "harness/harness.h"
#include "harness/region.h"

static struct candidates found;

static int
teardown(void **state)
{
	(void)state;
	candidates_clear(&found);
	return 0;
}

static void
expect_extended(size_t typed, const char *wanted)
{
	char out[32];

	assert_int_equal(
	    candidates_extend(&found, typed, out, sizeof(out)), strlen(wanted));
	assert_string_equal(out, wanted);
}

static void
expect_line(size_t columns, const char *wanted)
{
	char out[128];

	assert_string_equal(
	    candidates_line(&found, columns, out, sizeof(out)), wanted);
}

static void
what_they_have_in_common_is_appended(void **state)
{
	(void)state;
	expect_extended(0, "");
	candidates_add(&found, "reconnect");
	expect_extended(2, "connect");
	candidates_add(&found, "recover");
	expect_extended(2, "co");
	candidates_add(&found, "record");
	candidates_add(&found, "resend");
	expect_extended(2, "");
	assert_int_equal(found.common, 2);
}

static void
a_character_is_never_cut(void **state)
{
	(void)state;
	/* These two differ in their third byte. */
	candidates_add(&found, "말하기");
	candidates_add(&found, "말한다");
	expect_extended(0, "말");
	expect_extended(3, "");
}

static void
a_mark_stays_with_what_it_stands_on(void **state)
{
	(void)state;
	candidates_add(&found, "cafe\xcc\x81");
	candidates_add(&found, "cafes");
	expect_extended(1, "af");
}

static void
what_would_act_or_hide_is_not_typed(void **state)
{
	(void)state;
	candidates_add(&found, "evil\033[2Jname");
	expect_extended(2, "il");
	expect_line(40, "evil^[[2Jname");
	candidates_clear(&found);
	candidates_add(&found, "half\xff");
	expect_extended(0, "half");
	candidates_clear(&found);
	candidates_add(&found, "new\nline");
	expect_extended(3, "");
}

static void
a_short_buffer_gets_whole_characters(void **state)
{
	char out[5];

	(void)state;
	candidates_add(&found, "메아리");
	assert_int_equal(candidates_extend(&found, 0, out, sizeof(out)), 3);
	assert_string_equal(out, "메");
}

static void
the_line_shows_as_many_as_fit(void **state)
{
	(void)state;
	candidates_add(&found, "one");
	candidates_add(&found, "two");
	candidates_add(&found, "three");
	candidates_add(&found, "four");
	expect_line(21, "one  two  three  four");
	expect_line(20, "one  two  three  +1");
	expect_line(19, "one  two  three  +1");
	expect_line(18, "one  two  +2");
	expect_line(7, "one  +3");
	expect_line(3, "+4");
	expect_line(0, "+4");
}

static void
the_line_counts_columns(void **state)
{
	(void)state;
	candidates_add(&found, "안녕");
	candidates_add(&found, "안경");
	expect_line(10, "안녕  안경");
	expect_line(9, "안녕  +1");
}

static void
a_long_one_is_cut_in_the_line(void **state)
{
	(void)state;
	candidates_add(&found,
	    "a-name-that-is-much-too-long-for-a-row-that-has-forty-columns");
	expect_line(80, "a-name-that-is-much-too-long-for-a-ro...");
	expect_line(10, "a-name-...");
}

static void
they_are_sorted_by_their_bytes(void **state)
{
	(void)state;
	candidates_add(&found, "b");
	candidates_add(&found, "가");
	candidates_add(&found, "B");
	candidates_sort(&found);
	expect_line(20, "B  b  가");
}

static void
beyond_the_bound_they_are_left_out(void **state)
{
	(void)state;
	for (int i = 0; i < CANDIDATES_MAX + 10; i++)
		candidates_add(&found, "same");
	assert_int_equal(found.count, CANDIDATES_MAX);
	expect_line(14, "same  +4095");
}

#define candidates_test(f) cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    candidates_test(what_they_have_in_common_is_appended),
	    candidates_test(a_character_is_never_cut),
	    candidates_test(a_mark_stays_with_what_it_stands_on),
	    candidates_test(what_would_act_or_hide_is_not_typed),
	    candidates_test(a_short_buffer_gets_whole_characters),
	    candidates_test(the_line_shows_as_many_as_fit),
	    candidates_test(the_line_counts_columns),
	    candidates_test(a_long_one_is_cut_in_the_line),
	    candidates_test(they_are_sorted_by_their_bytes),
	    candidates_test(beyond_the_bound_they_are_left_out),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
