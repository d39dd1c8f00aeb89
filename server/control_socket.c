#include "control_socket.h"

#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "listener.h"

static int
socket_fail(char *error, const char *path, const char *why)
{
	(void)snprintf(error, CONTROL_SOCKET_ERROR_MAX, "%s: %s", path, why);
	return -1;
}

static bool
socket_is_own_dir(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && st->st_uid == geteuid();
}

/* NULL where it is not set, or not what the XDG specification says. */
static const char *
socket_runtime_dir(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (dir == NULL || dir[0] != '/' || stat(dir, &st) == -1 ||
	    !socket_is_own_dir(&st))
		return NULL;
	return dir;
}

/*
 * In /tmp anyone may have made anything under that name first: it has to be a
 * directory, not a link to one, that is ours, and that nobody else can enter.
 */
static int
socket_make_dir(const char *dir, char *error)
{
	struct stat st;

	if (mkdir(dir, S_IRWXU) == -1 && errno != EEXIST)
		return socket_fail(error, dir, strerror(errno));
	if (lstat(dir, &st) == -1)
		return socket_fail(error, dir, strerror(errno));
	if (!socket_is_own_dir(&st) || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return socket_fail(error, dir,
		    "not a directory of this user's alone (mode 0700)");
	return 0;
}

int
control_socket_place(
    char path[CONTROL_SOCKET_PATH_MAX], uint16_t port, char *error)
{
	const char *dir = socket_runtime_dir();
	char own[64], name[64];

	(void)snprintf(
	    own, sizeof(own), "/tmp/yodel-%" PRIuMAX, (uintmax_t)geteuid());
	if (dir == NULL) {
		dir = own;
		if (socket_make_dir(dir, error) == -1)
			return -1;
	}
	if (port > 0)
		(void)snprintf(
		    name, sizeof(name), "yodeld-%" PRIu16 ".sock", port);
	else
		(void)snprintf(name, sizeof(name),
		    "yodeld-pid%" PRIdMAX ".sock", (intmax_t)getpid());
	if (snprintf(path, CONTROL_SOCKET_PATH_MAX, "%s/%s", dir, name) >=
	    CONTROL_SOCKET_PATH_MAX)
		return socket_fail(error, dir, strerror(ENAMETOOLONG));
	return 0;
}

static const char *
socket_words(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another server has it";
	case EEXIST:
		return "there is a file that is no socket";
	default:
		return strerror(error);
	}
}

/* The socket's file is made with the mode that it is to have. */
static struct listener *
socket_listen(const struct endpoint_addr *addr)
{
	struct listener *listener;
	const mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	int saved_errno;

	listener = listener_new(addr);
	saved_errno = errno;
	(void)umask(before);
	errno = saved_errno;
	return listener;
}

struct listener *
control_socket_open(const char *path, char *error)
{
	char text[ENDPOINT_TEXT_MAX];
	struct endpoint endpoint;
	struct endpoint_addr addr;
	struct listener *listener;
	const char *why;

	/* What does not fit the text does not fit the endpoint either. */
	(void)snprintf(text, sizeof(text), "unix:%s", path);
	if (endpoint_parse(&endpoint, text, 0) == -1) {
		(void)socket_fail(error, path, strerror(errno));
		return NULL;
	}
	if (endpoint_resolve(&endpoint, AF_UNIX, &addr, 1, &why) == -1) {
		(void)socket_fail(error, path, why);
		return NULL;
	}
	listener = socket_listen(&addr);
	if (listener == NULL)
		(void)socket_fail(error, path, socket_words(errno));
	return listener;
}
