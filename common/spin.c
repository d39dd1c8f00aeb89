#include "spin.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <stddef.h>
#include <time.h>

#include "clock.h"

/* A year: the sum with any time has to fit. */
#define SPIN_MAX_US (UINT64_C(365) * 24 * 3600 * 1000000)

#define FOREVER_US (-1)

/* Where the events go. */
struct place {
	int kq;
	struct kevent *events;
	int count;
};

void
spin_set(struct spin *spin, uint64_t us)
{
	spin->us = us < SPIN_MAX_US ? us : SPIN_MAX_US;
}

void
spin_renew(struct spin *spin)
{
	spin->busy = true;
}

static int
ask(const struct place *place, int64_t timeout_us)
{
	struct timespec timeout = {0};

	if (timeout_us > 0) {
		timeout.tv_sec = (time_t)(timeout_us / 1000000);
		timeout.tv_nsec = (long)(timeout_us % 1000000) * 1000;
	}
	return kevent(place->kq, NULL, 0, place->events, place->count,
	    timeout_us == FOREVER_US ? NULL : &timeout);
}

/* When to stop: at the end of the spin or of the time, what comes first. */
static uint64_t
spin_until(struct spin *spin, uint64_t now_us, int64_t timeout_us)
{
	uint64_t end_us;

	if (spin->busy)
		spin->end_us = now_us + spin->us;
	spin->busy = false;
	if (timeout_us == FOREVER_US)
		return spin->end_us;
	end_us = now_us + (uint64_t)timeout_us;
	return end_us < spin->end_us ? end_us : spin->end_us;
}

static int
spin_then_sleep(
    struct spin *spin, const struct place *place, int64_t timeout_us)
{
	uint64_t now_us, start_us, end_us;
	int n;

	/* Who has enough to do needs no clock. */
	n = ask(place, 0);
	if (n != 0)
		return n;
	now_us = start_us = clock_now_us();
	end_us = spin_until(spin, start_us, timeout_us);
	while (now_us < end_us) {
		n = ask(place, 0);
		if (n != 0)
			return n;
		now_us = clock_now_us();
	}
	if (timeout_us == FOREVER_US)
		return ask(place, FOREVER_US);
	timeout_us -= (int64_t)(now_us - start_us);
	return timeout_us > 0 ? ask(place, timeout_us) : 0;
}

int
spin_wait(
    struct spin *spin, int kq, struct kevent *events, int count, int timeout_ms)
{
	struct place place = {kq, events, count};
	int64_t timeout_us;

	timeout_us = timeout_ms < 0 ? FOREVER_US : (int64_t)timeout_ms * 1000;
	if (spin->us == 0 || timeout_us == 0)
		return ask(&place, timeout_us);
	return spin_then_sleep(spin, &place, timeout_us);
}
