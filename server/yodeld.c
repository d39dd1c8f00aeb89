/* yodeld: an echo server (RFC 862) on kqueue(2). See README and --help. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "admit.h"
#include "log.h"
#include "server.h"
#include "settings.h"
#include "visible.h"

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
			_exit(YODELD_EXIT_START);
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

	addresses->count = 0;
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

static int
serve(const struct settings *settings, const struct addresses *addresses,
    struct log *log)
{
	char error[ADDRESSES_ERROR_MAX];
	struct server *server;
	int status;

	server = server_new(settings, addresses, log, error);
	if (server == NULL) {
		tell(error);
		return YODELD_EXIT_START;
	}
	status = server_run(server) == 0 ? EXIT_SUCCESS : YODELD_EXIT_START;
	server_free(server);
	return status;
}

static int
run(const struct settings *settings)
{
	struct addresses addresses;
	struct log *log;
	int status;

	if (resolve(&addresses, settings) == -1)
		return YODELD_EXIT_START;
	if (require_allow(&addresses, settings) == -1)
		return YODELD_EXIT_USAGE;
	log = open_log(settings);
	if (log == NULL)
		return YODELD_EXIT_START;
	status = serve(settings, &addresses, log);
	log_close(log, YODELD_LOG_WAIT_MS);
	return status;
}

int
main(int argc, char **argv)
{
	struct settings settings;
	int status;

	open_streams();
	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGPIPE, SIG_IGN);
	status = YODELD_EXIT_USAGE;
	switch (settings_parse(&settings, argc, argv)) {
	case OPTIONS_RUN:
		status = run(&settings);
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
