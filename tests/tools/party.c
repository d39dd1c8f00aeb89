/* party: see party.h. */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "loop.h"
#include "party.h"

static const int endings[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

struct party {
	struct guest_share share;
	struct loop_source clock, signals[ENDINGS];
	struct guest **guests;
	unsigned count, done;
	int error;
};

static void
party_end(void *arg, const struct loop_event *event)
{
	struct party *p = arg;

	(void)event;
	loop_stop(p->share.loop);
}

static void
party_done(void *arg)
{
	struct party *p = arg;

	if (++p->done == p->count)
		loop_stop(p->share.loop);
}

/* A server that was there and is not any more is no failure. */
static void
party_failed(void *arg, int error)
{
	struct party *p = arg;
	bool gone =
	    error == ECONNREFUSED || error == ENOENT || error == ECONNRESET;

	if (!gone || p->share.tally.visits == 0)
		p->error = error;
	loop_stop(p->share.loop);
}

/* They come within a pause, so that it is full when the first ones say more. */
static int
party_invite(struct party *p, const struct party_plan *plan)
{
	p->guests = calloc(plan->guests, sizeof(*p->guests));
	if (p->guests == NULL)
		return -1;
	for (; p->count < plan->guests; p->count++) {
		p->guests[p->count] = guest_new(&p->share, p->count + 1,
		    plan->pause_ms * p->count / plan->guests);
		if (p->guests[p->count] == NULL)
			return -1;
	}
	return 0;
}

static int
party_open(struct party *p, const struct party_plan *plan)
{
	struct loop *loop = p->share.loop = loop_new();

	if (loop == NULL)
		return -1;
	for (size_t i = 0; i < ENDINGS; i++) {
		p->signals[i] = (struct loop_source){.fn = party_end, .arg = p};
		if (loop_signal_start(loop, &p->signals[i], endings[i]) == -1)
			return -1;
	}
	p->clock = (struct loop_source){.fn = party_end, .arg = p};
	if (loop_timer_start(loop, &p->clock, plan->end_ms) == -1)
		return -1;
	return party_invite(p, plan);
}

static void
party_close(struct party *p)
{
	for (unsigned i = 0; i < p->count; i++)
		guest_free(p->guests[i]);
	free(p->guests);
	for (size_t i = 0; i < ENDINGS && p->share.loop != NULL; i++)
		loop_signal_stop(p->share.loop, &p->signals[i], endings[i]);
	loop_free(p->share.loop);
}

int
party_run(const struct party_plan *plan, struct guest_tally *tally)
{
	struct party p = {
	    .share = {.script = plan->script,
		.addr = plan->addr,
		.seed = plan->seed,
		.pause_ms = plan->pause_ms,
		.lines = plan->lines,
		.done = party_done,
		.failed = party_failed,
		.differed = plan->differed},
	};

	p.share.arg = &p;
	if (party_open(&p, plan) == -1 || loop_run(p.share.loop) == -1)
		p.error = errno;
	party_close(&p);
	*tally = p.share.tally;
	errno = p.error;
	return p.error == 0 ? 0 : -1;
}
