#include "notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

struct notify {
	int fd; /* connected, non-blocking */
};

/*
 * A path, or '@' and a name without one, which is Linux's own: a zero stands in
 * front of it, and none behind.
 */
static int
notify_parse(struct sockaddr_un *un, socklen_t *len, const char *name)
{
	size_t n = strlen(name);

	if (name[0] != '/' && (name[0] != '@' || n == 1)) {
		errno = EINVAL;
		return -1;
	}
	if (n + (name[0] == '/') > sizeof(un->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, name, n);
	*len = sizeof(*un);
	if (name[0] == '/')
		return 0;
#ifdef __linux__
	un->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
#else
	errno = EAFNOSUPPORT;
	return -1;
#endif
}

static int
notify_connect(struct notify *notify, const char *name)
{
	struct sockaddr_un un;
	socklen_t len;

	if (notify_parse(&un, &len, name) == -1)
		return -1;
	notify->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (notify->fd == -1 || endpoint_set_nonblocking(notify->fd) == -1)
		return -1;
	return connect(notify->fd, (const struct sockaddr *)&un, len);
}

static struct notify *
notify_new(const char *name)
{
	struct notify *notify;
	int saved_errno;

	notify = malloc(sizeof(*notify));
	if (notify == NULL)
		return NULL;
	notify->fd = -1;
	if (notify_connect(notify, name) == 0)
		return notify;
	saved_errno = errno;
	notify_close(notify);
	errno = saved_errno;
	return NULL;
}

struct notify *
notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct notify *notify;
	int saved_errno;

	errno = 0;
	notify = name == NULL || name[0] == '\0' ? NULL : notify_new(name);
	saved_errno = errno;
	/* Not before: the name is the environment's own. */
	(void)unsetenv("NOTIFY_SOCKET");
	errno = saved_errno;
	return notify;
}

void
notify_close(struct notify *notify)
{
	if (notify == NULL)
		return;
	if (notify->fd != -1)
		(void)close(notify->fd);
	free(notify);
}

/* What can't be sent is lost: the echo matters, and not who watches over it. */
static void
notify_send(struct notify *notify, const char *text)
{
	if (notify == NULL)
		return;
	while (send(notify->fd, text, strlen(text), 0) == -1 && errno == EINTR)
		continue;
}

void
notify_ready(struct notify *notify)
{
	notify_send(notify, "READY=1");
}

void
notify_stopping(struct notify *notify)
{
	notify_send(notify, "STOPPING=1");
}
