/* guest: see guest.h. */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dice.h"
#include "endpoint.h"
#include "guest.h"
#include "loop.h"
#include "script.h"

#define STAY_LINES_MIN 4 /* before it leaves */
#define STAY_LINES_MAX 16

enum guest_state {
	GUEST_AWAY,	  /* the timer brings it back */
	GUEST_CONNECTING, /* ... it is writable when that is decided */
	GUEST_THINKING,	  /* the timer has it say something */
	GUEST_LISTENING,  /* for the rest of the echo */
	GUEST_LEAVING,	  /* until the server has closed too */
	GUEST_DONE
};

struct guest {
	struct guest_share *share;
	struct loop_source io, timer;
	struct dice dice;
	unsigned number;
	enum guest_state state;
	int fd;
	uint64_t said, stay; /* lines: in all, and until it leaves */
	const char
	    *line; /* under way, with its newline; NULL before the first */
	size_t len, sent, back;
};

static void
guest_wait(struct guest *g, enum guest_state state, uint64_t ms)
{
	g->state = state;
	if (loop_timer_start(g->share->loop, &g->timer, ms) == -1)
		g->share->failed(g->share->arg, errno);
}

/* Some are quick, some take their time. */
static void
guest_think(struct guest *g)
{
	uint64_t pause = g->share->pause_ms;

	guest_wait(g, GUEST_THINKING,
	    dice_between(&g->dice, pause / 4, pause * 7 / 4));
}

static void
guest_hang_up(struct guest *g)
{
	loop_timer_stop(g->share->loop, &g->timer);
	if (g->fd == -1)
		return;
	if (g->back < g->len)
		g->share->tally.lost++;
	g->len = g->sent = g->back = 0;
	(void)loop_io_set(g->share->loop, &g->io, g->fd, 0);
	(void)close(g->fd);
	g->fd = -1;
}

static void
guest_part(struct guest *g)
{
	bool done = g->share->lines != 0 && g->said >= g->share->lines;
	uint64_t pause = g->share->pause_ms;

	guest_hang_up(g);
	if (done) {
		g->state = GUEST_DONE;
		g->share->done(g->share->arg);
		return;
	}
	guest_wait(g, GUEST_AWAY, dice_between(&g->dice, pause / 4, pause * 2));
}

static void
guest_watch(struct guest *g, unsigned want)
{
	if (loop_io_set(g->share->loop, &g->io, g->fd, want) == -1)
		g->share->failed(g->share->arg, errno);
}

static void
guest_come(struct guest *g)
{
	g->fd = endpoint_connect(g->share->addr);
	if (g->fd != -1) {
		g->state = GUEST_CONNECTING;
		guest_watch(g, LOOP_WRITE);
	} else if (errno == EAGAIN) {
		/* a Unix socket's queue is full */
		guest_part(g);
	} else {
		g->share->failed(g->share->arg, errno);
	}
}

static void
guest_arrive(struct guest *g)
{
	int error = endpoint_connect_result(g->fd);

	if (error != 0) {
		g->share->failed(g->share->arg, error);
		return;
	}
	g->share->tally.visits++;
	g->stay =
	    g->said + dice_between(&g->dice, STAY_LINES_MIN, STAY_LINES_MAX);
	if (g->share->lines != 0 && g->stay > g->share->lines)
		g->stay = g->share->lines;
	guest_watch(g, LOOP_READ);
	guest_think(g);
}

/* A line is short, but nothing says that a socket takes it at once. */
static void
guest_send(struct guest *g)
{
	ssize_t n = write(g->fd, g->line + g->sent, g->len - g->sent);

	if (n > 0)
		g->sent += (size_t)n;
	if (n == -1 && errno != EAGAIN && errno != EINTR) {
		guest_part(g);
		return;
	}
	guest_watch(g, g->sent < g->len ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void
guest_say(struct guest *g)
{
	const struct script *script = g->share->script;
	size_t last = script_count(script) - 1;

	g->line = script_line(
	    script, (size_t)dice_between(&g->dice, 0, last), &g->len);
	g->sent = g->back = 0;
	g->said++;
	g->share->tally.sent++;
	g->state = GUEST_LISTENING;
	guest_send(g);
}

static void
guest_answered(struct guest *g)
{
	g->share->tally.verified++;
	g->len = g->sent = g->back = 0;
	if (g->said < g->stay) {
		guest_think(g);
		return;
	}
	g->state = GUEST_LEAVING;
	if (shutdown(g->fd, SHUT_WR) == -1)
		guest_part(g);
}

static void
guest_differ(struct guest *g, const char *came, size_t len)
{
	g->share->tally.differed++;
	g->share->differed(g->share->arg, g->number, came, len,
	    g->line + g->back, g->len - g->back);
	g->len = g->back = 0;
	guest_part(g);
}

static void
guest_hear(struct guest *g)
{
	char buf[SCRIPT_BYTES_MAX];
	ssize_t n = read(g->fd, buf, sizeof(buf));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		guest_part(g);
		return;
	}
	if ((size_t)n > g->sent - g->back ||
	    memcmp(buf, g->line + g->back, (size_t)n) != 0) {
		guest_differ(g, buf, (size_t)n);
		return;
	}
	g->back += (size_t)n;
	if (g->back == g->len)
		guest_answered(g);
}

static void
guest_io(void *arg, const struct loop_event *event)
{
	struct guest *g = arg;

	if (g->state == GUEST_CONNECTING)
		guest_arrive(g);
	else if (event->filter == EVFILT_READ)
		guest_hear(g);
	else
		guest_send(g);
}

static void
guest_timed(void *arg, const struct loop_event *event)
{
	struct guest *g = arg;

	(void)event;
	if (g->state == GUEST_AWAY)
		guest_come(g);
	else if (g->state == GUEST_THINKING)
		guest_say(g);
}

struct guest *
guest_new(struct guest_share *share, unsigned number, uint64_t delay_ms)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->share = share;
	g->number = number;
	g->fd = -1;
	g->io = (struct loop_source){.fn = guest_io, .arg = g};
	g->timer = (struct loop_source){.fn = guest_timed, .arg = g};
	dice_init(&g->dice, share->seed + number);
	if (loop_timer_start(share->loop, &g->timer, delay_ms) == -1) {
		free(g);
		return NULL;
	}
	return g;
}

void
guest_free(struct guest *g)
{
	if (g == NULL)
		return;
	guest_hang_up(g);
	free(g);
}
