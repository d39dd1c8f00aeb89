#include <string.h>

#include "clock.h"
#include "pace.h"

#define FRAME_MS 16
#define AHEAD_MS (2 * FRAME_MS) /* three frames may come at once */
#define HOLD_MS	 3		/* an echo from nearby is there by then */

static void
pace_frame_due(void *arg, const struct loop_event *event)
{
	struct pace *p = arg;

	/* Being woken is the rest: pace_take() looks at the clock. */
	(void)event;
	p->held = false;
}

static void
pace_ticked(void *arg, const struct loop_event *event)
{
	struct pace *p = arg;

	(void)event;
	p->ticking = false;
	p->dirty = true;
}

void
pace_init(struct pace *p, struct loop *loop)
{
	memset(p, 0, sizeof(*p));
	p->loop = loop;
	p->frame.fn = pace_frame_due;
	p->frame.arg = p;
	p->tick.fn = pace_ticked;
	p->tick.arg = p;
	p->dirty = true;
}

void
pace_end(struct pace *p)
{
	if (p->loop == NULL)
		return;
	loop_timer_stop(p->loop, &p->frame);
	loop_timer_stop(p->loop, &p->tick);
}

void
pace_mark(struct pace *p)
{
	p->dirty = true;
}

bool
pace_take(struct pace *p)
{
	uint64_t now = clock_now_ms(), next = p->even_ms + FRAME_MS;

	if (!p->dirty || p->held)
		return false;
	/*
	 * Without a timer a frame too many is better than one that never comes.
	 */
	if (next > now + AHEAD_MS &&
	    loop_timer_start(p->loop, &p->frame, next - now - AHEAD_MS) == 0)
		return false;
	p->even_ms = next > now ? next : now;
	p->dirty = false;
	return true;
}

void
pace_tick(struct pace *p, uint64_t ms)
{
	if (!p->ticking)
		p->ticking = loop_timer_start(p->loop, &p->tick, ms) == 0;
}

void
pace_hold(struct pace *p)
{
	p->dirty = true;
	/* What nothing would let go is not held. */
	p->held = loop_timer_start(p->loop, &p->frame, HOLD_MS) == 0;
}

void
pace_answered(struct pace *p)
{
	p->held = false;
	p->dirty = true;
}
