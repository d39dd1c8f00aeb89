/* ledger: see ledger.h. */

#include <stdlib.h>

#include "ledger.h"

struct ledger {
	size_t rounds, cases, servers;
	double *scratch; /* a value for each round */
	struct ledger_entry *entries;
};

struct ledger *
ledger_new(size_t rounds, size_t cases, size_t servers)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->rounds = rounds;
	l->cases = cases;
	l->servers = servers;
	l->scratch = calloc(rounds, sizeof(*l->scratch));
	l->entries = calloc(rounds * cases * servers, sizeof(*l->entries));
	if (l->scratch != NULL && l->entries != NULL)
		return l;
	ledger_free(l);
	return NULL;
}

void
ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	free(l->scratch);
	free(l->entries);
	free(l);
}

struct ledger_entry *
ledger_at(struct ledger *l, size_t round, size_t kase, size_t server)
{
	return &l->entries[(round * l->cases + kase) * l->servers + server];
}

double
ledger_value(const struct crowd_result *r, enum ledger_field field)
{
	if (r->messages <= 0 || r->seconds <= 0)
		return 0;
	switch (field) {
	case LEDGER_PER_S:
		return r->messages / r->seconds;
	case LEDGER_P50_US:
		return r->p50_us;
	case LEDGER_P99_US:
		return r->p99_us;
	case LEDGER_P999_US:
		return r->p999_us;
	case LEDGER_CPU_US:
		return r->cpu_us / r->messages;
	case LEDGER_OWN_CPU_US:
		return r->own_cpu_us / r->messages;
	case LEDGER_RESIDENT_BYTES:
		return r->resident_bytes;
	case LEDGER_FIELDS:
		break;
	}
	return 0;
}

size_t
ledger_count(
    struct ledger *l, size_t kase, size_t server, enum ledger_state state)
{
	size_t round, count = 0;

	for (round = 0; round < l->rounds; round++)
		if (ledger_at(l, round, kase, server)->state == state)
			count++;
	return count;
}

struct quartiles
ledger_quartiles(
    struct ledger *l, size_t kase, size_t server, enum ledger_field field)
{
	const struct ledger_entry *e;
	size_t round, count = 0;

	for (round = 0; round < l->rounds; round++) {
		e = ledger_at(l, round, kase, server);
		if (e->state == LEDGER_GOOD)
			l->scratch[count++] = ledger_value(&e->result, field);
	}
	return quartiles_of(l->scratch, count);
}

struct quartiles
ledger_ratio(struct ledger *l, size_t kase, size_t server, size_t other,
    enum ledger_field field)
{
	const struct ledger_entry *e, *o;
	size_t round, count = 0;
	double below;

	for (round = 0; round < l->rounds; round++) {
		e = ledger_at(l, round, kase, server);
		o = ledger_at(l, round, kase, other);
		below = ledger_value(&o->result, field);
		if (e->state == LEDGER_GOOD && o->state == LEDGER_GOOD &&
		    below > 0)
			l->scratch[count++] =
			    ledger_value(&e->result, field) / below;
	}
	return quartiles_of(l->scratch, count);
}
