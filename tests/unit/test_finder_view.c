/* finder: what the view shows of what it finds, whatever happens. */

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

/* Where nothing has to move, nothing does. */
static void
what_is_on_the_screen_stays_where_it_is(void **state)
{
	struct finder_probe *f = *state;
	uint64_t top;

	finder_probe_add(f, "pear 1");
	finder_probe_add(f, "pear 2");
	finder_open(f->finder);
	finder_probe_type(f, L"pear");
	finder_probe_enter(f);
	finder_probe_press_char(f, 'n');
	assert_true(f->view.following);
	finder_probe_type(f, L"/pear");
	finder_probe_press(f, KEYS_ESCAPE);
	finder_open(f->finder);
	finder_probe_type(f, L"41");
	assert_true(finder_probe_enter(f));
	top = f->view.top_id;
	finder_probe_type(f, L"/");
	assert_true(finder_probe_paste(f, "40"));
	assert_int_equal(f->view.top_id, top);
}

static void
escape_leads_back(void **state)
{
	struct finder_probe *f = *state;
	struct search_range range;
	uint64_t top;

	view_scroll(&f->view, f->transcript, -30);
	top = f->view.top_id;
	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	assert_int_equal(
	    search_ranges(finder_search(f->finder), 50, 0, 0, &range, 1), 1);
	assert_true(range.here);
	finder_probe_enter(f);
	finder_probe_press_char(f, 'n');
	/* A pattern more does not make that the place to go back to. */
	finder_probe_type(f, L"/ 20");
	assert_true(finder_probe_press(f, KEYS_ESCAPE));
	assert_false(finder_is_open(f->finder));
	assert_int_equal(f->view.top_id, top);
	assert_false(search_is_set(finder_search(f->finder)));
	assert_int_equal(
	    search_ranges(finder_search(f->finder), 50, 0, 0, &range, 1), 0);
	assert_false(finder_work(f->finder));
	view_to_end(&f->view);
	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	assert_false(f->view.following);
	assert_true(finder_probe_control(f, 'C'));
	assert_true(f->view.following);
	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	assert_true(finder_probe_control(f, 'G'));
	assert_false(finder_is_open(f->finder));
	assert_true(f->view.following);
}

static void
without_a_match_one_is_where_one_was(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	assert_false(f->view.following);
	finder_probe_type(f, L"x");
	finder_probe_expect_line(f, "applesx", "no match");
	assert_true(f->view.following);
	assert_true(finder_probe_enter(f));
	assert_true(finder_probe_press_char(f, 'n'));
	finder_probe_expect_line(f, "applesx", "no match");
	/* One that comes is counted, and gone to when it is asked for. */
	finder_probe_add(f, "applesx");
	finder_probe_work(f);
	finder_probe_expect_line(f, "applesx", "0/1");
	assert_true(finder_probe_press_char(f, 'n'));
	finder_probe_expect_line(f, "applesx", "1/1");
}

static void
it_goes_to_what_takes_long_to_find(void **state)
{
	static char text[(1u << 20) + 1];
	struct finder_probe *f = *state;
	unsigned turns = 0;

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 10; i++)
		finder_probe_add(f, text);
	finder_open(f->finder);
	finder_probe_type(f, L"apple");
	finder_probe_expect_line(f, "apple", "counting");
	assert_true(f->view.following);
	while (!finder_probe_shows(f, 80)) {
		assert_true(finder_work(f->finder));
		turns++;
	}
	assert_in_range(turns, 9, 11);
	finder_probe_work(f);
	finder_probe_expect_line(f, "apple", "6/6");
	/* Keys that come before it is there. */
	finder_open(f->finder);
	finder_probe_type(f, L"메아리");
	finder_probe_enter(f);
	finder_probe_press_char(f, 'n');
	finder_probe_expect_line(f, "메아리", "counting");
	finder_probe_work(f);
	finder_probe_expect_line(f, "메아리", "1/1");
	assert_true(finder_probe_shows(f, 50));
}

static void
so_far_is_said_while_it_counts(void **state)
{
	static char text[(1u << 20) + 1];
	struct finder_probe *f = *state;

	memset(text, 'x', sizeof(text) - 1);
	finder_probe_add(f, text);
	finder_probe_add(f, "apple");
	finder_open(f->finder);
	finder_probe_type(f, L"appl");
	finder_probe_expect_line(f, "appl", "1/1+");
	finder_probe_work(f);
	finder_probe_expect_line(f, "appl", "7/7");
}

/* What follows the end moves, but never out of the pane. */
static void
the_match_stays_on_the_screen_while_lines_arrive(void **state)
{
	struct finder_probe *f = *state;

	finder_probe_add(f, "here");
	finder_open(f->finder);
	finder_probe_type(f, L"here");
	finder_probe_enter(f);
	assert_true(f->view.following);
	for (int i = 0; i < 50; i++) {
		finder_probe_add(f, "other");
		finder_probe_work(f);
		assert_true(finder_probe_shows(f, 100));
	}
	assert_false(f->view.following);
	/* Until it was in the way of what came, that was seen. */
	assert_in_range(view_new_entries(&f->view, f->transcript), 40, 45);
	finder_probe_expect_line(f, "here", "1/1");
	finder_probe_add(f, "here again");
	finder_probe_work(f);
	finder_probe_expect_line(f, "here", "1/2");
	assert_false(finder_probe_shows(f, 151));
}

static void
who_scrolls_is_left_in_peace(void **state)
{
	struct finder_probe *f = *state;

	finder_probe_add(f, "here");
	finder_open(f->finder);
	finder_probe_type(f, L"here");
	view_scroll(&f->view, f->transcript, -20);
	for (int i = 0; i < 20; i++) {
		finder_probe_add(f, "other");
		finder_probe_work(f);
		assert_false(finder_probe_shows(f, 100));
	}
	view_resize(&f->view, f->transcript, 40, 5);
	finder_probe_work(f);
	assert_false(finder_probe_shows(f, 100));
	view_to_end(&f->view);
	finder_probe_add(f, "other");
	finder_probe_work(f);
	assert_true(f->view.following);
	/* It is known where one stood. */
	finder_probe_enter(f);
	finder_probe_press_char(f, 'n');
	assert_true(finder_probe_shows(f, 100));
}

static void
the_match_is_on_the_screen_at_any_size(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	for (unsigned height = 40; height > 0; height--) {
		view_resize(&f->view, f->transcript, 20 + height, height);
		finder_probe_work(f);
		assert_true(finder_probe_shows(f, 50));
	}
	for (unsigned height = 1; height < 100; height++) {
		view_resize(&f->view, f->transcript, 100 - height, height);
		finder_probe_work(f);
		assert_true(finder_probe_shows(f, 50));
	}
}

static void
the_match_may_fall_out(void **state)
{
	struct finder_probe *f = *state;

	finder_open(f->finder);
	finder_probe_type(f, L"apples");
	finder_probe_enter(f);
	for (int i = 0; i < FINDER_PROBE_ENTRIES - 50; i++)
		finder_probe_add(f, i == 0 ? "new apples" : "other");
	finder_probe_work(f);
	finder_probe_expect_line(f, "apples", "1/2");
	finder_probe_add(f, "other");
	finder_probe_work(f);
	finder_probe_expect_line(f, "apples", "0/1");
	assert_true(finder_probe_press_char(f, 'n'));
	finder_probe_expect_line(f, "apples", "1/1");
	assert_true(finder_probe_shows(f, 100));
	transcript_clear(f->transcript);
	finder_probe_work(f);
	finder_probe_expect_line(f, "apples", "no match");
	assert_true(finder_probe_press(f, KEYS_ESCAPE));
}

#define finder_test(f)                   \
	cmocka_unit_test_setup_teardown( \
	    f, finder_probe_setup, finder_probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    finder_test(what_is_on_the_screen_stays_where_it_is),
	    finder_test(escape_leads_back),
	    finder_test(without_a_match_one_is_where_one_was),
	    finder_test(it_goes_to_what_takes_long_to_find),
	    finder_test(so_far_is_said_while_it_counts),
	    finder_test(the_match_stays_on_the_screen_while_lines_arrive),
	    finder_test(who_scrolls_is_left_in_peace),
	    finder_test(the_match_is_on_the_screen_at_any_size),
	    finder_test(the_match_may_fall_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
