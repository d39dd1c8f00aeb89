/* status: what Linux's proc(5) says of the threads of a process. */

#ifndef HARNESS_STATUS_H
#define HARNESS_STATUS_H

#include <sys/types.h>

#define STATUS_MAX	512

/*
 * Calls fn with the path of the status of each thread of the process. Returns
 * how many there are.
 */
int		 status_each(pid_t, void (*fn)(const char *path));

/* The values of this line, as they stand there: "\t0\t0\t0\t0\n". */
void		 status_read(char values[STATUS_MAX], const char *path,
		    const char *name);

/*
 * How often all its threads together have gone to sleep: once more after each
 * wake-up.
 */
unsigned long	 status_sleeps(pid_t);

/* The processor time that it has used, in milliseconds; some 10 is a step. */
unsigned long	 status_cpu_ms(pid_t);

/* Fails the test if that is not this number, of this base. */
void		 status_expect(const char *path, const char *name, int base,
		    unsigned long wanted);

#endif
