#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "app.h"
#include "app_impl.h"
#include "command.h"
#include "complete.h"
#include "editor.h"
#include "finder.h"
#include "history.h"
#include "keys.h"
#include "link.h"
#include "paster.h"
#include "screen.h"
#include "session.h"
#include "settings.h"
#include "tty.h"

#define COUNTDOWN_MS 1000 /* a step of the countdown to the next try */

/* The most urgent word of advice that there is, or NULL. */
static const char *
app_hint(const struct app *app)
{
	const char *hint;

	if (app->shortcut.interrupted)
		return "^C again quits";
	hint = paster_hint(app->paster);
	if (hint != NULL)
		return hint;
	return complete_hint(
	    app->complete, (size_t)screen_columns(app->stage.screen) - 1);
}

static void
app_draw(struct app *app)
{
	struct editor_view line;

	app_tape_check(app);
	if (!pace_take(&app->stage.pace))
		return;
	editor_view(app->editor, &line);
	screen_set_mouse(app->stage.screen, app->prefs.mouse);
	app->frame.line = &line;
	app->frame.hint = app_hint(app);
	app->frame.log = app_tape_path(app);
	frame_draw(&app->frame);
	/* While a countdown is on the screen, and only then, the clock runs. */
	if (session_status(app->session)->state == LINK_WAITING)
		pace_tick(&app->stage.pace, COUNTDOWN_MS);
}

/* True where the key, as it is then, is the editor's. */
static bool
app_take_key(struct app *app, struct key *key)
{
	pace_mark(&app->stage.pace);
	if (key->code != KEYS_CHAR || key->ch != '\t' || key->mods != 0)
		complete_forget(app->complete);
	return !shortcut_take(&app->shortcut, key);
}

/* A turn of the loop, and all the work that is done between two of them. */
static void
app_turn(struct app *app)
{
	bool more = paster_work(app->paster);

	if (finder_is_open(app->finder)) {
		/* It looks whether its match is on the screen. */
		frame_fit(&app->frame);
		if (finder_work(app->finder)) {
			pace_mark(&app->stage.pace);
			more = true;
		}
	}
	app_draw(app);
	stage_turn(&app->stage, more);
}

/* The editor waits for a key: the loop runs, and all is drawn, in here. */
bool
app_next_key(void *arg, struct key *key)
{
	struct app *app = arg;

	pace_mark(&app->stage.pace);
	while (!app->stage.quit) {
		if (tty_next_key(app->stage.tty, key)) {
			if (app_take_key(app, key))
				return true;
		} else if (shortcut_make(&app->shortcut, key))
			return true;
		else
			app_turn(app);
	}
	return false;
}

static void
app_command(struct app *app, const char *line)
{
	const struct action action = {
	    .settings = app->settings,
	    .session = app->session,
	    .transcript = app->transcript,
	    .view = &app->view,
	    .prefs = &app->prefs,
	    .log = app_tape_begin,
	    .log_path = app_tape_path,
	    .arg = app,
	};

	switch (action_run(&action, line)) {
	case ACTION_DONE:
		break;
	case ACTION_HELP:
		frame_help(&app->frame, true);
		break;
	case ACTION_QUIT:
		app->stage.quit = true;
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
	else if (session_status(app->session)->state == LINK_CONNECTED)
		pace_hold(&app->stage.pace);
}

static void
app_greet(struct app *app)
{
	const char *log = app->settings->log;
	const char *why;

	session_notice(app->session, "F1 for help, ^D to leave");
	if (history_error(app->history) != NULL)
		session_notice(app->session, "%s", history_error(app->history));
	why = log == NULL ? NULL : app_tape_begin(app, log);
	if (why != NULL)
		session_notice(app->session, "no log: %s: %s", log, why);
}

static void
app_converse(struct app *app)
{
	const char *line;
	size_t len;

	app->frame = (struct frame){
	    .screen = app->stage.screen,
	    .view = &app->view,
	    .transcript = app->transcript,
	    .session = app->session,
	    .prefs = &app->prefs,
	    .finder = app->finder,
	};
	app->shortcut = (struct shortcut){
	    .frame = &app->frame,
	    .editor = app->editor,
	    .paster = app->paster,
	    .suspend = app_suspend,
	    .quit = app_quit,
	    .arg = app,
	};
	app_greet(app);
	session_connect(app->session, &app->settings->server);
	while (!app->stage.quit) {
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
	bool opened =
	    app_open_model(&app, settings) == 0 && stage_open(&app.stage) == 0;

	if (opened)
		app_converse(&app);
	app_close(&app);
	return opened ? stage_end(&app.stage) : 1;
}
