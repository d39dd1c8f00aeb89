#include <stdlib.h>
#include <string.h>

#include "harness/region.h"
#include "scratch.h"
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

#define FAMILY "\U0001F468\u200D\U0001F469\u200D\U0001F467"

static void
search_is_by_what_is_one_character(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	typist_add(t, "漢字 かな");
	typist_add(t, "the " FAMILY " too");
	typist_add(t, "e\u0301te\u0301");
	typist_add(t, "हिन्दी");
	assert_int_equal(
	    typist_type(t, "{^R}字{see}{bs}かな{see}{^G}{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "(reverse-i-search)'字': 漢|字 かな");
	assert_string_equal(t->seen[1], "(reverse-i-search)'かな': 漢字 |かな");
	/* Backspace takes what was one character. */
	assert_int_equal(
	    typist_type(
		t, "{^R}x" FAMILY "{bs}{see}{bs}हि{bs}{see}{^G}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "(failing reverse-i-search)'x': |");
	assert_string_equal(t->seen[1], "(reverse-i-search)'': |");
	/* A part of it finds it; the cursor does not stand within it. */
	assert_int_equal(
	    typist_type(t, "{^R}\U0001F467{see}{enter}"), EDITOR_LINE);
	assert_string_equal(
	    t->seen[0], "(reverse-i-search)'\U0001F467': the |" FAMILY " too");
	assert_string_equal(t->line, "the " FAMILY " too");
	assert_int_equal(
	    typist_type(t, "{^R}t{^R}{^R}{^S}{see}{esc}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "(i-search)'t': e\u0301|te\u0301");
	assert_string_equal(t->line, "e\u0301xte\u0301");
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

static struct typist *
with_other(const char *editrc, const char *name)
{
	char path[TYPIST_TEXT_MAX];

	return typist_new_with_other(
	    editrc, scratch_path(path, sizeof(path), name));
}

static void
what_another_client_enters_is_found_at_once(void **state)
{
	struct typist *t = with_other(NULL, "found");

	(void)state;
	typist_add(t, "one");
	assert_int_equal(typist_type(t, "d{other:둘}{up}{see}{up}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "둘|");
	assert_string_equal(t->seen[1], "one|");
	assert_int_equal(typist_type(t,
			     "{other:three}{^R}thr{see}{^G}"
			     "{other:four}t{M-p}{see}{other:tea}"
			     "{drop}t{M-p}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "(reverse-i-search)'thr': |three");
	assert_string_equal(t->seen[1], "three|");
	assert_string_equal(t->seen[2], "tea|");
	/* In the order of the file, nothing twice. */
	assert_int_equal(history_count(t->history), 6);
	assert_string_equal(history_entry(t->history, 2), "one");
	assert_string_equal(history_entry(t->history, 5), "tea");
	typist_free(t);
}

static void
nothing_moves_in_the_middle_of_the_history(void **state)
{
	struct typist *t = with_other(NULL, "middle");

	(void)state;
	typist_add(t, "one");
	typist_add(t, "two");
	typist_add(t, "three");
	assert_int_equal(typist_type(t,
			     "draft{up}{other:new}{up}{see}{down}{see}"
			     "{down}{see}{up}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "two|");
	assert_string_equal(t->seen[1], "three|");
	assert_string_equal(t->seen[2], "draft|");
	assert_string_equal(t->seen[3], "new|");
	assert_int_equal(typist_type(t,
			     "{^R}e{see}{other:newer}{^R}{see}{^S}{see}"
			     "{esc}{^S}e{see}{^G}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->seen[0], "(reverse-i-search)'e': n|ew");
	assert_string_equal(t->seen[1], "(reverse-i-search)'e': thr|ee");
	assert_string_equal(t->seen[2], "(i-search)'e': n|ew");
	/* From an entry on, what is newer is not known yet. */
	assert_string_equal(t->seen[3], "(failing i-search)'e': n|ew");
	assert_int_equal(typist_type(t, "{up}{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "newer");
	typist_free(t);
}

static void
vi_finds_what_another_client_enters(void **state)
{
	struct typist *t = with_other("bind -v\n", "vi");

	(void)state;
	typist_add(t, "one");
	assert_int_equal(
	    typist_type(t, "{esc}{other:two}k{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "two");
	assert_int_equal(
	    typist_type(t, "{esc}{other:three}3G{see}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "three");
	assert_int_equal(
	    typist_type(t, "{esc}/o{enter}{other:oh}n{other:so}{see}{enter}"),
	    EDITOR_LINE);
	assert_string_equal(t->line, "one");
	assert_int_equal(
	    typist_type(t, "{esc}{other:foo}n{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "foo");
	assert_int_equal(
	    typist_type(t, "x{other:last word}{esc}_{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x word");
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
	    cmocka_unit_test(search_is_by_what_is_one_character),
	    cmocka_unit_test(search_goes_both_ways),
	    cmocka_unit_test(search_says_that_it_fails),
	    cmocka_unit_test(search_is_left_for_editing),
	    cmocka_unit_test(search_is_given_up),
	    cmocka_unit_test(search_takes_the_last_pattern_again),
	    cmocka_unit_test(vi_searches_and_goes_on),
	    cmocka_unit_test(what_another_client_enters_is_found_at_once),
	    cmocka_unit_test(nothing_moves_in_the_middle_of_the_history),
	    cmocka_unit_test(vi_finds_what_another_client_enters),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
