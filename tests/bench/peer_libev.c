/*
 * peer_libev: a read and a write in libev's callback; its sockets block, as
 * those of peer_epoll do.
 */

#include <err.h>
#include <ev.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve.h"

static void
on_readable(struct ev_loop *loop, struct ev_io *client, int events)
{
	static char buffer[SERVE_BYTES];
	ssize_t n = read(client->fd, buffer, sizeof(buffer));

	(void)events;
	if (n > 0 && write(client->fd, buffer, (size_t)n) == n)
		return;
	ev_io_stop(loop, client);
	(void)close(client->fd);
	free(client);
}

static void
on_client(struct ev_loop *loop, struct ev_io *listener, int events)
{
	int fd = serve_accept(listener->fd);
	struct ev_io *client;

	(void)events;
	if (fd == -1)
		return;
	client = malloc(sizeof(*client));
	if (client == NULL) {
		(void)close(fd);
		return;
	}
	ev_io_init(client, on_readable, fd, EV_READ);
	ev_io_start(loop, client);
}

int
main(int argc, char **argv)
{
	int fd = serve_listen(serve_port(argc, argv));
	struct ev_loop *loop = ev_default_loop(0);
	struct ev_io listener;

	if (loop == NULL)
		errx(1, "no loop");
	ev_io_init(&listener, on_client, fd, EV_READ);
	ev_io_start(loop, &listener);
	return ev_run(loop, 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
