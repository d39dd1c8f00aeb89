#include "inherit.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

/* Digits and nothing else, as strtol(3) alone does not ask for. */
static bool
inherit_parse(const char *text, long *value)
{
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*value = strtol(text, NULL, 10);
	return errno == 0;
}

/*
 * The variables outlive an exec, the sockets mostly don't: only the process
 * that was meant may use them.
 */
static bool
inherit_is_meant(void)
{
	const char *pid = getenv("LISTEN_PID");
	long value;

	return pid != NULL && inherit_parse(pid, &value) && value == getpid();
}

static int
inherit_count(int max, const char **error)
{
	const char *fds = getenv("LISTEN_FDS");
	long value;

	if (fds == NULL || !inherit_is_meant())
		return 0;
	if (!inherit_parse(fds, &value)) {
		*error = "LISTEN_FDS is not a number";
		return -1;
	}
	if (value > max) {
		*error = "LISTEN_FDS: too many sockets to listen on";
		return -1;
	}
	return (int)value;
}

int
inherit_take(int max, const char **error)
{
	int count = inherit_count(max, error);

	/* These fail only for names that can't be names. */
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	return count;
}

static bool
inherit_has(int fd, int option, int *value)
{
	socklen_t len = sizeof(*value);

	return getsockopt(fd, SOL_SOCKET, option, value, &len) == 0;
}

static bool
inherit_is_served(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	return getsockname(fd, (struct sockaddr *)&name, &len) == 0 &&
	    (name.ss_family == AF_INET || name.ss_family == AF_INET6 ||
		name.ss_family == AF_UNIX);
}

int
inherit_check(int fd, const char **error)
{
	int type, listens;

	if (!inherit_has(fd, SO_TYPE, &type))
		*error = errno == EBADF ? "is not open" : "is not a socket";
	else if (type != SOCK_STREAM)
		*error = "is not a stream socket";
	else if (!inherit_is_served(fd))
		*error = "is neither an IPv4, an IPv6 nor a Unix socket";
	else if (!inherit_has(fd, SO_ACCEPTCONN, &listens) || listens == 0)
		*error = "does not listen";
	else if (endpoint_set_nonblocking(fd) == -1)
		*error = "can't be made non-blocking";
	else
		return 0;
	return -1;
}
