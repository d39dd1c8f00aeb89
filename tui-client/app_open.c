#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "app_impl.h"
#include "complete.h"
#include "editor.h"
#include "finder.h"
#include "history.h"
#include "pane_transcript.h"
#include "paster.h"
#include "session.h"
#include "settings.h"
#include "tape.h"
#include "transcript.h"
#include "words.h"

#define HISTORY_ENTRIES 10000
#define ENTRY_BYTES	128 /* of text, on average at most */

/* Without a home, or where none is wanted, it lives in memory. */
static struct history *
app_open_history(const struct settings *settings)
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

static struct session *
app_open_session(struct app *app)
{
	const struct session_options options = {
	    .link = &app->settings->link,
	    .greeting = app->settings->send_on_connect,
	    .crlf = app->settings->crlf,
	    .changed = app_changed,
	    .room = app_changed,
	    .said = app_said,
	    .arg = app,
	};

	return session_new(app->stage.loop, &options, app->transcript);
}

static struct editor *
app_open_editor(struct app *app)
{
	const struct editor_options options = {
	    .program = "yodel",
	    .history = app->history,
	    .next_key = app_next_key,
	    .notice = app_notice,
	    .bell = app_bell,
	    .complete = app_complete,
	    .arg = app,
	};

	return editor_new(&options);
}

static bool
app_open_parts(struct app *app)
{
	size_t lines = app->settings->scrollback_lines;

	if (stage_init(&app->stage) == -1)
		return false;
	app->transcript = transcript_new(lines, lines * ENTRY_BYTES);
	app->history = app_open_history(app->settings);
	app->words = words_new();
	if (app->transcript == NULL || app->history == NULL ||
	    app->words == NULL)
		return false;
	app->complete = complete_new(app->words);
	app->finder = finder_new(app->transcript, &app->view);
	app->session = app_open_session(app);
	if (app->complete == NULL || app->finder == NULL ||
	    app->session == NULL)
		return false;
	app->paster = paster_new(app->session);
	app->editor = app_open_editor(app);
	return app->paster != NULL && app->editor != NULL;
}

int
app_open_model(struct app *app, const struct settings *settings)
{
	memset(app, 0, sizeof(*app));
	app->settings = settings;
	app->stage.rotated = app_rotated;
	app->stage.arg = app;
	prefs_init(&app->prefs, settings->hex);
	view_init(&app->view, pane_transcript_columns, &app->prefs);
	if (app_open_parts(app))
		return 0;
	(void)fprintf(stderr, "yodel: cannot start: %s\n", strerror(errno));
	return -1;
}

void
app_close(struct app *app)
{
	session_free(app->session);
	paster_free(app->paster);
	editor_free(app->editor);
	stage_leave(&app->stage);
	if (tape_close(app->tape) == -1)
		(void)fprintf(stderr, "yodel: the log is not whole: %s\n",
		    tape_error(errno));
	finder_free(app->finder);
	complete_free(app->complete);
	words_free(app->words);
	history_close(app->history);
	transcript_free(app->transcript);
	stage_close(&app->stage);
}
