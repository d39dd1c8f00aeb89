/* glibc has no funopen(3); its fopencookie(3) is behind this. */
#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#endif

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "editor_sink.h"
#include "eintr.h"

/* libedit crashes on a very small terminal, and wraps lines on a narrow one. */
#define ROWS	64
#define COLUMNS 1000

struct editor_sink {
	FILE *stream;
	int master, slave;
	unsigned bells;
	char *capture; /* NULL: discard */
	size_t capture_size, captured;
};

static void
swallow(struct editor_sink *sink, const char *p, size_t len)
{
	if (sink->capture == NULL) {
		for (size_t i = 0; i < len; i++)
			sink->bells += p[i] == '\a';
		return;
	}
	for (size_t i = 0; i < len && sink->captured + 1 < sink->capture_size;
	     i++)
		sink->capture[sink->captured++] = p[i];
}

#ifdef __linux__
static ssize_t
write_cookie(void *cookie, const char *p, size_t len)
{
	swallow(cookie, p, len);
	return (ssize_t)len;
}

static FILE *
open_stream(struct editor_sink *sink)
{
	const cookie_io_functions_t functions = {.write = write_cookie};

	return fopencookie(sink, "w", functions);
}
#else
static int
write_cookie(void *cookie, const char *p, int len)
{
	swallow(cookie, p, (size_t)len);
	return len;
}

static FILE *
open_stream(struct editor_sink *sink)
{
	return funopen(sink, NULL, write_cookie, NULL, NULL);
}
#endif

static int
set_cloexec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int
open_pty(struct editor_sink *sink)
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
	const char *name;

	sink->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (sink->master == -1 || set_cloexec(sink->master) == -1 ||
	    grantpt(sink->master) == -1 || unlockpt(sink->master) == -1)
		return -1;
	name = ptsname(sink->master);
	if (name == NULL)
		return -1;
	sink->slave = eintr_open(name, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	if (sink->slave == -1)
		return -1;
	return ioctl(sink->slave, TIOCSWINSZ, &size);
}

struct editor_sink *
editor_sink_new(void)
{
	struct editor_sink *sink = calloc(1, sizeof(*sink));
	int error;

	if (sink == NULL)
		return NULL;
	sink->master = sink->slave = -1;
	if (open_pty(sink) == -1)
		goto fail;
	sink->stream = open_stream(sink);
	if (sink->stream == NULL)
		goto fail;
	return sink;
fail:
	error = errno;
	editor_sink_free(sink);
	errno = error;
	return NULL;
}

void
editor_sink_free(struct editor_sink *sink)
{
	if (sink == NULL)
		return;
	if (sink->stream != NULL)
		(void)fclose(sink->stream);
	if (sink->slave != -1)
		close(sink->slave);
	if (sink->master != -1)
		close(sink->master);
	free(sink);
}

int
editor_sink_fd(const struct editor_sink *sink)
{
	return sink->slave;
}

FILE *
editor_sink_stream(const struct editor_sink *sink)
{
	return sink->stream;
}

unsigned
editor_sink_bells(struct editor_sink *sink)
{
	unsigned bells;

	(void)fflush(sink->stream);
	bells = sink->bells;
	sink->bells = 0;
	return bells;
}

void
editor_sink_capture(struct editor_sink *sink, char *buf, size_t size)
{
	(void)fflush(sink->stream);
	sink->capture = buf;
	sink->capture_size = size;
	sink->captured = 0;
}

void
editor_sink_release(struct editor_sink *sink)
{
	(void)fflush(sink->stream);
	sink->capture[sink->captured] = '\0';
	sink->capture = NULL;
}
