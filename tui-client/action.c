#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "command.h"
#include "endpoint.h"
#include "place.h"
#include "save.h"
#include "session.h"
#include "settings.h"
#include "transcript.h"
#include "view.h"

static void
action_connect(const struct action *a, const char *argument)
{
	struct endpoint endpoint = a->settings->server;
	const char *why = NULL;

	if (*argument != '\0')
		why = place_parse_line(&endpoint, argument);
	if (why != NULL)
		session_notice(a->session, "/connect '%s': %s", argument, why);
	else
		session_connect(a->session, &endpoint);
}

static void
action_crlf(const struct action *a, const char *argument)
{
	if (strcmp(argument, "on") == 0)
		session_set_crlf(a->session, true);
	else if (strcmp(argument, "off") == 0)
		session_set_crlf(a->session, false);
	else if (*argument != '\0') {
		session_notice(
		    a->session, "/crlf '%s': on or off is wanted", argument);
		return;
	}
	session_notice(a->session, "lines end with %s",
	    session_crlf(a->session) ? "CR LF" : "LF");
}

static void
action_save(const struct action *a, const char *argument)
{
	int64_t count;

	if (*argument == '\0') {
		session_notice(
		    a->session, "/save: the name of a file is wanted");
		return;
	}
	count = save_transcript(a->transcript, argument);
	if (count == -1)
		session_notice(
		    a->session, "/save: %s: %s", argument, strerror(errno));
	else
		session_notice(a->session,
		    count == 1 ? "%lld entry saved to %s"
			       : "%lld entries saved to %s",
		    (long long)count, argument);
}

static void
action_tell_count(const struct action *a, size_t count, const char *done)
{
	session_notice(a->session, count == 1 ? "%zu line %s" : "%zu lines %s",
	    count, done);
}

enum action_result
action_run(const struct action *a, const char *line)
{
	const char *argument;

	switch (command_parse(line, &argument)) {
	case COMMAND_HELP:
		return ACTION_HELP;
	case COMMAND_QUIT:
		return ACTION_QUIT;
	case COMMAND_CLEAR:
		transcript_clear(a->transcript);
		view_to_end(a->view);
		break;
	case COMMAND_CONNECT:
		action_connect(a, argument);
		break;
	case COMMAND_CRLF:
		action_crlf(a, argument);
		break;
	case COMMAND_DISCONNECT:
		session_disconnect(a->session);
		break;
	case COMMAND_DROP:
		action_tell_count(a, session_drop_held(a->session), "dropped");
		break;
	case COMMAND_RECONNECT:
		session_reconnect(a->session);
		break;
	case COMMAND_RESEND:
		action_tell_count(a, session_release(a->session), "released");
		break;
	case COMMAND_SAVE:
		action_save(a, argument);
		break;
	case COMMAND_AMBIGUOUS:
		session_notice(a->session,
		    "more than one command begins like %s (/help lists them)",
		    line);
		break;
	case COMMAND_UNKNOWN:
		session_notice(a->session,
		    "no such command: %s (/help lists them; // sends a slash)",
		    line);
		break;
	}
	return ACTION_DONE;
}
