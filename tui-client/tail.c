#include "tail.h"

#include "backlog.h"
#include "lines.h"
#include "record.h"

/* Whom to call with lines. */
struct sink {
	void (*fn)(void *arg, const char *line, size_t len, bool last);
	void *arg;
};

/* All of buf[0..len), from this offset on; false where it can't be had. */
static bool
backlog_read_all(
    const struct backlog *b, uint64_t offset, char *buf, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = b->read(b->self, offset, buf, len);
		if (n <= 0)
			return false;
		offset += (size_t)n;
		buf += n;
		len -= (size_t)n;
	}
	return true;
}

/* Where the last count lines begin; reads backwards. */
static uint64_t
tail_find(struct tail *t, unsigned count)
{
	const struct backlog *b = t->backlog;
	uint64_t at = b->end, bound = b->first;
	size_t len;

	if (b->end - bound > TAIL_LOOK_MAX)
		bound = b->end - TAIL_LOOK_MAX;
	while (at > bound) {
		len = at - bound < TAIL_READ_MAX ? (size_t)(at - bound)
						 : TAIL_READ_MAX;
		at -= len;
		if (!backlog_read_all(b, at, t->buf, len))
			return at + len;
		for (; len > 0; len--)
			/* The end of the last line begins no other one. */
			if (t->buf[len - 1] == '\n' && at + len != b->end &&
			    --count == 0)
				return at + len;
	}
	return bound;
}

int
tail_init(struct tail *t, const struct backlog *backlog, unsigned count)
{
	t->backlog = backlog;
	t->lines = lines_new(RECORD_LINE_MAX);
	if (t->lines == NULL)
		return -1;
	t->at = tail_find(t, count);
	return 0;
}

void
tail_free(struct tail *t)
{
	lines_free(t->lines);
}

static void
tail_line(void *arg, const struct line *line)
{
	const struct sink *sink = arg;

	sink->fn(sink->arg, line->text, line->len, line->last);
}

bool
tail_step(struct tail *t, uint64_t *lost,
    void (*fn)(void *arg, const char *line, size_t len, bool last), void *arg)
{
	const struct backlog *b = t->backlog;
	struct sink sink = {fn, arg};
	ssize_t n;

	if (t->at < b->first) {
		lines_finish(t->lines, tail_line, &sink);
		*lost += b->first - t->at;
		t->at = b->first;
	}
	if (t->at == b->end)
		return false;
	n = b->read(b->self, t->at, t->buf, sizeof(t->buf));
	if (n == -1 ||
	    lines_feed(t->lines, t->buf, (size_t)n, tail_line, &sink) == -1)
		return false;
	t->at += (size_t)n;
	return t->at < b->end;
}

bool
tail_is_waiting(const struct tail *t)
{
	return lines_pending(t->lines) > 0;
}

void
tail_finish(struct tail *t,
    void (*fn)(void *arg, const char *line, size_t len, bool last), void *arg)
{
	struct sink sink = {fn, arg};

	lines_finish(t->lines, tail_line, &sink);
}
