#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/region.h"
#include "scratch.h"
#include "typist.h"

static void
editrc_binds(void **state)
{
	(void)state;
	typist_expect_with(
	    "bind ^T ed-move-to-beg\n", "abc{^T}x{enter}", "xabc");
	typist_expect_with("\n  # a comment\n\nyodel:bind ^T ed-move-to-beg\n"
			   "other:bind ^T ed-move-to-end\n"
			   "yo.*:bind \"^O\" ed-move-to-end",
	    "abc{^T}x{^O}y{enter}", "xabcy");
	typist_expect_with("bind -s ^T 'hello'\n", "{^T}!{enter}", "hello!");
	typist_expect_with(
	    "bind -k up ed-move-to-beg\n", "abc{up}x{enter}", "xabc");
	typist_expect_with(
	    "bind '\\e[15~' ed-move-to-beg\n", "abc{f5}x{enter}", "xabc");
	typist_expect_with(
	    "bind '\\ez' ed-move-to-beg\n", "abc{M-z}x{enter}", "xabc");
	typist_expect_with("bind -v\nbind -a z ed-move-to-beg\n",
	    "abc{esc}zix{enter}", "xabc");
	typist_expect_with("bind -v\nbind -e\n", "abc{^A}x{enter}", "xabc");
	typist_expect_with("edit off\nhistory size 3\nsettc li 3\nsetty -a\n",
	    "abc{bs}{enter}", "ab");
	typist_expect_with(
	    "bind \\200 ed-newline\nbind -v\n", "a{paste:b}c{enter}", "abc");
}

static void
editrc_commands_use_what_replaces_libedits(void **state)
{
	struct typist *t =
	    typist_new_with_history("bind ^T em-inc-search-prev\n"
				    "bind ^O ed-prev-history\n");

	(void)state;
	assert_int_equal(typist_type(t, "{^T}글{^T}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "한글 하나");
	assert_int_equal(typist_type(t, "{^O}{^O}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "last");
	typist_free(t);
}

static void
a_bad_line_of_editrc_is_named(void **state)
{
	static const struct {
		const char *editrc, *what;
	} cases[] = {
	    {"\nbind 'a ed-insert\n", "editrc:2: unmatched quote"},
	    {"bind \"a\n", "editrc:1: unmatched quote"},
	    {"bnid ^T ed-insert\n", "editrc:1: unknown command"},
	    {"bind ^T no-such-thing\n", "Invalid command `no-such-thing'"},
	    {"bind '' ed-insert\n", "empty word"},
	    {"bind 글 ed-insert\n", "U+0100"},
	    {"bind '\\U+1' ed-insert\n", "\\U"},
	    {"bind -k sideways ed-insert\n", "no such key"},
	    {"bind ^T ^\n", "Invalid"},
	    {"bind -s ^A ^A\n", "the key is in the text of this macro"},
	    {"bind -s o hello\n", "the key is in the text of this macro"},
	    {"bind -s '\\001' x\\e[H^A\n", "the key is in the text"},
	    {"bind -s ^A ^B\nbind -s ^B ^A\n", "editrc:2: bind: the key is"},
	    {"bind -s yz w\nbind -s w 1y\n", "of one before it"},
	    {"bind -s yz 1\nbind -s ^B y\nbind -s ^A ^Bz\nbind -s 1 ^A\n",
		"editrc:4: bind: the key is"},
	    {"bind -k -s up '\\033[D\\033[A'\n", "the key is in the text"},
	    {"bind a b c d e f g h i j k l m n o p q\n", "too many"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char editrc[TYPIST_TEXT_MAX];
		struct typist *t;

		snprintf(editrc, sizeof(editrc),
		    "%s"
		    "bind ^O ed-move-to-beg\n",
		    cases[i].editrc);
		t = typist_new(editrc);
		assert_int_equal(t->notice_count, 1);
		if (strstr(t->notices[0], cases[i].what) == NULL)
			fail_msg("'%s' is not in '%s'", cases[i].what,
			    t->notices[0]);
		/* The rest of the file holds. */
		assert_int_equal(
		    typist_type(t, "abc{^O}x{enter}"), EDITOR_LINE);
		assert_string_equal(t->line, "xabc");
		typist_free(t);
	}
}

static void
long_lines_of_editrc_are_skipped(void **state)
{
	char editrc[4096];
	struct typist *t;

	(void)state;
	memset(editrc, 'x', sizeof(editrc));
	snprintf(editrc + 3000, sizeof(editrc) - 3000,
	    "\nbind ^O ed-move-to-beg\nbind %0300d ed-insert\n", 1);
	t = typist_new(editrc);
	assert_int_equal(t->notice_count, 2);
	assert_int_equal(typist_type(t, "abc{^O}x{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "xabc");
	typist_free(t);
}

static void
macros_of_macros_type_what_was_meant(void **state)
{
	char editrc[TYPIST_TEXT_MAX];
	size_t n = (size_t)snprintf(editrc, sizeof(editrc), "bind -s ^A 글\n");
	struct typist *t;

	(void)state;
	typist_expect_with("bind -s ^A one\nbind -s ^B 'two ^A'\n"
			   "bind -s ^B ^B\nbind -s M-x '\\e[D'\n",
	    "{^B}{M-x}!{enter}", "two on!e");
	/* Seven times seven times seven... */
	for (char key = 'B'; key <= 'F'; key++)
		n += (size_t)snprintf(editrc + n, sizeof(editrc) - n,
		    "bind -s ^%c ^%c^%c^%c^%c^%c^%c^%c\n", key, key - 1,
		    key - 1, key - 1, key - 1, key - 1, key - 1, key - 1);
	t = typist_new(editrc);
	assert_int_equal(t->notice_count, 1);
	assert_non_null(strstr(t->notices[0], "editrc:6: bind: a macro of"));
	assert_int_equal(typist_type(t, "{^B}{enter}"), EDITOR_LINE);
	assert_string_equal(t->line, "글글글글글글글");
	typist_free(t);
}

static void
a_macro_types_one_line(void **state)
{
	(void)state;
	typist_expect_with("bind -s ^A 'one^V^Mtwo^V^Jthree'\n", "{^A}!{enter}",
	    "one two three!");
}

static void
an_unreadable_editrc_is_named(void **state)
{
	struct typist *t = calloc(1, sizeof(*t));
	struct editor_options options = {.program = "yodel",
	    .next_key = typist_next_key,
	    .notice = typist_notice};

	(void)state;
	assert_non_null(t);
	options.arg = t;
	options.editrc = scratch_dir();
	t->editor = editor_new(&options);
	assert_non_null(t->editor);
	assert_int_equal(t->notice_count, 1);
	assert_non_null(strstr(t->notices[0], scratch_dir()));
	/* No history, no bell, no completion: all of that is allowed. */
	assert_int_equal(typist_type(t, "{up}{^R}x{tab}{enter}"), EDITOR_LINE);
	typist_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(editrc_binds),
	    cmocka_unit_test(editrc_commands_use_what_replaces_libedits),
	    cmocka_unit_test(a_bad_line_of_editrc_is_named),
	    cmocka_unit_test(long_lines_of_editrc_are_skipped),
	    cmocka_unit_test(macros_of_macros_type_what_was_meant),
	    cmocka_unit_test(a_macro_types_one_line),
	    cmocka_unit_test(an_unreadable_editrc_is_named),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
