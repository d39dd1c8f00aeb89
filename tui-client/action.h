/* action: what the commands do. */

#ifndef YODEL_ACTION_H
#define YODEL_ACTION_H

struct prefs;
struct session;
struct settings;
struct transcript;
struct view;

/* What a command may touch; nothing is owned. */
struct action {
	const struct settings *settings;
	struct session *session;
	struct transcript *transcript;
	struct view *view;
	struct prefs *prefs;
	/*
	 * /log: begins a tape at path, or ends it (NULL). Returns NULL, or what
	 * is wrong with it. log_path() tells of the one that runs, or is NULL.
	 */
	const char *(*log)(void *arg, const char *path);
	const char *(*log_path)(void *arg);
	void	*arg;
};

enum action_result {
	ACTION_DONE,
	ACTION_HELP,	/* the help page is wanted */
	ACTION_QUIT
};

/*
 * Carries out a line for which command_is() holds; complaints become notices.
 */
enum action_result action_run(const struct action *, const char *line);

#endif
