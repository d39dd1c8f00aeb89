#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action.h"
#include "app.h"
#include "command.h"
#include "editor.h"
#include "frame.h"
#include "history.h"
#include "keys.h"
#include "link.h"
#include "loop.h"
#include "pace.h"
#include "pane_transcript.h"
#include "paster.h"
#include "screen.h"
#include "session.h"
#include "settings.h"
#include "shortcut.h"
#include "signals.h"
#include "transcript.h"
#include "tty.h"
#include "view.h"

#define COUNTDOWN_MS	1000 /* a step of the countdown to the next try */
#define PASTE_BYTES	(64u << 20)
#define HISTORY_ENTRIES 10000
#define ENTRY_BYTES	512 /* of text, on average at most */

struct app {
	const struct settings *settings;
	struct loop *loop;
	struct history *history;
	struct editor *editor;
	struct tty *tty;
	struct screen *screen;
	struct transcript *transcript;
	struct session *session;
	struct paster *paster;
	struct signals *signals;
	struct view view;
	struct frame frame;
	struct shortcut shortcut;
	struct pace pace;
	bool quit;
	int end_signal; /* what ended it, or 0 */
	int error;	/* errno of a loop that failed, or 0 */
};

static void
app_changed(void *arg)
{
	struct app *app = arg;

	pace_mark(&app->pace);
}

static void
app_draw(struct app *app)
{
	struct editor_view line;

	if (!pace_take(&app->pace))
		return;
	editor_view(app->editor, &line);
	app->frame.line = &line;
	app->frame.hint = app->shortcut.interrupted ? "^C again quits"
						    : paster_hint(app->paster);
	frame_draw(&app->frame);
	/* While a countdown is on the screen, and only then, the clock runs. */
	if (session_status(app->session)->state == LINK_WAITING)
		pace_tick(&app->pace, COUNTDOWN_MS);
}

static void
app_resized(void *arg)
{
	struct app *app = arg;

	screen_resize(app->screen);
	/* It may have had other sizes in between, and lost what it showed. */
	screen_repaint(app->screen);
	pace_mark(&app->pace);
}

static void
app_continued(void *arg)
{
	struct app *app = arg;

	screen_resume(app->screen);
	pace_mark(&app->pace);
}

static void
app_suspend(void *arg)
{
	struct app *app = arg;

	screen_suspend(app->screen);
	signals_stop(app->signals);
	app_continued(app);
}

static void
app_ended(void *arg, int signo)
{
	struct app *app = arg;

	app->end_signal = signo;
	app->quit = true;
}

static void
app_quit(void *arg)
{
	struct app *app = arg;

	app->quit = true;
}

/* The editor waits for a key: the loop runs, and all is drawn, in here. */
static bool
app_next_key(void *arg, struct key *key)
{
	struct app *app = arg;

	pace_mark(&app->pace);
	while (!app->quit) {
		bool more;

		if (tty_next_key(app->tty, key)) {
			pace_mark(&app->pace);
			if (!shortcut_take(&app->shortcut, key))
				return true;
			continue;
		}
		if (shortcut_make(&app->shortcut, key))
			return true;
		more = paster_work(app->paster);
		app_draw(app);
		if (loop_once(app->loop, more ? 0 : -1) == -1) {
			app->error = errno;
			app->quit = true;
		}
	}
	return false;
}

static size_t
app_complete(
    void *arg, const char *line, size_t cursor, char *out, size_t out_size)
{
	(void)arg;
	return command_complete(line, cursor, out, out_size);
}

static void
app_notice(void *arg, const char *text)
{
	struct app *app = arg;

	session_notice(app->session, "%s", text);
}

static void
app_bell(void *arg)
{
	struct app *app = arg;

	screen_bell(app->screen);
}

static void
app_command(struct app *app, const char *line)
{
	struct action action = {
	    app->settings, app->session, app->transcript, &app->view};

	switch (action_run(&action, line)) {
	case ACTION_DONE:
		break;
	case ACTION_HELP:
		frame_help(&app->frame, true);
		break;
	case ACTION_QUIT:
		app->quit = true;
		break;
	}
}

static void
app_line(struct app *app, const char *line, size_t len)
{
	frame_help(&app->frame, false);
	view_to_end(&app->view);
	if (command_is(line)) {
		app_command(app, line);
		return;
	}
	if (line[0] == '/') {
		line++;
		len--;
	}
	if (session_send(app->session, line, len) == -1)
		session_notice(
		    app->session, "not sent: %s", session_send_error(errno));
}

/* Without a home, or where none is wanted, it lives in memory. */
static struct history *
app_history(const struct settings *settings)
{
	char path[PATH_MAX];

	if (settings->history == NULL)
		return history_open(
		    history_default_path(path, sizeof(path)) == 0 ? path : NULL,
		    HISTORY_ENTRIES);
	if (strcmp(settings->history, "none") == 0)
		return history_open(NULL, HISTORY_ENTRIES);
	return history_open(settings->history, HISTORY_ENTRIES);
}

/* Everything that has to come before curses: see editor.h. */
static int
app_open_model(struct app *app)
{
	const struct settings *set = app->settings;
	struct editor_options editor = {
	    .program = "yodel",
	    .next_key = app_next_key,
	    .notice = app_notice,
	    .bell = app_bell,
	    .complete = app_complete,
	    .arg = app,
	};
	struct session_options session = {
	    .link = &set->link,
	    .greeting = set->send_on_connect,
	    .crlf = set->crlf,
	    .changed = app_changed,
	    .room = app_changed,
	    .arg = app,
	};

	app->loop = loop_new();
	if (app->loop == NULL)
		return -1;
	pace_init(&app->pace, app->loop);
	app->transcript = transcript_new(
	    set->scrollback_lines, set->scrollback_lines * ENTRY_BYTES);
	app->history = app_history(set);
	if (app->transcript == NULL || app->history == NULL)
		return -1;
	app->session = session_new(app->loop, &session, app->transcript);
	if (app->session == NULL)
		return -1;
	app->paster = paster_new(app->session);
	editor.history = app->history;
	app->editor = editor_new(&editor);
	return app->paster != NULL && app->editor != NULL ? 0 : -1;
}

static int
app_open_terminal(struct app *app)
{
	struct signals_handler handler = {
	    app_resized, app_suspend, app_continued, app_ended, app};
	char error[256];

	app->screen = screen_open(error, sizeof(error));
	if (app->screen == NULL) {
		fprintf(stderr, "yodel: %s\n", error);
		return -1;
	}
	app->signals = signals_new(app->loop, &handler);
	app->tty = tty_new(app->loop, STDIN_FILENO, PASTE_BYTES, app_quit, app);
	if (app->signals == NULL || app->tty == NULL) {
		int saved = errno;

		screen_close(app->screen);
		app->screen = NULL;
		fprintf(stderr, "yodel: the terminal: %s\n", strerror(saved));
		return -1;
	}
	/*
	 * Nobody has told of a size that changed before the signal was watched.
	 */
	screen_resize(app->screen);
	return 0;
}

static void
app_close(struct app *app)
{
	session_free(app->session);
	paster_free(app->paster);
	editor_free(app->editor);
	screen_close(app->screen);
	pace_end(&app->pace);
	tty_free(app->tty);
	signals_free(app->signals);
	loop_free(app->loop);
	history_close(app->history);
	transcript_free(app->transcript);
}

static void
app_init(struct app *app, const struct settings *settings)
{
	memset(app, 0, sizeof(*app));
	app->settings = settings;
	view_init(&app->view, pane_transcript_columns);
}

static void
app_converse(struct app *app)
{
	const char *line;
	size_t len;

	app->frame.screen = app->screen;
	app->frame.view = &app->view;
	app->frame.transcript = app->transcript;
	app->frame.session = app->session;
	app->shortcut = (struct shortcut){
	    .frame = &app->frame,
	    .editor = app->editor,
	    .paster = app->paster,
	    .suspend = app_suspend,
	    .quit = app_quit,
	    .arg = app,
	};
	session_notice(app->session, "F1 or /help for help, ^D to leave");
	if (history_error(app->history) != NULL)
		session_notice(app->session, "%s", history_error(app->history));
	session_connect(app->session, &app->settings->server);
	while (!app->quit) {
		shortcut_line_begins(&app->shortcut);
		if (editor_read(app->editor, &line, &len) != EDITOR_LINE)
			break;
		app_line(app, line, len);
	}
}

int
app_run(const struct settings *settings)
{
	struct app app;
	int status = 1;

	app_init(&app, settings);
	if (app_open_model(&app) == -1)
		fprintf(stderr, "yodel: cannot start: %s\n", strerror(errno));
	else if (app_open_terminal(&app) == 0) {
		app_converse(&app);
		status = app.error == 0 ? 0 : 1;
	}
	app_close(&app);
	if (app.error != 0)
		fprintf(stderr, "yodel: waiting for events: %s\n",
		    strerror(app.error));
	if (app.end_signal != 0)
		signals_raise(app.end_signal);
	return status;
}
