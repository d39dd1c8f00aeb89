#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transcript.h"

/*
 * What 100,000 lines of 40 bytes take: a ring of 100,000 records of 32 bytes,
 * 3.2 MB (and 2.1 MB more while the last growth copies it), and 63 chunks of
 * 64 KiB, 4.1 MB: 7.3 MB to stay, 9.4 MB at the worst.
 *
 * A text lies whole in a chunk, or alone where it is so long that what it would
 * leave unused at the end of a chunk matters: at most 1/16 is lost.
 */
#define CHUNK_BYTES   65536u
#define ALONE_BYTES   (CHUNK_BYTES / 16)
#define RECORDS_FIRST 64u

struct record {
	uint64_t wall_ms;
	uint64_t value;
	char *text;
	uint32_t len;
	unsigned char kind;
	unsigned char mark;
	unsigned char eol;
	bool continued;
};

/* Texts fall out in the order in which they came: so do the chunks. */
struct chunk {
	struct chunk *next;
	size_t used;
	size_t texts;
	char data[CHUNK_BYTES];
};

struct transcript {
	size_t max_entries, max_bytes;
	struct record *records; /* a ring */
	size_t capacity, head, count;
	uint64_t first; /* the id of the record at head */
	size_t bytes;
	size_t memory; /* of all texts, with what is unused of the chunks */
	struct chunk *oldest, *newest;
	bool gone;		 /* entries fell out since it was cleared */
	uint64_t gone_lines;	 /* of them not continued */
	struct record last_gone; /* without its text */
};

struct transcript *
transcript_new(size_t max_entries, size_t max_bytes)
{
	struct transcript *t;

	if (max_entries == 0 || max_bytes == 0) {
		errno = EINVAL;
		return NULL;
	}
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->max_entries = max_entries;
	t->max_bytes = max_bytes < UINT32_MAX ? max_bytes : UINT32_MAX;
	return t;
}

void
transcript_free(struct transcript *t)
{
	if (t == NULL)
		return;
	transcript_clear(t);
	free(t);
}

/* nth <= capacity. A division here would be the dearest part of a flood. */
static struct record *
record_at(const struct transcript *t, size_t nth)
{
	size_t at = t->head + nth;

	return &t->records[at < t->capacity ? at : at - t->capacity];
}

static struct record *
record_find(const struct transcript *t, uint64_t id)
{
	if (id < t->first || id - t->first >= t->count)
		return NULL;
	return record_at(t, (size_t)(id - t->first));
}

/* Room for a record more, unless the oldest has to make it. */
static int
records_grow(struct transcript *t)
{
	size_t capacity = t->capacity == 0 ? RECORDS_FIRST : t->capacity * 2;
	struct record *records;

	if (t->count < t->capacity || t->count == t->max_entries)
		return 0;
	if (capacity > t->max_entries)
		capacity = t->max_entries;
	if (capacity > SIZE_MAX / 2 / sizeof(*records)) {
		errno = ENOMEM;
		return -1;
	}
	if ((records = malloc(capacity * sizeof(*records))) == NULL)
		return -1;
	for (size_t i = 0; i < t->count; i++)
		records[i] = *record_at(t, i);
	free(t->records);
	t->records = records;
	t->capacity = capacity;
	t->head = 0;
	return 0;
}

/* Where the next text goes. len > 0; NULL with ENOMEM and nothing changed. */
static char *
text_alloc(struct transcript *t, size_t len)
{
	struct chunk *c = t->newest;
	char *text;

	if (len > ALONE_BYTES) {
		if ((text = malloc(len)) != NULL)
			t->memory += len;
		return text;
	}
	if (c == NULL || len > CHUNK_BYTES - c->used) {
		if ((c = malloc(sizeof(*c))) == NULL)
			return NULL;
		c->next = NULL;
		c->used = c->texts = 0;
		if (t->newest == NULL)
			t->oldest = c;
		else
			t->newest->next = c;
		t->newest = c;
		t->memory += sizeof(*c);
	}
	text = c->data + c->used;
	c->used += len;
	c->texts++;
	return text;
}

/* Of the oldest text. */
static void
text_free(struct transcript *t, char *text, size_t len)
{
	struct chunk *c = t->oldest;

	if (len == 0)
		return;
	if (len > ALONE_BYTES) {
		t->memory -= len;
		free(text);
		return;
	}
	if (--c->texts > 0)
		return;
	t->oldest = c->next;
	if (t->oldest == NULL)
		t->newest = NULL;
	t->memory -= sizeof(*c);
	free(c);
}

static void
drop_oldest(struct transcript *t)
{
	struct record *r = record_at(t, 0);

	t->gone = true;
	t->last_gone = *r;
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): count > 0 */
	t->gone_lines += !r->continued;
	t->bytes -= r->len;
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): its own chunk */
	text_free(t, r->text, r->len);
	t->head = t->head + 1 < t->capacity ? t->head + 1 : 0;
	t->count--;
	t->first++;
}

int
transcript_add(struct transcript *t, enum transcript_kind kind,
    uint64_t wall_ms, const void *text, size_t len, bool continued,
    uint64_t *id)
{
	char *copy = NULL;

	if (len > t->max_bytes)
		len = t->max_bytes;
	if (records_grow(t) == -1)
		return -1;
	if (len > 0) {
		if ((copy = text_alloc(t, len)) == NULL)
			return -1;
		/* Before anything is dropped: text may be an entry's. */
		memcpy(copy, text, len);
	}
	while (t->count == t->max_entries || t->bytes > t->max_bytes - len)
		drop_oldest(t);
	t->count++;
	*record_at(t, t->count - 1) = (struct record){
	    .wall_ms = wall_ms,
	    .text = copy,
	    .len = (uint32_t)len,
	    .kind = (unsigned char)kind,
	    .mark = TRANSCRIPT_PLAIN,
	    .continued = continued,
	};
	t->bytes += len;
	*id = transcript_end(t) - 1;
	return 0;
}

void
transcript_set_mark(struct transcript *t, uint64_t id,
    enum transcript_mark mark, uint64_t value)
{
	struct record *r = record_find(t, id);

	if (r == NULL)
		return;
	r->mark = (unsigned char)mark;
	r->value = value;
}

void
transcript_set_eol(struct transcript *t, uint64_t id, enum transcript_eol eol)
{
	struct record *r = record_find(t, id);

	if (r == NULL)
		return;
	r->eol = (unsigned char)eol;
	r->continued = false;
}

const char *
transcript_eol_bytes(enum transcript_eol eol)
{
	static const char *const bytes[] = {
	    [TRANSCRIPT_NO_EOL] = "",
	    [TRANSCRIPT_LF] = "\n",
	    [TRANSCRIPT_CRLF] = "\r\n",
	};

	return bytes[eol];
}

size_t
transcript_memory(const struct transcript *t)
{
	return sizeof(*t) + t->capacity * sizeof(struct record) + t->memory;
}

uint64_t
transcript_first(const struct transcript *t)
{
	return t->first;
}

uint64_t
transcript_end(const struct transcript *t)
{
	return t->first + t->count;
}

/* Whether the entry before is a piece of the same line. */
static bool
goes_on(const struct transcript *t, uint64_t id, const struct record *r)
{
	const struct record *before;

	before = id > t->first ? record_at(t, (size_t)(id - t->first) - 1)
			       : &t->last_gone;
	return before->continued && before->kind == r->kind;
}

bool
transcript_get(
    const struct transcript *t, uint64_t id, struct transcript_entry *entry)
{
	const struct record *r = record_find(t, id);

	if (r == NULL)
		return false;
	*entry = (struct transcript_entry){
	    .id = id,
	    .wall_ms = r->wall_ms,
	    .value = r->value,
	    .text = r->len > 0 ? r->text : "",
	    .len = r->len,
	    .kind = (enum transcript_kind)r->kind,
	    .mark = (enum transcript_mark)r->mark,
	    .eol = (enum transcript_eol)r->eol,
	    .continued = r->continued,
	    .goes_on = goes_on(t, id, r),
	};
	return true;
}

bool
transcript_gone(const struct transcript *t, uint64_t *lines)
{
	*lines = t->gone_lines;
	return t->gone;
}

void
transcript_clear(struct transcript *t)
{
	while (t->count > 0)
		drop_oldest(t);
	t->gone = false;
	t->gone_lines = 0;
	t->last_gone = (struct record){0};
	free(t->records);
	t->records = NULL;
	t->capacity = t->head = 0;
}
