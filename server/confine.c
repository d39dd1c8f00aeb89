#include "confine.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "log.h"
#include "needs.h"
#include "privileges.h"
#include "sandbox.h"
#include "settings.h"

#define CONFINE_DIRS_MAX (ADDRESSES_MAX + 1) /* and the control socket's */

/* With a byte behind it: a path may fill the whole of sun_path. */
struct confine_path {
	char text[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
};

struct confine_dirs {
	struct confine_path paths[CONFINE_DIRS_MAX];
	const char *list[CONFINE_DIRS_MAX + 1];
	size_t count;
};

/* The directory of a path that need not be terminated. */
static void
confine_add(struct confine_dirs *dirs, const char *path, size_t size)
{
	char *copy = dirs->paths[dirs->count].text;

	memcpy(copy, path, strnlen(path, size));
	dirs->list[dirs->count++] = dirname(copy);
}

static void
confine_collect(struct confine_dirs *dirs, const struct addresses *addresses)
{
	const struct sockaddr_un *un;
	size_t i;

	for (i = 0; i < addresses->count; i++) {
		un = (const struct sockaddr_un *)&addresses->list[i].addr.sa;
		if (un->sun_family == AF_UNIX)
			confine_add(dirs, un->sun_path, sizeof(un->sun_path));
	}
}

static int
confine_files(const struct addresses *addresses, const char *control,
    const char *log_path)
{
	struct confine_dirs *dirs;
	int result, saved_errno;

	dirs = calloc(1, sizeof(*dirs));
	if (dirs == NULL)
		return -1;
	if (addresses != NULL)
		confine_collect(dirs, addresses);
	if (control != NULL)
		confine_add(dirs, control, sizeof(dirs->paths[0].text) - 1);
	result = sandbox_enter(dirs->list, log_path);
	saved_errno = errno;
	free(dirs);
	errno = saved_errno;
	return result;
}

static void
confine_warn(struct log *log)
{
	struct log_field field =
	    log_text("error", "runs as root: --user NAME would end that");

	log_event(log, LOG_LEVEL_WARNING, "error", &field, 1);
}

int
confine(const struct settings *settings, const struct addresses *addresses,
    const char *control, struct log *log, char *error)
{
	if (settings->user != NULL &&
	    privileges_drop(settings->user, error) == -1)
		return -1;
	if (settings->user == NULL && privileges_are_root())
		confine_warn(log);
	if (!settings->no_sandbox &&
	    (confine_files(addresses, control, settings->log_path) == -1 ||
		needs_enforce() == -1)) {
		(void)snprintf(error, CONFINE_ERROR_MAX,
		    "the sandbox (--no-sandbox does without): %s",
		    strerror(errno));
		return -1;
	}
	return 0;
}
