#include "superior.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 64

static const char *const messages[] = {"READY=1", "STOPPING=1"};

#define MESSAGES (sizeof(messages) / sizeof(messages[0]))

int
superior_open(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)unlink(path);
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    setenv("NOTIFY_SOCKET", path, 1) == -1)
		abort();
	return fd;
}

/* Returns the index of the next message, or MESSAGES: none of ours. */
static size_t
receive(int fd, bool *ended)
{
	char text[MESSAGE_MAX];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	size_t i;

	*ended = n == -1;
	text[n == -1 ? 0 : n] = '\0';
	for (i = 0; i < MESSAGES; i++)
		if (strcmp(text, messages[i]) == 0)
			break;
	return i;
}

/* One may be missing, but none comes twice or before its time. */
static const char *
check(int fd, bool whole)
{
	size_t i, next = 0, count = 0;
	bool ended;

	for (;;) {
		i = receive(fd, &ended);
		if (ended)
			break;
		if (i == MESSAGES)
			return "the superior is told what is no message";
		if (i < next)
			return "the superior is told in another order";
		next = i + 1;
		count++;
	}
	return whole && count < MESSAGES ? "the superior is not told" : NULL;
}

const char *
superior_close(int fd, bool whole)
{
	const char *wrong = check(fd, whole);

	(void)unsetenv("NOTIFY_SOCKET");
	(void)close(fd);
	return wrong;
}
