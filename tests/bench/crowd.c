/* crowd: see crowd.h. */

#include <errno.h>
#include <stdlib.h>
#include <sys/event.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"
#include "histogram.h"
#include "instant.h"
#include "pattern.h"
#include "stall.h"
#include "talker.h"
#include "usage.h"

#ifndef NOTE_NODATA /* only the project's own layer has it */
#define NOTE_NODATA 0
#endif

#define START_NS     (5 * INSTANT_S)  /* until the server listens */
#define CONNECT_NS   (20 * INSTANT_S) /* until all are connected */
#define EVENTS_COUNT 256

struct crowd {
	const struct crowd_plan *plan;
	int kq;
	struct talker *talkers;
	struct talker_share share;
	struct pattern *pattern;
	struct usage *usage;
	double messages;
};

static void
crowd_free(struct crowd *c)
{
	unsigned i;

	if (c == NULL)
		return;
	for (i = 0; c->talkers != NULL && i < c->plan->shape.clients; i++)
		talker_end(&c->talkers[i]);
	free(c->talkers);
	if (c->kq != -1)
		(void)close(c->kq);
	usage_free(c->usage);
	pattern_free(c->pattern);
	histogram_free(c->share.latencies);
	free(c->share.buffer);
	free(c);
}

static int
talkers_new(struct crowd *c)
{
	const struct crowd_plan *plan = c->plan;
	unsigned i;

	c->talkers = calloc(plan->shape.clients, sizeof(*c->talkers));
	if (c->talkers == NULL)
		return -1;
	for (i = 0; i < plan->shape.clients; i++)
		c->talkers[i].fd = -1;
	for (i = 0; i < plan->shape.clients; i++)
		if (talker_init(&c->talkers[i], i, plan->shape.size,
			plan->shape.depth) == -1)
			return -1;
	return 0;
}

static struct crowd *
crowd_new(const struct crowd_plan *plan)
{
	struct crowd *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->plan = plan;
	c->kq = kqueue();
	if (c->kq == -1)
		goto fail;
	c->pattern = pattern_new(TALKER_RUN_BYTES);
	c->share.pattern = c->pattern;
	c->share.latencies = histogram_new();
	c->share.buffer = malloc(TALKER_RUN_BYTES);
	if (c->pattern == NULL || c->share.latencies == NULL ||
	    c->share.buffer == NULL || talkers_new(c) == -1)
		goto fail;
	return c;

fail:
	crowd_free(c);
	return NULL;
}

static int
watch(struct crowd *c, struct talker *t, short filter)
{
	unsigned short flags = EV_ADD;
	unsigned int note = 0;
	struct kevent change;

	if (filter == EVFILT_WRITE)
		flags |= EV_ONESHOT;
	else
		note = NOTE_NODATA;
	EV_SET(&change, (uintptr_t)t->fd, filter, flags, note, 0, t);
	return kevent(c->kq, &change, 1, NULL, 0, NULL);
}

static int
connect_all(struct crowd *c)
{
	uint64_t now = instant_now_ns();
	unsigned i;

	for (i = 0; i < c->plan->shape.clients; i++) {
		struct talker *t = &c->talkers[i];

		if (talker_connect(
			t, c->plan->port, c->pattern, now + START_NS) == -1)
			return -1;
		if (instant_now_ns() > now + CONNECT_NS) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (watch(c, t, EVFILT_READ) == -1)
			return -1;
	}
	return 0;
}

static int
send_all(struct crowd *c)
{
	unsigned i;

	for (i = 0; i < c->plan->shape.clients; i++) {
		struct talker *t = &c->talkers[i];

		if (talker_send(t, &c->share) == -1)
			return -1;
		if (t->blocked && watch(c, t, EVFILT_WRITE) == -1)
			return -1;
	}
	return 0;
}

static int
handle(struct crowd *c, const struct kevent *event)
{
	struct talker *t = event->udata;
	bool blocked = t->blocked;
	int n = 0;

	if (event->filter == EVFILT_READ) {
		n = talker_receive(t, &c->share);
	} else {
		/* a one-shot: it has to be asked for again */
		blocked = false;
		n = talker_send(t, &c->share);
	}
	if (n == -1)
		return -1;
	if (event->filter == EVFILT_READ)
		c->messages += n;
	if (t->blocked && !blocked)
		return watch(c, t, EVFILT_WRITE);
	return 0;
}

/* Serves all until that moment; returns when it truly was, 0 with errno. */
static uint64_t
run_until(struct crowd *c, uint64_t until)
{
	struct kevent events[EVENTS_COUNT];
	uint64_t now;
	int i, n;

	while ((now = instant_now_ns()) < until) {
		const struct timespec left = {
		    .tv_sec = (time_t)((until - now) / INSTANT_S),
		    .tv_nsec = (long)((until - now) % INSTANT_S)};

		n = kevent(c->kq, NULL, 0, events, EVENTS_COUNT, &left);
		if (n == -1)
			return 0;
		for (i = 0; i < n; i++)
			if (handle(c, &events[i]) == -1)
				return 0;
	}
	return now;
}

static double
server_cpu_us(const struct crowd *c)
{
	return c->usage == NULL ? 0 : (double)usage_cpu_ns(c->usage) / 1e3;
}

static int
run_slices(
    struct crowd *c, uint64_t start, struct stall_slice slices[STALL_SLICES])
{
	double cpu = server_cpu_us(c), messages = c->messages;
	uint64_t length = c->plan->window_ns / STALL_SLICES, now = start;
	int i;

	for (i = 0; i < STALL_SLICES && now != 0; i++) {
		now = run_until(c, start + length * (uint64_t)(i + 1));
		slices[i].messages = c->messages - messages;
		slices[i].cpu = server_cpu_us(c) - cpu;
		messages += slices[i].messages;
		cpu += slices[i].cpu;
	}
	return now == 0 ? -1 : 0;
}

static int
measure(struct crowd *c, struct crowd_result *r)
{
	struct stall_slice slices[STALL_SLICES];
	const struct histogram *latencies = c->share.latencies;
	double own = (double)instant_cpu_ns(), cpu = server_cpu_us(c);
	uint64_t start = instant_now_ns();

	c->messages = 0;
	histogram_clear(c->share.latencies);
	if (run_slices(c, start, slices) == -1)
		return -1;
	r->cpu_us = server_cpu_us(c) - cpu;
	r->own_cpu_us = ((double)instant_cpu_ns() - own) / 1e3;
	r->seconds = (double)(instant_now_ns() - start) / 1e9;
	r->messages = c->messages;
	r->p50_us = (double)histogram_quantile(latencies, 500) / 1e3;
	r->p99_us = (double)histogram_quantile(latencies, 990) / 1e3;
	r->p999_us = (double)histogram_quantile(latencies, 999) / 1e3;
	r->stalled = stall_happened(slices);
	if (c->usage != NULL)
		r->resident_bytes = (double)usage_resident_bytes(c->usage);
	if (c->messages > 0)
		return 0;
	errno = ETIMEDOUT;
	return -1;
}

int
crowd_run(const struct crowd_plan *plan, struct crowd_result *result)
{
	struct crowd *c = crowd_new(plan);
	int saved, status = -1;

	if (c == NULL)
		return -1;
	*result = (struct crowd_result){0};
	if (connect_all(c) == -1)
		goto out;
	/* now that all are connected, each has its process */
	if (plan->group != 0 && (c->usage = usage_new(plan->group)) == NULL)
		goto out;
	if (send_all(c) == 0 &&
	    run_until(c, instant_now_ns() + plan->warm_ns) != 0)
		status = measure(c, result);

out:
	saved = errno;
	crowd_free(c);
	errno = saved;
	return status;
}
