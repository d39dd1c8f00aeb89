#include "sampler.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "inbox.h"
#include "loop.h"
#include "rates.h"
#include "stats.h"

#define SAMPLER_MS 1000

struct sampler {
	struct loop *loop;
	struct inbox *inbox;
	struct inbox_job stirred;
	struct loop_source timer;
	struct rates rates;
	struct stats last; /* the last sample */
	void (*collect)(void *arg, struct stats *);
	void *arg;
	_Atomic bool running;
};

static void sampler_on_stirred(void *);
static void sampler_on_timer(void *, const struct loop_event *);

struct sampler *
sampler_new(struct loop *loop, struct inbox *inbox,
    void (*collect)(void *arg, struct stats *), void *arg)
{
	struct sampler *sampler;

	sampler = calloc(1, sizeof(*sampler));
	if (sampler == NULL)
		return NULL;
	sampler->loop = loop;
	sampler->inbox = inbox;
	sampler->stirred.fn = sampler_on_stirred;
	sampler->stirred.arg = sampler;
	sampler->timer.fn = sampler_on_timer;
	sampler->timer.arg = sampler;
	sampler->collect = collect;
	sampler->arg = arg;
	return sampler;
}

void
sampler_free(struct sampler *sampler)
{
	if (sampler == NULL)
		return;
	loop_timer_stop(sampler->loop, &sampler->timer);
	free(sampler);
}

void
sampler_stir(struct sampler *sampler)
{
	if (!atomic_load(&sampler->running))
		inbox_post(sampler->inbox, &sampler->stirred);
}

/* Without a timer there are no rates, and the next client has to try again. */
static void
sampler_set_timer(struct sampler *sampler)
{
	const bool running =
	    loop_timer_start(sampler->loop, &sampler->timer, SAMPLER_MS) == 0;

	atomic_store(&sampler->running, running);
}

/*
 * Nothing has passed since the last sample but what this client may already
 * have said: that belongs to the second that begins.
 */
static void
sampler_on_stirred(void *arg)
{
	struct sampler *sampler = arg;

	if (atomic_load(&sampler->running))
		return;
	rates_add(&sampler->rates, loop_now_ms(sampler->loop), &sampler->last);
	sampler_set_timer(sampler);
}

/* Whether somebody is there, or was in the last minute and said something. */
static bool
sampler_has_work(const struct sampler *sampler)
{
	struct rates_values values;

	rates_over(&sampler->rates, RATES_SECONDS_MAX, &values);
	return sampler->last.open > 0 || values.messages > 0 ||
	    values.in_bytes > 0 || values.out_bytes > 0;
}

/* Since the last sample; it may have left already. */
static bool
sampler_sees_newcomer(struct sampler *sampler)
{
	struct stats stats = {0};

	sampler->collect(sampler->arg, &stats);
	return stats.accepted != sampler->last.accepted;
}

static void
sampler_on_timer(void *arg, const struct loop_event *ev)
{
	struct sampler *sampler = arg;

	(void)ev;
	sampler->last = (struct stats){0};
	sampler->collect(sampler->arg, &sampler->last);
	rates_add(&sampler->rates, loop_now_ms(sampler->loop), &sampler->last);
	if (sampler_has_work(sampler)) {
		sampler_set_timer(sampler);
		return;
	}
	atomic_store(&sampler->running, false);
	/* Who came in between has seen it running. */
	if (sampler_sees_newcomer(sampler))
		inbox_post(sampler->inbox, &sampler->stirred);
}

void
sampler_over(const struct sampler *sampler, unsigned seconds,
    struct rates_values *values)
{
	rates_over(&sampler->rates, seconds, values);
}
