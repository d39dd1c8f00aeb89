/* eintr: calls that begin again when a signal has interrupted them. */

#ifndef YODEL_EINTR_H
#define YODEL_EINTR_H

#include <sys/types.h>

/* As open(2), pread(2) and write(2), but EINTR never comes out. */
int		 eintr_open(const char *path, int flags, mode_t mode);
ssize_t		 eintr_pread(int fd, void *buf, size_t size, off_t at);
ssize_t		 eintr_write(int fd, const void *p, size_t len);

/*
 * As close(2), but with EINTR the descriptor is closed as well, and must not be
 * closed again: that is no error (POSIX leaves it open, Linux and the BSDs
 * don't).
 */
int		 eintr_close(int fd);

#endif
