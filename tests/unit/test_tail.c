/* tail: the last lines of a backlog, and what comes. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backlog.h"
#include "harness/harness.h"
#include "tail.h"

/* A backlog in memory that hands out what a test wants at a time. */
struct text {
	struct backlog backlog;
	const char *bytes; /* from offset 0 on */
	size_t at_a_time;
	int error;
	struct tail tail;
	uint64_t lost;
	char said[512];
};

static ssize_t
text_read(void *self, uint64_t offset, void *buf, size_t len)
{
	const struct text *t = self;

	assert_true(offset >= t->backlog.first && offset < t->backlog.end);
	if (t->error != 0) {
		errno = t->error;
		return -1;
	}
	if (len > t->backlog.end - offset)
		len = (size_t)(t->backlog.end - offset);
	if (len > t->at_a_time)
		len = t->at_a_time;
	memcpy(buf, t->bytes + offset, len);
	return (ssize_t)len;
}

static int
setup(void **state)
{
	struct text *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	*state = t;
	t->backlog.read = text_read;
	t->backlog.self = t;
	t->at_a_time = SIZE_MAX;
	return 0;
}

static int
teardown(void **state)
{
	struct text *t = *state;

	tail_free(&t->tail);
	free(t);
	return 0;
}

static void
text_line(void *arg, const char *line, size_t len, bool last)
{
	struct text *t = arg;
	size_t at = strlen(t->said);

	assert_true(at + len + 2 < sizeof(t->said));
	(void)snprintf(t->said + at, sizeof(t->said) - at, "%.*s%s", (int)len,
	    line, last ? "|" : "+");
}

static void
set(struct text *t, const char *bytes)
{
	t->bytes = bytes;
	t->backlog.end = strlen(bytes);
}

static void
begin(struct text *t, const char *bytes, unsigned count)
{
	set(t, bytes);
	assert_int_equal(tail_init(&t->tail, &t->backlog, count), 0);
}

static void
expect(struct text *t, const char *said)
{
	while (tail_step(&t->tail, &t->lost, text_line, t))
		continue;
	assert_string_equal(t->said, said);
}

static void
it_begins_with_the_last_lines(void **state)
{
	begin(*state, "one\ntwo\nthree\nfour\n", 2);
	expect(*state, "three|four|");
}

static void
a_line_without_end_is_one_of_them(void **state)
{
	struct text *t = *state;

	begin(t, "one\ntwo\nthr", 2);
	expect(t, "two|");
	assert_true(tail_is_waiting(&t->tail));
	set(t, "one\ntwo\nthree\n");
	expect(t, "two|three|");
	assert_false(tail_is_waiting(&t->tail));
}

static void
it_may_be_taken_as_ended(void **state)
{
	struct text *t = *state;

	begin(t, "one\ntw", 2);
	expect(t, "one|");
	tail_finish(&t->tail, text_line, t);
	set(t, "one\ntwo\n");
	expect(t, "one|tw|o|");
}

static void
fewer_lines_are_all_of_them(void **state)
{
	begin(*state, "one\ntwo\n", 10);
	expect(*state, "one|two|");
}

static void
an_empty_one_waits(void **state)
{
	struct text *t = *state;

	begin(t, "", 10);
	expect(t, "");
	set(t, "\none\n");
	expect(t, "|one|");
}

static void
how_it_is_read_does_not_matter(void **state)
{
	struct text *t = *state;

	t->at_a_time = 1;
	begin(t, "one\ntwo\nthree\n", 2);
	expect(t, "two|three|");
}

static void
it_looks_back_only_so_far(void **state)
{
	struct text *t = *state;
	const size_t len = 3 * (size_t)TAIL_LOOK_MAX;
	char *zeros = calloc(1, len);

	assert_non_null(zeros);
	t->bytes = zeros;
	t->backlog.end = len;
	assert_int_equal(tail_init(&t->tail, &t->backlog, 10), 0);
	assert_int_equal(t->tail.at, len - TAIL_LOOK_MAX);
	free(zeros);
}

static void
what_fell_out_is_counted(void **state)
{
	struct text *t = *state;

	begin(t, "one\ntw", 10);
	expect(t, "one|");
	set(t, "one\ntwo\nthree\nfour\n");
	t->backlog.first = 14;
	expect(t, "one|tw|four|");
	assert_int_equal(t->lost, 8);
}

static void
what_can_not_be_read_is_tried_again_later(void **state)
{
	struct text *t = *state;

	begin(t, "one\n", 10);
	t->error = EIO;
	expect(t, "");
	t->error = 0;
	expect(t, "one|");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_begins_with_the_last_lines),
	    TEST(a_line_without_end_is_one_of_them),
	    TEST(it_may_be_taken_as_ended),
	    TEST(fewer_lines_are_all_of_them),
	    TEST(an_empty_one_waits),
	    TEST(how_it_is_read_does_not_matter),
	    TEST(it_looks_back_only_so_far),
	    TEST(what_fell_out_is_counted),
	    TEST(what_can_not_be_read_is_tried_again_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
