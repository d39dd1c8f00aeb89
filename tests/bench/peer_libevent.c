/*
 * peer_libevent: a bufferevent for each client, whose input becomes its output.
 */

#include <err.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve.h"

static void
on_readable(struct bufferevent *client, void *unused)
{
	(void)unused;
	if (bufferevent_write_buffer(client, bufferevent_get_input(client)) ==
	    -1)
		bufferevent_free(client);
}

static void
on_end(struct bufferevent *client, short what, void *unused)
{
	(void)unused;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0)
		bufferevent_free(client);
}

static void
on_client(evutil_socket_t listener, short what, void *base)
{
	int fd = serve_accept(listener);
	struct bufferevent *client;

	(void)what;
	if (fd == -1)
		return;
	if (evutil_make_socket_nonblocking(fd) == -1) {
		(void)close(fd);
		return;
	}
	client = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (client == NULL) {
		(void)close(fd);
		return;
	}
	bufferevent_setcb(client, on_readable, NULL, on_end, NULL);
	if (bufferevent_enable(client, EV_READ | EV_WRITE) == -1)
		bufferevent_free(client);
}

int
main(int argc, char **argv)
{
	int fd = serve_listen(serve_port(argc, argv));
	struct event_base *base = event_base_new();
	struct event *listener;

	if (base == NULL)
		errx(1, "no base");
	listener = event_new(base, fd, EV_READ | EV_PERSIST, on_client, base);
	if (listener == NULL || event_add(listener, NULL) == -1)
		errx(1, "no event");
	return event_base_dispatch(base) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
