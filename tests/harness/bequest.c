#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bequest.h"
#include "endpoint.h"
#include "harness.h"

#define FIRST_FD    3
#define BACKLOG	    128
#define NOT_STARTED 127

/* Blocking, as they may come: whoever inherits one has to see to it. */
int
bequest_listen(const char *where)
{
	struct endpoint endpoint;
	struct endpoint_addr addr;
	const char *error;
	int fd;

	if (endpoint_parse(&endpoint, where, 0) == -1 ||
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error) == -1)
		fail_msg("%s is no address", where);
	fd = endpoint_listen(&addr, BACKLOG);
	if (fd == -1 || fcntl(fd, F_SETFL, 0) == -1)
		fail_msg("%s: %s", where, strerror(errno));
	return fd;
}

uint16_t
bequest_port(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	if (getsockname(fd, (struct sockaddr *)&name, &len) == -1)
		fail_msg("getsockname: %s", strerror(errno));
	return ntohs(name.ss_family == AF_INET6
		? ((struct sockaddr_in6 *)&name)->sin6_port
		: ((struct sockaddr_in *)&name)->sin_port);
}

/* Above the places of all that are passed on, for as long as they are placed. */
static int
move_up(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD + BEQUEST_MAX);

	if (moved == -1)
		_exit(NOT_STARTED);
	return moved;
}

static void
set_number(const char *name, const char *wanted, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	if (setenv(name, wanted != NULL ? wanted : text, 1) == -1)
		_exit(NOT_STARTED);
}

void
bequest_place(const struct bequest *bequest, int streams[3])
{
	int moved[BEQUEST_MAX];

	for (int i = 0; i < 3; i++)
		streams[i] = move_up(streams[i]);
	for (size_t i = 0; i < bequest->count; i++)
		moved[i] = move_up(bequest->fds[i]);
	for (size_t i = 0; i < bequest->count; i++)
		if (dup2(moved[i], FIRST_FD + (int)i) == -1)
			_exit(NOT_STARTED);
	/* a test's own that it did not mean to pass on */
	for (size_t i = bequest->count; i < BEQUEST_MAX; i++)
		close(FIRST_FD + (int)i);
	set_number("LISTEN_PID", bequest->listen_pid, (long)getpid());
	set_number("LISTEN_FDS", bequest->listen_fds, (long)bequest->count);
}
