/* search: random changes against a model that finds all matches anew. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/harness.h"
#include "search.h"
#include "transcript.h"

#define FILLER_MAX (1u << 19)

struct fixture {
	struct transcript *transcript;
	struct search *search;
};

static void
add(struct fixture *f, const char *text, size_t len)
{
	uint64_t id;

	assert_int_equal(transcript_add(f->transcript, TRANSCRIPT_RECEIVED, 0,
			     text, len, false, &id),
	    0);
}

/* All matches of all entries, found the obvious way. */
#define MODEL_ENTRIES 60
#define MODEL_MATCHES 4000

struct model {
	struct search_place matches[MODEL_MATCHES];
	size_t count;
	char pattern[8];
	struct search_place here;
	bool stands;
	uint32_t rng;
};

static struct model model;

static uint32_t
next_random(void)
{
	model.rng = model.rng * 1664525u + 1013904223u;
	return model.rng >> 8;
}

static char
small(char c)
{
	return c == 'A' ? 'a' : c;
}

static bool
model_matches_at(const struct transcript_entry *e, size_t at)
{
	const char *p = model.pattern;
	bool exact = strchr(p, 'A') != NULL;

	for (; *p != '\0'; p++, at++)
		if (at == e->len ||
		    *p != (exact ? e->text[at] : small(e->text[at])))
			return false;
	return true;
}

static void
model_fill(const struct fixture *f)
{
	struct transcript_entry e;
	size_t len = strlen(model.pattern);
	uint64_t id = transcript_first(f->transcript);

	model.count = 0;
	for (; len > 0 && transcript_get(f->transcript, id, &e); id++)
		for (size_t at = 0; at < e.len; at++) {
			if (e.text[at] == 'x' || !model_matches_at(&e, at))
				continue;
			assert_in_range(model.count, 0, MODEL_MATCHES - 1);
			model.matches[model.count++] =
			    (struct search_place){id, at, len};
			at += len - 1;
		}
}

/* How many are before a place. */
static size_t
model_before(const struct search_place *place)
{
	size_t n = 0;

	while (n < model.count &&
	    (model.matches[n].id < place->id ||
		(model.matches[n].id == place->id &&
		    model.matches[n].start < place->start)))
		n++;
	return n;
}

static bool
model_is(size_t n, const struct search_place *place)
{
	return n < model.count && model.matches[n].id == place->id &&
	    model.matches[n].start == place->start;
}

/* The number of the match that a step leads to, if there is any. */
static size_t
model_step(bool up)
{
	size_t n = model_before(&model.here);

	if (!model.stands)
		return model.count - 1;
	if (up)
		return (n + model.count - 1) % model.count;
	return (model_is(n, &model.here) ? n + 1 : n) % model.count;
}

static void
compare_step(struct fixture *f)
{
	struct search_place place;
	bool up = next_random() % 2 == 0, stood = model.stands, whole;

	(void)search_count(f->search, &whole);
	model_fill(f);
	if (!search_step(f->search, up, &place)) {
		assert_true(model.count == 0 || !whole);
		return;
	}
	assert_true(model_is(model_before(&place), &place));
	if (stood || whole)
		assert_true(model_is(model_step(up), &place));
	model.here = place;
	model.stands = true;
}

static void
compare_counts(struct fixture *f)
{
	size_t n, count;
	bool whole;

	model_fill(f);
	n = model_before(&model.here);
	n = model.stands && model_is(n, &model.here) ? n + 1 : 0;
	count = search_count(f->search, &whole);
	assert_true(whole);
	assert_int_equal(count, model.count);
	assert_int_equal(search_number(f->search), n);
}

static void
compare_ranges(struct fixture *f)
{
	static struct search_range r[MODEL_MATCHES];
	uint64_t first = transcript_first(f->transcript);
	uint64_t id = first + next_random() % MODEL_ENTRIES;
	size_t from = next_random() % 20, n = 0, count;

	model_fill(f);
	count = search_ranges(f->search, id, 0, from, r, MODEL_MATCHES);
	for (size_t i = 0; i < model.count; i++) {
		const struct search_place *m = &model.matches[i];

		if (m->id != id || m->start + m->len <= from)
			continue;
		assert_in_range(n, 0, count - 1);
		assert_int_equal(r[n].start, m->start);
		assert_int_equal(r[n].len, m->len);
		assert_int_equal(r[n].here,
		    model.stands && model.here.id == id &&
			model.here.start == m->start);
		n++;
	}
	assert_int_equal(n, count);
	/* The rest of them, from the end of any on. */
	for (size_t i = 0; i < count; i++) {
		struct search_range rest;
		size_t begin = r[i].start + r[i].len;

		n = search_ranges(f->search, id, begin, begin, &rest, 1);
		assert_int_equal(n, i + 1 < count);
		if (n == 1)
			assert_int_equal(rest.start, r[i + 1].start);
	}
}

static void
random_set(struct fixture *f)
{
	static const char *const patterns[] = {
	    "a", "A", "b", "ab", "aa", "aba", "bA", "aab", ""};

	strcpy(model.pattern, patterns[next_random() % 9]);
	model.stands = false;
	assert_int_equal(
	    search_set(f->search, model.pattern, strlen(model.pattern)), 0);
}

static void
random_add(struct fixture *f, size_t max)
{
	static char filler[FILLER_MAX];
	char text[40];
	size_t len = next_random() % 30;

	memset(filler, 'x', max);

	if (next_random() % 4 == 0) {
		add(f, filler, next_random() % max);
		return;
	}
	for (size_t i = 0; i < len; i++)
		text[i] = "aAbb "[next_random() % 5];
	add(f, text, len);
}

static void
random_change(struct fixture *f, size_t max)
{
	switch (next_random() % 32) {
	case 0:
	case 1:
		random_set(f);
		break;
	case 2:
		if (next_random() % 8 == 0)
			transcript_clear(f->transcript);
		break;
	case 3:
	case 4:
	case 5:
		while (search_work(f->search))
			;
		compare_counts(f);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		(void)search_work(f->search);
		break;
	case 10:
	case 11:
		compare_ranges(f);
		break;
	case 12:
	case 13:
	case 14:
	case 15:
	case 16:
	case 17:
	case 18:
		compare_step(f);
		break;
	default:
		random_add(f, max);
		break;
	}
}

/* Fillers of up to max bytes; large ones make counting take turns. */
static void
compare_with_model(int changes, size_t max, uint32_t seed)
{
	struct fixture f;

	f.transcript = transcript_new(MODEL_ENTRIES, 4u << 20);
	f.search = search_new(f.transcript);
	assert_non_null(f.transcript);
	assert_non_null(f.search);
	model = (struct model){.rng = seed};
	for (int i = 0; i < changes; i++)
		random_change(&f, max);
	search_free(f.search);
	transcript_free(f.transcript);
}

static void
random_changes_are_those_of_the_model(void **state)
{
	(void)state;
	compare_with_model(40000, 50, 11);
}

static void
also_while_it_is_counting(void **state)
{
	(void)state;
	compare_with_model(1500, FILLER_MAX, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_changes_are_those_of_the_model),
	    cmocka_unit_test(also_while_it_is_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
