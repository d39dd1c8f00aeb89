/* goals: see goals.h. */

#include "goals.h"
#include "servers.h"

#define KIB 1024

/*
 * From here on splice(2) pays, and messages fill more than one read; below it
 * one message is one read and one write.
 */
#define BULK_BYTES (64 * KIB)

/*
 * What is about capacity is asked where there is a load: one client alone waits
 * for wake-ups, whoever serves it, and is a thread of its own.
 */
#define MANY 50

static const struct goal goals[] = {
    {.server = SERVERS_OURS,
	.field = LEDGER_CPU_US,
	.at_most = 1.05,
	.size_max = BULK_BYTES - 1},
    {.server = SERVERS_OURS,
	.field = LEDGER_CPU_US,
	.at_most = 0.75,
	.size_min = BULK_BYTES},
    {.server = SERVERS_OURS,
	.other = "libev",
	.field = LEDGER_CPU_US,
	.at_most = 1.05},
    {.server = SERVERS_OURS,
	.other = "libuv",
	.field = LEDGER_CPU_US,
	.at_most = 1.00},
    {.server = SERVERS_OURS,
	.other = "libevent",
	.field = LEDGER_CPU_US,
	.at_most = 0.70,
	.clients_min = MANY},
    {.server = SERVERS_OURS,
	.other = "threads",
	.field = LEDGER_CPU_US,
	.at_most = 0.70,
	.clients_min = MANY},
    {.server = SERVERS_OURS,
	.other = "socat",
	.field = LEDGER_PER_S,
	.at_least = 3.0,
	.clients_min = MANY},
    {.server = SERVERS_OURS,
	.other = "ncat",
	.field = LEDGER_PER_S,
	.at_least = 3.0,
	.clients_min = MANY},
    {.server = SERVERS_OURS,
	.other = "asyncio",
	.field = LEDGER_PER_S,
	.at_least = 1.4,
	.clients_min = MANY},
    {.server = SERVERS_LOG,
	.other = SERVERS_OURS,
	.field = LEDGER_PER_S,
	.at_least = 0.95},
    {.server = SERVERS_DATA,
	.other = SERVERS_OURS,
	.field = LEDGER_PER_S,
	.at_least = 0.90},
    {.server = SERVERS_WATCH,
	.other = SERVERS_OURS,
	.field = LEDGER_PER_S,
	.at_least = 0.95,
	.clients_min = MANY},
    {.server = SERVERS_DATA_WATCH,
	.other = SERVERS_DATA,
	.field = LEDGER_PER_S,
	.at_least = 0.95,
	.clients_min = MANY},
    {.server = SERVERS_SPIN,
	.other = SERVERS_OURS,
	.field = LEDGER_P50_US,
	.at_most = 0.50,
	.clients_max = 1,
	.size_max = BULK_BYTES - 1,
	.depth_max = 1},
};

const struct goal *
goals_all(size_t *count)
{
	*count = sizeof(goals) / sizeof(goals[0]);
	return goals;
}

const char *
goal_word(enum goal_verdict verdict)
{
	switch (verdict) {
	case GOAL_MET:
		return "met";
	case GOAL_MISSED:
		return "missed";
	case GOAL_UNKNOWN:
		break;
	}
	return "not measured";
}

bool
goal_concerns(const struct goal *g, const struct shape *s)
{
	return s->clients >= g->clients_min && s->size >= g->size_min &&
	    (g->clients_max == 0 || s->clients <= g->clients_max) &&
	    (g->size_max == 0 || s->size <= g->size_max) &&
	    (g->depth_max == 0 || s->depth <= g->depth_max);
}

enum goal_verdict
goal_judge(const struct goal *g, enum goal_verdict so_far, double ratio)
{
	if ((g->at_most > 0 && ratio > g->at_most) || ratio < g->at_least)
		return GOAL_MISSED;
	return so_far == GOAL_MISSED ? GOAL_MISSED : GOAL_MET;
}
