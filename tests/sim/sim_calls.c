/*
 * The wrapped system calls. A descriptor that is none of the simulation's is
 * the system's, and so is a call about it.
 */

#define _GNU_SOURCE
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"
#include "sim_conn.h"
#include "sim_fd.h"
#include "sim_listen.h"
#include "sim_pipe.h"
#include "sim_wrap.h"

SIM_WRAP(ssize_t, splice, (int, off64_t *, int, off64_t *, size_t, unsigned));

enum { TRACE_ACCEPT = 16, TRACE_CLOSE };

/* The connection of this descriptor, or NULL with errno. */
static struct sim_conn *
conn_at(int fd)
{
	struct sim_fd *at = sim_fd_at(fd);

	if (at == NULL)
		return NULL;
	if (at->kind == SIM_CONN)
		return at->conn;
	errno = ENOTSOCK;
	return NULL;
}

ssize_t
__wrap_read(int fd, void *buf, size_t len)
{
	struct sim_fd *at;

	if (!sim_fd_is_ours(fd))
		return __real_read(fd, buf, len);
	at = sim_fd_at(fd);
	if (at != NULL && at->kind == SIM_PIPE_OUT)
		return sim_pipe_read(buf, len);
	return at == NULL ? -1 : sim_conn_read(at->conn, buf, len, false);
}

ssize_t
__wrap_recv(int fd, void *buf, size_t len, int flags)
{
	struct sim_conn *conn;

	if (!sim_fd_is_ours(fd))
		return __real_recv(fd, buf, len, flags);
	conn = conn_at(fd);
	if (conn == NULL)
		return -1;
	return sim_conn_read(conn, buf, len, (flags & MSG_PEEK) != 0);
}

ssize_t
__wrap_write(int fd, const void *buf, size_t len)
{
	struct sim_conn *conn;

	if (!sim_fd_is_ours(fd))
		return __real_write(fd, buf, len);
	conn = conn_at(fd);
	return conn == NULL ? -1 : sim_conn_write(conn, buf, len);
}

ssize_t
__wrap_send(int fd, const void *buf, size_t len, int flags)
{
	if (!sim_fd_is_ours(fd))
		return __real_send(fd, buf, len, flags);
	return __wrap_write(fd, buf, len);
}

ssize_t
__wrap_splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t len,
    unsigned flags)
{
	struct sim_conn *conn;

	(void)from_at;
	(void)to_at;
	(void)flags;
	if (sim_fd_at(from) == NULL || sim_fd_at(to) == NULL)
		return -1;
	if (sim_fd_at(from)->kind == SIM_PIPE_OUT) {
		conn = conn_at(to);
		return conn == NULL ? -1 : sim_pipe_give(conn, len);
	}
	conn = conn_at(from);
	return conn == NULL ? -1 : sim_pipe_take(conn, len);
}

int
__wrap_pipe2(int ends[2], int flags)
{
	(void)flags;
	sim_pipe_clear();
	ends[0] = sim_fd_open(SIM_PIPE_OUT, NULL);
	ends[1] = sim_fd_open(SIM_PIPE_IN, NULL);
	return 0;
}

static void
name_set(struct sockaddr *sa, socklen_t *len, uint32_t address, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(address)};

	if (sa == NULL)
		return;
	memcpy(sa, &in, *len < sizeof(in) ? *len : sizeof(in));
	*len = sizeof(in);
}

int
__wrap_accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	struct sim_conn *conn;

	if (!sim_fd_is_ours(fd))
		return __real_accept4(fd, sa, len, flags);
	if (sim_fd_at(fd) == NULL)
		return -1;
	conn = sim_listen_accept();
	sim_trace(TRACE_ACCEPT, (uint64_t)fd,
	    conn == NULL ? (uint64_t)errno : conn->port);
	if (conn == NULL)
		return -1;
	name_set(sa, len, conn->from, conn->port);
	return conn->fd;
}

/* What it was is free from now on, whatever is said. */
int
__wrap_close(int fd)
{
	struct sim_fd *at;

	if (!sim_fd_is_ours(fd))
		return __real_close(fd);
	at = sim_fd_at(fd);
	if (at == NULL)
		return -1;
	sim_trace(TRACE_CLOSE, (uint64_t)fd, at->kind);
	if (at->kind == SIM_LISTENER)
		sim_listen_end();
	else if (at->kind == SIM_CONN)
		at->conn->fd = -1;
	sim_fd_close(fd);
	if (!sim_happens(sim_odds()->eintr))
		return 0;
	errno = EINTR;
	return -1;
}

int
__wrap_shutdown(int fd, int how)
{
	struct sim_conn *conn;

	if (!sim_fd_is_ours(fd))
		return __real_shutdown(fd, how);
	conn = conn_at(fd);
	return conn == NULL ? -1 : sim_conn_shutdown(conn);
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	struct sim_conn *conn;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (!sim_fd_is_ours(fd))
		return __real_ioctl(fd, request, arg);
	conn = conn_at(fd);
	if (conn == NULL)
		return -1;
	if (request == TIOCOUTQ)
		*(int *)arg = (int)(conn->put - conn->got);
	else if (request == FIONREAD)
		*(int *)arg = (int)sim_conn_unread(conn);
	return 0;
}

/* Flags, and the size of a pipe: nothing depends on them here. */
int
__wrap_fcntl(int fd, int command, ...)
{
	va_list args;
	void *arg;

	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	if (!sim_fd_is_ours(fd))
		return __real_fcntl(fd, command, arg);
	return sim_fd_at(fd) == NULL ? -1 : 0;
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	if (strcmp(path, "/dev/null") != 0)
		return __real_open(path, flags, mode);
	if (sim_happens(sim_odds()->accept)) {
		errno = EMFILE;
		return -1;
	}
	return sim_fd_open(SIM_FILE, NULL);
}

int
__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (!sim_fd_is_ours(fd))
		return __real_setsockopt(fd, level, name, value, len);
	return sim_fd_at(fd) == NULL ? -1 : 0;
}

int
__wrap_getsockname(int fd, struct sockaddr *sa, socklen_t *len)
{
	if (!sim_fd_is_ours(fd))
		return __real_getsockname(fd, sa, len);
	if (sim_fd_at(fd) == NULL)
		return -1;
	name_set(sa, len, INADDR_LOOPBACK, 8080);
	return 0;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	const uint64_t now_us = sim_now_us();

	(void)clock;
	ts->tv_sec = (time_t)(now_us / 1000000);
	ts->tv_nsec = (long)(now_us % 1000000) * 1000;
	return 0;
}
