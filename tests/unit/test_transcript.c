/* transcript: bounds, ids, and random changes against a naive model. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/heap.h"
#include "transcript.h"

#define CHUNK_BYTES 65536u /* as in transcript.c: its edges are of interest */

static uint64_t
add(struct transcript *t, const char *text, size_t len)
{
	uint64_t id;

	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_SENT, 1, text, len, false, &id), 0);
	return id;
}

static uint64_t
add_string(struct transcript *t, const char *text)
{
	return add(t, text, strlen(text));
}

static struct transcript *
transcript_make(size_t max_entries, size_t max_bytes)
{
	struct transcript *t = transcript_new(max_entries, max_bytes);

	assert_non_null(t);
	return t;
}

static void
assert_text(
    const struct transcript *t, uint64_t id, const void *text, size_t len)
{
	struct transcript_entry entry;

	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.id, id);
	assert_int_equal(entry.len, len);
	assert_memory_equal(entry.text, text, len);
}

static void
a_new_transcript_is_empty(void **state)
{
	struct transcript *t = transcript_make(10, 100);
	struct transcript_entry entry;

	(void)state;
	assert_int_equal(transcript_first(t), transcript_end(t));
	assert_false(transcript_get(t, 0, &entry));
	transcript_set_mark(t, 0, TRANSCRIPT_VERIFIED, 1);
	transcript_clear(t);
	assert_int_equal(transcript_end(t), 0);
	transcript_free(t);
	transcript_free(NULL);
}

static void
a_bound_of_zero_is_refused(void **state)
{
	(void)state;
	errno = 0;
	assert_null(transcript_new(0, 100));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(transcript_new(10, 0));
	assert_int_equal(errno, EINVAL);
}

static void
an_entry_is_as_it_was_added(void **state)
{
	struct transcript *t = transcript_make(10, 100);
	struct transcript_entry entry;
	uint64_t id;

	(void)state;
	assert_int_equal(transcript_add(t, TRANSCRIPT_RECEIVED, 1234567890123,
			     "a\0\xff", 3, true, &id),
	    0);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.id, 0);
	assert_int_equal(entry.wall_ms, 1234567890123);
	assert_int_equal(entry.value, 0);
	assert_int_equal(entry.kind, TRANSCRIPT_RECEIVED);
	assert_int_equal(entry.mark, TRANSCRIPT_PLAIN);
	assert_true(entry.continued);
	assert_text(t, id, "a\0\xff", 3);
	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_NOTICE, 2, NULL, 0, false, &id), 0);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.kind, TRANSCRIPT_NOTICE);
	assert_int_equal(entry.len, 0);
	assert_non_null(entry.text);
	assert_false(entry.continued);
	transcript_free(t);
}

static void
a_mark_stays_with_its_entry(void **state)
{
	struct transcript *t = transcript_make(2, 100);
	struct transcript_entry entry;
	uint64_t first = add_string(t, "first"), id = add_string(t, "second");

	(void)state;
	transcript_set_mark(t, id, TRANSCRIPT_VERIFIED, UINT64_MAX);
	(void)add_string(t, "third"); /* the first falls out */
	transcript_set_mark(t, first, TRANSCRIPT_DROPPED, 1);
	transcript_set_mark(t, id + 2, TRANSCRIPT_DROPPED, 1);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.mark, TRANSCRIPT_VERIFIED);
	assert_int_equal(entry.value, UINT64_MAX);
	assert_true(transcript_get(t, id + 1, &entry));
	assert_int_equal(entry.mark, TRANSCRIPT_PLAIN);
	transcript_free(t);
}

static void
the_end_of_a_line_ends_its_entry(void **state)
{
	struct transcript *t = transcript_make(10, 100);
	struct transcript_entry entry;
	uint64_t id;

	(void)state;
	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_RECEIVED, 1, "ab", 2, true, &id), 0);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.eol, TRANSCRIPT_NO_EOL);
	assert_true(entry.continued);
	transcript_set_eol(t, id, TRANSCRIPT_CRLF);
	transcript_set_eol(t, id + 1, TRANSCRIPT_LF);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.eol, TRANSCRIPT_CRLF);
	assert_false(entry.continued);
	assert_string_equal(transcript_eol_bytes(TRANSCRIPT_NO_EOL), "");
	assert_string_equal(transcript_eol_bytes(TRANSCRIPT_LF), "\n");
	assert_string_equal(transcript_eol_bytes(TRANSCRIPT_CRLF), "\r\n");
	transcript_free(t);
}

static void
a_piece_knows_that_it_goes_on(void **state)
{
	struct transcript *t = transcript_make(2, 100);
	struct transcript_entry entry;
	uint64_t id;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(transcript_add(t, TRANSCRIPT_RECEIVED, 1, "x",
				     1, true, &id),
		    0);
		assert_true(transcript_get(t, id, &entry));
		assert_int_equal(entry.goes_on, i > 0);
	}
	/* The one before it has fallen out. */
	assert_true(transcript_get(t, transcript_first(t), &entry));
	assert_true(entry.goes_on);
	id = add_string(t, "said in the middle of it");
	assert_true(transcript_get(t, id, &entry));
	assert_false(entry.goes_on);
	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_RECEIVED, 1, "x", 1, true, &id), 0);
	assert_true(transcript_get(t, id, &entry));
	assert_false(entry.goes_on);
	transcript_set_eol(t, id, TRANSCRIPT_LF);
	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_RECEIVED, 1, "x", 1, true, &id), 0);
	assert_true(transcript_get(t, id, &entry));
	assert_false(entry.goes_on);
	transcript_clear(t);
	assert_int_equal(
	    transcript_add(t, TRANSCRIPT_RECEIVED, 1, "x", 1, true, &id), 0);
	assert_true(transcript_get(t, id, &entry));
	assert_false(entry.goes_on);
	transcript_free(t);
}

static void
what_fell_out_is_counted_in_lines(void **state)
{
	struct transcript *t = transcript_make(3, 100);
	uint64_t id, lines;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(transcript_add(t, TRANSCRIPT_RECEIVED, 1, "x",
				     1, i < 2, &id),
		    0);
	assert_false(transcript_gone(t, &lines));
	assert_int_equal(lines, 0);
	(void)add_string(t, "a");
	assert_true(transcript_gone(t, &lines));
	assert_int_equal(lines, 0); /* two pieces of that line are there */
	(void)add_string(t, "b");
	(void)add_string(t, "c");
	assert_true(transcript_gone(t, &lines));
	assert_int_equal(lines, 1);
	(void)add_string(t, "d");
	assert_true(transcript_gone(t, &lines));
	assert_int_equal(lines, 2);
	transcript_clear(t);
	assert_false(transcript_gone(t, &lines));
	assert_int_equal(lines, 0);
	transcript_free(t);
}

static void
the_oldest_falls_out_past_the_bound_of_entries(void **state)
{
	struct transcript *t = transcript_make(100, 1000000);
	struct transcript_entry entry;
	char text[16];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "line %u", i);

		assert_int_equal(add(t, text, len), i);
		assert_int_equal(transcript_end(t), i + 1);
		assert_int_equal(transcript_first(t), i < 100 ? 0 : i - 99);
		assert_text(t, i, text, len);
		if (i >= 100)
			assert_false(transcript_get(t, i - 100, &entry));
	}
	assert_text(t, 900, "line 900", 8);
	transcript_free(t);
}

static void
the_oldest_fall_out_past_the_bound_of_bytes(void **state)
{
	struct transcript *t = transcript_make(100, 10);

	(void)state;
	(void)add_string(t, "aaaa");
	(void)add_string(t, "bbbb");
	(void)add_string(t, "cc");
	assert_int_equal(transcript_first(t), 0);
	(void)add_string(t, "");
	assert_int_equal(transcript_first(t), 0);
	(void)add_string(t, "ddddd"); /* two have to go for it */
	assert_int_equal(transcript_first(t), 2);
	assert_text(t, 2, "cc", 2);
	assert_text(t, 3, "", 0);
	assert_text(t, 4, "ddddd", 5);
	transcript_free(t);
}

static void
a_text_longer_than_all_is_cut_and_alone(void **state)
{
	struct transcript *t = transcript_make(100, 10);

	(void)state;
	(void)add_string(t, "before");
	assert_int_equal(add_string(t, "0123456789ABCDEF"), 1);
	assert_int_equal(transcript_first(t), 1);
	assert_text(t, 1, "0123456789", 10);
	transcript_free(t);
}

static void
a_text_may_come_from_the_entry_that_makes_room(void **state)
{
	struct transcript *t = transcript_make(1, 100000);
	static char text[CHUNK_BYTES];
	struct transcript_entry entry;

	(void)state;
	memset(text, 'x', sizeof(text));
	(void)add(t, text, sizeof(text));
	for (uint64_t id = 0; id < 3; id++) {
		assert_true(transcript_get(t, id, &entry));
		(void)add(t, entry.text, entry.len);
		assert_text(t, id + 1, text, sizeof(text));
	}
	transcript_free(t);
}

static void
a_text_that_ends_at_a_chunk_or_one_byte_past_it_is_whole(void **state)
{
	static char text[CHUNK_BYTES / 16];

	(void)state;
	memset(text, 'y', sizeof(text));
	for (size_t last = 14; last <= 18; last++) {
		struct transcript *t = transcript_make(100, 1000000);

		for (int i = 0; i < 16; i++)
			(void)add(t, text, sizeof(text) - 1);
		(void)add(t, text, last); /* 16 bytes are left */
		(void)add(t, text, 1);
		assert_text(t, 15, text, sizeof(text) - 1);
		assert_text(t, 16, text, last);
		assert_text(t, 17, text, 1);
		transcript_free(t);
	}
}

static void
numbers_go_on_after_clear(void **state)
{
	struct transcript *t = transcript_make(100, 1000);
	struct transcript_entry entry;

	(void)state;
	for (int i = 0; i < 70; i++)
		(void)add_string(t, "before");
	transcript_clear(t);
	assert_int_equal(transcript_first(t), 70);
	assert_int_equal(transcript_end(t), 70);
	assert_false(transcript_get(t, 69, &entry));
	assert_int_equal(add_string(t, "after"), 70);
	assert_text(t, 70, "after", 5);
	transcript_free(t);
}

static void
memory_of_the_usual_scrollback_is_bounded(void **state)
{
	static const char text[] = "forty bytes of text, as a line often has";
	size_t before = heap_bytes();
	struct transcript *t = transcript_make(100000, 64 << 20);

	(void)state;
	(void)add_string(t, text);
	assert_in_range(heap_bytes(), 0, before + 128 * 1024);
	for (int i = 0; i < 250000; i++)
		(void)add_string(t, text);
	assert_int_equal(transcript_end(t) - transcript_first(t), 100000);
	assert_in_range(heap_bytes(), 0, before + (8 << 20));
	transcript_clear(t);
	assert_in_range(heap_bytes(), 0, before + 4096);
	transcript_free(t);
}

/* As the client bounds it: 128 bytes a line on average. */
static void
lines_of_80_bytes_stay_below_16_mib(void **state)
{
	static const char text[] = "eighty bytes of text are what a terminal "
				   "is wide, and many a log has such lines";
	size_t before = heap_bytes(), most = 0;
	struct transcript *t = transcript_make(100000, 128 * 100000);

	(void)state;
	assert_in_range(sizeof(text) - 1, 79, 81);
	for (int i = 0; i < 300000; i++) {
		(void)add_string(t, text);
		/* Where it has grown. */
		if ((i & (i - 1)) == 0 && heap_bytes() > most)
			most = heap_bytes();
	}
	assert_int_equal(transcript_end(t) - transcript_first(t), 100000);
	assert_in_range(most, 0, before + (16 << 20));
	assert_in_range(heap_bytes(), 0, before + (16 << 20));
	assert_in_range(transcript_memory(t), 0, 16 << 20);
	transcript_free(t);
}

static void
the_memory_it_tells_is_what_it_has(void **state)
{
	static char text[CHUNK_BYTES];
	static const size_t lens[] = {
	    1, 80, CHUNK_BYTES / 16, CHUNK_BYTES / 16 + 1, CHUNK_BYTES};

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		size_t before = heap_bytes(), told, has;
		struct transcript *t = transcript_make(1000, 4 << 20);

		for (int n = 0; n < 5000; n++)
			(void)add(t, text, lens[i]);
		told = transcript_memory(t);
		has = heap_bytes() - before;
		/* malloc(3) has some of its own for each. */
		if (has != 0)
			assert_in_range(has, told, told + told / 64 + 4096);
		transcript_clear(t);
		assert_in_range(transcript_memory(t), 0, 4096);
		transcript_free(t);
	}
}

/* The naive model: every text that ever came, made from its id. */
#define MODEL_MAX   20000
#define MODEL_BYTES 200000u
#define MODEL_LINES 300u

struct model {
	uint32_t rng;
	uint64_t first, end;
	size_t bytes;
	size_t len[MODEL_MAX];
	enum transcript_mark mark[MODEL_MAX];
};

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void
text_of(uint64_t id, char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(id * 31 + i * 7);
}

/* Often short; now and then at the edges of a chunk, or longer than all. */
static size_t
random_len(uint32_t *rng)
{
	static const size_t edges[] = {0, 1, CHUNK_BYTES / 16 - 1,
	    CHUNK_BYTES / 16, CHUNK_BYTES / 16 + 1, CHUNK_BYTES - 1,
	    CHUNK_BYTES, CHUNK_BYTES + 1, MODEL_BYTES - 1, MODEL_BYTES,
	    MODEL_BYTES + 1};

	switch (next_random(rng) % 16) {
	case 0:
		return edges[next_random(rng) %
		    (sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return next_random(rng) % CHUNK_BYTES;
	default:
		return next_random(rng) % 200;
	}
}

static void
model_drop_oldest(struct model *m)
{
	m->bytes -= m->len[m->first++];
}

static void
model_add(struct model *m, struct transcript *t)
{
	static char text[MODEL_BYTES + 1];
	size_t len = random_len(&m->rng);

	text_of(m->end, text, len);
	assert_int_equal(add(t, text, len), m->end);
	m->len[m->end] = len < MODEL_BYTES ? len : MODEL_BYTES;
	m->mark[m->end] = TRANSCRIPT_PLAIN;
	m->bytes += m->len[m->end++];
	while (m->end - m->first > MODEL_LINES || m->bytes > MODEL_BYTES)
		model_drop_oldest(m);
}

static void
model_mark(struct model *m, struct transcript *t)
{
	uint64_t id = next_random(&m->rng) % (m->end + 2);

	transcript_set_mark(t, id, TRANSCRIPT_VERIFIED, id);
	if (id < m->end)
		m->mark[id] = TRANSCRIPT_VERIFIED;
}

static void
model_compare(const struct model *m, const struct transcript *t, uint64_t id)
{
	static char text[MODEL_BYTES];
	struct transcript_entry entry;

	if (id < m->first || id >= m->end) {
		assert_false(transcript_get(t, id, &entry));
		return;
	}
	text_of(id, text, m->len[id]);
	assert_text(t, id, text, m->len[id]);
	assert_true(transcript_get(t, id, &entry));
	assert_int_equal(entry.mark, m->mark[id]);
}

static void
random_changes_are_those_of_the_model(void **state)
{
	struct transcript *t = transcript_make(MODEL_LINES, MODEL_BYTES);
	static struct model m = {.rng = 3};

	(void)state;
	while (m.end < MODEL_MAX) {
		uint32_t dice = next_random(&m.rng) % 1000;

		if (dice == 0) {
			transcript_clear(t);
			while (m.first < m.end)
				model_drop_oldest(&m);
		} else if (dice < 100) {
			model_mark(&m, t);
		} else {
			model_add(&m, t);
		}
		assert_int_equal(transcript_first(t), m.first);
		assert_int_equal(transcript_end(t), m.end);
		model_compare(&m, t, m.first);
		model_compare(&m, t, next_random(&m.rng) % (m.end + 2));
		if (dice == 1)
			for (uint64_t id = m.first; id < m.end; id++)
				model_compare(&m, t, id);
	}
	transcript_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_transcript_is_empty),
	    cmocka_unit_test(a_bound_of_zero_is_refused),
	    cmocka_unit_test(an_entry_is_as_it_was_added),
	    cmocka_unit_test(a_mark_stays_with_its_entry),
	    cmocka_unit_test(the_end_of_a_line_ends_its_entry),
	    cmocka_unit_test(a_piece_knows_that_it_goes_on),
	    cmocka_unit_test(what_fell_out_is_counted_in_lines),
	    cmocka_unit_test(the_oldest_falls_out_past_the_bound_of_entries),
	    cmocka_unit_test(the_oldest_fall_out_past_the_bound_of_bytes),
	    cmocka_unit_test(a_text_longer_than_all_is_cut_and_alone),
	    cmocka_unit_test(a_text_may_come_from_the_entry_that_makes_room),
	    cmocka_unit_test(
		a_text_that_ends_at_a_chunk_or_one_byte_past_it_is_whole),
	    cmocka_unit_test(numbers_go_on_after_clear),
	    cmocka_unit_test(memory_of_the_usual_scrollback_is_bounded),
	    cmocka_unit_test(lines_of_80_bytes_stay_below_16_mib),
	    cmocka_unit_test(the_memory_it_tells_is_what_it_has),
	    cmocka_unit_test(random_changes_are_those_of_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
