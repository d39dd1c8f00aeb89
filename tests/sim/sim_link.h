/* sim_link: the client's link for one seed, with an owner and many hosts. */

#ifndef SIM_LINK_H
#define SIM_LINK_H

#include <stdint.h>

#include "sim_server.h"

/* As sim_server_run(); its clients are the connections here. */
void		 sim_link_run(uint64_t seed, unsigned turns,
		    struct sim_result *);

#endif
