/* ear: see ear.h. */

#include "ear.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "endpoint.h"
#include "lines.h"
#include "loop.h"

#define LINE_BYTES 8192
#define READ_BYTES 65536

struct ear {
	struct loop *loop;
	struct loop_source io;
	struct lines *lines;
	int fd;
	void (*heard)(void *arg, const char *line, size_t len);
	void *arg;
};

static void
ear_line(void *arg, const struct line *line)
{
	struct ear *ear = arg;

	if (line->first && line->last)
		ear->heard(ear->arg, line->text, line->len);
}

static void
ear_io(void *arg, const struct loop_event *event)
{
	struct ear *ear = arg;
	char buffer[READ_BYTES];
	ssize_t n = read(ear->fd, buffer, sizeof(buffer));

	(void)event;
	if (n > 0 &&
	    lines_feed(ear->lines, buffer, (size_t)n, ear_line, ear) == 0)
		return;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	(void)loop_io_set(ear->loop, &ear->io, ear->fd, 0);
	ear->heard(ear->arg, NULL, 0);
}

static int
ear_connect(struct ear *ear, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun.sun_path, path, strlen(path) + 1);
	ear->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (ear->fd == -1 ||
	    connect(ear->fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    endpoint_set_nonblocking(ear->fd) == -1)
		return -1;
	return loop_io_set(ear->loop, &ear->io, ear->fd, LOOP_READ);
}

struct ear *
ear_open(struct loop *loop, const char *path,
    void (*heard)(void *arg, const char *line, size_t len), void *arg)
{
	struct ear *ear = calloc(1, sizeof(*ear));

	if (ear == NULL)
		return NULL;
	ear->loop = loop;
	ear->heard = heard;
	ear->arg = arg;
	ear->fd = -1;
	ear->io = (struct loop_source){.fn = ear_io, .arg = ear};
	ear->lines = lines_new(LINE_BYTES);
	if (ear->lines == NULL || ear_connect(ear, path) == -1) {
		ear_free(ear);
		return NULL;
	}
	return ear;
}

void
ear_free(struct ear *ear)
{
	int saved = errno;

	if (ear == NULL)
		return;
	if (ear->fd != -1) {
		(void)loop_io_set(ear->loop, &ear->io, ear->fd, 0);
		(void)close(ear->fd);
	}
	lines_free(ear->lines);
	free(ear);
	errno = saved;
}

int
ear_ask(struct ear *ear, const char *command)
{
	size_t len = strlen(command);
	ssize_t n = write(ear->fd, command, len);

	if (n == (ssize_t)len)
		return 0;
	if (n != -1)
		errno = EAGAIN;
	return -1;
}
