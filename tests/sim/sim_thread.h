/* sim_thread: threads that run when the simulation lets them, all at once. */

#ifndef SIM_THREAD_H
#define SIM_THREAD_H

void		 sim_thread_reset(void);

/* Lets one run to its end, if there is one. */
void		 sim_thread_step(void);

/* Lets them all. */
void		 sim_thread_finish(void);

#endif
