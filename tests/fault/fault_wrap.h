/*
 * fault_wrap: for those who wrap calls. A new one is a name in this list, one
 * in tests.mk's FAULTS, an entry in fault_table, and a function.
 */

#ifndef FAULT_WRAP_H
#define FAULT_WRAP_H

#include <errno.h>

#include "fault.h"

#define FAULT_CALLS(X)                                                        \
	X(accept4) X(bind) X(calloc) X(close) X(connect) X(dup3)              \
	X(epoll_create1) X(epoll_ctl) X(epoll_wait) X(eventfd) X(fclose)      \
	X(fcntl) X(fdopen) X(fopen) X(fopencookie) X(fstat) X(fsync)          \
	X(ftruncate) X(fwrite) X(getaddrinfo) X(getpeername) X(getsockname)   \
	X(getsockopt) X(grantpt) X(inotify_add_watch) X(inotify_init1)        \
	X(ioctl) X(kevent) X(kqueue) X(listen) X(lstat) X(malloc) X(mkdir)    \
	X(mkstemp) X(mmap) X(open) X(pipe2) X(poll) X(posix_openpt) X(pread)  \
	X(pthread_create) X(ptsname) X(read) X(realloc) X(recv) X(rename)     \
	X(send) X(setsockopt) X(shutdown) X(signalfd) X(socket) X(socketpair) \
	X(splice) X(strdup) X(strndup) X(timerfd_create) X(tsearch) X(unlink) \
	X(unlockpt) X(write)

#define FAULT_NAME(name) FAULT_CALL_##name,
enum fault_name { FAULT_CALLS(FAULT_NAME) FAULT_CALLS_END };

/* Returns failed, with errno, where the fault says so; a short one passes. */
#define FAULT_TRY(name, fd, failed)                                           \
	do {                                                                  \
		const int fault_said = fault_hit(FAULT_CALL_##name, fd);      \
									      \
		if (fault_said > 0) {                                         \
			errno = fault_said;                                   \
			return failed;                                        \
		}                                                             \
	} while (0)

#endif
