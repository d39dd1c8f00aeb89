#include "segments.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "eintr.h"

void
segments_init(struct segments *s)
{
	memset(s, 0, sizeof(*s));
}

void
segments_free(struct segments *s)
{
	while (s->count > 0)
		(void)close(s->list[--s->count].fd);
}

static struct segment *
segments_last(struct segments *s)
{
	return &s->list[s->count - 1];
}

static uint64_t
segment_end(const struct segment *segment)
{
	return segment->base + segment->size + segment->unended;
}

/* A file may be written by others meanwhile: how much there was, or -1. */
static ssize_t
segment_get(const struct segment *segment, uint64_t at, void *buf, size_t len)
{
	return eintr_pread(segment->fd, buf, len, (off_t)at);
}

/* Remembers what is before the end, to know it again. */
static void
segments_mark(struct segments *s)
{
	const struct segment *last = segments_last(s);
	size_t want =
	    last->size < SEGMENTS_MARK ? (size_t)last->size : SEGMENTS_MARK;

	s->mark_len = want;
	if (segment_get(last, last->size - want, s->mark, want) !=
	    (ssize_t)want)
		s->mark_len = 0;
}

/*
 * A cut file may have grown past its size before anyone has looked. One that
 * can't be read now has not been cut for that.
 */
static bool
segments_is_marked(struct segments *s)
{
	const struct segment *last = segments_last(s);
	char now[SEGMENTS_MARK];
	ssize_t n;

	n = segment_get(last, last->size - s->mark_len, now, s->mark_len);
	return n == -1 ||
	    (n == (ssize_t)s->mark_len &&
		memcmp(now, s->mark, s->mark_len) == 0);
}

static void
segments_drop_first(struct segments *s)
{
	(void)close(s->list[0].fd);
	s->count--;
	memmove(&s->list[0], &s->list[1], s->count * sizeof(s->list[0]));
}

void
segments_append(struct segments *s, int fd, uint64_t size)
{
	struct segment *last;
	char end;

	if (s->count > 0) {
		last = segments_last(s);
		last->unended = last->size > 0 &&
		    segment_get(last, last->size - 1, &end, 1) == 1 &&
		    end != '\n';
	}
	if (s->count == SEGMENTS_MAX)
		segments_drop_first(s);
	s->list[s->count] = (struct segment){
	    .fd = fd,
	    .base = segments_end(s),
	    .size = size,
	};
	s->count++;
	segments_mark(s);
}

bool
segments_grow(struct segments *s, uint64_t size)
{
	struct segment *last = segments_last(s);

	if (size == last->size)
		return true;
	if (size < last->size || !segments_is_marked(s))
		return false;
	last->size = size;
	segments_mark(s);
	return true;
}

void
segments_cut(struct segments *s, uint64_t size)
{
	uint64_t end = segments_end(s);

	while (s->count > 1)
		segments_drop_first(s);
	s->list[0].base = end;
	s->list[0].size = size;
	segments_mark(s);
}

int
segments_fd(const struct segments *s)
{
	return s->count > 0 ? s->list[s->count - 1].fd : -1;
}

uint64_t
segments_first(const struct segments *s)
{
	return s->count > 0 ? s->list[0].base : 0;
}

uint64_t
segments_end(const struct segments *s)
{
	return s->count > 0 ? segment_end(&s->list[s->count - 1]) : 0;
}

static ssize_t
segment_read(const struct segment *segment, uint64_t at, void *buf, size_t len)
{
	ssize_t n;

	if (at == segment->size) {
		*(char *)buf = '\n';
		return 1;
	}
	if (len > segment->size - at)
		len = (size_t)(segment->size - at);
	n = eintr_pread(segment->fd, buf, len, (off_t)at);
	if (n == 0) {
		errno = EIO;
		return -1;
	}
	return n;
}

ssize_t
segments_read(const struct segments *s, uint64_t offset, void *buf, size_t len)
{
	size_t i = s->count;

	if (offset < segments_first(s) || offset >= segments_end(s)) {
		errno = ERANGE;
		return -1;
	}
	do {
		i--;
	} while (offset < s->list[i].base);
	return segment_read(&s->list[i], offset - s->list[i].base, buf, len);
}
