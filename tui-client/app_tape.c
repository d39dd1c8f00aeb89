#include <errno.h>

#include "app_impl.h"
#include "session.h"
#include "tape.h"

static void
app_tape_failed(void *arg, const char *text)
{
	struct app *app = arg;

	session_notice(app->session, "%s", text);
}

const char *
app_tape_begin(void *arg, const char *path)
{
	struct app *app = arg;
	const struct tape_options options = {
	    .path = path,
	    .transcript = app->transcript,
	    .failed = app_tape_failed,
	    .arg = app,
	};
	struct tape *tape = NULL, *before = app->tape;

	if (path != NULL) {
		tape = tape_open(app->stage.loop, &options);
		if (tape == NULL)
			return tape_error(errno);
	}
	app->tape = tape;
	if (tape_close(before) == -1)
		session_notice(app->session,
		    "the log before this is not whole: %s", tape_error(errno));
	app_changed(app);
	return NULL;
}

const char *
app_tape_path(void *arg)
{
	const struct app *app = arg;

	if (app->tape == NULL || !tape_is_running(app->tape))
		return NULL;
	return tape_path(app->tape);
}

void
app_tape_check(struct app *app)
{
	/* Not where it fails: that may be in the middle of its own work. */
	if (app->tape == NULL || tape_is_running(app->tape))
		return;
	(void)tape_close(app->tape); /* why it ended was said */
	app->tape = NULL;
}
