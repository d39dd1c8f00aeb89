#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"

#define FIRST_BYTES 1024 /* the least that is allocated, limit allowing */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is there instead */
#endif

/* A ring: what waits is data[head..head + pending), modulo size. */
struct bytes {
	char *data; /* NULL while nothing waits */
	size_t size;
	size_t head;
	size_t pending;
	size_t limit;
};

struct bytes *
bytes_new(size_t limit_bytes)
{
	struct bytes *bytes;

	if ((bytes = calloc(1, sizeof(*bytes))) == NULL)
		return NULL;
	bytes->limit = limit_bytes;
	return bytes;
}

void
bytes_free(struct bytes *bytes)
{
	if (bytes == NULL)
		return;
	free(bytes->data);
	free(bytes);
}

size_t
bytes_pending(const struct bytes *bytes)
{
	return bytes->pending;
}

size_t
bytes_room(const struct bytes *bytes)
{
	return bytes->limit - bytes->pending;
}

/* Bytes from the head to the end of the data or of the ring. */
static size_t
head_run(const struct bytes *bytes)
{
	size_t run = bytes->size - bytes->head;

	return run < bytes->pending ? run : bytes->pending;
}

/* Twice as much each time, so that a byte is moved but once on average. */
static int
grow(struct bytes *bytes, size_t need)
{
	char *data;
	size_t run = head_run(bytes), size;

	size = bytes->size > bytes->limit / 2 ? bytes->limit : bytes->size * 2;
	if (size < FIRST_BYTES)
		size = FIRST_BYTES;
	if (size < need)
		size = need;
	if (size > bytes->limit)
		size = bytes->limit;
	if ((data = malloc(size)) == NULL)
		return -1;
	if (bytes->pending > 0) {
		memcpy(data, bytes->data + bytes->head, run);
		memcpy(data + run, bytes->data, bytes->pending - run);
	}
	free(bytes->data);
	bytes->data = data;
	bytes->size = size;
	bytes->head = 0;
	return 0;
}

int
bytes_append(struct bytes *bytes, const void *p, size_t len)
{
	size_t tail, run;

	if (len == 0)
		return 0;
	if (len > bytes_room(bytes)) {
		errno = ENOBUFS;
		return -1;
	}
	if (len > bytes->size - bytes->pending &&
	    grow(bytes, bytes->pending + len) == -1)
		return -1;
	tail = bytes->size - bytes->head > bytes->pending
	    ? bytes->head + bytes->pending
	    : bytes->pending - (bytes->size - bytes->head);
	run = bytes->size - tail < len ? bytes->size - tail : len;
	memcpy(bytes->data + tail, p, run);
	memcpy(bytes->data, (const char *)p + run, len - run);
	bytes->pending += len;
	return 0;
}

const void *
bytes_peek(const struct bytes *bytes, size_t *len)
{
	*len = head_run(bytes);
	return *len > 0 ? bytes->data + bytes->head : NULL;
}

void
bytes_drop(struct bytes *bytes, size_t len)
{
	size_t run = bytes->size - bytes->head;

	if (len >= bytes->pending) {
		bytes_clear(bytes);
		return;
	}
	bytes->head = len < run ? bytes->head + len : len - run;
	bytes->pending -= len;
}

void
bytes_clear(struct bytes *bytes)
{
	free(bytes->data);
	bytes->data = NULL;
	bytes->size = bytes->head = bytes->pending = 0;
}

static ssize_t
write_some(int fd, const void *p, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n == -1 && errno == ENOTSOCK)
			n = write(fd, p, len);
	} while (n == -1 && errno == EINTR);
	return n;
}

ssize_t
bytes_flush(struct bytes *bytes, int fd)
{
	const void *run;
	size_t len;
	ssize_t n;

	while ((run = bytes_peek(bytes, &len)) != NULL) {
		n = write_some(fd, run, len);
		if (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK)
			return -1;
		if (n <= 0)
			break;
		bytes_drop(bytes, (size_t)n);
	}
	return (ssize_t)bytes->pending;
}
