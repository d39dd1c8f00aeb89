/* talker: see talker.h. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "histogram.h"
#include "instant.h"
#include "pattern.h"
#include "talker.h"

#define GREETING_BYTES	 1
#define GREETING_SECONDS 10
#define RETRY_MS	 2

int
talker_init(struct talker *t, unsigned number, size_t size, unsigned depth)
{
	*t = (struct talker){
	    .fd = -1, .number = number, .size = size, .depth = depth};
	t->begun_ns = calloc(depth, sizeof(*t->begun_ns));
	return t->begun_ns == NULL ? -1 : 0;
}

void
talker_end(struct talker *t)
{
	/* closed with a reset, so that no port is left in TIME_WAIT */
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};

	if (t->fd != -1) {
		(void)setsockopt(
		    t->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		(void)close(t->fd);
	}
	t->fd = -1;
	free(t->begun_ns);
	t->begun_ns = NULL;
}

static int
open_socket(unsigned port)
{
	const struct timeval limit = {.tv_sec = GREETING_SECONDS};
	struct sockaddr_in to = {0};
	int fd, one = 1, saved;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd == -1)
		return -1;
	to.sin_family = AF_INET;
	to.sin_port = htons((uint16_t)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
		0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* The first byte, there and back; no signal but one that ends us comes by. */
static int
greet(struct talker *t, const struct pattern *pattern)
{
	const unsigned char *byte = pattern_at(pattern, t->number, 0);
	unsigned char back;
	ssize_t n;

	if (write(t->fd, byte, GREETING_BYTES) != GREETING_BYTES)
		return -1;
	n = read(t->fd, &back, sizeof(back));
	if (n == 1 && back == *byte) {
		t->sent = t->received = GREETING_BYTES;
		return 0;
	}
	if (n == 0)
		errno = EPIPE;
	else if (n == 1)
		errno = EBADMSG;
	return -1;
}

int
talker_connect(struct talker *t, unsigned port, const struct pattern *pattern,
    uint64_t deadline_ns)
{
	int flags;

	while ((t->fd = open_socket(port)) == -1) {
		if (errno != ECONNREFUSED || instant_now_ns() > deadline_ns)
			return -1;
		if (poll(NULL, 0, RETRY_MS) == -1)
			return -1;
	}
	if (greet(t, pattern) == -1)
		return -1;
	flags = fcntl(t->fd, F_GETFL);
	return flags == -1 ? -1 : fcntl(t->fd, F_SETFL, flags | O_NONBLOCK);
}

int
talker_send(struct talker *t, const struct talker_share *share)
{
	uint64_t now = instant_now_ns(), until;
	size_t run;
	ssize_t n;

	for (; t->begun < t->completed + t->depth; t->begun++)
		t->begun_ns[t->begun % t->depth] = now;
	until = GREETING_BYTES + t->begun * t->size;
	t->blocked = false;
	while (t->sent < until) {
		run = until - t->sent < TALKER_RUN_BYTES
		    ? (size_t)(until - t->sent)
		    : TALKER_RUN_BYTES;
		n = write(
		    t->fd, pattern_at(share->pattern, t->number, t->sent), run);
		if (n > 0)
			t->sent += (uint64_t)n;
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (n == -1 || (size_t)n < run) {
			t->blocked = true;
			break;
		}
	}
	return 0;
}

static int
count_completed(struct talker *t, struct histogram *latencies)
{
	uint64_t all = (t->received - GREETING_BYTES) / t->size;
	uint64_t now = instant_now_ns();
	int count = (int)(all - t->completed);

	for (; t->completed < all; t->completed++)
		histogram_add(
		    latencies, now - t->begun_ns[t->completed % t->depth]);
	return count;
}

int
talker_receive(struct talker *t, const struct talker_share *share)
{
	ssize_t n = read(t->fd, share->buffer, TALKER_RUN_BYTES);
	const unsigned char *expected;
	int count;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0) {
		errno = EPIPE;
		return -1;
	}
	expected = pattern_at(share->pattern, t->number, t->received);
	if ((uint64_t)n > t->sent - t->received ||
	    memcmp(share->buffer, expected, (size_t)n) != 0) {
		errno = EBADMSG;
		return -1;
	}
	t->received += (uint64_t)n;
	count = count_completed(t, share->latencies);
	if (count > 0 && talker_send(t, share) == -1)
		return -1;
	return count;
}
