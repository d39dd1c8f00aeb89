#include "untaken.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#ifdef __FreeBSD__
#include <sys/filio.h>
#endif

/* macOS has an option for it, other BSDs an ioctl(2), Linux a terminal's. */
int64_t
untaken_bytes(int fd)
{
	int bytes = -1;
#if defined(SO_NWRITE)
	socklen_t len = sizeof(bytes);

	if (getsockopt(fd, SOL_SOCKET, SO_NWRITE, &bytes, &len) == -1)
		return -1;
#elif defined(FIONWRITE)
	if (ioctl(fd, FIONWRITE, &bytes) == -1)
		return -1;
#elif defined(__linux__)
	if (ioctl(fd, TIOCOUTQ, &bytes) == -1)
		return -1;
#else
	(void)fd;
#endif
	return bytes;
}
