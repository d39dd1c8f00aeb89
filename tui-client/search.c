#include <errno.h>
#include <stdlib.h>

#include "needle.h"
#include "search.h"
#include "transcript.h"

#define WORK_BYTES  (1u << 20) /* of text that are looked through in a turn */
#define ENTRY_BYTES 64u	       /* what a look at an entry costs besides */
#define HITS_FIRST  64u

/*
 * An entry with matches. They are numbered through all entries, so that those
 * above are known without counting again: the entries that were there already
 * have numbers below 0, new ones go on from there.
 */
struct hit {
	uint64_t id;
	int64_t number; /* of its first match */
};

struct search {
	const struct transcript *transcript;
	struct needle *needle; /* NULL: looks for nothing */
	struct hit *hits;      /* a ring, in the order of the entries */
	size_t capacity, head, count;
	uint64_t low, high; /* counted: entries low..high-1 */
	int64_t first, end; /* their matches: numbers first..end-1 */
	struct search_place here;
	int64_t here_number;
	bool stands;
};

struct search *
search_new(const struct transcript *t)
{
	struct search *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->transcript = t;
	return s;
}

void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	needle_free(s->needle);
	free(s->hits);
	free(s);
}

/* Nothing is counted yet, and that begins at the end. */
static void
search_restart(struct search *s)
{
	s->count = 0;
	s->low = s->high = transcript_end(s->transcript);
	s->first = s->end;
}

int
search_set(struct search *s, const char *pattern, size_t len)
{
	struct needle *needle = NULL;

	if (len > 0 && (needle = needle_new(pattern, len)) == NULL)
		return -1;
	needle_free(s->needle);
	free(s->hits);
	*s = (struct search){.transcript = s->transcript, .needle = needle};
	search_restart(s);
	return 0;
}

bool
search_is_set(const struct search *s)
{
	return s->needle != NULL;
}

static struct hit *
hit_at(const struct search *s, size_t nth)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): has a hit */
	return &s->hits[(s->head + nth) % s->capacity];
}

static int
hits_grow(struct search *s)
{
	size_t capacity = s->capacity == 0 ? HITS_FIRST : s->capacity * 2;
	struct hit *hits;

	if (s->count < s->capacity)
		return 0;
	if (capacity > SIZE_MAX / 2 / sizeof(*hits)) {
		errno = ENOMEM;
		return -1;
	}
	if ((hits = malloc(capacity * sizeof(*hits))) == NULL)
		return -1;
	for (size_t i = 0; i < s->count; i++)
		hits[i] = *hit_at(s, i);
	free(s->hits);
	s->hits = hits;
	s->capacity = capacity;
	s->head = 0;
	return 0;
}

/* How many hits are in entries before id. */
static size_t
hits_before(const struct search *s, uint64_t id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hit_at(s, middle)->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t
count_matches(const struct search *s, const struct transcript_entry *e)
{
	struct needle_match match;
	size_t at = 0, count = 0;

	for (; needle_find(s->needle, e->text, e->len, at, &match); count++)
		at = match.start + match.len;
	return count;
}

/* Of the entry at either end of those counted. -1 with ENOMEM. */
static int
count_entry(struct search *s, const struct transcript_entry *e)
{
	int64_t count = (int64_t)count_matches(s, e);
	bool above = e->id < s->low;

	if (count > 0) {
		if (hits_grow(s) == -1)
			return -1;
		if (above)
			s->head = (s->head + s->capacity - 1) % s->capacity;
		s->count++;
		*hit_at(s, above ? 0 : s->count - 1) = (struct hit){
		    .id = e->id, .number = above ? s->first - count : s->end};
	}
	if (above) {
		s->low--;
		s->first -= count;
	} else {
		s->high++;
		s->end += count;
	}
	return 0;
}

/* The next entry that is not counted: those that are new come first. */
static bool
next_entry(const struct search *s, struct transcript_entry *e)
{
	if (transcript_get(s->transcript, s->high, e))
		return true;
	return s->low > transcript_first(s->transcript) &&
	    transcript_get(s->transcript, s->low - 1, e);
}

/* Returns whether any of those counted has fallen out. */
static bool
forget_fallen(struct search *s)
{
	uint64_t first = transcript_first(s->transcript);

	if (s->low >= first)
		return false;
	if (s->high <= first) {
		search_restart(s);
		return true;
	}
	while (s->count > 0 && hit_at(s, 0)->id < first) {
		s->head = (s->head + 1) % s->capacity;
		s->count--;
	}
	s->low = first;
	s->first = s->count > 0 ? hit_at(s, 0)->number : s->end;
	return true;
}

bool
search_work(struct search *s)
{
	struct transcript_entry e;
	size_t cost = 0;
	bool worked;

	if (s->needle == NULL)
		return false;
	worked = forget_fallen(s);
	while (cost < WORK_BYTES && next_entry(s, &e)) {
		/* Without memory it is not whole; the next time may do. */
		if (count_entry(s, &e) == -1)
			break;
		cost += e.len + ENTRY_BYTES;
	}
	return worked || cost > 0;
}

/*
 * Goes to the first or the last match of a hit that begins in from..to-1. False
 * where there is none.
 */
static bool
go_to(
    struct search *s, const struct hit *hit, bool last, size_t from, size_t to)
{
	struct transcript_entry e;
	struct needle_match match;
	int64_t number = hit->number;
	bool found = false;
	size_t at = 0;

	if (!transcript_get(s->transcript, hit->id, &e))
		return false;
	while ((last || !found) &&
	    needle_find(s->needle, e.text, e.len, at, &match) &&
	    match.start < to) {
		if (match.start >= from) {
			s->here = (struct search_place){
			    hit->id, match.start, match.len};
			s->here_number = number;
			s->stands = found = true;
		}
		at = match.start + match.len;
		number++;
	}
	return found;
}

static bool
go_up(struct search *s)
{
	size_t before = hits_before(s, s->here.id);

	if (before < s->count && hit_at(s, before)->id == s->here.id &&
	    go_to(s, hit_at(s, before), true, 0, s->here.start))
		return true;
	return before > 0 && go_to(s, hit_at(s, before - 1), true, 0, SIZE_MAX);
}

static bool
go_down(struct search *s)
{
	size_t before = hits_before(s, s->here.id);

	if (before < s->count && hit_at(s, before)->id == s->here.id) {
		if (go_to(s, hit_at(s, before), false, s->here.start + 1,
			SIZE_MAX))
			return true;
		before++;
	}
	return before < s->count &&
	    go_to(s, hit_at(s, before), false, 0, SIZE_MAX);
}

bool
search_step(struct search *s, bool up, struct search_place *place)
{
	bool found = false, whole;

	if (s->needle == NULL)
		return false;
	forget_fallen(s);
	if (s->stands)
		found = up ? go_up(s) : go_down(s);
	(void)search_count(s, &whole);
	if (!found && s->count > 0 && (whole || !s->stands))
		found = up || !s->stands
		    ? go_to(s, hit_at(s, s->count - 1), true, 0, SIZE_MAX)
		    : go_to(s, hit_at(s, 0), false, 0, SIZE_MAX);
	if (found)
		*place = s->here;
	return found;
}

size_t
search_count(const struct search *s, bool *whole)
{
	*whole = s->needle == NULL ||
	    (s->low == transcript_first(s->transcript) &&
		s->high == transcript_end(s->transcript));
	return (size_t)(s->end - s->first);
}

size_t
search_number(const struct search *s)
{
	if (!s->stands || s->here.id < s->low)
		return 0;
	return (size_t)(s->here_number - s->first + 1);
}

size_t
search_ranges(const struct search *s, uint64_t id, size_t begin, size_t from,
    struct search_range *ranges, size_t max)
{
	struct transcript_entry e;
	struct needle_match match;
	size_t at = begin, count = 0;

	if (s->needle == NULL || !transcript_get(s->transcript, id, &e))
		return 0;
	while (
	    count < max && needle_find(s->needle, e.text, e.len, at, &match)) {
		at = match.start + match.len;
		if (at <= from)
			continue;
		ranges[count++] = (struct search_range){
		    .start = match.start,
		    .len = match.len,
		    .here = s->stands && id == s->here.id &&
			match.start == s->here.start,
		};
	}
	return count;
}
