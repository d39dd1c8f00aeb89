#include "control_socket.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control_path.h"
#include "endpoint.h"
#include "listener.h"

static int
socket_fail(char *error, const char *path, const char *why)
{
	(void)snprintf(error, CONTROL_SOCKET_ERROR_MAX, "%s: %s", path, why);
	return -1;
}

static const char *
socket_dir_words(int error)
{
	return error == EPERM
	    ? "not a directory of this user's alone (mode 0700)"
	    : strerror(error);
}

int
control_socket_place(char path[CONTROL_PATH_MAX], uint16_t port, char *error)
{
	char dir[CONTROL_PATH_MAX];

	if (control_path_dir(dir, geteuid()) == -1 ||
	    control_path_make_dir(dir) == -1)
		return socket_fail(error, dir, socket_dir_words(errno));
	if (control_path_format(path, dir, port) == -1)
		return socket_fail(error, dir, strerror(errno));
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
