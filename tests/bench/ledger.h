/* ledger: every window of a benchmark, and what they say together. */

#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include <stddef.h>

#include "crowd.h"
#include "quartiles.h"

enum ledger_state {
	LEDGER_EMPTY,		/* not run */
	LEDGER_GOOD,
	LEDGER_STALLED,		/* left out */
	LEDGER_FAILED
};

struct ledger_entry {
	enum ledger_state state;
	int	 error;		/* an errno value; LEDGER_FAILED */
	struct crowd_result result;
};

/* In the units that their names end in. */
enum ledger_field {
	LEDGER_PER_S,		/* messages */
	LEDGER_P50_US,
	LEDGER_P99_US,
	LEDGER_P999_US,
	LEDGER_CPU_US,		/* the server's, for a message */
	LEDGER_OWN_CPU_US,	/* the generator's, for a message */
	LEDGER_RESIDENT_BYTES,
	LEDGER_FIELDS
};

struct ledger;

/* NULL with ENOMEM. */
struct ledger	*ledger_new(size_t rounds, size_t cases, size_t servers);
void		 ledger_free(struct ledger *);	/* NULL is fine */

struct ledger_entry *ledger_at(struct ledger *, size_t round, size_t kase,
		    size_t server);

/* How many windows are in that state. */
size_t		 ledger_count(struct ledger *, size_t kase, size_t server,
		    enum ledger_state);

/* Of the good windows. */
struct quartiles ledger_quartiles(struct ledger *, size_t kase, size_t server,
		    enum ledger_field);

/*
 * Of server's value divided by other's, in each round in which both have a good
 * window: what changes from round to round changes both.
 */
struct quartiles ledger_ratio(struct ledger *, size_t kase, size_t server,
		    size_t other, enum ledger_field);

/* A field of one window; 0: unknown. */
double		 ledger_value(const struct crowd_result *, enum ledger_field);

#endif
