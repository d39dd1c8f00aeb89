/* goals: what yodeld is to reach, as ratios between two servers of a round. */

#ifndef BENCH_GOALS_H
#define BENCH_GOALS_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger.h"
#include "shape.h"

/* One of at_most and at_least is set; elsewhere 0 stands for any. */
struct goal {
	const char *server;
	const char *other;	/* by which it is divided; NULL: the baseline */
	enum ledger_field field;
	double	 at_most, at_least;
	/* the loads that it is for */
	unsigned clients_min, clients_max;
	size_t	 size_min, size_max;	/* of a message, in bytes */
	unsigned depth_max;
};

enum goal_verdict {
	GOAL_UNKNOWN,		/* nothing that it is for was measured */
	GOAL_MET,
	GOAL_MISSED
};

/* "met", "missed", "not measured". */
const char	*goal_word(enum goal_verdict);

/* All of them, and how many. */
const struct goal *goals_all(size_t *count);

bool		 goal_concerns(const struct goal *, const struct shape *);

/*
 * The verdict so far and one more ratio, of a load that it is for: one that
 * misses is enough.
 */
enum goal_verdict goal_judge(const struct goal *, enum goal_verdict,
		    double ratio);

#endif
