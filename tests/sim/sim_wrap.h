/* sim_wrap: what the linker calls the wrapped functions. */

#ifndef SIM_WRAP_H
#define SIM_WRAP_H

#include <sys/socket.h>
#include <sys/types.h>
#include <stddef.h>
#include <time.h>

#define SIM_WRAP(type, name, params) \
	type __real_##name params; \
	type __wrap_##name params

SIM_WRAP(int, accept4, (int, struct sockaddr *, socklen_t *, int));
SIM_WRAP(int, clock_gettime, (clockid_t, struct timespec *));
SIM_WRAP(int, close, (int));
SIM_WRAP(int, connect, (int, const struct sockaddr *, socklen_t));
SIM_WRAP(int, fcntl, (int, int, ...));
SIM_WRAP(int, getpeername, (int, struct sockaddr *, socklen_t *));
SIM_WRAP(int, getsockname, (int, struct sockaddr *, socklen_t *));
SIM_WRAP(int, getsockopt, (int, int, int, void *, socklen_t *));
SIM_WRAP(int, ioctl, (int, unsigned long, ...));
SIM_WRAP(int, open, (const char *, int, ...));
SIM_WRAP(int, pipe2, (int [2], int));
SIM_WRAP(ssize_t, read, (int, void *, size_t));
SIM_WRAP(ssize_t, recv, (int, void *, size_t, int));
SIM_WRAP(ssize_t, send, (int, const void *, size_t, int));
SIM_WRAP(int, setsockopt, (int, int, int, const void *, socklen_t));
SIM_WRAP(int, shutdown, (int, int));
SIM_WRAP(int, socket, (int, int, int));
SIM_WRAP(ssize_t, write, (int, const void *, size_t));

SIM_WRAP(void *, calloc, (size_t, size_t));
SIM_WRAP(void *, malloc, (size_t));
SIM_WRAP(void *, realloc, (void *, size_t));

#endif
