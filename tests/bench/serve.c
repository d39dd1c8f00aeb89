/* serve: see serve.h. */

#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"
#include "units.h"

int
serve_port(int argc, char **argv)
{
	uint64_t port;

	if (argc != 2 ||
	    units_parse_number(argv[1], 1, UINT16_MAX, &port) == -1)
		errx(2, "usage: %s PORT", argv[0]);
	return (int)port;
}

int
serve_listen(int port)
{
	struct sockaddr_in at = {0};
	int fd, one = 1;

	(void)signal(SIGPIPE, SIG_IGN);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd == -1)
		err(1, "socket");
	at.sin_family = AF_INET;
	at.sin_port = htons((uint16_t)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == -1 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, SERVE_BACKLOG) == -1)
		err(1, "port %d", port);
	return fd;
}

int
serve_accept(int listener)
{
	int fd = accept(listener, NULL, NULL), one = 1;

	if (fd == -1)
		return -1;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}
