#ifdef __linux__
#define _GNU_SOURCE /* pipe2(2), splice(2), F_SETPIPE_SZ */
#endif

#include "bulk.h"

#include <errno.h>
#include <stdlib.h>

#ifdef __linux__

#include <fcntl.h>
#include <unistd.h>

/*
 * A pipe's size is a number of slots, one page each; but what comes from a
 * network card takes one for each packet, and that is a third of a page.
 */
#define BULK_SLOT_TIMES 4

#define BULK_SIZE_MAX (1 << 30)

struct bulk {
	int ends[2];
	size_t pending; /* bytes in the pipe */
};

/*
 * Less than what was asked for is no error: a user has a share of all pipes'
 * pages, and who has used it up gets a small one, which works as well.
 */
static void
bulk_widen(struct bulk *bulk, size_t limit_bytes)
{
	size_t size;

	if (limit_bytes > BULK_SIZE_MAX / BULK_SLOT_TIMES)
		limit_bytes = BULK_SIZE_MAX / BULK_SLOT_TIMES;
	size = limit_bytes * BULK_SLOT_TIMES;
	if (fcntl(bulk->ends[1], F_SETPIPE_SZ, (int)size) == -1)
		(void)fcntl(bulk->ends[1], F_SETPIPE_SZ, (int)limit_bytes);
}

struct bulk *
bulk_new(size_t limit_bytes)
{
	struct bulk *bulk;

	bulk = calloc(1, sizeof(*bulk));
	if (bulk == NULL)
		return NULL;
	if (pipe2(bulk->ends, O_CLOEXEC | O_NONBLOCK) == -1) {
		free(bulk);
		return NULL;
	}
	bulk_widen(bulk, limit_bytes);
	return bulk;
}

void
bulk_free(struct bulk *bulk)
{
	if (bulk == NULL)
		return;
	/* Nothing waits in it that anybody still wants. */
	(void)close(bulk->ends[0]);
	(void)close(bulk->ends[1]);
	free(bulk);
}

ssize_t
bulk_take(struct bulk *bulk, int fd, size_t max)
{
	ssize_t n;

	n = splice(fd, NULL, bulk->ends[1], NULL, max,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n > 0)
		bulk->pending += (size_t)n;
	return n;
}

ssize_t
bulk_give(struct bulk *bulk, int fd, bool more)
{
	ssize_t n;

	/* Of an empty pipe, splice(2) would say EAGAIN, as of a full socket. */
	if (bulk->pending == 0)
		return 0;
	n = splice(bulk->ends[0], NULL, fd, NULL, bulk->pending,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0));
	if (n > 0)
		bulk->pending -= (size_t)n;
	return n;
}

ssize_t
bulk_read(struct bulk *bulk, void *buf, size_t size)
{
	ssize_t n;

	if (bulk->pending == 0)
		return 0;
	/* It is there, so whatever was in the way, it comes. */
	do
		n = read(bulk->ends[0], buf, size);
	while (n == -1 && (errno == EINTR || errno == EAGAIN));
	if (n > 0)
		bulk->pending -= (size_t)n;
	return n;
}

#else

struct bulk *
bulk_new(size_t limit_bytes)
{
	(void)limit_bytes;
	errno = ENOSYS;
	return NULL;
}

void
bulk_free(struct bulk *bulk)
{
	(void)bulk;
}

ssize_t
bulk_take(struct bulk *bulk, int fd, size_t max)
{
	(void)bulk;
	(void)fd;
	(void)max;
	errno = ENOSYS;
	return -1;
}

ssize_t
bulk_give(struct bulk *bulk, int fd, bool more)
{
	(void)bulk;
	(void)fd;
	(void)more;
	errno = ENOSYS;
	return -1;
}

ssize_t
bulk_read(struct bulk *bulk, void *buf, size_t size)
{
	(void)bulk;
	(void)buf;
	(void)size;
	errno = ENOSYS;
	return -1;
}

#endif
