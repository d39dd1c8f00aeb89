#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "command.h"
#include "endpoint.h"
#include "home.h"
#include "place.h"
#include "prefs.h"
#include "report.h"
#include "save.h"
#include "session.h"
#include "settings.h"
#include "transcript.h"
#include "view.h"
#include "visible.h"

#define SETTING_BYTES 64 /* of a name or a value; the names are short */
#define QUOTE_COLUMNS 100
#define QUOTE_BYTES   (4 * QUOTE_COLUMNS)

/* What was typed, short enough to leave room for what is wrong with it. */
static char *
action_quote(char buf[QUOTE_BYTES], const char *text)
{
	visible_text(buf, QUOTE_BYTES, text, strlen(text), QUOTE_COLUMNS, 0);
	return buf;
}

/* Without a place: the one that was named last. */
static void
action_connect(const struct action *a, const char *argument)
{
	const struct endpoint *last = session_place(a->session);
	struct endpoint endpoint = last != NULL ? *last : a->settings->server;
	const char *why = NULL;
	char quote[QUOTE_BYTES];

	if (*argument != '\0')
		why = place_parse_line(&endpoint, argument);
	if (why != NULL)
		session_notice(a->session, "/connect '%s': %s",
		    action_quote(quote, argument), why);
	else
		session_connect(a->session, &endpoint);
}

static void
action_tell_settings(const struct action *a)
{
	struct prefs_target target = {a->prefs, a->session};
	size_t count;
	const struct prefs_entry *table = prefs_table(&count);

	for (size_t i = 0; i < count; i++) {
		const char *name = table[i].name;

		session_notice(a->session, "%-6s  %-6s  %s", name,
		    prefs_get(&target, name), prefs_meaning(&target, name));
	}
}

/* Without a value it is told. By command: what the user has called it. */
static void
action_switch(const struct action *a, const char *command, const char *name,
    const char *value)
{
	struct prefs_target target = {a->prefs, a->session};
	const char *why = NULL;
	char quote[QUOTE_BYTES];

	if (*value != '\0')
		why = prefs_set(&target, name, value);
	if (why != NULL)
		session_notice(a->session, "%s '%s': %s", command,
		    action_quote(quote, value), why);
	else
		session_notice(a->session, "%s is %s: %s", name,
		    prefs_get(&target, name), prefs_meaning(&target, name));
}

static void
action_crlf(const struct action *a, const char *argument)
{
	action_switch(a, "/crlf", "crlf", argument);
}

static void
action_hex(const struct action *a, const char *argument)
{
	action_switch(a, "/hex", "hex", argument);
}

static void
action_time(const struct action *a, const char *argument)
{
	action_switch(a, "/time", "time", argument);
}

/* The next word of *text, which moves behind it; cut at size. */
static void
action_word(char *word, size_t size, const char **text)
{
	size_t len = strcspn(*text, " \t");

	(void)snprintf(word, size, "%.*s", (int)len, *text);
	*text += len + strspn(*text + len, " \t");
}

static void
action_set(const struct action *a, const char *argument)
{
	struct prefs_target target = {a->prefs, a->session};
	char name[SETTING_BYTES], command[SETTING_BYTES + 8];

	if (*argument == '\0') {
		action_tell_settings(a);
		return;
	}
	action_word(name, sizeof(name), &argument);
	if (prefs_get(&target, name) == NULL) {
		session_notice(a->session,
		    "/set '%s': no such setting (/set lists them)", name);
		return;
	}
	(void)snprintf(command, sizeof(command), "/set %s", name);
	action_switch(a, command, name, argument);
}

static void
action_tell_log(const struct action *a)
{
	const char *path = a->log_path(a->arg);

	if (path == NULL)
		session_notice(a->session, "nothing is logged");
	else
		session_notice(
		    a->session, "what is said is logged to %s", path);
}

static void
action_log(const struct action *a, const char *argument)
{
	const char *why = NULL;
	char quote[QUOTE_BYTES];

	if (*argument != '\0')
		why = a->log(
		    a->arg, strcmp(argument, "off") == 0 ? NULL : argument);
	if (why != NULL)
		session_notice(a->session, "/log: %s: %s",
		    action_quote(quote, argument), why);
	else
		action_tell_log(a);
}

static void
action_save(const struct action *a, const char *argument)
{
	char path[PATH_MAX], quote[QUOTE_BYTES];
	int64_t count = -1;
	int error;

	if (*argument == '\0') {
		session_notice(
		    a->session, "/save: the name of a file is wanted");
		return;
	}
	if (home_expand(path, sizeof(path), argument) == 0)
		count = save_transcript(a->transcript, path);
	error = errno;
	if (count == -1)
		session_notice(a->session, "/save: %s: %s",
		    action_quote(quote, argument), strerror(error));
	else
		session_notice(a->session,
		    count == 1 ? "%lld entry saved to %s"
			       : "%lld entries saved to %s",
		    (long long)count, path);
}

static void
action_clear(const struct action *a, const char *argument)
{
	(void)argument;
	transcript_clear(a->transcript);
	view_to_end(a->view);
}

static void
action_disconnect(const struct action *a, const char *argument)
{
	(void)argument;
	session_disconnect(a->session);
}

static void
action_reconnect(const struct action *a, const char *argument)
{
	(void)argument;
	session_reconnect(a->session);
}

static void
action_tell_count(const struct action *a, size_t count, const char *done)
{
	session_notice(a->session, count == 1 ? "%zu line %s" : "%zu lines %s",
	    count, done);
}

static void
action_drop(const struct action *a, const char *argument)
{
	(void)argument;
	action_tell_count(a, session_drop_held(a->session), "dropped");
}

static void
action_resend(const struct action *a, const char *argument)
{
	(void)argument;
	action_tell_count(a, session_release(a->session), "released");
}

static void
action_stats(const struct action *a, const char *argument)
{
	(void)argument;
	report_stats(a->session, a->transcript, a->log_path(a->arg));
}

/* By command_id; those that are missing are action_run()'s own. */
static void (*const actions[])(const struct action *a, const char *argument) = {
    [COMMAND_CLEAR] = action_clear,
    [COMMAND_CONNECT] = action_connect,
    [COMMAND_CRLF] = action_crlf,
    [COMMAND_DISCONNECT] = action_disconnect,
    [COMMAND_DROP] = action_drop,
    [COMMAND_HEX] = action_hex,
    [COMMAND_LOG] = action_log,
    [COMMAND_RECONNECT] = action_reconnect,
    [COMMAND_RESEND] = action_resend,
    [COMMAND_SAVE] = action_save,
    [COMMAND_SET] = action_set,
    [COMMAND_STATS] = action_stats,
    [COMMAND_TIME] = action_time,
};

/* Without the blanks at its end. */
static void
action_do(const struct action *a, enum command_id id, const char *argument)
{
	size_t len = strlen(argument);
	char *trimmed;

	while (
	    len > 0 && (argument[len - 1] == ' ' || argument[len - 1] == '\t'))
		len--;
	trimmed = strndup(argument, len);
	if (trimmed == NULL) {
		session_notice(a->session, "not done: %s", strerror(errno));
		return;
	}
	actions[id](a, trimmed);
	free(trimmed);
}

enum action_result
action_run(const struct action *a, const char *line)
{
	const char *argument;
	enum command_id id = command_parse(line, &argument);
	char quote[QUOTE_BYTES];

	switch (id) {
	case COMMAND_HELP:
		return ACTION_HELP;
	case COMMAND_QUIT:
		return ACTION_QUIT;
	case COMMAND_AMBIGUOUS:
		session_notice(a->session,
		    "more than one command begins like %s (/help lists them)",
		    action_quote(quote, line));
		break;
	case COMMAND_UNKNOWN:
		session_notice(a->session,
		    "no such command: %s (/help lists them; // sends a slash)",
		    action_quote(quote, line));
		break;
	default:
		action_do(a, id, argument);
		break;
	}
	return ACTION_DONE;
}
