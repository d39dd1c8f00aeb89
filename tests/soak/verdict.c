/* verdict: see verdict.h. */

#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "units.h"

/* Dead and slow ones own a queue of 64 KiB each: how many is chance. */
#define RESIDENT_SLACK (3 * 1024 * 1024)
#define FDS_SLACK      64 /* accepted late, or closed late */
/* Without clients: what is kept once it was used, and for the next of them. */
#define HELD_SLACK (384 * 1024)
#define HELD_EACH  1280 /* of as many as there were at once */

static uint64_t
visits(const struct verdict *v)
{
	uint64_t sum = 0;

	for (int i = 0; i < CALLER_KINDS; i++)
		sum += v->tallies[i].visits;
	return sum;
}

static void
tell_callers(const struct verdict *v)
{
	char sent[32], back[32];

	printf("%-14s %10s %10s %10s %10s\n", "clients", "visits", "ended",
	    "sent", "verified");
	for (int i = 0; i < CALLER_KINDS; i++) {
		const struct caller_tally *t = &v->tallies[i];

		units_format_bytes(sent, sizeof(sent), t->sent);
		units_format_bytes(back, sizeof(back), t->received);
		printf("%-14s %10" PRIu64 " %10" PRIu64 " %10s %10s\n",
		    caller_kind_name((enum caller_kind)i), t->visits, t->ended,
		    sent, back);
	}
	printf("%" PRIu64 " accepted, at most %" PRIu64 " at once, %" PRIu64
	       " put off\n",
	    v->accepted, v->crowd, v->put_off);
}

static void
tell_account(const char *name, const struct account *a)
{
	printf("%-14s %10" PRIu64 " %10" PRIu64, name, a->connects,
	    account_closes(a));
	for (int i = 0; i < ACCOUNT_REASONS; i++)
		printf(" %8" PRIu64, a->closes[i]);
	printf(" %8" PRIu64 "\n", a->dropped);
}

static void
tell_events(const struct verdict *v)
{
	printf("%-14s %10s %10s", "events", "connect", "close");
	for (int i = 0; i < ACCOUNT_REASONS; i++)
		printf(" %8s", account_reason_name((enum account_reason)i));
	printf(" %8s\n", "dropped");
	tell_account("log", v->log);
	tell_account("watcher", v->heard);
	printf("%" PRIu64 " rotations of the log, %" PRIu64 " of %" PRIu64
	       " statistics\n",
	    v->rotations, v->answered, v->asked);
}

static void
tell_gauges(const struct verdict *v)
{
	char text[32];

	printf("%-14s %10s %10s %10s\n", "the most of", "1st third",
	    "2nd third", "3rd third");
	printf("%-14s", "memory");
	for (int i = 0; i < GAUGE_THIRDS; i++) {
		units_format_bytes(text, sizeof(text), v->resident->most[i]);
		printf(" %10s", text);
	}
	printf("\n%-14s", "descriptors");
	for (int i = 0; i < GAUGE_THIRDS; i++)
		printf(" %10" PRIu64, v->fds->most[i]);
	printf("\ndescriptors before the first and after the last client: "
	       "%" PRIu64 ", %" PRIu64 "\n",
	    v->fds_before, v->fds_after);
	units_format_bytes(text, sizeof(text), v->held_before);
	printf("memory, as well: %s", text);
	units_format_bytes(text, sizeof(text), v->held_after);
	printf(", %s\n", text);
}

/* Returns how much is wrong: 0 or 1. */
static int
expect(bool holds, const char *sentence)
{
	if (!holds)
		printf("WRONG: not so: %s\n", sentence);
	return holds ? 0 : 1;
}

/* Of a log or a watcher: what was not told was counted. */
static bool
is_complete(const struct account *a, uint64_t accepted)
{
	uint64_t told = a->connects + account_closes(a);

	if (a->dropped == 0)
		return a->connects == accepted && told == 2 * accepted;
	return told <= 2 * accepted && told + a->dropped >= 2 * accepted;
}

static int
judge_clients(const struct verdict *v)
{
	int wrong = expect(v->wrong == 0, "each client got what it had to");

	for (int i = 0; i < CALLER_KINDS; i++)
		wrong += expect(v->tallies[i].visits == v->tallies[i].ended,
		    "each visit ended as it has to");
	wrong += expect(visits(v) > 0, "there were clients");
	wrong += expect(v->accepted == visits(v),
	    "who connected was accepted, all of them");
	wrong += expect(v->open == 0, "nobody is left open");
	return wrong;
}

static int
judge_events(const struct verdict *v)
{
	const struct caller_tally *dead = &v->tallies[CALLER_DEAD];
	int wrong = 0;

	wrong += expect(is_complete(v->log, v->accepted),
	    "the log tells of each client, or counts it as dropped");
	wrong += expect(is_complete(v->heard, v->accepted),
	    "the watcher hears of each client, or of what was dropped");
	wrong += expect(v->log->dropped != 0 ||
		v->log->closes[ACCOUNT_STALL] == dead->visits,
	    "who stalled are the dead, and all of these");
	wrong += expect(v->log->closes[ACCOUNT_OTHER] == 0 &&
		v->log->refused == 0 && v->log->errors == 0,
	    "nobody was closed or refused for another reason, no errors");
	wrong +=
	    expect(v->log->dropped != 0 || v->log->reopened == v->rotations,
		"each rotation opened the log again");
	wrong += expect(v->asked > 0 && v->answered == v->asked,
	    "each question for the statistics was answered");
	return wrong;
}

static int
judge_server(const struct verdict *v)
{
	int wrong = expect(v->status == 0, "the server ended with 0");

	wrong += expect(gauge_is_flat(v->resident, RESIDENT_SLACK),
	    "the memory of the last third is that of the first");
	wrong += expect(gauge_is_even(v->beyond, FDS_SLACK),
	    "beyond its clients', the last third has the first one's "
	    "descriptors");
	wrong += expect(
	    v->fds_after == v->fds_before, "no descriptor is left behind");
	wrong += expect(
	    v->held_after <= v->held_before + HELD_SLACK + HELD_EACH * v->crowd,
	    "no memory is left behind");
	return wrong;
}

bool
verdict_tell(const struct verdict *v)
{
	int wrong;

	printf("%" PRIu64 " s, seed %" PRIu64 "\n", v->seconds, v->seed);
	tell_callers(v);
	tell_events(v);
	tell_gauges(v);
	wrong = judge_clients(v) + judge_events(v) + judge_server(v);
	printf(
	    "soak: %s\n", wrong == 0 ? "nothing lost, nothing left" : "failed");
	return wrong == 0;
}
