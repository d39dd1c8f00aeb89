#include "watch_pipe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backlog_file.h"
#include "feed.h"
#include "link.h"
#include "loop.h"
#include "printer.h"
#include "settings.h"
#include "tail.h"
#include "target.h"
#include "visible.h"

#define WATCH_PIPE_LINES 10 /* of a file, at the beginning */

/* A line that goes on for so long without its end is shown as far as it goes. */
#define WATCH_PIPE_IDLE_MS 1000

enum watch_pipe_status {
	WATCH_FINE = 0,
	WATCH_NOT_BEGUN = 1,
	WATCH_BROKEN = 3
};

struct watch_pipe {
	const struct target *target;
	struct loop *loop;
	struct printer *printer;
	struct feed *feed;	   /* of a control socket ... */
	struct backlog_file *file; /* ... or of a file */
	struct tail tail;
	struct loop_task turn;	 /* the next step of the tail, or the end */
	struct loop_source idle; /* nothing has come for a while */
	bool begun;		 /* the server has answered as a yodeld does */
	bool away;		 /* that is said: it is waited for */
	uint64_t away_connects;	 /* of that time */
	bool over;		 /* only what stdout has not taken is left */
	enum watch_pipe_status status;
};

/* "yodel: WHO: WHAT", for a person. */
static void
watch_pipe_say(const struct watch_pipe *w, const char *what)
{
	char who[512], text[512];

	(void)visible_text(
	    who, sizeof(who), w->target->path, strlen(w->target->path), 0, 0);
	(void)visible_text(text, sizeof(text), what, strlen(what), 0, 0);
	(void)fprintf(stderr, "yodel: %s: %s\n", who, text);
}

/* Ends, as soon as stdout has taken what was printed. */
static void
watch_pipe_end(struct watch_pipe *w, enum watch_pipe_status status)
{
	if (w->over)
		return;
	w->over = true;
	w->status = status;
	loop_defer(w->loop, &w->turn);
}

static void
watch_pipe_event(void *arg, const char *line, size_t len)
{
	struct watch_pipe *w = arg;

	printer_line(w->printer, line, len, true);
}

/* The connection has ended, or did not come about. */
static void
watch_pipe_down(struct watch_pipe *w, const struct link_status *status)
{
	char text[sizeof(status->reason) + 32];

	if (!w->begun || status->state == LINK_CLOSED) {
		watch_pipe_say(w, status->reason);
		watch_pipe_end(w, w->begun ? WATCH_BROKEN : WATCH_NOT_BEGUN);
		return;
	}
	/* Once, and once for each that it connects to in vain. */
	if (w->away && w->away_connects == status->connects)
		return;
	w->away = true;
	w->away_connects = status->connects;
	(void)snprintf(text, sizeof(text), "%s, waiting for it to come back",
	    status->reason);
	watch_pipe_say(w, text);
}

static void
watch_pipe_changed(void *arg)
{
	struct watch_pipe *w = arg;
	const struct link_status *status = feed_status(w->feed);

	if (w->over)
		return;
	if (status->state == LINK_WAITING || status->state == LINK_CLOSED) {
		watch_pipe_down(w, status);
	} else if (feed_is_ready(w->feed)) {
		if (w->away)
			watch_pipe_say(w, "connected again");
		w->begun = true;
		w->away = false;
	}
}

static void
watch_pipe_file_line(void *arg, const char *line, size_t len, bool last)
{
	struct watch_pipe *w = arg;

	printer_line(w->printer, line, len, last);
}

static void
watch_pipe_idle(void *arg, const struct loop_event *event)
{
	struct watch_pipe *w = arg;

	(void)event;
	tail_finish(&w->tail, watch_pipe_file_line, w);
}

/* A step a batch: signals and the reader have their turn in between. */
static void
watch_pipe_turn(void *arg)
{
	struct watch_pipe *w = arg;
	uint64_t lost = 0;
	char text[64];

	if (printer_is_full(w->printer))
		return;
	if (w->over) {
		loop_stop(w->loop);
		return;
	}
	if (w->file == NULL)
		return;
	if (tail_step(&w->tail, &lost, watch_pipe_file_line, w))
		loop_defer(w->loop, &w->turn);
	else if (tail_is_waiting(&w->tail))
		(void)loop_timer_start(w->loop, &w->idle, WATCH_PIPE_IDLE_MS);
	if (lost == 0)
		return;
	(void)snprintf(
	    text, sizeof(text), "%" PRIu64 " bytes went unread", lost);
	watch_pipe_say(w, text);
}

static void
watch_pipe_file_changed(void *arg)
{
	struct watch_pipe *w = arg;

	loop_defer(w->loop, &w->turn);
}

static void
watch_pipe_noticed(void *arg, const char *what)
{
	watch_pipe_say(arg, what);
}

static void
watch_pipe_turned(void *arg)
{
	struct watch_pipe *w = arg;

	if (w->feed != NULL)
		feed_pause(w->feed, printer_is_full(w->printer));
	loop_defer(w->loop, &w->turn);
}

static void
watch_pipe_reader_ended(void *arg, int error)
{
	struct watch_pipe *w = arg;
	char text[128];

	if (error != 0) {
		(void)snprintf(
		    text, sizeof(text), "stdout: %s", strerror(error));
		watch_pipe_say(w, text);
	}
	watch_pipe_end(w, error == 0 ? WATCH_FINE : WATCH_BROKEN);
}

static int
watch_pipe_open_control(struct watch_pipe *w, const struct settings *settings)
{
	const struct feed_handler handler = {
	    .changed = watch_pipe_changed,
	    .event = watch_pipe_event,
	    .arg = w,
	};

	w->feed = feed_new(w->loop, w->target->path, &settings->link, &handler);
	return w->feed == NULL ? -1 : 0;
}

static int
watch_pipe_open_file(struct watch_pipe *w)
{
	const struct backlog_file_handler handler = {
	    .changed = watch_pipe_file_changed,
	    .noticed = watch_pipe_noticed,
	    .arg = w,
	};

	w->file = backlog_file_open(w->loop, w->target->path, &handler);
	if (w->file == NULL ||
	    tail_init(&w->tail, backlog_file_backlog(w->file),
		WATCH_PIPE_LINES) == -1)
		return -1;
	w->begun = true;
	if (backlog_file_status(w->file)[0] != '\0')
		watch_pipe_say(w, backlog_file_status(w->file));
	loop_defer(w->loop, &w->turn);
	return 0;
}

static int
watch_pipe_open(struct watch_pipe *w, const struct settings *settings)
{
	const struct printer_handler handler = {
	    .turned = watch_pipe_turned,
	    .ended = watch_pipe_reader_ended,
	    .arg = w,
	};

	w->turn.fn = watch_pipe_turn;
	w->idle.fn = watch_pipe_idle;
	w->turn.arg = w->idle.arg = w;
	if ((w->loop = loop_new()) == NULL)
		return -1;
	w->printer =
	    printer_new(w->loop, STDOUT_FILENO, settings->json, &handler);
	if (w->printer == NULL)
		return -1;
	if (w->target->kind == TARGET_CONTROL)
		return watch_pipe_open_control(w, settings);
	return watch_pipe_open_file(w);
}

static void
watch_pipe_close(struct watch_pipe *w)
{
	tail_free(&w->tail);
	backlog_file_free(w->file);
	feed_free(w->feed);
	printer_free(w->printer);
	loop_free(w->loop);
	free(w);
}

int
watch_pipe_run(const struct settings *settings, const struct target *target)
{
	struct watch_pipe *w = calloc(1, sizeof(*w));
	int status;

	if (w == NULL)
		return WATCH_NOT_BEGUN;
	w->target = target;
	if (watch_pipe_open(w, settings) == -1 || loop_run(w->loop) == -1) {
		watch_pipe_say(w, strerror(errno));
		w->status = w->begun ? WATCH_BROKEN : WATCH_NOT_BEGUN;
	}
	status = (int)w->status;
	watch_pipe_close(w);
	return status;
}
