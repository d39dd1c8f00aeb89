#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backlog_file.h"
#include "backlog_ring.h"
#include "keys.h"
#include "link.h"
#include "logview.h"
#include "roster.h"
#include "settings.h"
#include "target.h"
#include "tty.h"
#include "visible.h"
#include "watch_impl.h"

#define COUNTDOWN_MS 1000 /* a step of the countdown to the next try */

static bool
watch_open_feed(struct watch *w)
{
	struct feed_handler handler = watch_feed_handler;

	handler.arg = w;
	w->poll.fn = watch_poll_due;
	w->poll.arg = w;
	w->roster = roster_new();
	w->ring = backlog_ring_new(BACKLOG_RING_BYTES);
	if (w->roster == NULL || w->ring == NULL)
		return false;
	w->backlog = backlog_ring_backlog(w->ring);
	w->feed = feed_new(
	    w->stage.loop, w->target->path, &w->settings->link, &handler);
	return w->feed != NULL;
}

static bool
watch_open_file(struct watch *w)
{
	const struct backlog_file_handler handler = {
	    watch_file_changed, watch_file_noticed, w};

	w->file = backlog_file_open(w->stage.loop, w->target->path, &handler);
	if (w->file == NULL)
		return false;
	w->backlog = backlog_file_backlog(w->file);
	return true;
}

static bool
watch_open_parts(struct watch *w)
{
	bool control = w->target->kind == TARGET_CONTROL;

	if (stage_init(&w->stage) == -1)
		return false;
	if (!(control ? watch_open_feed(w) : watch_open_file(w)))
		return false;
	w->log = logview_new(w->backlog, LOGVIEW_WORK);
	return w->log != NULL;
}

static int
watch_open(
    struct watch *w, const struct settings *settings, const struct target *t)
{
	char who[512];
	int error;

	memset(w, 0, sizeof(*w));
	w->settings = settings;
	w->target = t;
	if (watch_open_parts(w))
		return stage_open(&w->stage);
	error = errno;
	(void)visible_text(who, sizeof(who), t->path, strlen(t->path), 0, 0);
	(void)fprintf(stderr, "yodel: %s: %s\n", who, strerror(error));
	return -1;
}

static void
watch_close(struct watch *w)
{
	stage_leave(&w->stage);
	if (w->stage.loop != NULL)
		loop_timer_stop(w->stage.loop, &w->poll);
	logview_free(w->log);
	feed_free(w->feed);
	backlog_ring_free(w->ring);
	backlog_file_free(w->file);
	roster_free(w->roster);
	stage_close(&w->stage);
}

/* While a countdown is on the screen, and only then, the clock runs. */
static void
watch_picture(struct watch *w)
{
	if (!pace_take(&w->stage.pace))
		return;
	watch_draw(w);
	if (w->feed != NULL && feed_status(w->feed)->state == LINK_WAITING)
		pace_tick(&w->stage.pace, COUNTDOWN_MS);
}

static void
watch_loop(struct watch *w)
{
	struct key key;
	bool more;

	while (!w->stage.quit) {
		while (!w->stage.quit && tty_next_key(w->stage.tty, &key)) {
			pace_mark(&w->stage.pace);
			watch_fit(w);
			watch_take(w, &key);
		}
		if (w->stage.quit)
			break;
		watch_fit(w);
		more = logview_work(w->log);
		if (more)
			pace_mark(&w->stage.pace);
		watch_picture(w);
		stage_turn(&w->stage, more);
	}
}

int
watch_run(const struct settings *settings, const struct target *target)
{
	struct watch watch;
	bool opened = watch_open(&watch, settings, target) == 0;

	if (opened)
		watch_loop(&watch);
	watch_close(&watch);
	return opened ? stage_end(&watch.stage) : 1;
}
