/* report: what was measured, for people, programs and pages. */

#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
	const char *machine;	/* what it ran on, and how */
};

/* How the numbers came to be, in a sentence or two; returns buf. */
char		*report_conditions(const struct report *, char *buf,
		    size_t size);

/* A table for each shape, then yodeld's goals and what became of them. */
void		 report_table(const struct report *, FILE *);

/* All of it, each window too. */
void		 report_json(const struct report *, FILE *);

/* An SVG picture: the CPU time per message as multiples of the baseline's. */
void		 report_chart(const struct report *, FILE *);

#endif
