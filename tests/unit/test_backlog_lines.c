/* backlog_lines: against a model that has the whole text, in small blocks. */

#include <errno.h>
#include <string.h>

#include "backlog.h"
#include "backlog_lines.h"
#include "harness/harness.h"

#define BLOCK	 16u
#define TEXT_MAX (1u << 16)

/* The text, and where in it lines and pieces begin. */
static struct {
	char text[TEXT_MAX];
	struct backlog backlog;
	bool broken; /* reading fails */
	uint32_t rng;
} model;

static uint32_t
next_random(void)
{
	model.rng = model.rng * 1664525u + 1013904223u;
	return model.rng >> 8;
}

/* As much as it likes, at least one byte. */
static ssize_t
read_some(void *self, uint64_t offset, void *buf, size_t len)
{
	assert_ptr_equal(self, &model);
	assert_true(len > 0);
	assert_true(offset >= model.backlog.first);
	assert_true(offset + len <= model.backlog.end);
	if (model.broken) {
		errno = EIO;
		return -1;
	}
	len = 1 + next_random() % len;
	memcpy(buf, model.text + offset, len);
	return (ssize_t)len;
}

/* Whether a block is there to its end and has no newline, nor has fallen out. */
static bool
ends_a_piece(uint64_t number)
{
	uint64_t start = number * BLOCK;

	return start >= model.backlog.first &&
	    start + BLOCK <= model.backlog.end &&
	    memchr(model.text + start, '\n', BLOCK) == NULL;
}

/* Whether a line or a piece of one begins here. */
static bool
begins(uint64_t offset)
{
	return offset == model.backlog.first ||
	    model.text[offset - 1] == '\n' ||
	    (offset % BLOCK == 0 && ends_a_piece(offset / BLOCK - 1));
}

static void
check(struct backlog_lines *lines, uint64_t offset)
{
	uint64_t start = offset, end = offset + 1;
	struct backlog_line line;
	size_t len;
	bool open;

	while (!begins(start))
		start--;
	while (end < model.backlog.end && !begins(end))
		end++;
	open = end == model.backlog.end && model.text[end - 1] != '\n' &&
	    !(end % BLOCK == 0 && ends_a_piece(end / BLOCK - 1));
	len = (size_t)(end - start) - (model.text[end - 1] == '\n' ? 1 : 0);
	backlog_lines_at(lines, offset, &line);
	assert_int_equal(line.start, start);
	assert_int_equal(line.end, end);
	assert_int_equal(line.open, open);
	assert_int_equal(line.len, len);
	assert_memory_equal(line.text, model.text + start, len);
	assert_true(line.end - line.start < 2 * BLOCK);
}

static void
append(size_t len, unsigned one_in)
{
	for (size_t i = 0; i < len && model.backlog.end < TEXT_MAX; i++)
		model.text[model.backlog.end++] =
		    next_random() % one_in == 0 ? '\n' : 'x';
}

/* first is always where a line begins, or a piece. */
static void
drop(size_t len)
{
	uint64_t first = model.backlog.first + len;

	if (first >= model.backlog.end)
		return;
	while (first < model.backlog.end && model.text[first - 1] != '\n')
		first++;
	model.backlog.first = first;
}

static struct backlog_lines *
begin(uint32_t seed)
{
	struct backlog_lines *lines;

	model.rng = seed;
	model.broken = false;
	model.backlog = (struct backlog){.read = read_some, .self = &model};
	lines = backlog_lines_new(&model.backlog, BLOCK);
	assert_non_null(lines);
	return lines;
}

static void
random_texts_have_the_lines_of_the_model(void **state)
{
	struct backlog_lines *lines = begin(5);
	unsigned one_in = 10;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const struct backlog *b = &model.backlog;

		if (next_random() % 50 == 0)
			one_in = 1 + next_random() % 60;
		if (next_random() % 3 == 0)
			append(next_random() % 20, one_in);
		if (next_random() % 20 == 0)
			drop(next_random() % 200);
		if (b->first < b->end) {
			uint64_t there = b->end - b->first;
			uint64_t back = next_random() %
			    (next_random() % 2 == 0 ? there
				    : there < 64    ? there
						    : 64);

			check(lines, b->end - 1 - back);
		}
		if (b->end > TEXT_MAX - 100) {
			backlog_lines_free(lines);
			lines = begin(model.rng);
		}
	}
	assert_int_equal(backlog_lines_error(lines), 0);
	backlog_lines_free(lines);
}

static void
a_last_line_grows(void **state)
{
	struct backlog_lines *lines = begin(1);
	struct backlog_line line;

	(void)state;
	memcpy(model.text, "one\ntwo", 7);
	model.backlog.end = 6;
	backlog_lines_at(lines, 5, &line);
	assert_int_equal(line.len, 2);
	assert_true(line.open);
	model.backlog.end = 7;
	backlog_lines_at(lines, 5, &line);
	assert_int_equal(line.len, 3);
	assert_memory_equal(line.text, "two", 3);
	model.text[7] = '\n';
	model.backlog.end = 8;
	backlog_lines_at(lines, 5, &line);
	assert_int_equal(line.len, 3);
	assert_int_equal(line.end, 8);
	assert_false(line.open);
	backlog_lines_free(lines);
}

static void
what_cannot_be_read_is_blank(void **state)
{
	struct backlog_lines *lines = begin(1);
	struct backlog_line line;

	(void)state;
	memcpy(model.text, "one\ntwo", 7);
	model.backlog.end = 7;
	model.broken = true;
	backlog_lines_at(lines, 5, &line);
	assert_int_equal(backlog_lines_error(lines), EIO);
	assert_int_equal(line.start, 0);
	assert_int_equal(line.end, 7);
	assert_memory_equal(line.text, "       ", 7);
	/* As when a file was cut, and begins anew. */
	model.broken = false;
	model.backlog.first = 7;
	assert_int_equal(backlog_lines_error(lines), 0);
	model.text[7] = '\n';
	model.backlog.end = 8;
	backlog_lines_at(lines, 7, &line);
	assert_int_equal(line.len, 0);
	assert_int_equal(backlog_lines_error(lines), 0);
	backlog_lines_free(lines);
	backlog_lines_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_texts_have_the_lines_of_the_model),
	    cmocka_unit_test(a_last_line_grows),
	    cmocka_unit_test(what_cannot_be_read_is_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
