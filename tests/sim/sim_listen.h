/* sim_listen: the socket that peers arrive at, and those who wait there. */

#ifndef SIM_LISTEN_H
#define SIM_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_conn;

/* Returns the descriptor. */
int		 sim_listen(void);

/* false: the backlog is full. */
bool		 sim_listen_arrive(struct sim_conn *);
size_t		 sim_listen_waiting(void);

/* How often accept(2) was called. */
uint64_t	 sim_listen_asked(void);

/* As accept(2): the connection, or NULL with errno. */
struct sim_conn	*sim_listen_accept(void);

/* The socket is closed: those who still wait are reset. */
void		 sim_listen_end(void);

#endif
