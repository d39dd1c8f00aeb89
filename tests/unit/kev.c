#include "kev.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"

int
kev_setup(void **state)
{
	int *kq;

	kq = malloc(sizeof(*kq));
	if (kq == NULL)
		return -1;
	*kq = kqueue();
	*state = kq;
	return *kq == -1 ? -1 : 0;
}

int
kev_teardown(void **state)
{
	(void)close(kev_queue(state));
	free(*state);
	return 0;
}

int
kev_queue(void **state)
{
	const int *kq = *state;

	return *kq;
}

static int
kev_submit(int kq, uintptr_t ident, int filter, int flags, unsigned fflags,
    int64_t data)
{
	struct kevent change;

	EV_SET(&change, ident, (short)filter, (unsigned short)flags, fflags,
	    data, (void *)ident);
	return kevent(kq, &change, 1, NULL, 0, NULL);
}

void
kev_change_data(int kq, uintptr_t ident, int filter, int flags, unsigned fflags,
    int64_t data)
{
	assert_int_equal(kev_submit(kq, ident, filter, flags, fflags, data), 0);
}

void
kev_change(int kq, uintptr_t ident, int filter, int flags, unsigned fflags)
{
	kev_change_data(kq, ident, filter, flags, fflags, 0);
}

int
kev_change_error(
    int kq, uintptr_t ident, int filter, int flags, unsigned fflags)
{
	return kev_submit(kq, ident, filter, flags, fflags, 0) == -1 ? errno
								     : 0;
}

int
kev_poll(int kq, struct kevent *events, int nevents)
{
	const struct timespec now = {0};
	int n;

	n = kevent(kq, NULL, 0, events, nevents, &now);
	assert_int_not_equal(n, -1);
	return n;
}

void
kev_none(int kq)
{
	struct kevent ev;

	assert_int_equal(kev_poll(kq, &ev, 1), 0);
}

struct kevent
kev_wait(int kq)
{
	const struct timespec limit = {.tv_sec = DEADLINE_MS / 1000};
	struct kevent ev = {0};

	assert_int_equal(kevent(kq, NULL, 0, &ev, 1, &limit), 1);
	return ev;
}

struct kevent
kev_wait_for(int kq, uintptr_t ident, int filter)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	struct kevent ev;

	do {
		assert_int_not_equal(deadline_left_ms(deadline), 0);
		ev = kev_wait(kq);
	} while (ev.ident != ident || ev.filter != filter);
	return ev;
}

static void
kev_set_nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

void
kev_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	kev_set_nonblocking(fds[0]);
	kev_set_nonblocking(fds[1]);
}

int
kev_listen(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	int fd;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

int
kev_connect(int listener)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int fd;

	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&sin, &len), 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&sin, len), 0);
	return fd;
}

void
kev_pair_tcp(int fds[2])
{
	int listener;

	listener = kev_listen();
	fds[1] = kev_connect(listener);
	fds[0] = accept(listener, NULL, NULL);
	assert_int_not_equal(fds[0], -1);
	kev_set_nonblocking(fds[0]);
	kev_set_nonblocking(fds[1]);
	close(listener);
}

void
kev_pair_close(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

void
kev_send(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

void
kev_drain(int fd)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	char buf[4096];

	assert_true(deadline_wait_fd(deadline, fd, POLLIN));
	while (read(fd, buf, sizeof(buf)) > 0)
		continue;
}

void
kev_fill(int fd)
{
	static const char block[4096];

	while (write(fd, block, sizeof(block)) > 0)
		continue;
	assert_int_equal(errno, EAGAIN);
}
