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
#define NO_ENTRY     UINT64_MAX

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
	uint64_t wall_ms; /* when the last bytes came, by both clocks */
	uint64_t now_us;
	uint64_t id;	 /* the last piece of the line at hand, or NO_ENTRY */
	size_t line_len; /* of the line so far */
	size_t piece_at; /* in the line: where that piece begins */
	bool open;	 /* the line at hand goes on */
	bool unsettled;	 /* that piece has still to be told as said */
};

static void
reply_lost(void *arg, uint64_t id)
{
	struct reply *r = arg;

	r->counts.unanswered++;
	transcript_set_mark(r->transcript, id, TRANSCRIPT_UNANSWERED, 0);
}

static void
reply_mismatch(struct reply *r, size_t at)
{
	char text[80];

	(void)snprintf(text, sizeof(text),
	    "this echo differs from what was sent, at byte %zu", at);
	r->handler.notice(r->handler.arg, text);
}

static void
reply_said(struct reply *r)
{
	if (!r->unsettled)
		return;
	r->unsettled = false;
	if (r->handler.said != NULL)
		r->handler.said(r->handler.arg, r->id);
}

/* Of the whole line: it stands at its last piece. */
static void
reply_verdict(struct reply *r, const struct echo_result *result)
{
	size_t at = result->differs_at;

	switch (result->verdict) {
	case ECHO_VERIFIED:
		r->counts.verified++;
		rtt_add(&r->rtt, result->rtt_us);
		transcript_set_mark(
		    r->transcript, r->id, TRANSCRIPT_VERIFIED, result->rtt_us);
		break;
	case ECHO_MISMATCH:
		r->counts.mismatched++;
		transcript_set_mark(r->transcript, r->id, TRANSCRIPT_MISMATCH,
		    at > r->piece_at ? at - r->piece_at : 0);
		break;
	case ECHO_FOREIGN:
		break;
	}
	reply_said(r);
	if (result->verdict == ECHO_MISMATCH)
		reply_mismatch(r, at);
}

/* A piece of a line, or all of it. */
static void
reply_add(struct reply *r, const struct line *line)
{
	if (line->first)
		r->line_len = 0;
	/* What is shown already has only ended. */
	if (line->len == 0 && !line->first)
		return;
	reply_said(r);
	r->piece_at = r->line_len;
	r->line_len += line->len;
	r->unsettled =
	    transcript_add(r->transcript, TRANSCRIPT_RECEIVED, r->wall_ms,
		line->text, line->len, !line->last, &r->id) == 0;
	if (!r->unsettled)
		r->id = NO_ENTRY;
}

static void
reply_line(void *arg, const struct line *line)
{
	struct reply *r = arg;
	struct echo_result result;

	reply_add(r, line);
	r->open = !line->last;
	if (line->last)
		transcript_set_eol(r->transcript, r->id,
		    line->crlf ? TRANSCRIPT_CRLF : TRANSCRIPT_LF);
	if (!echo_received(
		r->echo, line->text, line->len, line->last, r->now_us, &result))
		return;
	r->counts.lines++;
	reply_verdict(r, &result);
}

/* What the end of the connection has cut off is nobody's answer. */
static void
reply_rest(void *arg, const struct line *line)
{
	struct reply *r = arg;

	reply_add(r, line);
	r->open = !line->last;
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
	uint64_t passed = (clock_now_us() - r->now_us) / 1000;

	(void)event;
	r->watching = false;
	if (lines_pending(r->lines) == 0)
		return;
	if (passed < REPLY_QUIET_MS) {
		reply_watch(r, REPLY_QUIET_MS - passed);
		return;
	}
	lines_flush(r->lines, reply_line, r);
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
	r->id = NO_ENTRY;
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
	/* A prompt was said before the answer to it. */
	reply_said(r);
	/* With no memory for it, its echo is shown and not verified. */
	(void)echo_sent(r->echo, id, text, len, clock_now_us());
}

void
reply_take(struct reply *r, const void *p, size_t len)
{
	char text[64];

	if (len == 0)
		return;
	/* All that one read brought has come at one time. */
	r->wall_ms = clock_wall_ms();
	r->now_us = clock_now_us();
	if (lines_feed(r->lines, p, len, reply_line, r) == -1) {
		(void)snprintf(text, sizeof(text),
		    "out of memory: %zu bytes were lost", len);
		r->handler.notice(r->handler.arg, text);
	}
	if (lines_pending(r->lines) > 0 && !r->watching)
		reply_watch(r, REPLY_QUIET_MS);
	r->handler.changed(r->handler.arg);
}

void
reply_end(struct reply *r)
{
	lines_finish(r->lines, reply_rest, r);
	if (r->open)
		transcript_set_eol(r->transcript, r->id, TRANSCRIPT_NO_EOL);
	r->open = false;
	reply_said(r);
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
