/* sim_server: yodeld's server for one seed, from its start to its stop. */

#ifndef SIM_SERVER_H
#define SIM_SERVER_H

struct sim_plan;
struct sim_result;

/* It is told to stop after so many turns. */
void		 sim_server_run(const struct sim_plan *, struct sim_result *);

#endif
