/*
 * What each call can answer, as the manuals of Linux say and its source does.
 */

#include <errno.h>

#include "fault.h"
#include "fault_wrap.h"

#define HIDDEN(error, kinds)               \
	{                                  \
		error, FAULT_HIDDEN, kinds \
	}
#define COSTS(error, kinds)               \
	{                                 \
		error, FAULT_COSTS, kinds \
	}
#define ANSWERS(name, ...)                                 \
	static const struct fault_answer name##_says[] = { \
	    __VA_ARGS__, {0, FAULT_HIDDEN, 0}}
#define STREAMS (FAULT_ON_SOCKET | FAULT_ON_PIPE)
#define SHORTS	(STREAMS | FAULT_ON_FILE)

ANSWERS(accept4, HIDDEN(EINTR, 0), HIDDEN(EAGAIN, 0), COSTS(ECONNABORTED, 0),
    COSTS(EMFILE, 0), COSTS(ENFILE, 0), COSTS(ENOBUFS, 0), COSTS(ENOMEM, 0),
    COSTS(EPROTO, 0), COSTS(EPERM, 0), COSTS(ENETDOWN, 0), COSTS(ETIMEDOUT, 0));
ANSWERS(address, COSTS(EADDRINUSE, 0), COSTS(ENOMEM, 0), COSTS(EACCES, 0));
ANSWERS(memory, COSTS(ENOMEM, 0));
/* It is closed all the same; a file may have lost what was written. */
ANSWERS(close, HIDDEN(EINTR, 0), COSTS(EIO, FAULT_ON_FILE));
ANSWERS(connect, HIDDEN(EINTR, FAULT_ON_INET), COSTS(ECONNREFUSED, 0),
    COSTS(ENETUNREACH, FAULT_ON_INET), COSTS(ETIMEDOUT, FAULT_ON_INET),
    COSTS(EADDRNOTAVAIL, FAULT_ON_INET), COSTS(EAGAIN, FAULT_ON_UNIX));
ANSWERS(dup3, COSTS(EMFILE, 0), COSTS(EBUSY, 0), COSTS(EINTR, 0));
ANSWERS(descriptor, COSTS(EMFILE, 0), COSTS(ENFILE, 0), COSTS(ENOMEM, 0));
ANSWERS(epoll_ctl, COSTS(ENOMEM, 0), COSTS(ENOSPC, 0));
ANSWERS(wait, HIDDEN(EINTR, 0), HIDDEN(FAULT_SHORT, 0));
ANSWERS(interrupt, HIDDEN(EINTR, 0));
ANSWERS(fclose, COSTS(EIO, 0), COSTS(ENOSPC, 0));
ANSWERS(fcntl, HIDDEN(EINTR, FAULT_ON_FILE), HIDDEN(EAGAIN, FAULT_ON_FILE),
    COSTS(ENOLCK, FAULT_ON_FILE), COSTS(EPERM, 0), COSTS(ENOMEM, 0));
ANSWERS(look, COSTS(ENOMEM, 0), COSTS(EACCES, 0));
ANSWERS(fstat, COSTS(ENOMEM, 0), COSTS(EIO, 0));
ANSWERS(disk, COSTS(EIO, 0), COSTS(ENOSPC, 0));
ANSWERS(socket_call, COSTS(ENOBUFS, 0), COSTS(ENOMEM, 0));
/* Of the process's own memory, which can be asked for in another way. */
ANSWERS(fopen, HIDDEN(EMFILE, 0), HIDDEN(ENOMEM, 0));
ANSWERS(getpeername, COSTS(ENOBUFS, 0), COSTS(ENOTCONN, 0));
ANSWERS(inotify_add_watch, COSTS(ENOMEM, 0), COSTS(ENOSPC, 0));
ANSWERS(kevent, HIDDEN(EINTR, 0), COSTS(ENOMEM, 0));
ANSWERS(folder, COSTS(EACCES, 0), COSTS(ENOSPC, 0), COSTS(EIO, 0));
ANSWERS(mkstemp, COSTS(EMFILE, 0), COSTS(ENOSPC, 0), COSTS(EACCES, 0));
ANSWERS(open, HIDDEN(EINTR, 0), COSTS(EMFILE, 0), COSTS(ENFILE, 0),
    COSTS(ENOMEM, 0), COSTS(EACCES, 0), COSTS(ENOSPC, 0));
ANSWERS(pread, HIDDEN(EINTR, 0), COSTS(EIO, 0), COSTS(ENOMEM, 0));
ANSWERS(pthread_create, COSTS(EAGAIN, 0));
/* An eventfd that is known to be raised has something to read. */
ANSWERS(read, HIDDEN(EINTR, 0),
    HIDDEN(EAGAIN, ~(FAULT_ON_FILE | FAULT_ON_EVENTFD)),
    HIDDEN(FAULT_SHORT, SHORTS), COSTS(ECONNRESET, FAULT_ON_INET),
    COSTS(ETIMEDOUT, FAULT_ON_INET), COSTS(ENOMEM, STREAMS),
    COSTS(EIO, FAULT_ON_FILE));
ANSWERS(pty, COSTS(EACCES, 0), COSTS(ENOTTY, 0));
ANSWERS(recv, HIDDEN(EINTR, 0), HIDDEN(EAGAIN, 0), HIDDEN(FAULT_SHORT, 0),
    COSTS(ECONNRESET, 0), COSTS(ETIMEDOUT, 0), COSTS(ENOMEM, 0));
/* A Unix socket is the superior's, who takes whole messages and reads them. */
ANSWERS(send, HIDDEN(EINTR, 0), HIDDEN(EAGAIN, FAULT_ON_INET),
    HIDDEN(FAULT_SHORT, FAULT_ON_INET), COSTS(ECONNRESET, FAULT_ON_INET),
    COSTS(EPIPE, FAULT_ON_INET), COSTS(ENOBUFS, 0), COSTS(ENOMEM, 0),
    COSTS(ECONNREFUSED, FAULT_ON_UNIX));
ANSWERS(shutdown, COSTS(ENOTCONN, 0), COSTS(ENOBUFS, 0));
ANSWERS(splice, HIDDEN(EINTR, 0), HIDDEN(EAGAIN, 0), HIDDEN(EINVAL, 0),
    HIDDEN(FAULT_SHORT, 0), COSTS(ECONNRESET, 0), COSTS(EPIPE, 0),
    COSTS(ENOMEM, 0));
/* EAGAIN says of a Unix socket or an eventfd that it is full; none is here. */
ANSWERS(write, HIDDEN(EINTR, 0), HIDDEN(EAGAIN, FAULT_ON_INET),
    HIDDEN(FAULT_SHORT, SHORTS), COSTS(ECONNRESET, FAULT_ON_INET),
    COSTS(EPIPE, FAULT_ON_INET), COSTS(ENOBUFS, FAULT_ON_SOCKET),
    COSTS(ENOMEM, STREAMS), COSTS(ENOSPC, FAULT_ON_FILE),
    COSTS(EIO, FAULT_ON_FILE));

#define CALL(name, says) [FAULT_CALL_##name] = {#name, says##_says}

const struct fault_call fault_table[] = {
    CALL(accept4, accept4),
    CALL(bind, address),
    CALL(calloc, memory),
    CALL(close, close),
    CALL(connect, connect),
    CALL(dup3, dup3),
    CALL(epoll_create1, descriptor),
    CALL(epoll_ctl, epoll_ctl),
    CALL(epoll_wait, wait),
    CALL(eventfd, descriptor),
    CALL(fclose, fclose),
    CALL(fcntl, fcntl),
    CALL(fdopen, memory),
    CALL(fopen, fopen),
    CALL(fopencookie, memory),
    CALL(fstat, fstat),
    CALL(fsync, disk),
    CALL(ftruncate, disk),
    CALL(fwrite, disk),
    CALL(getaddrinfo, memory),
    CALL(getpeername, getpeername),
    CALL(getsockname, socket_call),
    CALL(getsockopt, socket_call),
    CALL(grantpt, pty),
    CALL(inotify_add_watch, inotify_add_watch),
    CALL(inotify_init1, descriptor),
    CALL(ioctl, memory),
    CALL(kevent, kevent),
    CALL(kqueue, descriptor),
    CALL(listen, address),
    CALL(lstat, look),
    CALL(malloc, memory),
    CALL(mkdir, folder),
    CALL(mkstemp, mkstemp),
    CALL(mmap, memory),
    CALL(open, open),
    CALL(pipe2, descriptor),
    CALL(poll, interrupt),
    CALL(posix_openpt, mkstemp),
    CALL(pread, pread),
    CALL(pthread_create, pthread_create),
    CALL(ptsname, pty),
    CALL(read, read),
    CALL(realloc, memory),
    CALL(recv, recv),
    CALL(rename, folder),
    CALL(send, send),
    CALL(setsockopt, socket_call),
    CALL(shutdown, shutdown),
    CALL(signalfd, descriptor),
    CALL(socket, descriptor),
    CALL(socketpair, descriptor),
    CALL(splice, splice),
    CALL(strdup, memory),
    CALL(strndup, memory),
    CALL(timerfd_create, descriptor),
    CALL(tsearch, memory),
    CALL(unlink, folder),
    CALL(unlockpt, pty),
    CALL(write, write),
};

const size_t fault_table_len = FAULT_CALLS_END;
