#include "control_socket.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"
#include "guise.h"
#include "listener.h"

/* Keeps errno. */
static struct listener *
socket_fail(char *error, const char *path, const char *why)
{
	const int saved_errno = errno;

	(void)snprintf(error, CONTROL_SOCKET_ERROR_MAX, "%s: %s", path, why);
	errno = saved_errno;
	return NULL;
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

/* NULL with a text, and errno. */
static struct listener *
socket_open_at(const char *path, char *error)
{
	char text[ENDPOINT_TEXT_MAX];
	struct endpoint endpoint;
	struct endpoint_addr addr;
	struct listener *listener;
	const char *why;

	/* What does not fit the text does not fit the endpoint either. */
	(void)snprintf(text, sizeof(text), "unix:%s", path);
	if (endpoint_parse(&endpoint, text, 0) == -1)
		return socket_fail(error, path, strerror(errno));
	errno = EINVAL;
	if (endpoint_resolve(&endpoint, AF_UNIX, &addr, 1, &why) == -1)
		return socket_fail(error, path, why);
	listener = socket_listen(&addr);
	if (listener == NULL)
		return socket_fail(error, path, socket_words(errno));
	return listener;
}

static struct listener *
socket_open_default(uint16_t port, char *error)
{
	char dir[CONTROL_PATH_MAX], path[CONTROL_PATH_MAX];

	if (control_path_dir(dir, geteuid()) == -1)
		return socket_fail(error, "XDG_RUNTIME_DIR", strerror(errno));
	if (control_path_runtime_dir(geteuid()) == NULL &&
	    control_path_make_dir(dir) == -1)
		return socket_fail(error, dir,
		    errno == EPERM
			? "not a directory of this user's alone (mode 0700)"
			: strerror(errno));
	if (control_path_format(path, dir, port) == -1)
		return socket_fail(error, dir, strerror(errno));
	return socket_open_at(path, error);
}

static struct listener *
socket_open(const char *path, uint16_t port, char *error)
{
	return path != NULL ? socket_open_at(path, error)
			    : socket_open_default(port, error);
}

/* Whether nobody but root can put something else into the place of dir. */
static bool
socket_is_roots(char *dir)
{
	struct stat st;
	char *slash;

	do {
		if (lstat(dir[0] == '\0' ? "/" : dir, &st) == -1 ||
		    st.st_uid != 0)
			return false;
		if (!S_ISLNK(st.st_mode) && (st.st_mode & S_ISVTX) == 0 &&
		    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			return false;
		slash = strrchr(dir, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL);
	return true;
}

/* Where dir really is, if neither that nor the way to it is but root's. */
static char *
socket_real_dir(const char *dir)
{
	char *copy = strdup(dir), *real = realpath(dir, NULL), *result = NULL;

	if (copy != NULL && real != NULL && socket_is_roots(copy))
		result = strdup(real);
	if (result != NULL && !socket_is_roots(real)) {
		free(result);
		result = NULL;
	}
	free(copy);
	free(real);
	return result;
}

/* The path without a link in its directories; false where it is not root's. */
static bool
socket_resolve(char real[CONTROL_PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	char dir[CONTROL_PATH_MAX] = ".";
	char *real_dir;
	int len = -1;

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
	real_dir = socket_real_dir(dir);
	if (real_dir != NULL)
		len = snprintf(real, CONTROL_PATH_MAX, "%s/%s", real_dir, name);
	free(real_dir);
	return len >= 0 && len < CONTROL_PATH_MAX;
}

/* The error that there is stays where this is not the way either. */
static struct listener *
socket_open_for(
    const char *path, const struct privileges_ids *owner, char *error)
{
	char real[CONTROL_PATH_MAX];
	struct listener *listener;

	if (!socket_resolve(real, path))
		return NULL;
	listener = socket_open_at(real, error);
	if (listener != NULL &&
	    listener_give_path(listener, owner->uid, owner->gid) == -1) {
		(void)socket_fail(error, path, strerror(errno));
		listener_free(listener);
		return NULL;
	}
	return listener;
}

struct listener *
control_socket_open(const char *path, uint16_t port,
    const struct privileges_ids *owner, char *error)
{
	struct listener *listener;
	struct guise guise;
	int saved_errno;

	if (owner == NULL)
		return socket_open(path, port, error);
	if (guise_put_on(&guise, owner) == -1)
		return socket_fail(error, "its user", strerror(errno));
	listener = socket_open(path, port, error);
	saved_errno = errno;
	if (guise_take_off(&guise) == -1) {
		listener_free(listener);
		return socket_fail(error, "its user", strerror(errno));
	}
	if (listener == NULL && path != NULL &&
	    (saved_errno == EACCES || saved_errno == EPERM))
		return socket_open_for(path, owner, error);
	return listener;
}
