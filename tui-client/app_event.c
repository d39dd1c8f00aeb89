#include "app_impl.h"
#include "complete.h"
#include "endpoint.h"
#include "link.h"
#include "screen.h"
#include "session.h"
#include "tape.h"
#include "transcript.h"
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

	pace_mark(&app->stage.pace);
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
		pace_answered(&app->stage.pace);
}

/* A log that was rotated is opened anew. */
bool
app_rotated(void *arg)
{
	struct app *app = arg;

	if (app_tape_path(app) == NULL)
		return false;
	tape_reopen(app->tape);
	return true;
}

void
app_suspend(void *arg)
{
	struct app *app = arg;

	stage_suspend(&app->stage);
}

void
app_quit(void *arg)
{
	struct app *app = arg;

	app->stage.quit = true;
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

	screen_bell(app->stage.screen);
}

size_t
app_complete(void *arg, const char *line, size_t cursor, char *out, size_t size)
{
	struct app *app = arg;

	return complete_line(app->complete, line, cursor, out, size);
}
