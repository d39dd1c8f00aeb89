/* report: what was measured, for people, programs and pages. */

#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "goals.h"
#include "quartiles.h"

struct calls;
struct idle;
struct ledger;
struct server;
struct shape;

struct report {
	struct ledger *ledger;
	size_t	 rounds;
	double	 seconds;	/* of a window */
	uint64_t seed;		/* of the order */
	const struct shape *shapes;
	size_t	 shape_count;
	const struct server *const *servers;
	size_t	 server_count;
	size_t	 ours, baseline;	/* among the servers */
	const struct calls *calls;	/* of ours for a message; NULL: unknown */
	const struct idle *idle;	/* of ours; NULL: unknown */
	const char *machine;	/* what it ran on, and how */
};

/* How the numbers came to be, in a sentence or two; returns buf. */
char		*report_conditions(const struct report *, char *buf,
		    size_t size);

/* A table for each shape, then yodeld's goals and what became of them. */
void		 report_table(const struct report *, FILE *);

/* The goals alone: report_table() has them. */
void		 report_goals(const struct report *, FILE *);

/* Of a goal's two servers under that load, and what became of it in all. */
struct quartiles report_goal_ratio(const struct report *, const struct goal *,
		    size_t kase);
enum goal_verdict report_goal_verdict(const struct report *,
		    const struct goal *);

/* The server of that name, NULL for the baseline; -1: it did not take part. */
int		 report_find(const struct report *, const char *name);

/* All of it, each window too. */
void		 report_json(const struct report *, FILE *);

/* An SVG picture: the CPU time per message as multiples of the baseline's. */
void		 report_chart(const struct report *, FILE *);

#endif
