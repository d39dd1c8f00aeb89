#include "harness/region.h"
#include "typist.h"

static void
vi_keys_edit(void **state)
{
	(void)state;
	typist_expect_vi("abc{esc}0x{enter}", "bc");
	typist_expect_vi("abc{esc}hiX{enter}", "aXbc");
	typist_expect_vi("abc{esc}0iX{esc}AY{enter}", "XabcY");
	typist_expect_vi("one two three{esc}bdw{enter}", "one two ");
	typist_expect_vi("one two three{esc}0cwX{esc}{enter}", "X two three");
	typist_expect_vi("one two{esc}ddithree{enter}", "three");
	typist_expect_vi("abcd{esc}0xp{enter}", "bacd");
	typist_expect_vi("abcd{esc}0xxu{enter}", "bcd");
	typist_expect_vi("abcd{esc}03x{enter}", "d");
	typist_expect_vi("abcd{esc}0rXlrY{enter}", "XYcd");
	typist_expect_vi("abcabc{esc}0fcx{enter}", "ababc");
	typist_expect_vi("abcabc{esc}02fcx{enter}", "abcab");
	typist_expect_vi("abcabc{esc}0tciX{enter}", "aXbcabc");
	typist_expect_vi("one two three{esc}0d2wx{enter}", "hree");
	typist_expect_vi("abc{esc}0ix{esc}l.{enter}", "xxabc");
	typist_expect_vi("abc{esc}0~2~{enter}", "ABC");
	typist_expect_vi("a{esc}~{enter}", "A");
	typist_expect_vi("one two{esc}0cwX{esc}u{enter}", "one two");
	typist_expect_vi("one two{esc}dd{esc}aX{esc}uu{enter}", "one two");
}

static void
vi_repeats_within_the_line(void **state)
{
	struct typist *t = typist_new("bind -v\n");

	(void)state;
	typist_type(t, "one{enter}");
	typist_type(t, "two{enter}");
	assert_int_equal(typist_type(t, "ab{esc}.{esc}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "aabb");
	assert_int_equal(
	    typist_type(t, "ab{drop}c{esc}.{esc}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "cc");
	typist_free(t);
}

static void
vi_special_keys_stay_in_insert_mode(void **state)
{
	(void)state;
	typist_expect_vi("abc{left}X{enter}", "abXc");
	typist_expect_vi("abc{home}X{end}Y{enter}", "XabcY");
	typist_expect_vi("a{^A}{^E}{^T}{^Z}b{enter}", "ab");
	typist_expect_vi("abc{left}{del}d{enter}", "abd");
	typist_expect_vi("a{^D}{del}{enter}", "a");
	typist_expect_vi("ae\u0301{left}X{enter}", "aXe\u0301");
	typist_expect_vi("ae\u0301{bs}X{enter}", "aX");
	typist_expect_vi("abc{M-0}{M-x}{enter}", "bc");
}

static void
vi_commands_go_by_clusters(void **state)
{
	(void)state;
	typist_expect_vi("ae\u0301b{esc}hx{enter}", "ab");
	typist_expect_vi("e\u0301e\u0301b{esc}02x{enter}", "b");
	typist_expect_vi("ae\u0301b{esc}0ldl{enter}", "ab");
	typist_expect_vi("ae\u0301b{esc}0lsx{enter}", "axb");
	typist_expect_vi("e\u0301e\u0301b{esc}02sx{enter}", "xb");
	typist_expect_vi("{esc}sx{enter}", "x");
	typist_expect_vi("ae\u0301b{esc}0lrx{enter}", "axb");
	typist_expect_vi("ae\u0301b{esc}0lr{esc}x{enter}", "e\u0301b");
	typist_expect_vi("ae\u0301b{esc}0~~~{enter}", "AE\u0301B");
	typist_expect_vi("e\u0301ab{esc}02~ix{enter}", "E\u0301Axb");
	typist_expect_vi("किb{esc}0x{enter}", "b");
	typist_expect_vi("bकि{esc}x{enter}", "b");
	typist_expect_vi("bकिc{esc}X{enter}", "bc");
	typist_expect_vi("aकिb{esc}0lax{enter}", "aकिxb");
}

static void
vi_mode_is_told(void **state)
{
	struct typist *t = typist_new("bind -v\n");

	(void)state;
	assert_int_equal(typist_type(t, "ab{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	assert_int_equal(typist_type(t, "ab{esc}{see}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_string_equal(t->seen[0], "a|b");
	assert_int_equal(typist_type(t, "ab{esc}0cw{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	assert_int_equal(typist_type(t, "ab{esc}0f{see}b{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(
	    typist_type(t, "ab{esc}0c{see}{esc}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(typist_type(t, "ab{esc}rx{see}{enter}"), EDITOR_LINE);
	assert_true(t->vi_command);
	assert_int_equal(typist_type(t, "ab{esc}S한{see}{enter}"), EDITOR_LINE);
	assert_false(t->vi_command);
	typist_free(t);
}

static void
vi_command_mode_takes_no_text(void **state)
{
	(void)state;
	typist_expect_vi("ab{esc}한{enter}", "ab");
	typist_expect_vi("ab{esc}r한{enter}", "a한");
	typist_expect_vi("a한b{esc}0f한x{enter}", "ab");
}

static void
x_on_an_empty_line_is_not_the_end(void **state)
{
	(void)state;
	typist_expect_vi("{esc}x{del}{enter}", "");
	typist_expect("{del}{enter}", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vi_keys_edit),
	    cmocka_unit_test(vi_repeats_within_the_line),
	    cmocka_unit_test(vi_special_keys_stay_in_insert_mode),
	    cmocka_unit_test(vi_commands_go_by_clusters),
	    cmocka_unit_test(vi_mode_is_told),
	    cmocka_unit_test(vi_command_mode_takes_no_text),
	    cmocka_unit_test(x_on_an_empty_line_is_not_the_end),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
