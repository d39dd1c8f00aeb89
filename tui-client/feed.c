#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "link.h"
#include "loop.h"
#include "record.h"
#include "visible.h"

#define FEED_ASKED_MAX	 64
#define FEED_PATIENCE_MS 10000
#define FEED_SHOWN	 40 /* columns of what was no answer */

static const char feed_event_prefix[] = "{\"ts\":\"";

struct feed_question {
	enum feed_command command;
	uint64_t id;
};

struct feed {
	struct loop *loop;
	struct link *link;
	struct feed_handler handler;
	struct endpoint endpoint;
	struct link_status status; /* the link's, in our words */
	struct lines *lines;
	struct record *record;
	struct loop_task start;
	struct loop_source patience;
	uint64_t patience_ms;
	uint64_t heard_ms; /* when the server has last said something */
	struct feed_question asked[FEED_ASKED_MAX]; /* a ring, from first on */
	size_t first, count;
	bool standing; /* else what still comes of a chunk is for nobody */
	bool ready;
	bool unanswered; /* the last one closed before it had answered */
	bool paused;
};

static void feed_changed(void *);
static void feed_received(void *, const void *, size_t);
static void feed_patience_over(void *, const struct loop_event *);

/* From the loop: whatever comes of it is told to an owner that knows us. */
static void
feed_start(void *arg)
{
	struct feed *f = arg;

	link_connect(f->link, &f->endpoint);
}

static int
feed_open(struct feed *f, const struct link_options *options)
{
	const struct link_handler handler = {
	    .changed = feed_changed,
	    .received = feed_received,
	    .arg = f,
	};

	f->lines = lines_new(FEED_LINE_MAX);
	f->record = record_new();
	if (f->lines == NULL || f->record == NULL)
		return -1;
	f->link = link_new(f->loop, options, &handler);
	return f->link == NULL ? -1 : 0;
}

struct feed *
feed_new(struct loop *loop, const char *path,
    const struct link_options *options, const struct feed_handler *handler)
{
	struct feed *f;

	if (strlen(path) >= sizeof(f->endpoint.host)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return NULL;
	f->loop = loop;
	f->handler = *handler;
	f->start.fn = feed_start;
	f->patience.fn = feed_patience_over;
	f->start.arg = f->patience.arg = f;
	f->patience_ms = options->connect_timeout_ms != 0
	    ? options->connect_timeout_ms
	    : FEED_PATIENCE_MS;
	f->endpoint.family = AF_UNIX;
	(void)snprintf(f->endpoint.host, sizeof(f->endpoint.host), "%s", path);
	if (feed_open(f, options) == -1) {
		feed_free(f);
		return NULL;
	}
	f->status = *link_status(f->link);
	loop_defer(loop, &f->start);
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	loop_cancel(f->loop, &f->start);
	loop_timer_stop(f->loop, &f->patience);
	link_free(f->link);
	lines_free(f->lines);
	record_free(f->record);
	free(f);
}

/* Ends it with what the server has said, which is not what a yodeld does. */
static void
feed_refuse(struct feed *f, const char *what, const char *said, size_t len)
{
	char shown[2 * FEED_SHOWN], reason[sizeof(f->status.reason)];

	(void)visible_text(
	    shown, sizeof(shown), said, len, FEED_SHOWN, VISIBLE_QUOTE);
	(void)snprintf(reason, sizeof(reason), "%s%s: \"%s\"",
	    f->ready ? "" : "not a yodeld: ", what, shown);
	link_fail(f->link, reason);
}

static int
feed_send(
    struct feed *f, enum feed_command command, uint64_t id, const char *text)
{
	/* First: an answer to what was not asked would end it. */
	if (f->count == 0) {
		f->heard_ms = loop_now_ms(f->loop);
		if (loop_timer_start(f->loop, &f->patience, f->patience_ms) ==
		    -1)
			return -1;
	}
	if (link_send(f->link, text, strlen(text)) == -1)
		return -1;
	f->asked[(f->first + f->count) % FEED_ASKED_MAX] =
	    (struct feed_question){command, id};
	f->count++;
	return 0;
}

static void
feed_patience_over(void *arg, const struct loop_event *event)
{
	struct feed *f = arg;
	uint64_t silent_ms = loop_now_ms(f->loop) - f->heard_ms;
	char reason[sizeof(f->status.reason)];

	(void)event;
	if (f->count == 0)
		return;
	if (f->paused)
		silent_ms = 0;
	if (silent_ms < f->patience_ms &&
	    loop_timer_start(
		f->loop, &f->patience, f->patience_ms - silent_ms) == 0)
		return;
	(void)snprintf(reason, sizeof(reason), "no answer for %ju ms%s",
	    (uintmax_t)f->patience_ms,
	    f->ready ? "" : ": not a yodeld, or it hangs");
	link_fail(f->link, reason);
}

static void
feed_told(struct feed *f)
{
	if (f->handler.changed != NULL)
		f->handler.changed(f->handler.arg);
}

/* A connection that stands is asked to be watched. */
static void
feed_begin(struct feed *f)
{
	lines_free(f->lines);
	f->lines = lines_new(FEED_LINE_MAX);
	f->standing = true;
	f->first = f->count = 0;
	if (f->lines == NULL || feed_send(f, FEED_WATCH, 0, "watch\n") == -1)
		link_fail(f->link, strerror(errno));
}

/* The link's status, which does not know what an answer is. */
static void
feed_status_copy(struct feed *f)
{
	f->status = *link_status(f->link);
	if (f->status.state == LINK_CONNECTED)
		f->unanswered = false;
	else if (f->standing && !f->ready && f->status.clean)
		f->unanswered = true;
	if (f->unanswered)
		(void)snprintf(f->status.reason, sizeof(f->status.reason),
		    "closed by peer without an answer");
}

static void
feed_changed(void *arg)
{
	struct feed *f = arg;

	feed_status_copy(f);
	if (f->status.state != LINK_CONNECTED) {
		f->standing = f->ready = false;
		f->count = 0;
		loop_timer_stop(f->loop, &f->patience);
	} else if (!f->standing)
		feed_begin(f);
	feed_told(f);
}

static void
feed_answered(
    struct feed *f, const struct feed_question *q, bool ok, const char *error)
{
	if (f->handler.answered != NULL)
		f->handler.answered(
		    f->handler.arg, q->command, q->id, ok, error);
}

/* The last line of an answer. */
static void
feed_end(struct feed *f, bool ok, const char *error)
{
	const struct feed_question question = f->asked[f->first];
	enum feed_command command = question.command;

	f->first = (f->first + 1) % FEED_ASKED_MAX;
	f->count--;
	if (command == FEED_WATCH && !ok) {
		feed_refuse(f, "it does not let itself be watched", error,
		    strlen(error));
	} else if (command == FEED_WATCH) {
		f->ready = true;
		feed_told(f);
	} else if (command == FEED_CLIENTS && ok) {
		if (f->handler.clients_end != NULL)
			f->handler.clients_end(f->handler.arg);
	} else if (command != FEED_STATS || !ok)
		feed_answered(f, &question, ok, ok ? NULL : error);
}

/* A line of an answer before its last. */
static void
feed_row(struct feed *f)
{
	enum feed_command command = f->asked[f->first].command;
	const struct feed_handler *h = &f->handler;

	if (command == FEED_STATS && record_find(f->record, "pid") != NULL) {
		if (h->stats != NULL)
			h->stats(h->arg, f->record);
	} else if (command == FEED_CLIENTS &&
	    record_find(f->record, "client") != NULL) {
		if (h->client != NULL)
			h->client(h->arg, f->record);
	}
}

static void
feed_answer(struct feed *f, const char *text, size_t len)
{
	const struct record_field *error;
	char words[256];

	record_parse(f->record, text, len);
	if (record_kind(f->record) != RECORD_JSON || f->count == 0) {
		feed_refuse(f, "it says", text, len);
		return;
	}
	if (record_find(f->record, "ok") == NULL) {
		feed_row(f);
		return;
	}
	error = record_find(f->record, "error");
	(void)snprintf(words, sizeof(words), "%.*s",
	    error != NULL ? (int)error->len : 0,
	    error != NULL ? error->text : "");
	feed_end(f, record_is(f->record, "ok", "true"), words);
}

static void
feed_line(void *arg, const struct line *line)
{
	const size_t prefix = sizeof(feed_event_prefix) - 1;
	struct feed *f = arg;

	if (!f->standing)
		return;
	if (!line->first || !line->last) {
		feed_refuse(f, "a line without end", line->text, line->len);
	} else if (line->len < prefix ||
	    memcmp(line->text, feed_event_prefix, prefix) != 0) {
		feed_answer(f, line->text, line->len);
	} else if (f->handler.event != NULL)
		f->handler.event(f->handler.arg, line->text, line->len);
}

static void
feed_received(void *arg, const void *p, size_t len)
{
	struct feed *f = arg;

	f->heard_ms = loop_now_ms(f->loop);
	if (lines_feed(f->lines, p, len, feed_line, f) == -1)
		link_fail(f->link, strerror(errno));
}

static bool
feed_awaits(const struct feed *f, enum feed_command command)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->asked[(f->first + i) % FEED_ASKED_MAX].command ==
		    command)
			return true;
	return false;
}

/* Why a command can't be sent now: an errno, or 0. */
static int
feed_hindrance(const struct feed *f, enum feed_command command)
{
	if (!f->ready)
		return ENOTCONN;
	if ((command == FEED_STATS || command == FEED_CLIENTS) &&
	    feed_awaits(f, command))
		return EALREADY;
	return f->count == FEED_ASKED_MAX ? ENOBUFS : 0;
}

int
feed_ask(struct feed *f, enum feed_command command, uint64_t id)
{
	static const char *const texts[] = {
	    [FEED_WATCH] = "watch\n",
	    [FEED_STATS] = "stats\n",
	    [FEED_CLIENTS] = "clients\n",
	    [FEED_KICK] = "kick ",
	    [FEED_DRAIN] = "drain\n",
	    [FEED_DATA_ON] = "log-data on\n",
	    [FEED_DATA_OFF] = "log-data off\n",
	};
	int error = feed_hindrance(f, command);
	char kick[40];

	if (error != 0) {
		errno = error;
		return -1;
	}
	if (command != FEED_KICK)
		return feed_send(f, command, id, texts[command]);
	(void)snprintf(
	    kick, sizeof(kick), "%s%ju\n", texts[command], (uintmax_t)id);
	return feed_send(f, command, id, kick);
}

void
feed_reconnect(struct feed *f)
{
	link_reconnect(f->link);
}

void
feed_pause(struct feed *f, bool paused)
{
	f->paused = paused;
	/* What was said meanwhile has not been heard yet. */
	f->heard_ms = loop_now_ms(f->loop);
	link_pause(f->link, paused);
}

bool
feed_is_ready(const struct feed *f)
{
	return f->ready;
}

const struct link_status *
feed_status(const struct feed *f)
{
	return &f->status;
}
