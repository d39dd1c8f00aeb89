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
#include "privileges.h"
#include "sandbox.h"
#include "settings.h"

/* With a byte behind it: a path may fill the whole of sun_path. */
struct confine_path {
	char text[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
};

struct confine_dirs {
	struct confine_path paths[ADDRESSES_MAX];
	const char *list[ADDRESSES_MAX + 1];
};

static void
confine_collect(struct confine_dirs *dirs, const struct addresses *addresses)
{
	const struct sockaddr_un *un;
	size_t i, count;
	char *path;

	count = 0;
	for (i = 0; i < addresses->count; i++) {
		un = (const struct sockaddr_un *)&addresses->list[i].addr.sa;
		if (un->sun_family != AF_UNIX)
			continue;
		path = dirs->paths[count].text;
		memcpy(path, un->sun_path, sizeof(un->sun_path));
		dirs->list[count++] = dirname(path);
	}
	dirs->list[count] = NULL;
}

static int
confine_files(const struct addresses *addresses)
{
	struct confine_dirs *dirs;
	int result, saved_errno;

	dirs = calloc(1, sizeof(*dirs));
	if (dirs == NULL)
		return -1;
	if (addresses != NULL)
		confine_collect(dirs, addresses);
	result = sandbox_enter(dirs->list);
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
    struct log *log, char *error)
{
	if (settings->user != NULL &&
	    privileges_drop(settings->user, error) == -1)
		return -1;
	if (settings->user == NULL && privileges_are_root())
		confine_warn(log);
	if (!settings->no_sandbox && confine_files(addresses) == -1) {
		(void)snprintf(error, CONFINE_ERROR_MAX,
		    "the sandbox (--no-sandbox does without): %s",
		    strerror(errno));
		return -1;
	}
	return 0;
}
