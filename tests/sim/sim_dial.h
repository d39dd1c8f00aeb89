/* sim_dial: the other machines, which a socket may be connected to. */

#ifndef SIM_DIAL_H
#define SIM_DIAL_H

#include <stddef.h>

#include "sim_conn.h"

#define SIM_DIALS	64

void		 sim_dial_reset(void);

/* Some of those that are being connected get an answer. */
void		 sim_dial_step(void);

/* A socket, of which fd says whether it is open; how many are. */
struct sim_conn	*sim_dial_at(size_t i);
size_t		 sim_dial_open(void);

#endif
