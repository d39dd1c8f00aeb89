/*
 * The wrapped system calls. Where the errno of a call says that something has
 * happened all the same, it is made to happen: an interrupted close(2) has
 * closed, an interrupted connect(2) goes on, an aborted connection is gone.
 */

#define _GNU_SOURCE
#include <sys/types.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fault_wrap.h"

/* A call that either is made or fails: its type, name, failure, descriptor. */
#define WRAP(type, name, failed, fd, params, args) \
	type __real_##name params;                 \
	type __wrap_##name params;                 \
	type __wrap_##name params                  \
	{                                          \
		FAULT_TRY(name, fd, failed);       \
		return __real_##name args;         \
	}

WRAP(int, bind, -1, fd, (int fd, const struct sockaddr *a, socklen_t len),
    (fd, a, len))
WRAP(int, dup3, -1, -1, (int from, int to, int flags), (from, to, flags))
WRAP(int, epoll_create1, -1, -1, (int flags), (flags))
WRAP(int, eventfd, -1, -1, (unsigned count, int flags), (count, flags))
WRAP(FILE *, fdopen, NULL, -1, (int fd, const char *mode), (fd, mode))
WRAP(
    FILE *, fopen, NULL, -1, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fopencookie, NULL, -1,
    (void *cookie, const char *mode, cookie_io_functions_t fns),
    (cookie, mode, fns))
WRAP(int, fstat, -1, -1, (int fd, struct stat *st), (fd, st))
WRAP(int, fsync, -1, -1, (int fd), (fd))
WRAP(int, ftruncate, -1, -1, (int fd, off_t size), (fd, size))
WRAP(size_t, fwrite, 0, -1, (const void *p, size_t size, size_t n, FILE *f),
    (p, size, n, f))
WRAP(int, getpeername, -1, -1, (int fd, struct sockaddr *a, socklen_t *len),
    (fd, a, len))
WRAP(int, getsockname, -1, -1, (int fd, struct sockaddr *a, socklen_t *len),
    (fd, a, len))
WRAP(int, getsockopt, -1, -1,
    (int fd, int level, int name, void *value, socklen_t *len),
    (fd, level, name, value, len))
WRAP(int, grantpt, -1, -1, (int fd), (fd))
WRAP(int, inotify_add_watch, -1, -1, (int fd, const char *path, uint32_t mask),
    (fd, path, mask))
WRAP(int, inotify_init1, -1, -1, (int flags), (flags))
WRAP(int, kqueue, -1, -1, (void), ())
WRAP(int, listen, -1, -1, (int fd, int backlog), (fd, backlog))
WRAP(int, lstat, -1, -1, (const char *path, struct stat *st), (path, st))
WRAP(int, mkdir, -1, -1, (const char *path, mode_t mode), (path, mode))
WRAP(int, mkstemp, -1, -1, (char *name), (name))
WRAP(void *, mmap, MAP_FAILED, -1,
    (void *p, size_t len, int prot, int flags, int fd, off_t at),
    (p, len, prot, flags, fd, at))
WRAP(int, pipe2, -1, -1, (int ends[2], int flags), (ends, flags))
WRAP(int, poll, -1, -1, (struct pollfd * fds, nfds_t n, int ms), (fds, n, ms))
WRAP(int, posix_openpt, -1, -1, (int flags), (flags))
WRAP(ssize_t, pread, -1, -1, (int fd, void *p, size_t len, off_t at),
    (fd, p, len, at))
WRAP(char *, ptsname, NULL, -1, (int fd), (fd))
WRAP(int, rename, -1, -1, (const char *from, const char *to), (from, to))
WRAP(int, setsockopt, -1, -1,
    (int fd, int level, int name, const void *value, socklen_t len),
    (fd, level, name, value, len))
WRAP(int, shutdown, -1, -1, (int fd, int how), (fd, how))
WRAP(int, socket, -1, -1, (int family, int type, int protocol),
    (family, type, protocol))
WRAP(int, socketpair, -1, -1, (int family, int type, int protocol, int ends[2]),
    (family, type, protocol, ends))
WRAP(int, timerfd_create, -1, -1, (int clock, int flags), (clock, flags))
WRAP(void *, tsearch, NULL, -1,
    (const void *key, void **root, int (*order)(const void *, const void *)),
    (key, root, order))
WRAP(int, unlockpt, -1, -1, (int fd), (fd))
WRAP(int, unlink, -1, -1, (const char *path), (path))

/* One that may also move less than len bytes: a single one. */
#define WRAP_MOVE(name, fd, len, params, args)                     \
	ssize_t __real_##name params;                              \
	ssize_t __wrap_##name params;                              \
	ssize_t __wrap_##name params                               \
	{                                                          \
		const int said = fault_hit(FAULT_CALL_##name, fd); \
                                                                   \
		if (said > 0) {                                    \
			errno = said;                              \
			return -1;                                 \
		}                                                  \
		len = said == FAULT_SHORT && len > 1 ? 1 : len;    \
		return __real_##name args;                         \
	}

WRAP_MOVE(read, fd, len, (int fd, void *p, size_t len), (fd, p, len))
WRAP_MOVE(recv, fd, len, (int fd, void *p, size_t len, int flags),
    (fd, p, len, flags))
WRAP_MOVE(send, fd, len, (int fd, const void *p, size_t len, int flags),
    (fd, p, len, flags))
WRAP_MOVE(write, fd, len, (int fd, const void *p, size_t len), (fd, p, len))
WRAP_MOVE(splice, -1, len,
    (int from, off64_t *from_at, int to, off64_t *to_at, size_t len,
	unsigned flags),
    (from, from_at, to, to_at, len, flags))

int __real_accept4(int, struct sockaddr *, socklen_t *, int);
int __wrap_accept4(int, struct sockaddr *, socklen_t *, int);
int __real_close(int);
int __wrap_close(int);
int __real_connect(int, const struct sockaddr *, socklen_t);
int __wrap_connect(int, const struct sockaddr *, socklen_t);
int __real_epoll_ctl(int, int, int, struct epoll_event *);
int __wrap_epoll_ctl(int, int, int, struct epoll_event *);
int __real_epoll_wait(int, struct epoll_event *, int, int);
int __wrap_epoll_wait(int, struct epoll_event *, int, int);
int __real_fclose(FILE *);
int __wrap_fclose(FILE *);
int __real_fcntl(int, int, ...);
int __wrap_fcntl(int, int, ...);
int __real_getaddrinfo(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);
int __wrap_getaddrinfo(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);
int __real_ioctl(int, unsigned long, ...);
int __wrap_ioctl(int, unsigned long, ...);
int __real_kevent(int, const struct kevent *, int, struct kevent *, int,
    const struct timespec *);
int __wrap_kevent(int, const struct kevent *, int, struct kevent *, int,
    const struct timespec *);
int __real_open(const char *, int, ...);
int __wrap_open(const char *, int, ...);
int __real_signalfd(int, const sigset_t *, int);
int __wrap_signalfd(int, const sigset_t *, int);
int __real_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int
__wrap_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	const int said = fault_hit(FAULT_CALL_accept4, fd);
	int got;

	if (said <= 0)
		return __real_accept4(fd, a, len, flags);
	if (said == ECONNABORTED || said == EPROTO || said == EPERM ||
	    said == ENETDOWN || said == ETIMEDOUT) {
		got = __real_accept4(fd, a, len, flags);
		if (got == -1)
			return -1;
		(void)__real_close(got);
	}
	errno = said;
	return -1;
}

int
__wrap_close(int fd)
{
	const int said = fault_hit(FAULT_CALL_close, fd);
	const int result = __real_close(fd);

	if (said <= 0 || result == -1)
		return result;
	errno = said;
	return -1;
}

int
__wrap_connect(int fd, const struct sockaddr *a, socklen_t len)
{
	const int said = fault_hit(FAULT_CALL_connect, fd);

	if (said == EINTR && __real_connect(fd, a, len) == -1 &&
	    errno != EINPROGRESS)
		return -1;
	if (said <= 0)
		return __real_connect(fd, a, len);
	errno = said;
	return -1;
}

/*
 * What is in the set already can be changed and taken out without memory, and
 * that it is there is said before there is none.
 */
int
__wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	const int result = __real_epoll_ctl(epfd, op, fd, ev);
	int said;

	if (op != EPOLL_CTL_ADD || result == -1)
		return result;
	said = fault_hit(FAULT_CALL_epoll_ctl, fd);
	if (said <= 0)
		return result;
	(void)__real_epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL);
	errno = said;
	return -1;
}

int
__wrap_epoll_wait(int epfd, struct epoll_event *events, int max, int ms)
{
	const int said = fault_hit(FAULT_CALL_epoll_wait, -1);

	if (said > 0) {
		errno = said;
		return -1;
	}
	return __real_epoll_wait(epfd, events, said < 0 ? 1 : max, ms);
}

int
__wrap_fclose(FILE *f)
{
	const int said = fault_hit(FAULT_CALL_fclose, -1);
	const int result = __real_fclose(f);

	if (said <= 0 || result != 0)
		return result;
	errno = said;
	return EOF;
}

int
__wrap_fcntl(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (command != F_GETFD && command != F_GETFL)
		FAULT_TRY(fcntl, fd, -1);
	return __real_fcntl(fd, command, arg);
}

int
__wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **list)
{
	FAULT_TRY(getaddrinfo, -1, EAI_MEMORY);
	return __real_getaddrinfo(host, service, hints, list);
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	FAULT_TRY(ioctl, fd, -1);
	return __real_ioctl(fd, request, arg);
}

/*
 * kevent(2): interrupted, the changes have been made; and only a new knote
 * takes memory. Whether a timer is new is not known here: calloc(3) sees to
 * that.
 */
int
__wrap_kevent(int kq, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout)
{
	const bool adds = nchanges > 0 &&
	    (changes[nchanges - 1].flags & EV_ADD) != 0 &&
	    changes[nchanges - 1].filter != EVFILT_TIMER;
	int said;

	if (nevents == 0 && !adds)
		return __real_kevent(
		    kq, changes, nchanges, events, nevents, timeout);
	said = fault_hit(FAULT_CALL_kevent, -1);
	if (said <= 0 || (said == ENOMEM && !adds))
		return __real_kevent(
		    kq, changes, nchanges, events, nevents, timeout);
	if (said == EINTR && nchanges > 0 &&
	    __real_kevent(kq, changes, nchanges, NULL, 0, NULL) == -1)
		return -1;
	errno = said;
	return -1;
}

/* One that is there is only given another mask. */
int
__wrap_signalfd(int fd, const sigset_t *set, int flags)
{
	if (fd == -1)
		FAULT_TRY(signalfd, -1, -1);
	return __real_signalfd(fd, set, flags);
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int mode = 0;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, int);
		va_end(ap);
	}
	FAULT_TRY(open, -1, -1);
	return __real_open(path, flags, mode);
}

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	const int said = fault_hit(FAULT_CALL_pthread_create, -1);

	return said > 0 ? said : __real_pthread_create(thread, attr, fn, arg);
}
