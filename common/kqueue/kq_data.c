/* kq_data: what the kernel knows of a descriptor. */

#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kq.h"

/* From <linux/sock_diag.h> and <asm/socket.h>, which libcs do not carry. */
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#define MEMINFO_WMEM_ALLOC  2
#define MEMINFO_SNDBUF	    3
#define MEMINFO_WMEM_QUEUED 5
#define MEMINFO_COUNT	    6

static int
data_tcp_info(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

int64_t
kq_data_readable(int fd)
{
	struct tcp_info info;
	int n;

	if (ioctl(fd, FIONREAD, &n) == 0)
		return n;
	if (errno == EBADF)
		return -1;
	/* A listener. How long its queue is only TCP says. */
	if (errno == EINVAL && data_tcp_info(fd, &info) == 0)
		return info.tcpi_unacked;
	return 1;
}

/* Room as the socket counts it: with what it spends on each packet. */
static int
data_socket_room(int fd, int64_t *room)
{
	uint32_t info[MEMINFO_COUNT];
	socklen_t len = sizeof(info);
	uint32_t used;

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) == -1)
		return -1;
	used = info[MEMINFO_WMEM_QUEUED];
	if (used < info[MEMINFO_WMEM_ALLOC])
		used = info[MEMINFO_WMEM_ALLOC];
	*room = (int64_t)info[MEMINFO_SNDBUF] - used;
	return 0;
}

static int
data_pipe_room(int fd, int64_t *room)
{
	int size, used;

	size = fcntl(fd, F_GETPIPE_SZ);
	if (size == -1 || ioctl(fd, FIONREAD, &used) == -1)
		return -1;
	*room = (int64_t)size - used;
	return 0;
}

int64_t
kq_data_writable(int fd)
{
	int64_t room;

	if (data_socket_room(fd, &room) == -1) {
		if (errno == EBADF)
			return -1;
		if (data_pipe_room(fd, &room) == -1)
			return 1;
	}
	/* epoll has said that something can be written. */
	return room < 1 ? 1 : room;
}

bool
kq_data_is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/*
 * Asking for SO_ERROR takes it away. The outcome of a connect(2) is left for
 * the caller to ask for: a connection that never was has no round-trip time.
 */
int
kq_data_take_error(int fd)
{
	struct tcp_info info;
	socklen_t len;
	int error;

	if (data_tcp_info(fd, &info) == 0 && info.tcpi_rtt == 0)
		return 0;
	len = sizeof(error);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return 0;
	return error;
}
