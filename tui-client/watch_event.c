#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backlog_ring.h"
#include "clock.h"
#include "record.h"
#include "roster.h"
#include "target.h"
#include "watch_impl.h"

/*
 * It is asked once a second, and of the time between two questions the answers
 * may take a quarter: with many clients neither side does nothing else.
 */
#define POLL_MS	   1000
#define POLL_SHARE 4

#define ROOMY_ENOUGH 10 /* answers after which the table gives rows back */

void
watch_say(struct watch *w, bool alert, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(w->notice, sizeof(w->notice), fmt, ap);
	va_end(ap);
	w->notice_alert = alert;
	pace_mark(&w->stage.pace);
}

/* Without a timer it is asked no more, and what there is grows old. */
static void
watch_ask_later(struct watch *w)
{
	uint64_t took = clock_now_ms() - w->asked_ms;
	uint64_t wait = POLL_SHARE * took;

	wait = (wait > POLL_MS ? wait : POLL_MS) - took;
	if (loop_timer_start(w->stage.loop, &w->poll, wait) == -1)
		watch_say(w, true, "no timer: the table stands still");
}

static void
watch_ask(struct watch *w)
{
	w->asked_ms = clock_now_ms();
	if (feed_ask(w->feed, FEED_STATS, 0) == -1 ||
	    feed_ask(w->feed, FEED_CLIENTS, 0) == -1)
		watch_ask_later(w);
}

void
watch_poll_due(void *arg, const struct loop_event *event)
{
	struct watch *w = arg;

	(void)event;
	if (feed_is_ready(w->feed))
		watch_ask(w);
}

static void
watch_changed(void *arg)
{
	struct watch *w = arg;

	pace_mark(&w->stage.pace);
	if (w->feed == NULL)
		return; /* it is not made yet */
	loop_timer_stop(w->stage.loop, &w->poll);
	if (feed_is_ready(w->feed)) {
		watch_ask(w);
		return;
	}
	roster_abandon(w->roster);
	w->asks = false;
}

static void
watch_event(void *arg, const char *line, size_t len)
{
	struct watch *w = arg;

	backlog_ring_add(w->ring, line, len);
	pace_mark(&w->stage.pace);
}

static void
watch_stats(void *arg, const struct record *record)
{
	struct watch *w = arg;

	summary_take(&w->summary, record);
	pace_mark(&w->stage.pace);
}

static uint64_t
count_of(const struct record *record, const char *key)
{
	uint64_t count = 0;

	(void)record_count(record, key, &count);
	return count;
}

static uint64_t
ms_of(const struct record *record, const char *key)
{
	double s;

	if (!record_number(record, key, &s) || !(s > 0) || s > 1e12)
		return 0;
	return (uint64_t)(s * 1000 + 0.5);
}

static void
watch_client(void *arg, const struct record *record)
{
	struct watch *w = arg;
	const struct record_field *peer = record_find(record, "peer");
	struct roster_row row = {
	    .age_ms = ms_of(record, "age"),
	    .idle_ms = ms_of(record, "idle"),
	    .in = count_of(record, "in"),
	    .out = count_of(record, "out"),
	    .queued = count_of(record, "queued"),
	};

	row.nameless = !record_count(record, "client", &row.id);
	if (peer != NULL)
		(void)snprintf(row.peer, sizeof(row.peer), "%.*s",
		    (int)(peer->len < sizeof(row.peer) ? peer->len
						       : sizeof(row.peer)),
		    peer->text);
	roster_add(w->roster, &row);
}

/* It grows at once, and shrinks when that has lasted: it does not flutter. */
static void
watch_size_table(struct watch *w)
{
	long count = (long)roster_count(w->roster);

	if (count >= w->table_rows)
		w->roomy = 0;
	else if (++w->roomy < ROOMY_ENOUGH)
		return;
	w->roomy = 0;
	w->table_rows = count;
}

static void
watch_clients_end(void *arg)
{
	struct watch *w = arg;

	roster_complete(w->roster);
	if (w->asks && roster_find(w->roster, w->victim) == NULL) {
		w->asks = false;
		watch_say(w, false, "#%" PRIu64 " has left", w->victim);
	}
	watch_size_table(w);
	watch_ask_later(w);
	pace_mark(&w->stage.pace);
}

static void
watch_answered(void *arg, enum feed_command command, uint64_t id, bool ok,
    const char *error)
{
	static const char *const done[] = {
	    [FEED_DRAIN] = "drains",
	    [FEED_DATA_ON] = "data events are logged",
	    [FEED_DATA_OFF] = "data events are logged no more",
	};
	struct watch *w = arg;

	if (command == FEED_CLIENTS) {
		roster_abandon(w->roster);
		watch_ask_later(w);
	}
	if (!ok)
		watch_say(w, true, "%s", error);
	else if (command == FEED_KICK)
		watch_say(w, false, "kicked #%" PRIu64, id);
	else if (command < sizeof(done) / sizeof(done[0]) &&
	    done[command] != NULL)
		watch_say(w, false, "%s", done[command]);
	/* What data events are now is in the summary. */
	if (command == FEED_DATA_ON || command == FEED_DATA_OFF)
		(void)feed_ask(w->feed, FEED_STATS, 0);
}

const struct feed_handler watch_feed_handler = {
    .changed = watch_changed,
    .event = watch_event,
    .stats = watch_stats,
    .client = watch_client,
    .clients_end = watch_clients_end,
    .answered = watch_answered,
};

void
watch_file_changed(void *arg)
{
	struct watch *w = arg;

	pace_mark(&w->stage.pace);
}

void
watch_file_noticed(void *arg, const char *what)
{
	struct watch *w = arg;
	const char *slash = strrchr(w->target->path, '/');

	watch_say(w, false, "%s: %s",
	    slash != NULL ? slash + 1 : w->target->path, what);
}
