/* choice: what bench is asked to measure. */

#ifndef BENCH_CHOICE_H
#define BENCH_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "shape.h"

#define CHOICE_SHAPES_MAX	32

struct choice {
	const char *dir;	/* where the programs are, and the results go */
	const char *names;	/* of servers; NULL: all */
	uint64_t rounds;
	uint64_t window_ns;
	uint64_t seed;		/* of the order; never 0 */
	struct shape shapes[CHOICE_SHAPES_MAX];
	size_t	 count;		/* of the shapes */
};

/* The command line; what is wrong with it is said to stderr. */
enum options_result choice_parse(struct choice *, int argc, char **argv);

#endif
