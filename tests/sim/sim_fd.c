#include "sim_fd.h"

#include <errno.h>
#include <string.h>

#include "sim.h"

static struct sim_fd table[SIM_FDS];

void
sim_fd_reset(void)
{
	memset(table, 0, sizeof(table));
}

int
sim_fd_open(enum sim_kind kind, struct sim_conn *conn)
{
	int i;

	for (i = 0; i < SIM_FDS; i++)
		if (table[i].kind == SIM_FREE) {
			table[i] = (struct sim_fd){.kind = kind, .conn = conn};
			return SIM_FD_BASE + i;
		}
	errno = EMFILE;
	return -1;
}

bool
sim_fd_is_ours(int fd)
{
	return fd >= SIM_FD_BASE && fd < SIM_FD_BASE + SIM_FDS;
}

struct sim_fd *
sim_fd_at(int fd)
{
	if (sim_fd_is_ours(fd) && table[fd - SIM_FD_BASE].kind != SIM_FREE)
		return &table[fd - SIM_FD_BASE];
	sim_blame("descriptor %d is used, but not open", fd);
	errno = EBADF;
	return NULL;
}

void
sim_fd_close(int fd)
{
	sim_kqueue_forget(fd);
	table[fd - SIM_FD_BASE].kind = SIM_FREE;
}

int
sim_fd_first(void)
{
	int i;

	for (i = 0; i < SIM_FDS; i++)
		if (table[i].kind != SIM_FREE)
			return SIM_FD_BASE + i;
	return -1;
}
