#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/region.h"
#include "typist.h"

static void
typed_text_of_any_script_is_the_line(void **state)
{
	(void)state;
	typist_expect("hello{enter}", "hello");
	typist_expect("{enter}", "");
	typist_expect("안녕 글 \xf0\x9f\x98\x80 é ß{enter}",
	    "안녕 글 \xf0\x9f\x98\x80 é ß");
}

static void
lines_follow_each_other(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	assert_int_equal(typist_type(t, "one{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "one");
	assert_int_equal(typist_type(t, "two{^A}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xtwo");
	typist_free(t);
}

static void
emacs_keys_edit(void **state)
{
	(void)state;
	typist_expect("bc{^A}a{^E}d{enter}", "abcd");
	typist_expect("abc{^B}{^B}x{^F}y{enter}", "axbyc");
	typist_expect("abcd{^A}{^D}{^E}{bs}{enter}", "bc");
	typist_expect("abcd{^B}{^B}{^K}x{^Y}{enter}", "abxcd");
	typist_expect("one two{^W}x{enter}", "one x");
	typist_expect("one two{^U}three{enter}", "three");
	typist_expect("ab{^T}{enter}", "ba");
	typist_expect("one two{^A}{M-d}x{^E}{^Y}{enter}", "x twoone");
	typist_expect("one two{M-b}{M-u}{enter}", "one TWO");
	typist_expect("{M-3}x{enter}", "xxx");
	typist_expect("{M-1}2x{enter}", "xxxxxxxxxxxx");
}

static void
special_keys_move_and_delete(void **state)
{
	(void)state;
	typist_expect("bc{home}a{end}d{enter}", "abcd");
	typist_expect("abc{left}{left}x{right}y{enter}", "axbyc");
	typist_expect("abc{s-left}x{enter}", "abxc");
	typist_expect("abc{home}{del}{enter}", "bc");
	typist_expect("one two{c-left}x{c-left}{c-left}y{enter}", "yone xtwo");
	typist_expect("one two{home}{c-right}x{m-right}y{enter}", "onex twoy");
	typist_expect("one two{m-left}x{enter}", "one xtwo");
	typist_expect("a{f5}{ins}{backtab}{unknown}b{enter}", "ab");
	typist_expect("a{esc}b{enter}", "ab");
	typist_expect("a{c1}b{enter}", "ab");
	typist_expect("ab{M-[}C{M-O}D{enter}", "abCD");
}

static void
word_moves_know_hangul(void **state)
{
	(void)state;
	typist_expect("안녕 세상{M-b}x{enter}", "안녕 x세상");
	typist_expect("안녕 세상{^W}{enter}", "안녕 ");
}

static void
a_cluster_is_one_step(void **state)
{
	(void)state;
	/* e with U+0301, a family, a flag, jamo. */
	typist_expect("ae\u0301b{left}{left}x{enter}", "axe\u0301b");
	typist_expect("ae\u0301{bs}x{enter}", "ax");
	typist_expect("ae\u0301b{home}{right}{del}{enter}", "ab");
	typist_expect("ae\u0301b{home}{^F}{^D}{enter}", "ab");
	typist_expect(
	    "a\U0001F468\u200D\U0001F469\u200D\U0001F467{bs}{enter}", "a");
	typist_expect("\U0001F1F0\U0001F1F7\U0001F1FA\U0001F1F8{bs}{enter}",
	    "\U0001F1F0\U0001F1F7");
	typist_expect("\u1112\u1161\u11ab\u1100\u1173\u11af{bs}{enter}",
	    "\u1112\u1161\u11ab");
	typist_expect("\u2764\ufe0f\U0001F44D\U0001F3FD{bs}{bs}x{enter}", "x");
	typist_expect(
	    "e\u0301e\u0301e\u0301{M-2}{^B}x{enter}", "e\u0301xe\u0301e\u0301");
	typist_expect("ae\u0301 b{home}{M-f}x{enter}", "ae\u0301x b");
}

/* Spacing marks, too: Devanagari, Tamil, Thai; what a number sign prepends. */
static void
a_cluster_of_any_script_is_one_step(void **state)
{
	(void)state;
	typist_expect("कि{bs}{enter}", "");
	typist_expect("हिन्दी{bs}{bs}{enter}", "हि");
	typist_expect("हिन्दी{left}x{enter}", "हिन्xदी");
	typist_expect("நிகோ{bs}{enter}", "நி");
	typist_expect("நிகோ{home}{del}{enter}", "கோ");
	typist_expect("กำนี้{bs}{enter}", "กำ");
	typist_expect("กำนี้{home}{right}x{enter}", "กำxนี้");
	typist_expect("a\u0600\u0661{bs}{enter}", "a");
	typist_expect("x1\ufe0f\u20e3{bs}{enter}", "x");
	typist_expect(
	    "\U0001F3F3\ufe0f\u200d\U0001F308a{home}{^D}{enter}", "a");
	typist_expect("कि{left}x{^_}{enter}", "कि");
	typist_expect("कि{bs}{^_}{enter}", "कि");
}

static void
a_word_takes_its_last_character_whole(void **state)
{
	(void)state;
	typist_expect("cafe\u0301 x{home}{M-d}{enter}", " x");
	typist_expect("cafe\u0301 x{home}{M-d}{^_}{enter}", "cafe\u0301 x");
	typist_expect("cafe\u0301\u0302{home}{M-d}y{enter}", "y");
	typist_expect("e\u0301e\u0301 x{home}{M-d}{enter}", "e\u0301 x");
	typist_expect("1\ufe0f\u20e3 x{home}{M-d}{enter}", " x");
	typist_expect("cafe\u0301 x{home}{M-f}{^W}{enter}", " x");
	typist_expect("ab{^A}{^K}\u0301{enter}", "\u0301");
	typist_expect_vi("cafe\u0301 x{esc}0dw{enter}", " x");
	typist_expect_vi("cafe\u0301 x{esc}0cwy{esc}{enter}", "y x");
	typist_expect_vi("x cafe\u0301{esc}b{esc}0wdwiy{enter}", "xy ");
}

static void
undo_takes_changes_back(void **state)
{
	(void)state;
	typist_expect("abc{^A}{^K}{^_}{enter}", "abc");
	typist_expect("one {^A}two {^_}{enter}", "one ");
	typist_expect("one{^W}{paste:two}{^_}{^_}{enter}", "one");
	typist_expect("one{^_}{enter}", "");
	typist_expect("abc{^A}{^K}{^X}{^U}{enter}", "abc");
	typist_expect("e\u0301{bs}{^_}{left}x{enter}", "xe\u0301");
	typist_expect("한글 둘{M-b}{M-d}{^_}!{enter}", "한글 !둘");
}

/* In the C locale libedit would have them for nothing, or for Meta keys. */
static void
letters_are_typed_whatever_the_locale(void **state)
{
	enum { FIRST = 0xa0, LAST = 0xff };
	char all[2 * (LAST - FIRST + 1) + 1] = "", script[sizeof(all) + 16];

	(void)state;
	for (unsigned c = FIRST; c <= LAST; c++) {
		all[2 * (c - FIRST)] = (char)(0xc0 | c >> 6);
		all[2 * (c - FIRST) + 1] = (char)(0x80 | (c & 0x3f));
	}
	snprintf(script, sizeof(script), "%s{enter}", all);
	assert_non_null(setlocale(LC_ALL, "C"));
	typist_expect(script, all);
	typist_expect_vi(script, all);
	typist_expect("ab é ñ 글 z{enter}", "ab é ñ 글 z");
	typist_expect_vi("é{esc}iñ{enter}", "ñé");
	typist_expect("aé{bs}{left}â{enter}", "âa");
	region_setup(NULL);
	typist_expect(script, all);
	typist_expect_vi(script, all);
	typist_expect_with("bind é ed-move-to-beg\n", "béa{enter}", "ab");
}

static void
the_end_of_input_is_control_d_on_an_empty_line(void **state)
{
	struct typist *t = typist_new(NULL), *vi = typist_new("bind -v\n");

	(void)state;
	assert_int_equal(typist_type(t, "{^D}"), EDITOR_EOF);
	assert_int_equal(typist_type(t, "a{^D}{enter}"), EDITOR_LINE);
	assert_int_equal(typist_type(t, "a{bs}{^D}"), EDITOR_EOF);
	assert_int_equal(typist_type(vi, "{^D}"), EDITOR_EOF);
	assert_int_equal(typist_type(vi, "{esc}{^D}"), EDITOR_EOF);
	typist_free(t);
	typist_free(vi);
}

static void
quitting_is_sticky_wherever_it_comes(void **state)
{
	static const char *const scripts[] = {
	    "", "abc", "{^R}", "{^R}x", "{^V}", "{^X}", "{M-3}", "{paste:abc}"};
	static const char *const vi_scripts[] = {
	    "{esc}", "a{esc}f", "a{esc}r", "a{esc}d", "a{esc}/x", "a{esc}2"};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct typist *t = typist_new(NULL);

		assert_int_equal(typist_type(t, scripts[i]), EDITOR_QUIT);
		assert_int_equal(t->asked_after_end, 1);
		assert_int_equal(typist_type(t, "abc{enter}"), EDITOR_QUIT);
		typist_free(t);
	}
	for (size_t i = 0; i < sizeof(vi_scripts) / sizeof(vi_scripts[0]);
	     i++) {
		struct typist *t = typist_new("bind -v\n");

		assert_int_equal(typist_type(t, vi_scripts[i]), EDITOR_QUIT);
		assert_int_equal(t->asked_after_end, 1);
		typist_free(t);
	}
}

static void
a_paste_is_one_insertion(void **state)
{
	(void)state;
	typist_expect("ab{left}{paste:한글 x}c{enter}", "a한글 xcb");
	typist_expect("{paste:a\tb\x01\x1b[31m\x7f"
		      "c\nd\r\ne}{enter}",
	    "a\tb[31mc d e");
	typist_expect("{paste:a\xff\x62}{enter}",
	    "a\xef\xbf\xbd"
	    "b");
	typist_expect("{paste:a}{paste:b}{enter}", "ab");
	typist_expect("{M-3}{paste:a}b{enter}", "ab");
	typist_expect_vi("ab{esc}{paste:X}{enter}", "abX");
	typist_expect_vi("ab{esc}0{paste:X}x{enter}", "ab");
}

static void
a_paste_comes_through_whatever_waits(void **state)
{
	(void)state;
	typist_expect("a{^V}{paste:X}{enter}", "aX");
	typist_expect("a{^X}{paste:X}{enter}", "aX");
	typist_expect("{^R}{paste:X}{enter}", "X");
	typist_expect_vi("ab{esc}0f{paste:X}{enter}", "aXb");
	typist_expect_vi("ab{esc}0r{paste:X}{esc}{enter}", "Xab");
	typist_expect_vi("ab{esc}0d{paste:X}{enter}", "aXb");
}

static void
a_dropped_line_is_gone(void **state)
{
	struct typist *t = typist_new_with_history(NULL);

	(void)state;
	typist_expect("abc{drop}{see}x{enter}", "x");
	typist_expect("{^V}{drop}x{enter}", "x");
	typist_expect("{M-3}{drop}x{enter}", "x");
	typist_expect("abc{drop}{^_}x{enter}", "x");
	typist_expect("{paste:abc}{drop}x{enter}", "x");
	typist_expect_vi("abc{esc}{drop}xy{enter}", "xy");
	typist_expect_vi("abc{esc}0f{drop}xy{enter}", "xy");
	assert_int_equal(
	    typist_type(t, "{^R}plain{drop}{see}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->seen[0], "|");
	assert_string_equal(t->line, "x");
	assert_int_equal(typist_type(t, "{up}{drop}{up}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "x");
	typist_free(t);
}

static void
an_insertion_before_the_line_is_its_start(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	assert_int_equal(editor_insert(t->editor, "preset", 6), 0);
	assert_int_equal(typist_type(t, "!{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "preset!");
	typist_free(t);
}

static void
tab_completes(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	t->completion = "llo ";
	t->candidates = 1;
	assert_int_equal(
	    typist_type(t, "한 hex{left}{tab}y{enter}"), EDITOR_LINE);
	assert_string_equal(t->completed, "한 he");
	assert_string_equal(t->line, "한 hello yx");
	assert_int_equal(t->bells, 0);
	t->candidates = 2;
	typist_type(t, "he{tab}{see}{enter}");
	assert_string_equal(t->seen[0], "hello |");
	assert_int_equal(t->bells, 1);
	/* Several, and nothing that all of them have. */
	t->completion = "";
	typist_type(t, "he{tab}{see}{enter}");
	assert_string_equal(t->seen[0], "he|");
	assert_int_equal(t->bells, 1);
	t->candidates = 0;
	assert_int_equal(typist_type(t, "he{tab}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "he");
	assert_int_equal(t->bells, 1);
	typist_free(t);
}

static void
a_quoted_key_is_inserted(void **state)
{
	(void)state;
	typist_expect("a{^V}{^A}b{enter}",
	    "a\x01"
	    "b");
	typist_expect("a{^V}{esc}b{enter}",
	    "a\x1b"
	    "b");
	typist_expect("a{^V}{tab}b{enter}", "a\tb");
	typist_expect("a{^V}{enter}b{enter}", "ab");
	typist_expect("a{^V}{nul}b{enter}", "ab");
	typist_expect("a{^V}{left}b{enter}", "ba");
}

static void
dangerous_commands_do_nothing(void **state)
{
	(void)state;
	typist_expect("a{M-x}b{enter}", "ab");
	typist_expect("a{M-X}b{enter}", "ab");
	typist_expect_vi("ab{esc}:v@{enter}", "ab");
	typist_expect_with("bind ^T ed-command\nbind ^O vi-histedit\n",
	    "a{^T}b{^O}c{enter}", "abc");
	typist_expect("a{^C}{^Z}{^O}{^Q}{^]}b{enter}", "ab");
}

static void
the_line_has_a_bound(void **state)
{
	struct typist *t = typist_new(NULL);
	char *text = malloc(EDITOR_LINE_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', EDITOR_LINE_MAX + 1);
	assert_int_equal(
	    editor_insert(t->editor, text, EDITOR_LINE_MAX + 1), -1);
	assert_int_equal(
	    editor_insert(t->editor, text, EDITOR_LINE_MAX - 1), 0);
	assert_int_equal(
	    typist_type(t, "abc{home}d{M-9}9e{enter}"), EDITOR_LINE);
	assert_int_equal(t->len, EDITOR_LINE_MAX);
	assert_int_equal(t->line[0], 'x');
	assert_int_equal(t->line[t->len - 1], 'a');
	assert_true(t->bells >= 3);
	/* Yanked again and again it would be longer, too. */
	assert_int_equal(editor_insert(t->editor, text, 40000), 0);
	assert_int_equal(typist_type(t, "{^A}{^K}{^Y}{^Y}{^Y}{^Y}{see}{enter}"),
	    EDITOR_LINE);
	assert_int_equal(t->len, EDITOR_LINE_MAX);
	free(text);
	typist_free(t);
}

static void
a_count_has_a_bound(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{M-9}99999999{M-9}x{enter}"), EDITOR_LINE);
	assert_int_equal(t->len, 9999);
	assert_true(t->bells > 0);
	typist_free(t);
	typist_expect_vi("ab{esc}99999999999x{enter}", "a");
	typist_expect("{M-0}x{enter}", "x");
}

static void
an_empty_line_is_known(void **state)
{
	struct typist *t = typist_new(NULL);

	(void)state;
	assert_int_equal(
	    typist_type(t, "{empty}a{empty}{bs}{empty}{^R}{empty}"),
	    EDITOR_QUIT);
	assert_int_equal(t->seen_count, 4);
	assert_string_equal(t->seen[0], "empty");
	assert_string_equal(t->seen[1], "not empty");
	assert_string_equal(t->seen[2], "empty");
	assert_string_equal(t->seen[3], "not empty");
	typist_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(typed_text_of_any_script_is_the_line),
	    cmocka_unit_test(lines_follow_each_other),
	    cmocka_unit_test(emacs_keys_edit),
	    cmocka_unit_test(special_keys_move_and_delete),
	    cmocka_unit_test(word_moves_know_hangul),
	    cmocka_unit_test(a_cluster_is_one_step),
	    cmocka_unit_test(a_cluster_of_any_script_is_one_step),
	    cmocka_unit_test(a_word_takes_its_last_character_whole),
	    cmocka_unit_test(undo_takes_changes_back),
	    cmocka_unit_test(letters_are_typed_whatever_the_locale),
	    cmocka_unit_test(the_end_of_input_is_control_d_on_an_empty_line),
	    cmocka_unit_test(quitting_is_sticky_wherever_it_comes),
	    cmocka_unit_test(a_paste_is_one_insertion),
	    cmocka_unit_test(a_paste_comes_through_whatever_waits),
	    cmocka_unit_test(a_dropped_line_is_gone),
	    cmocka_unit_test(an_insertion_before_the_line_is_its_start),
	    cmocka_unit_test(tab_completes),
	    cmocka_unit_test(a_quoted_key_is_inserted),
	    cmocka_unit_test(dangerous_commands_do_nothing),
	    cmocka_unit_test(the_line_has_a_bound),
	    cmocka_unit_test(a_count_has_a_bound),
	    cmocka_unit_test(an_empty_line_is_known),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
