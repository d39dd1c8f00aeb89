#include <signal.h>

#include "app_impl.h"
#include "complete.h"
#include "endpoint.h"
#include "link.h"
#include "screen.h"
#include "session.h"
#include "signals.h"
#include "tape.h"
#include "transcript.h"
#include "tty.h"
#include "words.h"

/* Where one has been, for Tab. */
static void
app_learn_place(struct app *app)
{
	uint64_t connects = session_status(app->session)->connects;
	char place[ENDPOINT_TEXT_MAX];

	if (connects == app->connects)
		return;
	app->connects = connects;
	complete_learn_place(app->complete,
	    endpoint_format(place, sizeof(place), session_place(app->session)));
}

void
app_changed(void *arg)
{
	struct app *app = arg;

	pace_mark(&app->pace);
	if (app->session != NULL)
		app_learn_place(app);
}

void
app_said(void *arg, uint64_t id)
{
	struct app *app = arg;
	struct transcript_entry entry;

	if (app->tape != NULL)
		tape_add(app->tape, id);
	if (!transcript_get(app->transcript, id, &entry))
		return;
	if (entry.kind != TRANSCRIPT_NOTICE)
		words_learn(app->words, entry.text, entry.len);
	if (entry.kind == TRANSCRIPT_RECEIVED)
		pace_answered(&app->pace);
}

void
app_resized(void *arg)
{
	struct app *app = arg;

	screen_resize(app->screen);
	/* It may have had other sizes in between, and lost what it showed. */
	screen_repaint(app->screen);
	pace_mark(&app->pace);
}

void
app_continued(void *arg)
{
	struct app *app = arg;

	screen_resume(app->screen);
	pace_mark(&app->pace);
}

void
app_suspend(void *arg)
{
	struct app *app = arg;

	screen_suspend(app->screen);
	signals_stop(app->signals);
	app_continued(app);
}

void
app_ended(void *arg, int signo)
{
	struct app *app = arg;

	/* A rotated log is opened anew; a terminal that has gone is the end. */
	if (signo == SIGHUP && app_tape_path(app) != NULL &&
	    tty_is_there(app->tty)) {
		tape_reopen(app->tape);
		return;
	}
	app->end_signal = signo;
	app->quit = true;
}

void
app_gone(void *arg)
{
	struct app *app = arg;

	/* Whether its end or the signal of it is seen first is chance. */
	app->end_signal = SIGHUP;
	app->quit = true;
}

void
app_quit(void *arg)
{
	struct app *app = arg;

	app->quit = true;
}

void
app_notice(void *arg, const char *text)
{
	struct app *app = arg;

	session_notice(app->session, "%s", text);
}

void
app_bell(void *arg)
{
	struct app *app = arg;

	screen_bell(app->screen);
}

size_t
app_complete(void *arg, const char *line, size_t cursor, char *out, size_t size)
{
	struct app *app = arg;

	return complete_line(app->complete, line, cursor, out, size);
}
