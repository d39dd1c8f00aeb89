/* sim_link: the client's link for one seed, with an owner and many hosts. */

#ifndef SIM_LINK_H
#define SIM_LINK_H

struct sim_plan;
struct sim_result;

/* The link is freed after so many turns, in whatever state it is. */
void		 sim_link_run(const struct sim_plan *, struct sim_result *);

#endif
