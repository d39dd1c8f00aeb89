#include "settings.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "place.h"
#include "units.h"
#include "visible.h"

#define SETTINGS_SCROLLBACK	100000
#define SETTINGS_SCROLLBACK_MAX 100000000

static const char *
set_ipv4(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->link.family = AF_INET;
	s->talking = "-4";
	return NULL;
}

static const char *
set_ipv6(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->link.family = AF_INET6;
	s->talking = "-6";
	return NULL;
}

static const char *
set_crlf(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->crlf = true;
	s->talking = "--crlf";
	return NULL;
}

static const char *
set_hex(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->hex = true;
	s->talking = "--hex";
	return NULL;
}

static const char *
set_log(void *into, const char *value)
{
	struct settings *s = into;

	if (*value == '\0')
		return "a file";
	s->log = value;
	s->talking = "--log";
	return NULL;
}

static const char *
set_no_reconnect(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->link.reconnect = false;
	return NULL;
}

/* 0 would be taken for the default further down. */
static const char *
set_positive_ms(uint64_t *ms, const char *value)
{
	uint64_t parsed;

	if (units_parse_ms(value, &parsed) == -1 || parsed == 0)
		return "a duration above 0 such as 500ms, 30s or 5m";
	*ms = parsed;
	return NULL;
}

static const char *
set_reconnect_max(void *into, const char *value)
{
	struct settings *s = into;

	return set_positive_ms(&s->link.reconnect_max_ms, value);
}

static const char *
set_connect_timeout(void *into, const char *value)
{
	struct settings *s = into;

	return set_positive_ms(&s->link.connect_timeout_ms, value);
}

static const char *
set_wait(void *into, const char *value)
{
	struct settings *s = into;

	if (units_parse_ms(value, &s->wait_ms) == -1)
		return "a duration such as 500ms, 30s or 5m";
	s->wait = true;
	s->talking = "--wait";
	return NULL;
}

static const char *
set_pipe(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->pipe = true;
	return NULL;
}

static const char *
set_history(void *into, const char *value)
{
	struct settings *s = into;

	if (*value == '\0')
		return "a file or none";
	s->history = value;
	s->talking = "--history";
	return NULL;
}

static const char *
set_scrollback(void *into, const char *value)
{
	struct settings *s = into;
	uint64_t lines;

	if (units_parse_number(value, 1, SETTINGS_SCROLLBACK_MAX, &lines) == -1)
		return "a number from 1 to 100000000";
	s->scrollback_lines = (size_t)lines;
	s->talking = "--scrollback";
	return NULL;
}

static const char *
set_send_on_connect(void *into, const char *value)
{
	struct settings *s = into;

	if (strchr(value, '\n') != NULL)
		return "one line";
	s->send_on_connect = value;
	s->talking = "--send-on-connect";
	return NULL;
}

static const char *
set_watch(void *into, const char *value)
{
	struct settings *s = into;

	if (value != NULL && *value == '\0')
		return "a control socket, a log file or nothing";
	s->watch = true;
	s->watch_path = value;
	return NULL;
}

static const char *
set_json(void *into, const char *value)
{
	struct settings *s = into;

	(void)value;
	s->json = true;
	return NULL;
}

static const struct options_entry entries[] = {
    {'4', NULL, NULL, "connect over IPv4 only", set_ipv4},
    {'6', NULL, NULL,
	"connect over IPv6 only; else both are tried and the "
	"faster one wins",
	set_ipv6},
    {0, "connect-timeout", "DUR", "give a try so long (10s)",
	set_connect_timeout},
    {0, "no-reconnect", NULL, "stay disconnected when the connection ends",
	set_no_reconnect},
    {0, "reconnect-max", "DUR", "the longest wait between two tries (30s)",
	set_reconnect_max},
    {0, "crlf", NULL, "full screen: end lines with CR LF", set_crlf},
    {0, "hex", NULL, "full screen: show what comes back as a hex dump too",
	set_hex},
    {0, "log", "FILE",
	"full screen: append the conversation to FILE, time-stamped; "
	"opened again on HUP",
	set_log},
    {0, "send-on-connect", "TEXT",
	"full screen: send this line after every connect", set_send_on_connect},
    {0, "history", "FILE",
	"full screen: keep the lines typed in FILE, or "
	"none ($XDG_STATE_HOME/yodel/history)",
	set_history},
    {0, "scrollback", "LINES",
	"full screen: lines of the transcript to keep (100000)",
	set_scrollback},
    {0, "watch", "[PATH]",
	"watch a yodeld by its control socket, or a log file (the "
	"only yodeld of yours)",
	set_watch},
    {0, "json", NULL,
	"watch in lines of JSON instead of text, even in a terminal", set_json},
    {0, "pipe", NULL, "pipe mode even in a terminal", set_pipe},
    {'w', "wait", "DUR",
	"pipe mode: after the end of the input wait so long "
	"for the rest (until the peer closes)",
	set_wait},
};

static const struct options_program program = {
    .name = "yodel",
    .operands = "[HOST [PORT] | HOST:PORT | unix:/path]",
    .summary = "Talk to a line-based TCP service: full screen in a terminal, "
	       "else as a pipe. The default is 127.0.0.1 8080.",
    .footer =
	"Pipe mode sends the input as it is and writes what comes back as "
	"it is.\nWatching in a pipe writes what happens, a line each.\n"
	"Exit status: 0 all fine, 1 could not connect, 2 usage, 3 the "
	"connection broke.",
    .entries = entries,
    .count = sizeof(entries) / sizeof(entries[0]),
    .max_operands = 2,
};

static enum options_result
settings_complain(const char *host, const char *port, const char *why)
{
	char place[ENDPOINT_TEXT_MAX], text[2 * ENDPOINT_TEXT_MAX];

	(void)snprintf(place, sizeof(place), "%s%s%s", host,
	    port != NULL ? " " : "", port != NULL ? port : "");
	(void)visible_text(text, sizeof(text), place, strlen(place), 60, 0);
	(void)fprintf(
	    stderr, "yodel: '%s': %s\ntry 'yodel --help'\n", text, why);
	return OPTIONS_USAGE;
}

static bool
settings_is_inet(const struct endpoint *endpoint)
{
	return endpoint->family == AF_INET || endpoint->family == AF_INET6;
}

static enum options_result
settings_parse_operands(struct settings *s, int count, char **operands)
{
	const char *home = s->link.family == AF_INET6 ? "::1" : PLACE_HOST;
	const char *host = count > 0 ? operands[0] : home;
	const char *port = count > 1 ? operands[1] : NULL;
	const char *why = place_parse(&s->server, host, port);

	if (why != NULL)
		return settings_complain(host, port, why);
	if (settings_is_inet(&s->server) && s->link.family != AF_UNSPEC &&
	    s->link.family != s->server.family)
		return settings_complain(host, port,
		    s->link.family == AF_INET ? "no IPv4 address, as -4 wants"
					      : "no IPv6 address, as -6 wants");
	return OPTIONS_RUN;
}

static enum options_result
settings_misfit(const char *option, const char *why)
{
	(void)fprintf(
	    stderr, "yodel: %s: %s\ntry 'yodel --help'\n", option, why);
	return OPTIONS_USAGE;
}

/* What is asked for has to be of one kind. */
static enum options_result
settings_check_watch(const struct settings *s, int count, char **operands)
{
	if (!s->watch)
		return s->json ? settings_misfit("--json",
				     "a conversation has none, this goes with "
				     "--watch")
			       : OPTIONS_RUN;
	if (s->talking != NULL)
		return settings_misfit(s->talking,
		    "this is for a conversation, and --watch has none");
	if (count > 0)
		return settings_complain(operands[0], NULL,
		    "--watch takes one path, and connects nowhere else");
	return OPTIONS_RUN;
}

enum options_result
settings_parse(struct settings *s, int argc, char **argv)
{
	enum options_result result;
	int first;

	*s = (struct settings){
	    .link = {.family = AF_UNSPEC, .reconnect = true},
	    .scrollback_lines = SETTINGS_SCROLLBACK,
	};
	result = options_parse(&program, argc, argv, s, &first);
	if (result == OPTIONS_RUN)
		result = settings_check_watch(s, argc - first, argv + first);
	if (result != OPTIONS_RUN || s->watch)
		return result;
	return settings_parse_operands(s, argc - first, argv + first);
}

enum options_result
settings_check_pipe(const struct settings *s)
{
	const char *option = s->hex ? "--hex" : s->log != NULL ? "--log" : NULL;

	if (option == NULL)
		return OPTIONS_RUN;
	return settings_misfit(option,
	    "a pipe adds nothing to what it carries, this is for the full "
	    "screen");
}
