/* machine: what all of this ran on, in a few words. */

#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stddef.h>

/* "Linux 6.1, 2 CPUs (Some Processor)"; returns buf. */
char		*machine_describe(char *buf, size_t size);

/*
 * Raises the limit of descriptors to what the system allows us, for us and for
 * the servers that inherit it. Returns the limit.
 */
size_t		 machine_raise_descriptors(void);

#endif
