/*
 * peer_kqueue: the same as peer_epoll on kqueue: the baseline where the system
 * has it; on Linux what the project's own layer costs, and nothing else.
 */

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/event.h>
#include <unistd.h>

#include "serve.h"

#ifndef NOTE_NODATA /* only the project's own layer has it */
#define NOTE_NODATA 0
#endif

#define EVENTS_COUNT 256

static void
watch(int kq, int fd)
{
	struct kevent change;

	EV_SET(
	    &change, (uintptr_t)fd, EVFILT_READ, EV_ADD, NOTE_NODATA, 0, NULL);
	if (kevent(kq, &change, 1, NULL, 0, NULL) == -1)
		err(1, "kevent");
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
	int kq = kqueue();

	if (kq == -1)
		err(1, "kqueue");
	watch(kq, listener);
	while (true) {
		struct kevent events[EVENTS_COUNT];
		int i, n = kevent(kq, NULL, 0, events, EVENTS_COUNT, NULL);

		for (i = 0; i < n; i++) {
			int fd = (int)events[i].ident;

			if (fd != listener)
				echo(fd, buffer);
			else if ((fd = serve_accept(listener)) != -1)
				watch(kq, fd);
		}
	}
}
