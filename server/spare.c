#include "spare.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "eintr.h"
#include "remote.h"

int
spare_open(struct spare *spare)
{
	spare->fd = eintr_open("/dev/null", O_RDONLY | O_CLOEXEC, 0);
	return spare->fd == -1 ? -1 : 0;
}

void
spare_close(struct spare *spare)
{
	if (spare->fd != -1)
		(void)close(spare->fd);
	spare->fd = -1;
}

int
spare_accept(struct spare *spare, int listen_fd, struct remote *remote)
{
	/* The last attempt may have lost it to another process. */
	if (spare->fd == -1 && spare_open(spare) == -1)
		return -1;
	spare_close(spare);
	return remote_accept(listen_fd, remote);
}
