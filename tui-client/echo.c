/*
 * The rules, for a received line and the sent lines that wait for an answer:
 *
 * 1. It equals the oldest one: VERIFIED, that one is done.
 * 2. It is not empty and equals one of the ECHO_AHEAD after it: VERIFIED, and
 *    those before it are lost: an echo keeps the order, so they will not come
 *    any more. (Empty lines are everywhere: one of a web server's is not the
 *    echo of the one that ended the request.)
 * 3. It resembles the oldest one: MISMATCH, that one is done too, wrongly
 *    answered. Resembling is: at least half of the longer of the two has the
 *    same bytes at the same offsets. A peer that has verified a line before
 *    gets less benefit of the doubt: the same length, or one being the
 *    beginning of the other, is enough.
 * 4. All else is FOREIGN and leaves the ledger alone: banners, other people's
 *    lines, answers of a service that does not echo. An answer that is late is
 *    still found behind any number of foreign lines.
 *
 * A received line may be long and come in pieces; it is never stored. It does
 * not have to be: as long as some sent line agrees with what came so far, the
 * bytes are in the ledger. So there is one candidate at a time; when it fails,
 * the next one takes over whose beginning equals the old one's. A failed one
 * stays failed, which makes the work per line linear, and O(1) lines for one
 * that is in order.
 */

#include "echo.h"

#include <stdlib.h>
#include <string.h>

#define ECHO_AHEAD 64	    /* sent lines after the oldest that are tried */
#define ECHO_NONE  SIZE_MAX /* as a candidate */

/* A sent line; its text begins at this offset of all that was ever sent. */
struct echo_line {
	uint64_t id, sent_us, at;
	size_t len;
};

/*
 * Bytes [first, first + count) live. They slide down when the dead part is the
 * larger one: amortized O(1), and a line's text is always contiguous.
 */
struct echo_span {
	char *p;
	size_t first, count, size;
};

struct echo {
	void (*lost)(void *, uint64_t);
	void *arg;
	size_t limit_bytes;
	bool echoes;
	size_t heard; /* of the oldest lines: the peer has spoken since */
	struct echo_span lines; /* of struct echo_line */
	struct echo_span text;
	uint64_t text_at; /* offset of the oldest line's text */

	/* The line that is coming in. */
	size_t got;	   /* its bytes so far */
	size_t candidate;  /* index of the sent line that agrees with them */
	size_t same;	   /* how many of them are as in the oldest line */
	size_t differs_at; /* the first one that is not, else SIZE_MAX */
	bool orphaned;	   /* what they were compared with has been given up */
};

static void
echo_begin_line(struct echo *e)
{
	e->got = 0;
	e->candidate = 0;
	e->same = 0;
	e->differs_at = SIZE_MAX;
	e->orphaned = false;
}

struct echo *
echo_new(size_t limit_bytes, void (*lost)(void *, uint64_t), void *arg)
{
	struct echo *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->limit_bytes = limit_bytes;
	e->lost = lost;
	e->arg = arg;
	echo_begin_line(e);
	return e;
}

void
echo_free(struct echo *e)
{
	if (e == NULL)
		return;
	free(e->lines.p);
	free(e->text.p);
	free(e);
}

/* Room for need more bytes behind the live ones. 0, or -1 with ENOMEM. */
static int
echo_span_reserve(struct echo_span *s, size_t need)
{
	size_t size = s->size < 512 ? 512 : s->size;
	char *p;

	if (need <= s->size - s->first - s->count)
		return 0;
	if (s->first > s->count && need <= s->size - s->count) {
		memmove(s->p, s->p + s->first, s->count);
		s->first = 0;
		return 0;
	}
	while (size - s->count < need || size == s->size)
		size *= 2;
	p = malloc(size);
	if (p == NULL)
		return -1;
	if (s->count > 0)
		memcpy(p, s->p + s->first, s->count);
	free(s->p);
	*s = (struct echo_span){.p = p, .count = s->count, .size = size};
	return 0;
}

static void
echo_span_drop(struct echo_span *s, size_t len)
{
	s->count -= len;
	s->first = s->count == 0 ? 0 : s->first + len;
}

size_t
echo_unanswered(const struct echo *e)
{
	return e->lines.count / sizeof(struct echo_line);
}

/* The i-th unanswered line, from the oldest. */
static struct echo_line
echo_line_at(const struct echo *e, size_t i)
{
	struct echo_line line;

	memcpy(&line, e->lines.p + e->lines.first + i * sizeof(line),
	    sizeof(line));
	return line;
}

static const char *
echo_text_of(const struct echo *e, const struct echo_line *line)
{
	return e->text.p + e->text.first + (size_t)(line->at - e->text_at);
}

/* The oldest line is done. */
static void
echo_pop(struct echo *e)
{
	size_t len = echo_line_at(e, 0).len;

	echo_span_drop(&e->lines, sizeof(struct echo_line));
	echo_span_drop(&e->text, len);
	e->text_at += len;
	if (e->heard > 0)
		e->heard--;
}

static void
echo_lose(struct echo *e)
{
	uint64_t id = echo_line_at(e, 0).id;
	/* Who never echoes answers in words of its own. */
	bool answered = !e->echoes && e->heard > 0;

	echo_pop(e);
	if (!answered)
		e->lost(e->arg, id);
}

static size_t
echo_cost(const struct echo *e)
{
	return e->text.count + e->lines.count;
}

int
echo_sent(
    struct echo *e, uint64_t id, const void *p, size_t len, uint64_t now_us)
{
	struct echo_line line = {.id = id, .sent_us = now_us, .len = len};
	size_t limit = e->limit_bytes;

	if (limit < sizeof(line) || limit - sizeof(line) < len) {
		e->lost(e->arg, id);
		return 0;
	}
	while (echo_cost(e) > limit - sizeof(line) - len) {
		/* What is half in was measured against this one. */
		e->orphaned = e->got > 0;
		echo_lose(e);
	}
	if (echo_span_reserve(&e->lines, sizeof(line)) == -1 ||
	    echo_span_reserve(&e->text, len) == -1)
		return -1;
	line.at = e->text_at + e->text.count;
	memcpy(
	    e->lines.p + e->lines.first + e->lines.count, &line, sizeof(line));
	e->lines.count += sizeof(line);
	if (len > 0)
		memcpy(e->text.p + e->text.first + e->text.count, p, len);
	e->text.count += len;
	return 0;
}

/*
 * Whether the i-th line agrees with all that came before this piece, which is
 * in the old candidate's text, and with the piece.
 */
static bool
echo_agrees(
    const struct echo *e, size_t i, const void *p, size_t len, bool last)
{
	struct echo_line line = echo_line_at(e, i), old;
	size_t whole = e->got + len;

	if (last ? line.len != whole : line.len < whole)
		return false;
	if (len > 0 && memcmp(echo_text_of(e, &line) + e->got, p, len) != 0)
		return false;
	if (i == e->candidate || e->got == 0)
		return true;
	old = echo_line_at(e, e->candidate);
	return memcmp(echo_text_of(e, &line), echo_text_of(e, &old), e->got) ==
	    0;
}

/* The candidate after this piece: the old one, or the next that agrees. */
static size_t
echo_follow(const struct echo *e, const void *p, size_t len, bool last)
{
	size_t count = echo_unanswered(e), i;
	bool empty = last && e->got + len == 0;

	if (e->candidate == ECHO_NONE || e->orphaned)
		return ECHO_NONE;
	if (count > 1 + (empty ? 0 : ECHO_AHEAD))
		count = 1 + (empty ? 0 : ECHO_AHEAD);
	for (i = e->candidate; i < count; i++)
		if (echo_agrees(e, i, p, len, last))
			return i;
	return ECHO_NONE;
}

/* How the piece compares with the oldest line, which is not the candidate. */
static void
echo_measure(struct echo *e, const char *p, size_t len)
{
	struct echo_line oldest;
	const char *text;
	size_t i;

	if (echo_unanswered(e) == 0 || e->orphaned)
		return;
	oldest = echo_line_at(e, 0);
	text = echo_text_of(e, &oldest);
	for (i = 0; i < len && e->got + i < oldest.len; i++) {
		if (p[i] == text[e->got + i])
			e->same++;
		else if (e->differs_at == SIZE_MAX)
			e->differs_at = e->got + i;
	}
}

/* Rule 3; differs_at is final when it returns. */
static bool
echo_resembles(struct echo *e, size_t len)
{
	size_t oldest = echo_line_at(e, 0).len;
	size_t shorter = len < oldest ? len : oldest;
	size_t longer = len < oldest ? oldest : len;

	if (e->orphaned)
		return false;
	if (e->differs_at > shorter)
		e->differs_at = shorter;
	if (e->same >= longer - e->same)
		return true;
	return e->echoes &&
	    (len == oldest || (shorter > 0 && e->differs_at == shorter));
}

static void
echo_judge(struct echo *e, uint64_t now_us, struct echo_result *result)
{
	struct echo_line line;

	*result = (struct echo_result){.verdict = ECHO_FOREIGN};
	if (e->candidate != ECHO_NONE) {
		e->echoes = true;
		while (e->candidate-- > 0)
			echo_lose(e);
		line = echo_line_at(e, 0);
		result->verdict = ECHO_VERIFIED;
		result->rtt_us =
		    now_us > line.sent_us ? now_us - line.sent_us : 0;
	} else if (echo_unanswered(e) > 0 && echo_resembles(e, e->got)) {
		line = echo_line_at(e, 0);
		result->verdict = ECHO_MISMATCH;
		result->differs_at = e->differs_at;
	} else
		return;
	result->id = line.id;
	echo_pop(e);
}

bool
echo_received(struct echo *e, const void *p, size_t len, bool last,
    uint64_t now_us, struct echo_result *result)
{
	e->candidate = echo_follow(e, p, len, last);
	if (e->candidate == 0)
		e->same += len;
	else
		echo_measure(e, p, len);
	e->got += len;
	if (!last)
		return false;
	echo_judge(e, now_us, result);
	e->heard = echo_unanswered(e);
	echo_begin_line(e);
	return true;
}

void
echo_reset(struct echo *e)
{
	echo_begin_line(e);
	while (echo_unanswered(e) > 0)
		echo_lose(e);
}

bool
echo_peer_echoes(const struct echo *e)
{
	return e->echoes;
}
