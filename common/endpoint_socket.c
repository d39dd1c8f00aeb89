#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

/* Where they exist, no other thread's fork(2) and exec can come in between. */
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
#define SOCKET_TYPE (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)
#else
#define SOCKET_TYPE SOCK_STREAM
#endif

#define UNIX_PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

int
endpoint_set_nonblocking(int fd)
{
	int flags;

	if ((flags = fcntl(fd, F_GETFL)) == -1)
		return -1;
	if (!(flags & O_NONBLOCK) &&
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	if ((flags = fcntl(fd, F_GETFD)) == -1)
		return -1;
	if (!(flags & FD_CLOEXEC) &&
	    fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == -1)
		return -1;
	return 0;
}

static int
set_option(int fd, int level, int name)
{
	const int on = 1;

	return setsockopt(fd, level, name, &on, sizeof(on));
}

static void
close_quietly(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

static bool
is_inet(int family)
{
	return family == AF_INET || family == AF_INET6;
}

static int
open_socket(int family)
{
	int fd;

	if ((fd = socket(family, SOCKET_TYPE, 0)) == -1)
		return -1;
	if (endpoint_set_nonblocking(fd) == -1)
		goto fail;
#ifdef SO_NOSIGPIPE
	if (set_option(fd, SOL_SOCKET, SO_NOSIGPIPE) == -1)
		goto fail;
#endif
	return fd;
fail:
	close_quietly(fd);
	return -1;
}

static int
connect_socket(int fd, const struct endpoint_addr *addr)
{
	return connect(fd, (const struct sockaddr *)&addr->sa, addr->len);
}

static int
bind_socket(int fd, const struct endpoint_addr *addr)
{
	return bind(fd, (const struct sockaddr *)&addr->sa, addr->len);
}

/* Whether nobody listens at a Unix socket any more. */
static bool
is_stale(const struct endpoint_addr *addr)
{
	bool stale;
	int fd;

	if ((fd = open_socket(AF_UNIX)) == -1)
		return false;
	stale = connect_socket(fd, addr) == -1 && errno == ECONNREFUSED;
	close_quietly(fd);
	return stale;
}

/*
 * Unlinks what a server that died has left at a Unix socket's path: only a
 * socket that refuses, and only if it is still the one that was asked.
 */
static int
remove_stale(const struct endpoint_addr *addr)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1] = "";
	struct stat before, after;

	memcpy(
	    path, (const char *)&addr->sa + UNIX_PATH_OFFSET, sizeof(path) - 1);
	if (lstat(path, &before) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(before.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (!is_stale(addr)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (lstat(path, &after) == -1)
		return errno == ENOENT ? 0 : -1;
	if (after.st_ino != before.st_ino || after.st_dev != before.st_dev) {
		errno = EADDRINUSE;
		return -1;
	}
	return unlink(path);
}

static int
bind_unix(int fd, const struct endpoint_addr *addr)
{
	if (bind_socket(fd, addr) == 0)
		return 0;
	if (errno != EADDRINUSE || remove_stale(addr) == -1)
		return -1;
	return bind_socket(fd, addr);
}

static int
bind_inet(int fd, const struct endpoint_addr *addr)
{
	if (set_option(fd, SOL_SOCKET, SO_REUSEADDR) == -1)
		return -1;
	/* Else [::] would take 0.0.0.0's port too, on some systems. */
	if (addr->sa.ss_family == AF_INET6 &&
	    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1)
		return -1;
	return bind_socket(fd, addr);
}

int
endpoint_listen(const struct endpoint_addr *addr, int backlog)
{
	int fd, result;

	if ((fd = open_socket(addr->sa.ss_family)) == -1)
		return -1;
	if (is_inet(addr->sa.ss_family))
		result = bind_inet(fd, addr);
	else
		result = bind_unix(fd, addr);
	if (result == -1 || listen(fd, backlog) == -1) {
		close_quietly(fd);
		return -1;
	}
	return fd;
}

int
endpoint_connect(const struct endpoint_addr *addr)
{
	int fd;

	if ((fd = open_socket(addr->sa.ss_family)) == -1)
		return -1;
	if (is_inet(addr->sa.ss_family) &&
	    set_option(fd, IPPROTO_TCP, TCP_NODELAY) == -1)
		goto fail;
	/*
	 * After EINTR the connection goes on being made, as after EINPROGRESS.
	 */
	if (connect_socket(fd, addr) == -1 && errno != EINPROGRESS &&
	    errno != EINTR)
		goto fail;
	return fd;
fail:
	close_quietly(fd);
	return -1;
}

/*
 * A connect to a free port of this host that the kernel chose as the local port
 * too meets itself: TCP's simultaneous open.
 */
static bool
is_own_peer(int fd, const struct sockaddr_storage *peer, socklen_t peer_len)
{
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);

	memset(&own, 0, sizeof(own));
	return is_inet(peer->ss_family) &&
	    getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	    len == peer_len && memcmp(&own, peer, len) == 0;
}

int
endpoint_connect_result(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(int);
	int error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	if (error != 0)
		return error;
	memset(&peer, 0, sizeof(peer));
	len = sizeof(peer);
	if (getpeername(fd, (struct sockaddr *)&peer, &len) == -1) {
		/*
		 * Elsewhere also EINVAL: it was connected, the peer has left.
		 */
		return errno == ENOTCONN ? ENOTCONN : 0;
	}
	return is_own_peer(fd, &peer, len) ? ECONNREFUSED : 0;
}
