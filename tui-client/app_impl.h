/*
 * app_impl: what app's files share, and no one else includes.
 *
 *   app          the loop around the editor, lines and commands, one drawing
 *   app_open     everything made in its order, and closed again
 *   app_event    what calls back: the session, the editor, the signals
 *   app_tape     the log of the conversation: begun, ended, rotated
 */

#ifndef YODEL_APP_IMPL_H
#define YODEL_APP_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "prefs.h"
#include "shortcut.h"
#include "stage.h"
#include "view.h"

struct complete;
struct editor;
struct finder;
struct history;
struct key;
struct paster;
struct session;
struct settings;
struct tape;
struct transcript;
struct words;

struct app {
	const struct settings *settings;
	struct stage stage;
	struct history *history;
	struct editor *editor;
	struct transcript *transcript;
	struct session *session;
	struct paster *paster;
	struct finder *finder;
	struct words *words;
	struct complete *complete;
	struct tape *tape;	/* NULL: no log is written */
	struct view view;
	struct prefs prefs;
	struct frame frame;
	struct shortcut shortcut;
	uint64_t connects;	/* those whose place Tab knows */
};

/*
 * The model comes before the terminal: see editor.h. Returns 0, or -1 once it
 * has said on stderr what is wrong; app_close() is right after either.
 */
int		 app_open_model(struct app *, const struct settings *);
void		 app_close(struct app *);

/* For the editor: blocks, running the loop, until there is a key. */
bool		 app_next_key(void *app, struct key *);

/* Callbacks; their first argument is the struct app. */
void		 app_changed(void *app);
void		 app_said(void *app, uint64_t id);
bool		 app_rotated(void *app);
void		 app_suspend(void *app);
void		 app_quit(void *app);
void		 app_notice(void *app, const char *text);
void		 app_bell(void *app);
size_t		 app_complete(void *app, const char *line, size_t cursor,
		    char *out, size_t size);

/*
 * The first one begins a log at path, in place of one that runs, or ends it
 * (NULL): NULL, or what is wrong with it. The second one is its path, or NULL.
 * Both are struct action's.
 */
const char	*app_tape_begin(void *app, const char *path);
const char	*app_tape_path(void *app);

/* Lets go of one that has failed. */
void		 app_tape_check(struct app *);

#endif
