/* finder: its keys. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "finder.h"
#include "finder_probe.h"
#include "harness/harness.h"
#include "keys.h"
#include "search.h"
#include "transcript.h"
#include "view.h"

static void
what_is_typed_goes_to_the_newest_at_once(void **state)
{
	struct finder_probe *f = *state;

	assert_false(finder_is_open(f->finder));
	finder_open(f->finder);
	assert_true(finder_is_open(f->finder));
	finder_probe_expect_line(f, "", "");
	assert_true(f->view.following);
	finder_probe_type(f, L"a");
	finder_probe_expect_line(f, "a", "6/6");
	assert_true(finder_probe_shows(f, 80));
	finder_probe_type(f, L"pples");
	finder_probe_expect_line(f, "apples", "1/1");
	assert_true(finder_probe_shows(f, 50));
	assert_false(finder_probe_shows(f, 80));
	finder_probe_work(f);
	assert_true(finder_probe_shows(f, 50));
}

static void
n_is_up_and_the_other_one_down(void **state)
{
	static const uint64_t up[] = {60, 50, 40, 20, 0, 80};
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apple");
	assert_true(finder_probe_enter(f));
	finder_probe_expect_line(f, "apple", "6/6");
	for (size_t i = 0; i < sizeof(up) / sizeof(up[0]); i++) {
		assert_true(finder_probe_press_char(f, 'n'));
		assert_true(finder_probe_shows(f, up[i]));
	}
	assert_true(finder_probe_press_char(f, 'N'));
	finder_probe_expect_line(f, "apple", "1/6");
	assert_true(finder_probe_shows(f, 0));
	assert_true(finder_probe_press_char(f, 'N'));
	assert_true(finder_probe_shows(f, 20));
	assert_true(finder_is_open(f->finder));
}

static void
arrows_walk_while_one_types(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	assert_true(finder_probe_press(f, KEYS_UP));
	finder_probe_type(f, L"apple");
	assert_true(finder_probe_press(f, KEYS_UP));
	finder_probe_expect_line(f, "apple", "5/6");
	assert_true(finder_probe_control(f, 'R'));
	finder_probe_expect_line(f, "apple", "4/6");
	assert_true(finder_probe_press(f, KEYS_DOWN));
	assert_true(finder_probe_control(f, 'S'));
	finder_probe_expect_line(f, "apple", "6/6");
	/* Another pattern begins at the newest again. */
	assert_true(finder_probe_press(f, KEYS_UP));
	assert_true(finder_probe_control(f, 'H'));
	finder_probe_expect_line(f, "appl", "6/6");
}

static void
a_second_enter_stays(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	assert_true(finder_probe_enter(f));
	assert_true(finder_probe_enter(f));
	assert_false(finder_is_open(f->finder));
	assert_false(search_is_set(finder_search(f->finder)));
	assert_true(finder_probe_shows(f, 50));
	/* Without a pattern the first one does. */
	finder_open(f->finder);
	assert_true(finder_probe_control(f, 'U'));
	assert_true(finder_probe_enter(f));
	assert_false(finder_is_open(f->finder));
}

static void
another_key_is_the_editors(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	finder_probe_enter(f);
	assert_false(finder_probe_press_char(f, 'x'));
	assert_false(finder_is_open(f->finder));
	assert_true(finder_probe_shows(f, 50));
	finder_open(f->finder);
	finder_probe_enter(f);
	assert_false(finder_probe_press_char(f, 0xd55c));
	finder_open(f->finder);
	finder_probe_enter(f);
	assert_false(finder_probe_press(f, KEYS_LEFT));
	finder_open(f->finder);
	finder_probe_enter(f);
	/* But not the end of the program, nor what no key has sent. */
	assert_true(finder_probe_press(f, KEYS_UNKNOWN));
	assert_true(finder_is_open(f->finder));
	assert_true(finder_probe_control(f, 'D'));
	assert_false(finder_is_open(f->finder));
}

static void
while_one_types_no_key_is_the_editors(void **state)
{
	struct key alt = {.code = KEYS_CHAR, .ch = 'd', .mods = KEYS_ALT};
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"nN/");
	assert_true(finder_probe_press(f, KEYS_LEFT));
	assert_true(finder_probe_press(f, KEYS_HOME));
	assert_true(finder_probe_control(f, 'A'));
	assert_true(finder_probe_control(f, 'D'));
	assert_true(finder_probe_control(f, 'I'));
	assert_true(finder_take(f->finder, &alt));
	assert_true(finder_probe_press(f, KEYS_UNKNOWN));
	finder_probe_expect_line(f, "nN/", "no match");
	for (int i = 0; i < 5; i++)
		assert_true(finder_probe_control(f, 'H'));
	assert_true(finder_is_open(f->finder));
}

static void
the_pattern_is_edited(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"메아글");
	finder_probe_expect_line(f, "메아글", "no match");
	assert_true(finder_probe_press_char(f, 0x7f));
	finder_probe_expect_line(f, "메아", "1/1");
	assert_true(finder_probe_shows(f, 50));
	finder_probe_type(f, L"리 appp");
	assert_true(finder_probe_control(f, 'W'));
	finder_probe_expect_line(f, "메아리 ", "1/1");
	assert_true(finder_probe_control(f, 'U'));
	finder_probe_expect_line(f, "", "");
	/* With nothing to look for it is where it was. */
	assert_true(f->view.following);
}

static void
one_pasted_line_is_typed(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	assert_true(finder_probe_paste(f, "메아"));
	assert_true(finder_probe_paste(f, "리 apples\r\n"));
	finder_probe_expect_line(f, "메아리 apples", "1/1");
	assert_true(finder_probe_paste(f, ""));
	/* More of them are no pattern. */
	assert_false(finder_probe_paste(f, "one\rtwo"));
	assert_false(finder_is_open(f->finder));
	finder_open(f->finder);
	assert_true(finder_probe_paste(f, "60 apple"));
	finder_probe_expect_line(f, "60 apple", "1/1");
	finder_probe_enter(f);
	assert_false(finder_probe_paste(f, "text"));
}

static void
the_last_pattern_is_offered(void **state)
{
	struct finder_line line;
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	finder_line(f->finder, &line);
	assert_true(line.typing);
	assert_false(line.offered);
	finder_probe_press(f, KEYS_ESCAPE);
	finder_open(f->finder);
	finder_probe_expect_line(f, "apples", "");
	finder_line(f->finder, &line);
	assert_true(line.offered);
	assert_true(f->view.following);
	assert_true(finder_probe_enter(f));
	finder_probe_expect_line(f, "apples", "1/1");
	finder_line(f->finder, &line);
	assert_false(line.typing);
	assert_false(line.offered);
	/* Both ways to begin again; what is typed takes its place. */
	assert_true(finder_probe_press_char(f, '/'));
	finder_probe_expect_line(f, "apples", "");
	finder_probe_type(f, L"2");
	finder_probe_expect_line(f, "2", "20/20");
	finder_open(f->finder);
	assert_true(finder_probe_control(f, 'H'));
	finder_probe_expect_line(f, "", "");
	finder_probe_type(f, L"apples");
	finder_open(f->finder);
	assert_true(finder_probe_control(f, 'H'));
	finder_probe_expect_line(f, "apple", "6/6");
	finder_open(f->finder);
	assert_true(finder_probe_press(f, KEYS_UP));
	finder_probe_expect_line(f, "apple", "6/6");
}

#define finder_test(f)                   \
	cmocka_unit_test_setup_teardown( \
	    f, finder_probe_setup, finder_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    finder_test(what_is_typed_goes_to_the_newest_at_once),
	    finder_test(n_is_up_and_the_other_one_down),
	    finder_test(arrows_walk_while_one_types),
	    finder_test(a_second_enter_stays),
	    finder_test(another_key_is_the_editors),
	    finder_test(while_one_types_no_key_is_the_editors),
	    finder_test(the_pattern_is_edited),
	    finder_test(one_pasted_line_is_typed),
	    finder_test(the_last_pattern_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
