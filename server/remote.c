/* accept4(2): glibc declares it for _GNU_SOURCE only, the BSDs always. */
#define _GNU_SOURCE 1

#include "remote.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

static const uint8_t remote_mapped[12] = {[10] = 0xff, [11] = 0xff};

void
remote_set(struct remote *remote, const struct sockaddr *sa)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(remote, 0, sizeof(*remote));
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		memcpy(remote->address, remote_mapped, sizeof(remote_mapped));
		memcpy(remote->address + 12, &in.sin_addr, 4);
		remote->port = ntohs(in.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		memcpy(remote->address, &in6.sin6_addr, 16);
		remote->port = ntohs(in6.sin6_port);
	}
}

bool
remote_is_unix(const struct remote *remote)
{
	static const uint8_t zeros[sizeof(remote->address)];

	return memcmp(remote->address, zeros, sizeof(zeros)) == 0;
}

bool
remote_is_ipv4(const struct remote *remote)
{
	return memcmp(remote->address, remote_mapped, sizeof(remote_mapped)) ==
	    0;
}

bool
remote_is_local(const struct remote *remote)
{
	static const uint8_t loopback6[16] = {[15] = 1};

	if (remote_is_ipv4(remote))
		return remote->address[12] == 127;
	return remote_is_unix(remote) ||
	    memcmp(remote->address, loopback6, sizeof(loopback6)) == 0;
}

static int
remote_accept_fd(int listen_fd, struct sockaddr *sa, socklen_t *len)
{
#ifdef SOCK_NONBLOCK
	return accept4(listen_fd, sa, len, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
	int fd, saved_errno;

	fd = accept(listen_fd, sa, len);
	if (fd != -1 && endpoint_set_nonblocking(fd) == -1) {
		saved_errno = errno;
		(void)close(fd);
		errno = saved_errno;
		return -1;
	}
	return fd;
#endif
}

int
remote_accept(int listen_fd, struct remote *remote)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fd;

	/* Some systems give a Unix socket's unnamed peer the length 0. */
	memset(&sa, 0, sizeof(sa));
	len = sizeof(sa);
	fd = remote_accept_fd(listen_fd, (struct sockaddr *)&sa, &len);
	if (fd != -1)
		remote_set(remote, (struct sockaddr *)&sa);
	return fd;
}

char *
remote_format(char *buf, size_t size, const struct remote *remote, int fd)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 in6;
	socklen_t len;

	if (remote_is_unix(remote)) {
		memset(&sa, 0, sizeof(sa));
		len = sizeof(sa);
		if (getsockname(fd, (struct sockaddr *)&sa, &len) == -1) {
			sa.ss_family = AF_UNIX;
			len = sizeof(sa.ss_family);
		}
		return endpoint_addr_format(
		    buf, size, (struct sockaddr *)&sa, len);
	}
	memset(&in6, 0, sizeof(in6));
	in6.sin6_family = AF_INET6;
	in6.sin6_port = htons(remote->port);
	memcpy(&in6.sin6_addr, remote->address, sizeof(remote->address));
	return endpoint_addr_format(
	    buf, size, (struct sockaddr *)&in6, sizeof(in6));
}
