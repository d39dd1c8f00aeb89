/* sim_play: what the programs of the simulations have in common. */

#ifndef SIM_PLAY_H
#define SIM_PLAY_H

#include <stdint.h>

#include "sim_server.h"

typedef void	sim_run(uint64_t seed, unsigned turns, struct sim_result *);

/* Tests: the first seeds; the same seed twice; new seeds for a minute. */
void		 sim_play_seeds(sim_run *, unsigned seeds);
void		 sim_play_twice(sim_run *, uint64_t seed);
void		 sim_play_minute(sim_run *);

/* Plays the seed that text names; returns main()'s status. */
int		 sim_play_again(sim_run *, const char *text);

/* For cmocka: what a crash has left unsaid. */
int		 sim_play_teardown(void **state);

#endif
