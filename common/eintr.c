#include "eintr.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
eintr_open(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags, mode);
	while (fd == -1 && errno == EINTR);
	return fd;
}

ssize_t
eintr_pread(int fd, void *buf, size_t size, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, buf, size, at);
	while (n == -1 && errno == EINTR);
	return n;
}

ssize_t
eintr_write(int fd, const void *p, size_t len)
{
	ssize_t n;

	do
		n = write(fd, p, len);
	while (n == -1 && errno == EINTR);
	return n;
}

int
eintr_close(int fd)
{
	return close(fd) == -1 && errno != EINTR ? -1 : 0;
}
