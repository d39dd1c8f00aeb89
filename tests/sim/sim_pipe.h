/* sim_pipe: the one pipe, which splice(2) fills and empties. */

#ifndef SIM_PIPE_H
#define SIM_PIPE_H

#include <stddef.h>
#include <sys/types.h>

struct sim_conn;

void		 sim_pipe_clear(void);
size_t		 sim_pipe_bytes(void);

/* Out of a connection into it, out of it into a connection, or out of it. */
ssize_t		 sim_pipe_take(struct sim_conn *, size_t);
ssize_t		 sim_pipe_give(struct sim_conn *, size_t);
ssize_t		 sim_pipe_read(void *, size_t);

#endif
