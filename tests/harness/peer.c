#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "harness.h"
#include "peer.h"

#define PEER_BUFFER 65536

struct peer {
	int fd;
};

struct peer_listener {
	int fd;
};

static struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static void
set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		fail_msg("fcntl: %s", strerror(errno));
}

static struct peer *
peer_new(int fd)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		fail_msg("no memory");
	/* a write after the other end has gone is an error, no death */
	signal(SIGPIPE, SIG_IGN);
	set_flags(fd);
	p->fd = fd;
	return p;
}

static void
peer_wait(const struct peer *p, short events, const char *what)
{
	if (!deadline_wait_fd(deadline_in(DEADLINE_MS), p->fd, events))
		fail_msg("peer: %s: nothing happens", what);
}

/* Connects a socket, which is the peer's from now on. */
static struct peer *
connect_fd(int fd, const void *sa, socklen_t len)
{
	int error = 0;
	socklen_t error_len = sizeof(error);
	struct peer *p = peer_new(fd);

	if (connect(fd, sa, len) == -1) {
		if (errno != EINPROGRESS)
			fail_msg("connect: %s", strerror(errno));
		peer_wait(p, POLLOUT, "connect");
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
		if (error != 0)
			fail_msg("connect: %s", strerror(error));
	}
	return p;
}

static int
open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd == -1)
		fail_msg("socket: %s", strerror(errno));
	return fd;
}

static struct peer *
connect_to(const void *sa, socklen_t len, int rcvbuf)
{
	int fd = open_socket(((const struct sockaddr *)sa)->sa_family);

	if (rcvbuf > 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf)) ==
		-1)
		fail_msg("SO_RCVBUF: %s", strerror(errno));
	return connect_fd(fd, sa, len);
}

struct peer *
peer_connect_rcvbuf(uint16_t port, int bytes)
{
	struct sockaddr_in sin = loopback(port);

	return connect_to(&sin, sizeof(sin), bytes);
}

struct peer *
peer_connect(uint16_t port)
{
	return peer_connect_rcvbuf(port, 0);
}

struct peer *
peer_connect6(uint16_t port)
{
	struct sockaddr_in6 sin6 = {
	    .sin6_family = AF_INET6,
	    .sin6_port = htons(port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	return connect_to(&sin6, sizeof(sin6), 0);
}

struct peer *
peer_connect_from(uint16_t port, const char *address)
{
	struct sockaddr_in to = loopback(port), from = loopback(0);
	int fd = open_socket(AF_INET);

	if (inet_pton(AF_INET, address, &from.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) == -1)
		fail_msg("%s: %s", address, strerror(errno));
	return connect_fd(fd, &to, sizeof(to));
}

struct peer *
peer_connect_at(const char *address, uint16_t port)
{
	struct sockaddr_in to = loopback(port);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		fail_msg("%s is no address", address);
	return connect_to(&to, sizeof(to), 0);
}

struct peer *
peer_connect_unix(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(sun.sun_path))
		fail_msg("too long a path: %s", path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	return connect_to(&sun, sizeof(sun), 0);
}

void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	close(p->fd);
	free(p);
}

void
peer_reset(struct peer *p)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) == -1)
		fail_msg("SO_LINGER: %s", strerror(errno));
	peer_free(p);
}

int
peer_fd(const struct peer *p)
{
	return p->fd;
}

static uint16_t
local_port(int fd)
{
	struct sockaddr_storage ss = {0};
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1)
		fail_msg("getsockname: %s", strerror(errno));
	memcpy(&sin, &ss, sizeof(sin));
	memcpy(&sin6, &ss, sizeof(sin6));
	if (ss.ss_family == AF_INET6)
		return ntohs(sin6.sin6_port);
	return ss.ss_family == AF_INET ? ntohs(sin.sin_port) : 0;
}

uint16_t
peer_port(const struct peer *p)
{
	return local_port(p->fd);
}

size_t
peer_send_some(struct peer *p, const void *data, size_t len)
{
	ssize_t n = write(p->fd, data, len);

	if (n == -1 && errno != EAGAIN && errno != EINTR)
		fail_msg("peer: send: %s", strerror(errno));
	return n == -1 ? 0 : (size_t)n;
}

void
peer_send(struct peer *p, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		size_t n = peer_send_some(p, at, len);

		at += n;
		len -= n;
		if (len > 0)
			peer_wait(p, POLLOUT, "send");
	}
}

void
peer_send_text(struct peer *p, const char *text)
{
	peer_send(p, text, strlen(text));
}

void
peer_shutdown(struct peer *p)
{
	if (shutdown(p->fd, SHUT_WR) == -1)
		fail_msg("shutdown: %s", strerror(errno));
}

/* Waits, then reads: as read(2), but never EAGAIN. */
static ssize_t
receive(struct peer *p, void *buf, size_t size)
{
	ssize_t n;

	do {
		peer_wait(p, POLLIN, "receive");
		n = read(p->fd, buf, size);
	} while (n == -1 && (errno == EAGAIN || errno == EINTR));
	return n;
}

void
peer_greet(struct peer *p)
{
	peer_send_text(p, "hello");
	peer_expect(p, "hello");
}

void
peer_visit(uint16_t port)
{
	struct peer *p = peer_connect(port);

	peer_greet(p);
	peer_free(p);
}

bool
peer_is_closed(const struct peer *p)
{
	char byte;
	ssize_t n = recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n == -1 && errno == ECONNRESET);
}

size_t
peer_recv_some(struct peer *p, void *buf, size_t size)
{
	ssize_t n = receive(p, buf, size);

	if (n == -1)
		fail_msg("peer: receive: %s", strerror(errno));
	return (size_t)n;
}

void
peer_recv(struct peer *p, void *buf, size_t len)
{
	char *at = buf;

	for (size_t got = 0; got < len;) {
		size_t n = peer_recv_some(p, at + got, len - got);

		if (n == 0)
			fail_msg("the end after %zu of %zu bytes", got, len);
		got += n;
	}
}

void
peer_expect(struct peer *p, const char *text)
{
	size_t len = strlen(text);
	char *got = calloc(1, len + 1);

	if (got == NULL)
		fail_msg("no memory");
	peer_recv(p, got, len);
	assert_string_equal(got, text);
	free(got);
}

char *
peer_recv_all(struct peer *p, size_t *len)
{
	size_t used = 0, room = 0, n;
	char *all = NULL, *more;

	do {
		if (room - used <= PEER_BUFFER) {
			room = 2 * (room + PEER_BUFFER);
			more = realloc(all, room);
			if (more == NULL)
				fail_msg("no memory");
			all = more;
		}
		n = peer_recv_some(p, all + used, room - used - 1);
		used += n;
	} while (n > 0);
	all[used] = '\0';
	if (len != NULL)
		*len = used;
	return all;
}

void
peer_expect_eof(struct peer *p)
{
	char byte;

	if (peer_recv_some(p, &byte, 1) != 0)
		fail_msg(
		    "a byte (0x%02x) instead of the end", (unsigned char)byte);
}

bool
peer_wait_gone(struct peer *p)
{
	char buf[PEER_BUFFER];
	ssize_t n;

	while ((n = receive(p, buf, sizeof(buf))) > 0)
		continue;
	if (n == -1 && errno != ECONNRESET)
		fail_msg("peer: receive: %s", strerror(errno));
	return n == -1;
}

/* What has come back has to be what stands at this place of what was sent. */
static size_t
echo_receive(struct peer *p, const char *expected, size_t len)
{
	char buf[PEER_BUFFER];
	ssize_t n = read(p->fd, buf, len < sizeof(buf) ? len : sizeof(buf));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1)
		fail_msg("peer: receive: %s", strerror(errno));
	if (n == 0)
		fail_msg("the end with %zu bytes to come", len);
	assert_memory_equal(buf, expected, (size_t)n);
	return (size_t)n;
}

void
peer_echo(struct peer *p, const void *data, size_t len)
{
	const char *bytes = data;
	size_t sent = 0, got = 0;

	while (got < len) {
		peer_wait(p, sent < len ? POLLIN | POLLOUT : POLLIN, "echo");
		if (sent < len)
			sent += peer_send_some(p, bytes + sent, len - sent);
		got += echo_receive(p, bytes + got, len - got);
	}
}

struct peer_listener *
peer_listen(uint16_t port)
{
	struct peer_listener *l = calloc(1, sizeof(*l));
	struct sockaddr_in sin = loopback(port);
	int on = 1;

	if (l == NULL)
		fail_msg("no memory");
	l->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (l->fd == -1)
		fail_msg("socket: %s", strerror(errno));
	set_flags(l->fd);
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(l->fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(l->fd, SOMAXCONN) == -1)
		fail_msg("listen: %s", strerror(errno));
	return l;
}

uint16_t
peer_listener_port(const struct peer_listener *l)
{
	return local_port(l->fd);
}

struct peer *
peer_accept(struct peer_listener *l)
{
	int fd;

	if (!deadline_wait_fd(deadline_in(DEADLINE_MS), l->fd, POLLIN))
		fail_msg("nobody connects");
	fd = accept(l->fd, NULL, NULL);
	if (fd == -1)
		fail_msg("accept: %s", strerror(errno));
	return peer_new(fd);
}

void
peer_listener_free(struct peer_listener *l)
{
	if (l == NULL)
		return;
	close(l->fd);
	free(l);
}
