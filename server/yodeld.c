/* yodeld: an echo server (RFC 862) on kqueue(2). See README and --help. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "admit.h"
#include "confine.h"
#include "control_socket.h"
#include "inherit.h"
#include "listeners.h"
#include "log.h"
#include "notify.h"
#include "privileges.h"
#include "sandbox.h"
#include "server.h"
#include "settings.h"
#include "visible.h"

_Static_assert(CONFINE_ERROR_MAX >= SERVER_ERROR_MAX, "both fit");
_Static_assert(
    CONTROL_SOCKET_ERROR_MAX >= PRIVILEGES_ERROR_MAX, "both fit here too");

#define YODELD_EXIT_START  1
#define YODELD_EXIT_USAGE  2
#define YODELD_LOG_WAIT_MS 1000

/* Else a client's socket could become what the log or a message writes to. */
static void
open_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd == -1)
			err(YODELD_EXIT_START, "/dev/null");
	} while (fd <= STDERR_FILENO);
	(void)close(fd);
}

/* To stderr; paths and names in it may be anything. */
static void
tell(const char *text)
{
	char safe[2 * ADDRESSES_ERROR_MAX];

	(void)visible_text(safe, sizeof(safe), text, strlen(text), 0, 0);
	warnx("%s", safe);
}

static int
resolve(struct addresses *addresses, const struct settings *settings)
{
	char error[ADDRESSES_ERROR_MAX];
	size_t i;

	if (settings->bind_count == 0)
		addresses_default(addresses, settings->port);
	for (i = 0; i < settings->bind_count; i++) {
		if (addresses_add(addresses, settings->binds[i], settings->port,
			error) == -1) {
			tell(error);
			return -1;
		}
	}
	return 0;
}

/* What was inherited is used instead of what the command line names. */
static int
find_addresses(
    struct addresses *addresses, const struct settings *settings, int inherited)
{
	char error[ADDRESSES_ERROR_MAX];
	int i;

	addresses->count = 0;
	if (inherited == 0)
		return resolve(addresses, settings);
	for (i = 0; i < inherited; i++) {
		if (addresses_inherit(addresses, INHERIT_FIRST_FD + i, error) ==
		    -1) {
			tell(error);
			return -1;
		}
	}
	return 0;
}

/* What other machines can reach has to be opened to them in so many words. */
static int
require_allow(
    const struct addresses *addresses, const struct settings *settings)
{
	const struct address *remote;
	char text[ENDPOINT_TEXT_MAX];

	remote = addresses_find_remote(addresses);
	if (remote == NULL || admit_has_allow(settings->rules))
		return 0;
	warnx("%s can be reached from other machines: say who may connect "
	      "with --allow CIDR, or with --allow any",
	    address_format(text, sizeof(text), remote));
	(void)fputs("try 'yodeld --help'\n", stderr);
	return -1;
}

/* What the log can't take has to be said beside it. */
static void
tell_refused(const char *path, int error)
{
	char text[ADDRESSES_ERROR_MAX];

	(void)snprintf(text, sizeof(text),
	    "%s: %s: events wait until it can be written, or are dropped", path,
	    strerror(error));
	tell(text);
}

static struct log *
open_log(const struct settings *settings)
{
	struct log_options options = {
	    .path = settings->log_path,
	    .json = settings->log_json,
	    .level = settings->verbose ? LOG_LEVEL_DEBUG
		: settings->quiet      ? LOG_LEVEL_WARNING
				       : LOG_LEVEL_INFO,
	    .refused = tell_refused,
	};
	char error[ADDRESSES_ERROR_MAX];
	struct log *log;

	log = log_open(&options);
	if (log == NULL) {
		(void)snprintf(error, sizeof(error), "%s: %s",
		    settings->log_path != NULL ? settings->log_path : "log",
		    strerror(errno));
		tell(error);
	}
	return log;
}

static struct listeners *
listen_at(const struct addresses *addresses, int inherited, struct log *log)
{
	char error[ADDRESSES_ERROR_MAX];
	struct listeners *listeners;

	if (inherited > 0)
		listeners =
		    listeners_inherit(INHERIT_FIRST_FD, inherited, log, error);
	else
		listeners = listeners_new(addresses, log, error);
	if (listeners == NULL)
		tell(error);
	return listeners;
}

/* The first port that there is; a Unix socket has none. */
static uint16_t
find_port(const struct listeners *listeners)
{
	uint16_t port = 0;
	size_t i;

	for (i = 0; i < listeners_count(listeners) && port == 0; i++)
		port = listener_port(listeners_at(listeners, i));
	return port;
}

/*
 * Returns 0, or -1 when it can't be had where it was asked for. Elsewhere the
 * log says why there is none.
 */
static int
open_control(struct listener **control, const struct settings *settings,
    uint16_t port, struct log *log)
{
	const bool changes = settings->user != NULL && privileges_are_root();
	char error[CONTROL_SOCKET_ERROR_MAX], text[ADDRESSES_ERROR_MAX];
	struct privileges_ids owner;
	struct log_field field;

	*control = NULL;
	if (settings->no_control)
		return 0;
	if (changes && privileges_find(settings->user, &owner, error) == -1) {
		tell(error);
		return -1;
	}
	*control = control_socket_open(
	    settings->control, port, changes ? &owner : NULL, error);
	if (*control != NULL)
		return 0;
	(void)snprintf(text, sizeof(text), "control socket: %s", error);
	if (settings->control != NULL) {
		tell(text);
		return -1;
	}
	field = log_text("error", text);
	log_event(log, LOG_LEVEL_WARNING, "error", &field, 1);
	return 0;
}

static int
serve(const struct server_parts *parts, const struct addresses *addresses,
    int inherited)
{
	char error[CONFINE_ERROR_MAX];
	struct listeners *listeners;
	struct listener *control;
	struct server *server;
	int status;

	listeners = listen_at(addresses, inherited, parts->log);
	if (listeners == NULL)
		return YODELD_EXIT_START;
	if (open_control(&control, parts->settings, find_port(listeners),
		parts->log) == -1) {
		listeners_free(listeners);
		return YODELD_EXIT_START;
	}
	status = YODELD_EXIT_START;
	server = server_new(parts, listeners, control, error);
	if (server == NULL ||
	    confine(parts->settings, inherited > 0 ? NULL : addresses,
		control == NULL ? NULL : listener_path(control), parts->log,
		error) == -1 ||
	    server_start(server, error) == -1)
		tell(error);
	else if (server_run(server) == 0)
		status = EXIT_SUCCESS;
	server_free(server);
	return status;
}

/*
 * Before the log has its thread, which may not read the environment while it is
 * changed. Whoever waits in vain for our word may want to know why.
 */
static struct notify *
open_notify(void)
{
	struct notify *notify;

	notify = notify_open();
	if (notify == NULL && errno != 0)
		warn("NOTIFY_SOCKET");
	return notify;
}

static int
run(const struct settings *settings, int inherited)
{
	struct server_parts parts = {.settings = settings};
	struct addresses addresses;
	int status;

	if (find_addresses(&addresses, settings, inherited) == -1)
		return YODELD_EXIT_START;
	if (require_allow(&addresses, settings) == -1)
		return YODELD_EXIT_USAGE;
	if (!settings->no_sandbox && sandbox_begin() == -1) {
		warn("sandbox");
		return YODELD_EXIT_START;
	}
	/* Their paths are not ours to remove. */
	if (inherited > 0)
		addresses.count = 0;
	parts.notify = open_notify();
	parts.log = open_log(settings);
	status = YODELD_EXIT_START;
	if (parts.log != NULL) {
		status = serve(&parts, &addresses, inherited);
		log_close(parts.log, YODELD_LOG_WAIT_MS);
	}
	notify_close(parts.notify);
	return status;
}

int
main(int argc, char **argv)
{
	struct settings settings;
	const char *error;
	int inherited, status;

	inherited = inherit_take(ADDRESSES_MAX, &error);
	open_streams();
	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGPIPE, SIG_IGN);
	status = YODELD_EXIT_USAGE;
	switch (settings_parse(&settings, argc, argv)) {
	case OPTIONS_RUN:
		status = YODELD_EXIT_START;
		if (inherited == -1)
			tell(error);
		else
			status = run(&settings, inherited);
		break;
	case OPTIONS_DONE:
		status = EXIT_SUCCESS;
		break;
	case OPTIONS_USAGE:
		break;
	}
	settings_end(&settings);
	return status;
}
