/* backlog_ring: lines come, the oldest go, offsets only grow. */

#include <stdlib.h>
#include <string.h>

#include "backlog.h"
#include "backlog_ring.h"
#include "harness/harness.h"

#define LIMIT	 ((size_t)128 << 10)
#define TEXT_MAX (4 << 20)

static char all[TEXT_MAX]; /* of all lines that were added */
static size_t all_len;
static uint32_t rng;

static uint32_t
next_random(void)
{
	rng = rng * 1664525u + 1013904223u;
	return rng >> 8;
}

static void
add(struct backlog_ring *ring, size_t len)
{
	char *line = all + all_len;

	assert_true(all_len + len < sizeof(all));
	for (size_t i = 0; i < len; i++)
		line[i] = (char)('a' + next_random() % 26);
	line[len] = '\n';
	all_len += len + 1;
	backlog_ring_add(ring, line, len);
}

/* What is there is what was added, in pieces of any size. */
static void
check(const struct backlog_ring *ring)
{
	const struct backlog *b = backlog_ring_backlog(ring);
	char piece[3000];

	assert_int_equal(b->end, all_len);
	assert_true(b->end - b->first <= LIMIT);
	assert_true(b->first == 0 || all[b->first - 1] == '\n');
	for (uint64_t at = b->first; at < b->end;) {
		size_t max = 1 + next_random() % sizeof(piece);
		ssize_t n = b->read(b->self, at, piece, max);

		assert_in_range(n, 1, max);
		assert_true(at + (uint64_t)n <= b->end);
		assert_memory_equal(piece, all + at, (size_t)n);
		at += (uint64_t)n;
	}
}

static void
it_holds_what_it_was_given(void **state)
{
	struct backlog_ring *ring = backlog_ring_new(LIMIT);
	const struct backlog *b;
	char byte;

	(void)state;
	assert_non_null(ring);
	all_len = 0;
	b = backlog_ring_backlog(ring);
	assert_int_equal(b->first, 0);
	assert_int_equal(b->end, 0);
	assert_int_equal(b->read(b->self, b->end, &byte, 1), 0);
	add(ring, 5);
	add(ring, 0);
	add(ring, 70000);
	check(ring);
	assert_int_equal(b->first, 0);
	assert_int_equal(backlog_ring_lost(ring), 0);
	backlog_ring_free(ring);
	backlog_ring_free(NULL);
}

static void
the_oldest_lines_fall_out_whole(void **state)
{
	struct backlog_ring *ring = backlog_ring_new(LIMIT);
	const struct backlog *b;

	(void)state;
	assert_non_null(ring);
	all_len = 0;
	b = backlog_ring_backlog(ring);
	for (int i = 0; i < 3000; i++) {
		size_t len = next_random() % 100 == 0 ? 20000 : 200;

		add(ring, next_random() % len);
		if (i % 50 == 0)
			check(ring);
	}
	check(ring);
	assert_true(b->first > 0);
	/* No more of them than there has to be. */
	assert_true(b->end - b->first > LIMIT - 20000);
	assert_int_equal(backlog_ring_lost(ring), 0);
	backlog_ring_free(ring);
}

static void
a_line_may_take_all_there_is_and_no_more(void **state)
{
	struct backlog_ring *ring = backlog_ring_new(LIMIT);
	const struct backlog *b;

	(void)state;
	assert_non_null(ring);
	all_len = 0;
	b = backlog_ring_backlog(ring);
	add(ring, 10);
	add(ring, LIMIT - 1);
	check(ring);
	assert_int_equal(b->first, 11);
	assert_int_equal(b->end - b->first, LIMIT);
	backlog_ring_add(ring, all, LIMIT);
	assert_int_equal(backlog_ring_lost(ring), 1);
	check(ring);
	add(ring, 10);
	check(ring);
	assert_int_equal(b->end - b->first, 11);
	backlog_ring_free(ring);
}

static void
it_is_filled_to_the_last_byte(void **state)
{
	struct backlog_ring *ring = backlog_ring_new(LIMIT);
	const struct backlog *b;

	(void)state;
	assert_non_null(ring);
	all_len = 0;
	b = backlog_ring_backlog(ring);
	add(ring, LIMIT - 2);
	add(ring, 0);
	check(ring);
	assert_int_equal(b->first, 0);
	assert_int_equal(b->end, LIMIT);
	add(ring, 0);
	check(ring);
	assert_int_equal(b->first, LIMIT - 1);
	backlog_ring_free(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_holds_what_it_was_given),
	    cmocka_unit_test(the_oldest_lines_fall_out_whole),
	    cmocka_unit_test(a_line_may_take_all_there_is_and_no_more),
	    cmocka_unit_test(it_is_filled_to_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
