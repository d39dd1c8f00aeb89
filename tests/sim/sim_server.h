/* sim_server: yodeld's server for one seed, from its start to its stop. */

#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <stdint.h>

struct sim_result {
	const char *blame;	/* NULL: all was well */
	uint64_t hash;		/* of all that happened */
	uint64_t events;	/* of the kqueue */
	uint64_t calls;
	uint64_t clients;
};

/* It is told to stop after so many turns. blame lasts until the next run. */
void		 sim_server_run(uint64_t seed, unsigned turns,
		    struct sim_result *);

#endif
