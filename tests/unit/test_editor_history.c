#include <stdlib.h>
#include <string.h>

#include "typist.h"

static void
up_and_down_go_through_the_history(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	typist_add(t, "one");
	typist_add(t, "둘");
	typist_add(t, "three");
	assert_int_equal(typist_type(t,
			     "new{up}{see}{^P}{see}{up}{see}{up}{see}"
			     "{down}{see}{^N}{^N}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "three|");
	assert_string_equal(t->seen[1], "둘|");
	assert_string_equal(t->seen[2], "one|");
	assert_string_equal(t->seen[3], "one|");
	assert_string_equal(t->seen[4], "둘|");
	assert_string_equal(t->seen[5], "new|");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "new");
	assert_int_equal(
	    typist_type(t, "{up}{up}{down}{down}{down}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x");
	typist_free(t);
}

static void
a_long_draft_survives_the_history(void **state)
{
	enum { LENGTH = 5000 };
	struct typist *t = typist_new(NULL);
	char *script = calloc(LENGTH + 64, 1);

	(void)state;
	assert_non_null(script);
	memset(script, 'x', LENGTH);
	strcat(script, "{up}{down}{enter}");
	typist_add(t, "one");
	assert_int_equal(typist_type(t, script), EDITOR_LINE);
	assert_int_equal(t->len, LENGTH);
	assert_int_equal(strspn(t->line, "x"), LENGTH);
	free(script);
	typist_free(t);
}

static void
entered_lines_are_added_to_the_history(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	typist_type(t, "one{enter}");
	typist_type(t, "one{enter}");
	typist_type(t, " secret{enter}");
	typist_type(t, "{enter}");
	typist_type(t, "two{enter}");
	assert_int_equal(history_count(t->history), 2);
	assert_int_equal(typist_type(t, "{up}{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "one");
	typist_free(t);
}

static void
history_is_matched_by_what_is_before_the_cursor(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	typist_add(t, "git log");
	typist_add(t, "make");
	typist_add(t, "git status");
	assert_int_equal(
	    typist_type(t, "git{M-p}{see}{M-p}{see}{M-p}{M-n}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "git status|");
	assert_string_equal(t->seen[1], "git log|");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "git status");
	typist_free(t);
}

static void
vi_keys_go_through_the_history(void **state)
{
	struct typist *t = typist_new("bind -v\n");

	(void)state;
	typist_add(t, "one");
	typist_add(t, "two");
	typist_add(t, "three");
	assert_int_equal(typist_type(t, "{esc}kk{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "two");
	assert_int_equal(typist_type(t, "{esc}2k{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "three");
	assert_int_equal(
	    typist_type(t, "{esc}kj{see}G{see}2G{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "|");
	assert_true(t->vi_command);
	assert_string_equal(t->seen[1], "|one");
	assert_string_equal(t->seen[2], "|two");
	assert_int_equal(typist_type(t, "x{esc}_{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x two");
	typist_free(t);
}

static void
search_finds_any_script(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{^R}{see}글{see}{^R}{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "(reverse-i-search)'': |");
	assert_string_equal(t->seen[1], "(reverse-i-search)'글': 한|글 둘");
	assert_string_equal(t->seen[2], "(reverse-i-search)'글': 한|글 하나");
	assert_string_equal(t->line, "한글 하나");
	assert_int_equal(
	    typist_type(t, "{^R}\xf0\x9f\x98\x80{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "smile \xf0\x9f\x98\x80 here");
	typist_free(t);
}

static void
search_goes_both_ways(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{^R}한글{^R}{^S}{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "(i-search)'한글': |한글 둘");
	assert_string_equal(t->line, "한글 둘");
	typist_free(t);
}

static void
search_says_that_it_fails(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{^R}lax{see}{bs}{see}{enter}"), EDITOR_LINE);
	assert_string_equal(
	    t->seen[0], "(failing reverse-i-search)'lax': |last");
	assert_string_equal(t->seen[1], "(reverse-i-search)'la': |last");
	assert_int_equal(t->bells, 1);
	assert_string_equal(t->line, "last");
	typist_free(t);
}

static void
search_is_left_for_editing(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{^R}plain{esc}{see}!{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "|plain");
	assert_string_equal(t->line, "!plain");
	assert_int_equal(
	    typist_type(t, "{^R}글 둘{left}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x한글 둘");
	assert_int_equal(
	    typist_type(t, "{^R}plai{right}{end}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "!plainx");
	assert_int_equal(typist_type(t, "{^R}last{M-2}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xxlast");
	assert_int_equal(typist_type(t, "{^R}smile{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "plain");
	typist_free(t);
}

static void
search_is_given_up(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	assert_int_equal(typist_type(t, "draft{left}{^R}plain{^G}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "draf|t");
	assert_string_equal(t->line, "draft");
	assert_int_equal(
	    typist_type(t, "draft{^R}last{esc}{down}{down}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->line, "draft");
	typist_free(t);
}

static void
search_takes_the_last_pattern_again(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	typist_type(t, "{^R}plai{^G}{enter}");
	assert_int_equal(typist_type(t, "{^R}{^R}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "plain");
	typist_free(t);
}

static void
vi_searches_and_goes_on(void **state)
{
	struct typist *t = typist_new_with_history("bind -v\n");

	(void)state;
	assert_int_equal(
	    typist_type(t, "{esc}/한글{enter}{see}n{see}N{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "|한글 둘");
	assert_string_equal(t->seen[1], "|한글 하나");
	assert_string_equal(t->seen[2], "|한글 둘");
	assert_string_equal(t->line, "한글 둘");
	assert_int_equal(
	    typist_type(t, "{^R}plain{esc}{see}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xplain");
	typist_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(up_and_down_go_through_the_history),
	    cmocka_unit_test(a_long_draft_survives_the_history),
	    cmocka_unit_test(entered_lines_are_added_to_the_history),
	    cmocka_unit_test(history_is_matched_by_what_is_before_the_cursor),
	    cmocka_unit_test(vi_keys_go_through_the_history),
	    cmocka_unit_test(search_finds_any_script),
	    cmocka_unit_test(search_goes_both_ways),
	    cmocka_unit_test(search_says_that_it_fails),
	    cmocka_unit_test(search_is_left_for_editing),
	    cmocka_unit_test(search_is_given_up),
	    cmocka_unit_test(search_takes_the_last_pattern_again),
	    cmocka_unit_test(vi_searches_and_goes_on),
	};

	return cmocka_run_group_tests(tests, typist_locale, NULL);
}
