/* search: walking, counting in turns, entries that come and go. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/region.h"
#include "search.h"
#include "transcript.h"

#define TURN_BYTES (1u << 20) /* at the most, but for the last entry */

struct fixture {
	struct transcript *transcript;
	struct search *search;
};

static int
start(void **state)
{
	static struct fixture f;

	f.transcript = transcript_new(1000, 64u << 20);
	assert_non_null(f.transcript);
	f.search = search_new(f.transcript);
	assert_non_null(f.search);
	*state = &f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	search_free(f->search);
	transcript_free(f->transcript);
	return 0;
}

static void
add(struct fixture *f, const char *text)
{
	uint64_t id;

	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_RECEIVED, 0,
			     text, strlen(text), false, &id),
	    0);
}

/* As many bytes of x. */
static void
add_filler(struct fixture *f, size_t len)
{
	static char text[TURN_BYTES];
	uint64_t id;

	assert_in_range(len, 0, sizeof(text));
	memset(text, 'x', len);
	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_RECEIVED, 0,
			     text, len, false, &id),
	    0);
}

static void
set(struct fixture *f, const char *pattern)
{
	assert_int_equal(search_set(f->search, pattern, strlen(pattern)), 0);
}

static void
work(struct fixture *f)
{
	while (search_work(f->search))
		;
}

static void
expect_step(struct fixture *f, bool up, uint64_t id, size_t at)
{
	struct search_place place = {0};

	assert_true(search_step(f->search, up, &place));
	assert_int_equal(place.id, id);
	assert_int_equal(place.start, at);
}

static void
expect_count(struct fixture *f, size_t number, size_t count, bool is_whole)
{
	bool whole;

	assert_int_equal(search_count(f->search, &whole), count);
	assert_int_equal(whole, is_whole);
	assert_int_equal(search_number(f->search), number);
}

static void
it_walks_from_the_newest_up_and_round(void **state)
{
	struct fixture *f = *state;

	add(f, "one two one");
	add(f, "none");
	add(f, "nothing");
	add(f, "One");
	set(f, "one");
	work(f);
	expect_count(f, 0, 4, true);
	expect_step(f, true, 3, 0);
	expect_count(f, 4, 4, true);
	expect_step(f, true, 1, 1);
	expect_step(f, true, 0, 8);
	expect_step(f, true, 0, 0);
	expect_count(f, 1, 4, true);
	expect_step(f, true, 3, 0);
	expect_step(f, false, 0, 0);
	expect_step(f, false, 0, 8);
	expect_count(f, 2, 4, true);
	expect_step(f, false, 1, 1);
	expect_step(f, false, 3, 0);
}

static void
the_first_step_is_to_the_newest_either_way(void **state)
{
	struct fixture *f = *state;

	add(f, "a");
	add(f, "a a");
	set(f, "a");
	work(f);
	expect_step(f, false, 1, 2);
}

static void
nothing_is_found_of_nothing(void **state)
{
	struct fixture *f = *state;
	struct search_place place;
	struct search_range range;

	add(f, "text");
	assert_false(search_is_set(f->search));
	assert_false(search_step(f->search, true, &place));
	assert_false(search_work(f->search));
	assert_int_equal(search_ranges(f->search, 0, 0, 0, &range, 1), 0);
	expect_count(f, 0, 0, true);
	set(f, "absent");
	assert_true(search_is_set(f->search));
	work(f);
	assert_false(search_step(f->search, true, &place));
	expect_count(f, 0, 0, true);
	set(f, "");
	assert_false(search_is_set(f->search));
}

static void
ranges_are_those_of_the_entry(void **state)
{
	struct fixture *f = *state;
	struct search_range r[4];

	add(f, "글 abc 글 abc 글");
	set(f, "글");
	work(f);
	expect_step(f, true, 0, 16);
	expect_step(f, true, 0, 8);
	assert_int_equal(search_ranges(f->search, 0, 0, 0, r, 4), 3);
	assert_int_equal(r[0].start, 0);
	assert_int_equal(r[0].len, 3);
	assert_false(r[0].here);
	assert_int_equal(r[1].start, 8);
	assert_true(r[1].here);
	assert_int_equal(r[2].start, 16);
	assert_false(r[2].here);
	assert_int_equal(search_ranges(f->search, 0, 0, 0, r, 2), 2);
	/* One that ends there is not behind it; one that reaches over is. */
	assert_int_equal(search_ranges(f->search, 0, 0, 3, r, 4), 2);
	assert_int_equal(r[0].start, 8);
	assert_int_equal(search_ranges(f->search, 0, 0, 10, r, 4), 2);
	assert_int_equal(search_ranges(f->search, 0, 0, 11, r, 4), 1);
	assert_int_equal(search_ranges(f->search, 0, 0, 19, r, 4), 0);
	/* Those before it are not looked for again. */
	assert_int_equal(search_ranges(f->search, 0, 3, 0, r, 4), 2);
	assert_int_equal(r[0].start, 8);
	assert_int_equal(search_ranges(f->search, 0, 19, 0, r, 4), 0);
	assert_int_equal(search_ranges(f->search, 1, 0, 0, r, 4), 0);
}

static void
new_entries_are_counted(void **state)
{
	struct fixture *f = *state;

	add(f, "a");
	set(f, "a");
	work(f);
	expect_step(f, true, 0, 0);
	assert_false(search_work(f->search));
	add(f, "aa");
	expect_count(f, 1, 1, false);
	assert_true(search_work(f->search));
	assert_false(search_work(f->search));
	expect_count(f, 1, 3, true);
	expect_step(f, false, 1, 0);
	expect_count(f, 2, 3, true);
}

static void
counting_is_done_in_turns_from_the_newest_up(void **state)
{
	struct fixture *f = *state;
	struct search_place place;
	unsigned turns = 0;
	bool whole = false;

	add(f, "a");
	for (int i = 0; i < 40; i++)
		add_filler(f, TURN_BYTES / 4);
	add(f, "a");
	set(f, "a");
	expect_count(f, 0, 0, false);
	assert_false(search_step(f->search, true, &place));
	assert_true(search_work(f->search));
	expect_step(f, true, 41, 0);
	expect_count(f, 1, 1, false);
	/* Whether there is one above is not known yet. */
	assert_false(search_step(f->search, true, &place));
	assert_false(search_step(f->search, false, &place));
	expect_count(f, 1, 1, false);
	for (; search_work(f->search); turns++)
		;
	assert_in_range(turns, 8, 11);
	assert_int_equal(search_count(f->search, &whole), 2);
	assert_true(whole);
	expect_count(f, 2, 2, true);
	expect_step(f, true, 0, 0);
}

/* Entries without text cost something as well. */
static void
a_turn_is_bounded_by_entries_too(void **state)
{
	struct transcript *t = transcript_new(100000, 1u << 20);
	struct search *s = search_new(t);
	bool whole;
	uint64_t id;

	(void)state;
	assert_non_null(t);
	assert_non_null(s);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(
		    transcript_add(t, TRANSCRIPT_SENT, 0, NULL, 0, false, &id),
		    0);
	assert_int_equal(search_set(s, "a", 1), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(search_work(s));
		(void)search_count(s, &whole);
		assert_false(whole);
	}
	while (search_work(s))
		;
	(void)search_count(s, &whole);
	assert_true(whole);
	search_free(s);
	transcript_free(t);
}

static void
what_has_fallen_out_is_not_counted(void **state)
{
	struct fixture *f = *state;
	struct search_place place;

	for (int i = 0; i < 1000; i++)
		add(f, i % 10 == 0 ? "a" : "b");
	set(f, "a");
	work(f);
	expect_step(f, false, 990, 0);
	expect_step(f, false, 0, 0);
	expect_count(f, 1, 100, true);
	add(f, "b");
	work(f);
	/* It stands at none; but where that was is known. */
	expect_count(f, 0, 99, true);
	expect_step(f, false, 10, 0);
	for (int i = 0; i < 10; i++)
		add(f, "b");
	work(f);
	expect_step(f, true, 990, 0);
	expect_count(f, 98, 98, true);
	transcript_clear(f->transcript);
	work(f);
	expect_count(f, 0, 0, true);
	assert_false(search_step(f->search, true, &place));
	add(f, "a");
	work(f);
	expect_count(f, 0, 1, true);
	expect_step(f, true, 1011, 0);
	expect_count(f, 1, 1, true);
}

static void
all_may_fall_out_before_they_are_counted(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 10; i++)
		add(f, "a");
	set(f, "a");
	work(f);
	expect_step(f, true, 9, 0);
	for (int i = 0; i < 2000; i++)
		add(f, "a");
	work(f);
	expect_count(f, 0, 1000, true);
	expect_step(f, false, 1010, 0);
	expect_count(f, 1, 1000, true);
}

#define search_test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    search_test(it_walks_from_the_newest_up_and_round),
	    search_test(the_first_step_is_to_the_newest_either_way),
	    search_test(nothing_is_found_of_nothing),
	    search_test(ranges_are_those_of_the_entry),
	    search_test(new_entries_are_counted),
	    search_test(counting_is_done_in_turns_from_the_newest_up),
	    cmocka_unit_test(a_turn_is_bounded_by_entries_too),
	    search_test(what_has_fallen_out_is_not_counted),
	    search_test(all_may_fall_out_before_they_are_counted),
	};

	return cmocka_run_group_tests(tests, region_setup, NULL);
}
