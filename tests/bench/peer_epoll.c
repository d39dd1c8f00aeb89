/*
 * peer_epoll: the least that an echo server on epoll can do, which is the
 * baseline: one thread, one buffer, a read and a write for each message. Its
 * sockets block: where a client does not read, everybody waits. It has no
 * queue, no log, no limits.
 */

#include <err.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "serve.h"

#define EVENTS_COUNT 256

static void
watch(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		err(1, "epoll_ctl");
}

static void
echo(int fd, char *buffer)
{
	ssize_t n = read(fd, buffer, SERVE_BYTES);

	if (n <= 0 || write(fd, buffer, (size_t)n) != n)
		(void)close(fd);
}

int
main(int argc, char **argv)
{
	static char buffer[SERVE_BYTES];
	int listener = serve_listen(serve_port(argc, argv));
	int epoll = epoll_create1(0);

	if (epoll == -1)
		err(1, "epoll_create1");
	watch(epoll, listener);
	while (true) {
		struct epoll_event events[EVENTS_COUNT];
		int i, n = epoll_wait(epoll, events, EVENTS_COUNT, -1);

		for (i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd != listener)
				echo(fd, buffer);
			else if ((fd = serve_accept(listener)) != -1)
				watch(epoll, fd);
		}
	}
}
