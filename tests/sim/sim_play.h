/* sim_play: what the programs of the simulations have in common. */

#ifndef SIM_PLAY_H
#define SIM_PLAY_H

struct sim_plan;
struct sim_result;

typedef void	sim_run(const struct sim_plan *, struct sim_result *);

/*
 * What main() is to do, and its status. Without an argument these are the tests:
 * the first seeds; the same seed twice; with YODEL_LONG new seeds for a minute.
 * Of a seed that fails it says with how few clients it still does. With a seed,
 * and perhaps a number of clients, as its arguments it plays that one and says
 * what came of it.
 */
int		 sim_play(const char *name, sim_run *, unsigned seeds, int argc,
		    char **argv);

#endif
