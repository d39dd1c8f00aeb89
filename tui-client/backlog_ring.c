#include <stdlib.h>
#include <string.h>

#include "backlog.h"
#include "backlog_ring.h"

#define CHUNK ((size_t)64 << 10)

/* The byte at an offset is in chunks[offset / CHUNK % count]. */
struct backlog_ring {
	struct backlog backlog;
	uint64_t lost;
	size_t count;
	char *chunks[]; /* NULL: not needed yet */
};

/*
 * Where the byte at an offset is, and how many are in one piece with it: for
 * those that are there, or have room by ring_grow().
 */
static char *
locate(const struct backlog_ring *ring, uint64_t offset, size_t *run)
{
	size_t within = (size_t)(offset % CHUNK);

	*run = CHUNK - within;
	return ring->chunks[offset / CHUNK % ring->count] + within;
}

static ssize_t
ring_read(void *self, uint64_t offset, void *buf, size_t len)
{
	const struct backlog_ring *ring = self;
	const char *p;
	size_t run;

	if (offset >= ring->backlog.end)
		return 0;
	p = locate(ring, offset, &run);
	if (run > ring->backlog.end - offset)
		run = (size_t)(ring->backlog.end - offset);
	if (len > run)
		len = run;
	memcpy(buf, p, len);
	return (ssize_t)len;
}

struct backlog_ring *
backlog_ring_new(size_t limit_bytes)
{
	size_t count = limit_bytes < CHUNK ? 1 : limit_bytes / CHUNK;
	struct backlog_ring *ring =
	    calloc(1, sizeof(*ring) + count * sizeof(ring->chunks[0]));

	if (ring == NULL)
		return NULL;
	ring->count = count;
	ring->backlog.read = ring_read;
	ring->backlog.self = ring;
	return ring;
}

void
backlog_ring_free(struct backlog_ring *ring)
{
	if (ring == NULL)
		return;
	for (size_t i = 0; i < ring->count; i++)
		free(ring->chunks[i]);
	free(ring);
}

/* Memory for the bytes from the end on. -1 with ENOMEM. */
static int
ring_grow(struct backlog_ring *ring, size_t len)
{
	uint64_t from = ring->backlog.end / CHUNK;
	uint64_t to = (ring->backlog.end + len - 1) / CHUNK;

	for (; from <= to; from++) {
		char **chunk = &ring->chunks[from % ring->count];

		if (*chunk == NULL && (*chunk = malloc(CHUNK)) == NULL)
			return -1;
	}
	return 0;
}

/* The oldest line falls out. */
static void
ring_drop(struct backlog_ring *ring)
{
	struct backlog *b = &ring->backlog;

	while (b->first < b->end) {
		size_t run;
		const char *p = locate(ring, b->first, &run), *newline;

		if (run > b->end - b->first)
			run = (size_t)(b->end - b->first);
		newline = memchr(p, '\n', run);
		if (newline != NULL) {
			b->first += (uint64_t)(newline - p) + 1;
			return;
		}
		b->first += run;
	}
}

static void
ring_put(struct backlog_ring *ring, const char *p, size_t len)
{
	while (len > 0) {
		size_t run;
		char *to = locate(ring, ring->backlog.end, &run);

		if (run > len)
			run = len;
		memcpy(to, p, run);
		ring->backlog.end += run;
		p += run;
		len -= run;
	}
}

void
backlog_ring_add(struct backlog_ring *ring, const char *line, size_t len)
{
	struct backlog *b = &ring->backlog;
	size_t limit = ring->count * CHUNK;

	if (len >= limit || ring_grow(ring, len + 1) == -1) {
		ring->lost++;
		return;
	}
	while (b->end - b->first + len + 1 > limit)
		ring_drop(ring);
	ring_put(ring, line, len);
	ring_put(ring, "\n", 1);
}

uint64_t
backlog_ring_lost(const struct backlog_ring *ring)
{
	return ring->lost;
}

const struct backlog *
backlog_ring_backlog(const struct backlog_ring *ring)
{
	return &ring->backlog;
}
