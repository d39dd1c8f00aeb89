#include "log_sink.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eintr.h"

#define LOG_MODE 0640

/* A log may be a symlink (to /dev/stdout, in a container): it is followed. */
static int
log_sink_open_path(const char *path)
{
	return eintr_open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, LOG_MODE);
}

int
log_sink_open(struct log_sink *sink, const char *path)
{
	sink->fd = STDERR_FILENO;
	sink->path = NULL;
	sink->len = sink->written = 0;
	sink->refusing = false;
	if (path == NULL)
		return 0;
	sink->path = strdup(path);
	if (sink->path == NULL)
		return -1;
	sink->fd = log_sink_open_path(path);
	if (sink->fd == -1) {
		free(sink->path);
		sink->path = NULL;
		return -1;
	}
	return 0;
}

void
log_sink_close(struct log_sink *sink)
{
	if (sink->path != NULL && sink->fd != -1)
		(void)close(sink->fd);
	free(sink->path);
	sink->path = NULL;
	sink->fd = -1;
}

static bool
log_sink_same_file(int a, int b)
{
	struct stat a_stat, b_stat;

	return fstat(a, &a_stat) == 0 && fstat(b, &b_stat) == 0 &&
	    a_stat.st_dev == b_stat.st_dev && a_stat.st_ino == b_stat.st_ino;
}

int
log_sink_reopen(struct log_sink *sink)
{
	int fd;

	if (sink->path == NULL)
		return 0;
	fd = log_sink_open_path(sink->path);
	if (fd == -1)
		return -1;
	if (!log_sink_same_file(fd, sink->fd))
		while (
		    sink->written > 0 && sink->batch[sink->written - 1] != '\n')
			sink->written--;
	(void)close(sink->fd);
	sink->fd = fd;
	return 0;
}

bool
log_sink_pending(const struct log_sink *sink)
{
	return sink->written < sink->len;
}

static int
log_sink_write(struct log_sink *sink)
{
	ssize_t n;

	while (log_sink_pending(sink)) {
		n = write(sink->fd, sink->batch + sink->written,
		    sink->len - sink->written);
		if (n > 0) {
			sink->written += (size_t)n;
		} else if (n == 0) {
			errno = EIO;
			return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

int
log_sink_flush(struct log_sink *sink)
{
	int error = log_sink_write(sink) == -1 ? errno : 0;

	if (error == EAGAIN || error == EWOULDBLOCK)
		return -1;
	if (error != 0 && !sink->refusing && sink->refused != NULL &&
	    sink->path != NULL)
		sink->refused(sink->path, error);
	sink->refusing = error != 0;
	errno = error;
	return error == 0 ? 0 : -1;
}
