#include <sys/types.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "echoer.h"
#include "fault.h"

#define CLIENTS_MAX 16
#define PIECE	    16384

enum { ORDERS, LISTENER, CLIENTS };

struct echoer {
	pthread_t thread;
	int orders[2]; /* a byte: kick; the end: stop */
	uint16_t port;
	struct pollfd fds[CLIENTS + CLIENTS_MAX];
	nfds_t count;
};

static void
kick_all(struct echoer *e)
{
	while (e->count > CLIENTS)
		(void)close(e->fds[--e->count].fd);
}

static void
echo(struct echoer *e, nfds_t i)
{
	char piece[PIECE];
	ssize_t n, done, put;

	n = recv(e->fds[i].fd, piece, sizeof(piece), 0);
	for (done = 0; done < n; done += put) {
		put = send(e->fds[i].fd, piece + done, (size_t)(n - done),
		    MSG_NOSIGNAL);
		if (put == -1)
			break;
	}
	if (n > 0 && done == n)
		return;
	(void)close(e->fds[i].fd);
	e->fds[i] = e->fds[--e->count];
}

static void
let_in(struct echoer *e)
{
	int fd = accept(e->fds[LISTENER].fd, NULL, NULL);

	if (fd == -1)
		return;
	if (e->count == CLIENTS + CLIENTS_MAX)
		kick_all(e);
	e->fds[e->count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* Returns false when it is over. */
static bool
obey(struct echoer *e)
{
	char order;

	if (read(e->orders[0], &order, 1) != 1)
		return false;
	kick_all(e);
	return true;
}

static void *
run(void *arg)
{
	struct echoer *e = arg;
	bool go_on = true;
	nfds_t i;

	fault_stay_out();
	while (go_on && poll(e->fds, e->count, -1) > 0) {
		for (i = e->count; i-- > CLIENTS;)
			if (e->fds[i].revents != 0)
				echo(e, i);
		if (e->fds[LISTENER].revents != 0)
			let_in(e);
		if (e->fds[ORDERS].revents != 0)
			go_on = obey(e);
	}
	kick_all(e);
	return NULL;
}

struct echoer *
echoer_start(void)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	struct echoer *e = calloc(1, sizeof(*e));
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (e == NULL || bind(fd, (struct sockaddr *)&in, len) == -1 ||
	    listen(fd, CLIENTS_MAX) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1 ||
	    pipe(e->orders) == -1)
		abort();
	e->port = ntohs(in.sin_port);
	e->fds[ORDERS] = (struct pollfd){.fd = e->orders[0], .events = POLLIN};
	e->fds[LISTENER] = (struct pollfd){.fd = fd, .events = POLLIN};
	e->count = CLIENTS;
	if (pthread_create(&e->thread, NULL, run, e) != 0)
		abort();
	return e;
}

uint16_t
echoer_port(const struct echoer *e)
{
	return e->port;
}

void
echoer_kick(struct echoer *e)
{
	if (write(e->orders[1], "", 1) != 1)
		abort();
}

void
echoer_stop(struct echoer *e)
{
	(void)close(e->orders[1]);
	(void)pthread_join(e->thread, NULL);
	(void)close(e->orders[0]);
	(void)close(e->fds[LISTENER].fd);
	free(e);
}
