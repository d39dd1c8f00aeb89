/*
 * affinity: the load on the last CPU, the server on the others, so that neither
 * takes the other's time. Where there is one CPU, or no way to say it, nothing.
 */

#ifndef BENCH_AFFINITY_H
#define BENCH_AFFINITY_H

#include <stdbool.h>

/* For this process, which loads. Whether there is a division. */
bool		 affinity_take_load(void);

/* For a child that becomes the server; after affinity_take_load(). */
void		 affinity_take_server(void);

#endif
