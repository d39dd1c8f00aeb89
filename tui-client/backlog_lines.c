#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backlog.h"
#include "backlog_lines.h"

#define BLOCKS 6 /* that are held: where one reads, scans and counts */

/* Of the backlog's bytes number * size..+size-1 those from..to-1. */
struct block {
	uint64_t number, from, to;
	uint64_t used; /* when: the one used longest ago goes first */
	char *bytes;
};

struct backlog_lines {
	const struct backlog *backlog;
	size_t size;
	uint64_t clock;
	int error;
	uint64_t error_at; /* the offset that could not be read */
	struct block blocks[BLOCKS];
	char *joined; /* a line that begins in one block and ends in the next */
};

struct backlog_lines *
backlog_lines_new(const struct backlog *backlog, size_t block_bytes)
{
	struct backlog_lines *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->joined = calloc(BLOCKS + 2, block_bytes);
	if (l->joined == NULL) {
		free(l);
		return NULL;
	}
	l->backlog = backlog;
	l->size = block_bytes;
	for (size_t i = 0; i < BLOCKS; i++) {
		l->blocks[i].number = UINT64_MAX;
		l->blocks[i].bytes = l->joined + (i + 2) * block_bytes;
	}
	return l;
}

void
backlog_lines_free(struct backlog_lines *l)
{
	if (l == NULL)
		return;
	free(l->joined);
	free(l);
}

/* Reads on, up to its end or the backlog's. */
static void
block_fill(struct backlog_lines *l, struct block *b)
{
	const struct backlog *backlog = l->backlog;
	uint64_t start = b->number * l->size, to = start + l->size;

	if (to > backlog->end)
		to = backlog->end;
	while (b->to < to) {
		size_t len = (size_t)(to - b->to);
		char *at = b->bytes + (b->to - start);
		ssize_t n = backlog->read(backlog->self, b->to, at, len);

		if (n <= 0) {
			l->error = n == 0 ? EIO : errno;
			l->error_at = b->to;
			memset(at, ' ', len);
			n = (ssize_t)len;
		}
		b->to += (uint64_t)n;
	}
}

static struct block *
block_get(struct backlog_lines *l, uint64_t number)
{
	struct block *b = &l->blocks[0];
	uint64_t start = number * l->size, first = l->backlog->first;

	for (size_t i = 0; i < BLOCKS; i++) {
		if (l->blocks[i].number == number) {
			b = &l->blocks[i];
			break;
		}
		if (l->blocks[i].used < b->used)
			b = &l->blocks[i];
	}
	/* What it has may have fallen out while there was no more of it. */
	if (b->number != number || b->to < first) {
		b->number = number;
		b->from = b->to = start > first ? start : first;
	}
	b->used = ++l->clock;
	block_fill(l, b);
	return b;
}

/* The first newline in from..to-1 of a block; false where there is none. */
static bool
find_newline(const struct backlog_lines *l, const struct block *b,
    uint64_t from, uint64_t *at)
{
	const char *p = b->bytes + (from - b->number * l->size), *newline;

	newline = memchr(p, '\n', (size_t)(b->to - from));
	if (newline != NULL)
		*at = from + (uint64_t)(newline - p);
	return newline != NULL;
}

/* The last one before `to`. */
static bool
find_newline_before(const struct backlog_lines *l, const struct block *b,
    uint64_t to, uint64_t *at)
{
	uint64_t from =
	    b->from > l->backlog->first ? b->from : l->backlog->first;
	const char *base = b->bytes + (from - b->number * l->size);

	for (size_t n = (size_t)(to - from); n > 0; n--)
		if (base[n - 1] == '\n') {
			*at = from + n - 1;
			return true;
		}
	return false;
}

/*
 * Where the line with this byte begins. *within says whether that is in the
 * byte's own block, or before it.
 */
static uint64_t
find_start(struct backlog_lines *l, uint64_t offset, bool *within)
{
	uint64_t number = offset / l->size, start = number * l->size, newline;
	uint64_t first = l->backlog->first;

	*within = true;
	if (find_newline_before(l, block_get(l, number), offset, &newline))
		return newline + 1;
	*within = start < first;
	if (start <= first)
		return first;
	if (find_newline_before(l, block_get(l, number - 1), start, &newline))
		return newline + 1;
	return start - l->size < first ? first : start;
}

/*
 * Where it ends. A block without a newline, which none is that the line begins
 * within, ends it; so does, of the next one, the first newline or its end.
 */
static uint64_t
find_end(struct backlog_lines *l, uint64_t offset, bool within, bool *open)
{
	uint64_t number = offset / l->size, newline;
	const struct block *b = block_get(l, number);

	*open = false;
	if (find_newline(l, b, offset, &newline))
		return newline + 1;
	if (within && b->to == (number + 1) * l->size &&
	    b->to < l->backlog->end) {
		b = block_get(l, ++number);
		if (find_newline(l, b, number * l->size, &newline))
			return newline + 1;
		within = false;
	}
	*open = within || b->to < (number + 1) * l->size;
	return b->to;
}

static const char *
join(struct backlog_lines *l, uint64_t start, uint64_t end)
{
	uint64_t number = start / l->size, next = (number + 1) * l->size;
	const struct block *b = block_get(l, number);

	if (end <= next)
		return b->bytes + (start - number * l->size);
	memcpy(l->joined, b->bytes + (start - number * l->size),
	    (size_t)(next - start));
	b = block_get(l, number + 1);
	memcpy(l->joined + (next - start), b->bytes, (size_t)(end - next));
	return l->joined;
}

void
backlog_lines_at(
    struct backlog_lines *l, uint64_t offset, struct backlog_line *line)
{
	bool within;

	line->start = find_start(l, offset, &within);
	line->end = find_end(l, offset, within, &line->open);
	line->text = join(l, line->start, line->end);
	line->len = (size_t)(line->end - line->start);
	if (line->text[line->len - 1] == '\n')
		line->len--;
}

int
backlog_lines_error(const struct backlog_lines *l)
{
	return l->error_at >= l->backlog->first ? l->error : 0;
}
