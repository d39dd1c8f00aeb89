#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "echo.h"
#include "lines.h"
#include "loop.h"
#include "reply.h"
#include "rtt.h"
#include "transcript.h"

#define LINE_BYTES   65536u	/* a longer line comes in pieces */
#define LEDGER_BYTES (4u << 20) /* of lines that wait for their echo */

struct reply {
	struct loop *loop;
	struct transcript *transcript;
	struct reply_handler handler;
	struct lines *lines;
	struct echo *echo;
	struct rtt rtt;
	struct reply_counts counts;
	struct loop_source quiet;
	bool watching;	  /* quiet is armed */
	bool half_end;	  /* the last byte was a CR: an LF may follow */
	uint64_t last_ms; /* when the last bytes came */
};

static void
reply_lost(void *arg, uint64_t id)
{
	struct reply *r = arg;

	transcript_set_mark(r->transcript, id, TRANSCRIPT_UNANSWERED, 0);
}

static void
reply_mismatch(struct reply *r, size_t at)
{
	char text[80];

	snprintf(text, sizeof(text),
	    "this echo differs from what was sent, at byte %zu", at);
	r->handler.notice(r->handler.arg, text);
}

static void
reply_verdict(struct reply *r, uint64_t id, const struct echo_result *result)
{
	switch (result->verdict) {
	case ECHO_VERIFIED:
		r->counts.verified++;
		rtt_add(&r->rtt, result->rtt_us);
		transcript_set_mark(
		    r->transcript, id, TRANSCRIPT_VERIFIED, result->rtt_us);
		break;
	case ECHO_MISMATCH:
		r->counts.mismatched++;
		transcript_set_mark(
		    r->transcript, id, TRANSCRIPT_MISMATCH, result->differs_at);
		reply_mismatch(r, result->differs_at);
		break;
	case ECHO_FOREIGN:
		break;
	}
}

/* A line, or a piece of one: last where it is whole with that. */
static void
reply_text(struct reply *r, const struct line *line, bool last)
{
	struct echo_result result;
	uint64_t id;

	if (transcript_add(r->transcript, TRANSCRIPT_RECEIVED, clock_wall_ms(),
		line->text, line->len, !last, &id) == -1)
		return;
	if (!echo_received(
		r->echo, line->text, line->len, last, clock_now_us(), &result))
		return;
	r->counts.lines++;
	reply_verdict(r, id, &result);
}

static void
reply_line(void *arg, const struct line *line)
{
	reply_text(arg, line, line->last);
}

static void
reply_piece(void *arg, const struct line *line)
{
	reply_text(arg, line, false);
}

/* What the end of the connection has cut off is nobody's answer. */
static void
reply_rest(void *arg, const struct line *line)
{
	struct reply *r = arg;
	uint64_t id;

	(void)transcript_add(r->transcript, TRANSCRIPT_RECEIVED,
	    clock_wall_ms(), line->text, line->len, false, &id);
}

static void
reply_watch(struct reply *r, uint64_t ms)
{
	/* Without a timer a half line is only shown later. */
	r->watching = loop_timer_start(r->loop, &r->quiet, ms) == 0;
}

static void
reply_quiet(void *arg, const struct loop_event *event)
{
	struct reply *r = arg;
	uint64_t passed = clock_now_ms() - r->last_ms;

	(void)event;
	r->watching = false;
	if (lines_pending(r->lines) == 0 || r->half_end)
		return;
	if (passed < REPLY_QUIET_MS) {
		reply_watch(r, REPLY_QUIET_MS - passed);
		return;
	}
	lines_finish(r->lines, reply_piece, r);
	r->handler.changed(r->handler.arg);
}

struct reply *
reply_new(struct loop *loop, struct transcript *transcript,
    const struct reply_handler *handler)
{
	struct reply *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->loop = loop;
	r->transcript = transcript;
	r->handler = *handler;
	r->quiet.fn = reply_quiet;
	r->quiet.arg = r;
	r->lines = lines_new(LINE_BYTES);
	r->echo = echo_new(LEDGER_BYTES, reply_lost, r);
	if (r->lines == NULL || r->echo == NULL) {
		reply_free(r);
		return NULL;
	}
	return r;
}

void
reply_free(struct reply *r)
{
	if (r == NULL)
		return;
	loop_timer_stop(r->loop, &r->quiet);
	echo_free(r->echo);
	lines_free(r->lines);
	free(r);
}

void
reply_expect(struct reply *r, uint64_t id, const char *text, size_t len)
{
	/* With no memory for it, its echo is shown and not verified. */
	(void)echo_sent(r->echo, id, text, len, clock_now_us());
}

void
reply_take(struct reply *r, const void *p, size_t len)
{
	char text[64];

	if (len == 0)
		return;
	if (lines_feed(r->lines, p, len, reply_line, r) == -1) {
		snprintf(text, sizeof(text),
		    "out of memory: %zu bytes were lost", len);
		r->handler.notice(r->handler.arg, text);
	}
	r->half_end = ((const char *)p)[len - 1] == '\r';
	if (lines_pending(r->lines) > 0) {
		r->last_ms = clock_now_ms();
		if (!r->watching)
			reply_watch(r, REPLY_QUIET_MS);
	}
	r->handler.changed(r->handler.arg);
}

void
reply_end(struct reply *r)
{
	lines_finish(r->lines, reply_rest, r);
	echo_reset(r->echo);
}

void
reply_forget(struct reply *r)
{
	struct echo *echo = echo_new(LEDGER_BYTES, reply_lost, r);

	if (echo == NULL)
		return;
	echo_free(r->echo);
	r->echo = echo;
}

const struct reply_counts *
reply_counts(const struct reply *r)
{
	return &r->counts;
}

const struct rtt *
reply_rtt(const struct reply *r)
{
	return &r->rtt;
}
