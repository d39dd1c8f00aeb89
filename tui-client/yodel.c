/* yodel: the client. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "options.h"
#include "pipe.h"
#include "sandbox.h"
#include "settings.h"
#include "target.h"
#include "watch.h"
#include "watch_pipe.h"

enum { EXIT_USAGE = 2 };

/*
 * A descriptor 0, 1 or 2 that is closed would be given to the next socket, and
 * what is meant for stdout would go to the peer. They are opened the wrong way
 * round: using them stays the error that it is.
 */
static int
open_missing(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", modes[fd]) != fd)
			return -1;
	return 0;
}

static bool
is_full_screen(const struct settings *settings)
{
	return !settings->pipe && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int
run_watch(const struct settings *settings)
{
	struct target target;

	if (target_find(&target, settings->watch_path) == -1)
		return EXIT_FAILURE;
	if (is_full_screen(settings) && !settings->json)
		return watch_run(settings, &target);
	return watch_pipe_run(settings, &target);
}

int
main(int argc, char **argv)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct settings settings;

	if (open_missing() == -1)
		return EXIT_FAILURE;
	(void)setlocale(LC_ALL, "");
	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	switch (settings_parse(&settings, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_USAGE:
		return EXIT_USAGE;
	}
	if (sandbox_enter() == -1) {
		warn("sandbox");
		return EXIT_FAILURE;
	}
	if (settings.watch)
		return run_watch(&settings);
	if (is_full_screen(&settings))
		return app_run(&settings);
	if (settings_check_pipe(&settings) == OPTIONS_USAGE)
		return EXIT_USAGE;
	return pipe_run(&settings);
}
