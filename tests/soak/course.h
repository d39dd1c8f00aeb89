/* course: a soak from the first client to the last one. */

#ifndef SOAK_COURSE_H
#define SOAK_COURSE_H

#include <stdbool.h>
#include <stdint.h>

#define COURSE_CLIENTS_MAX	2000

struct course_plan {
	const char *yodeld;	/* the program */
	uint64_t seconds;
	uint64_t seed;
	uint64_t clients;	/* at most at once, COURSE_CLIENTS_MAX */
};

/*
 * Takes the seconds, or until INT or TERM, and as long as the last clients need
 * to leave. Prints the figures; good: nothing is wrong. -1 with errno where it
 * did not come about.
 */
int		 course_run(const struct course_plan *, bool *good);

#endif
