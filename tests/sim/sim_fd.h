/* sim_fd: the table of descriptors; the lowest that is free comes first. */

#ifndef SIM_FD_H
#define SIM_FD_H

#include <stdbool.h>
#include <stdint.h>

struct sim_conn;

enum sim_kind { SIM_FREE, SIM_KQUEUE, SIM_LISTENER, SIM_CONN, SIM_FILE,
	SIM_PIPE_OUT, SIM_PIPE_IN };

struct sim_fd {
	enum sim_kind kind;
	struct sim_conn *conn;	/* of SIM_CONN, the caller's */
};

void		 sim_fd_reset(void);

/* Returns the number, or -1 with EMFILE. */
int		 sim_fd_open(enum sim_kind, struct sim_conn *);

/* NULL with EBADF: not one of these, or closed; that is blamed. */
struct sim_fd	*sim_fd_at(int fd);
void		 sim_fd_close(int fd);

/* Whether the number is one of the simulation's, open or not. */
bool		 sim_fd_is_ours(int fd);

/* The first one that is open, or -1. */
int		 sim_fd_first(void);

#endif
