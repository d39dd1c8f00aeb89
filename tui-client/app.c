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
	struct pace pace;
	bool fresh_line; /* the next line of a paste may be begun */
	bool quitting;	 /* ^C: the next one quits */
	bool quit;
	int end_signal; /* what ended it, or 0 */
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
	app->frame.hint =
	    app->quitting ? "^C again quits" : paster_hint(app->paster);
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
app_terminal_gone(void *arg)
{
	struct app *app = arg;

	app->quit = true;
}

static void
app_scroll(struct app *app, long rows)
{
	if (app->frame.help)
		app->frame.help_from += (int)rows;
	else
		view_scroll(&app->view, app->transcript, rows);
	if (app->frame.help_from < 0)
		app->frame.help_from = 0;
}

/* ^C: lets a paste go, or the line; twice in a row it quits. */
static bool
app_interrupt(struct app *app, struct key *key)
{
	bool again = app->quitting;

	app->quitting = false;
	if (paster_stop(app->paster))
		return true;
	if (again) {
		app->quit = true;
		return true;
	}
	app->quitting = true;
	editor_drop_line(app->editor);
	key->code = KEYS_UNKNOWN;
	return false;
}

/* A paste of one line is typed text; more lines are asked about. */
static bool
app_paste(struct app *app, struct key *key)
{
	size_t len = key->paste_len;

	if (paster_take(app->paster, key->paste, len, key->paste_cut))
		return true;
	while (len > 0 &&
	    (key->paste[len - 1] == '\r' || key->paste[len - 1] == '\n'))
		len--;
	if (editor_insert(app->editor, key->paste, len) == -1) {
		screen_bell(app->screen);
		session_notice(app->session, "paste: %s", strerror(errno));
		return true;
	}
	key->code = KEYS_UNKNOWN;
	return false;
}

/* A control character, or Alt and a character. True where it was taken. */
static bool
app_char(struct app *app, struct key *key)
{
	if (key->mods & KEYS_ALT) {
		if (key->ch == '<')
			view_to_start(&app->view, app->transcript);
		else if (key->ch == '>')
			view_to_end(&app->view);
		return key->ch == '<' || key->ch == '>';
	}
	switch (key->ch) {
	case 'C' - '@':
		return app_interrupt(app, key);
	case 'L' - '@':
		screen_repaint(app->screen);
		return true;
	case 'Z' - '@':
		app_suspend(app);
		return true;
	default:
		return false;
	}
}

/* True where the key was the interface's; else it, as it is now, is the editor's. */
static bool
app_key(struct app *app, struct key *key)
{
	long page = frame_page_rows(app->screen);

	if (key->code != KEYS_CHAR || key->ch != 'C' - '@')
		app->quitting = false;
	if (paster_asks(app->paster) && key->code == KEYS_CHAR &&
	    key->ch != 'C' - '@') {
		if (!paster_answer(app->paster, key->ch))
			screen_bell(app->screen);
		app->fresh_line = editor_line_is_empty(app->editor);
		return true;
	}
	switch (key->code) {
	case KEYS_CHAR:
		return app_char(app, key);
	case KEYS_PAGE_UP:
		app_scroll(app, page > 2 ? -(page - 1) : -1);
		return true;
	case KEYS_PAGE_DOWN:
		app_scroll(app, page > 2 ? page - 1 : 1);
		return true;
	case KEYS_MOUSE_UP:
		app_scroll(app, -3);
		return true;
	case KEYS_MOUSE_DOWN:
		app_scroll(app, 3);
		return true;
	case KEYS_PASTE:
		return app_paste(app, key);
	case KEYS_F:
		app->frame.help ^= key->ch == 1;
		app->frame.help_from = 0;
		return key->ch == 1;
	case KEYS_FOCUS:
		return true;
	default:
		return false;
	}
}

/* The lines of a paste that are to be edited come one at a time. */
static bool
app_edit_paste(struct app *app, struct key *key)
{
	const char *line;
	size_t len;

	if (!app->fresh_line)
		return false;
	app->fresh_line = false;
	if (!paster_edit(app->paster, &line, &len))
		return false;
	memset(key, 0, sizeof(*key));
	key->code = KEYS_UNKNOWN;
	if (editor_insert(app->editor, line, len) == -1)
		session_notice(app->session, "paste: %s", strerror(errno));
	return true;
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
			if (!app_key(app, key))
				return true;
			continue;
		}
		if (app_edit_paste(app, key))
			return true;
		more = paster_work(app->paster);
		app_draw(app);
		if (loop_once(app->loop, more ? 0 : -1) == -1)
			app->quit = true;
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
		app->frame.help = true;
		break;
	case ACTION_QUIT:
		app->quit = true;
		break;
	}
}

static void
app_line(struct app *app, const char *line, size_t len)
{
	app->frame.help = false;
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
		session_notice(app->session, "not sent: %s", strerror(errno));
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
	app->tty = tty_new(
	    app->loop, STDIN_FILENO, PASTE_BYTES, app_terminal_gone, app);
	if (app->signals == NULL || app->tty == NULL) {
		int saved = errno;

		screen_close(app->screen);
		app->screen = NULL;
		fprintf(stderr, "yodel: the terminal: %s\n", strerror(saved));
		return -1;
	}
	return 0;
}

static void
app_close(struct app *app)
{
	/* The screen last but the loop: what is freed may still be shown. */
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
	session_notice(app->session, "F1 or /help for help, ^D to leave");
	if (history_error(app->history) != NULL)
		session_notice(app->session, "%s", history_error(app->history));
	session_connect(app->session, &app->settings->server);
	do
		app->fresh_line = true;
	while (editor_read(app->editor, &line, &len) == EDITOR_LINE &&
	    (app_line(app, line, len), !app->quit));
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
		status = 0;
	}
	app_close(&app);
	if (app.end_signal != 0)
		signals_raise(app.end_signal);
	return status;
}
