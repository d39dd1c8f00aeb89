/* caller: see caller.h. */

#include "caller.h"

#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dice.h"
#include "endpoint.h"
#include "loop.h"
#include "pattern.h"

#define FIRST_MS_MAX 1000
#define RUBBISH_MAX  32768
#define SIP_BYTES    8192
#define SIP_MS	     20
#define NARROW_BYTES 4096  /* what the system holds of a narrow one's, */
#define DEAD_BUFFER  16384 /* and of a dead one's, about */
#define DEAD_LOOK_MS 250
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum caller_state {
	CALLER_AWAY,	   /* the timer brings it back */
	CALLER_CONNECTING, /* ... it is writable when that is decided */
	CALLER_TALKING,	   /* there is more to be sent or to come back */
	CALLER_THINKING,   /* the timer has it go on */
	CALLER_LEAVING	   /* until the end of what the server sends */
};

/* Of one visit, each from a least to a most. */
struct habit {
	const char *name;
	uint64_t bursts[2];
	uint64_t bytes[2];    /* of a burst */
	uint64_t think_ms[2]; /* between two of them */
	uint64_t away_ms[2];
};

static const struct habit habits[CALLER_KINDS] = {
    [CALLER_FAST] = {"fast", {4, 32}, {1, 65536}, {5, 150}, {50, 800}},
    [CALLER_BRIEF] = {"reconnecting", {1, 1}, {1, 64}, {0, 0}, {20, 1000}},
    [CALLER_SLOW] = {"slow", {1, 1}, {65536, 400000}, {0, 0}, {50, 800}},
    [CALLER_DEAD] = {"dead", {1, 1}, {1, 1}, {0, 0}, {100, 1000}},
    [CALLER_RUDE] = {"rude", {1, 1}, {1, RUBBISH_MAX}, {0, 60}, {50, 1500}},
    [CALLER_STUFFED] = {"stuffed", {8, 16}, {1, 1}, {0, 0}, {50, 800}},
};

/* Of twenty neighbours, who is what: any few of them are mixed. */
static const unsigned char kinds[] = {CALLER_FAST, CALLER_BRIEF, CALLER_SLOW,
    CALLER_RUDE, CALLER_FAST, CALLER_BRIEF, CALLER_DEAD, CALLER_FAST,
    CALLER_BRIEF, CALLER_RUDE, CALLER_SLOW, CALLER_FAST, CALLER_BRIEF,
    CALLER_FAST, CALLER_SLOW, CALLER_BRIEF, CALLER_FAST, CALLER_STUFFED,
    CALLER_BRIEF, CALLER_FAST};

struct caller {
	struct caller_share *share;
	const struct habit *habit;
	struct loop_source io, timer;
	struct dice dice;
	enum caller_kind kind;
	enum caller_state state;
	unsigned number;
	int fd;
	uint64_t bursts;	 /* that are still to come */
	uint64_t until;		 /* bytes, up to the end of this burst */
	uint64_t sent, received; /* bytes of this visit */
	uint64_t progress_ms;	 /* when it last got anywhere */
};

const char *
caller_kind_name(enum caller_kind kind)
{
	return habits[kind].name;
}

static uint64_t
caller_roll(struct caller *c, const uint64_t range[2])
{
	return dice_between(&c->dice, range[0], range[1]);
}

static void
caller_wait(struct caller *c, enum caller_state state, uint64_t ms)
{
	c->state = state;
	if (loop_timer_start(c->share->loop, &c->timer, ms) == -1)
		c->share->wrong(c->share->arg, c->number, strerror(errno));
}

static void
caller_hang_up(struct caller *c)
{
	loop_timer_stop(c->share->loop, &c->timer);
	if (c->fd == -1)
		return;
	(void)loop_io_set(c->share->loop, &c->io, c->fd, 0);
	(void)close(c->fd);
	c->fd = -1;
	c->share->here--;
}

static void
caller_part(struct caller *c)
{
	caller_hang_up(c);
	caller_wait(c, CALLER_AWAY, caller_roll(c, c->habit->away_ms));
}

static void
caller_end_well(struct caller *c)
{
	c->share->tallies[c->kind].ended++;
	caller_part(c);
}

static void
caller_complain(struct caller *c, const char *what)
{
	c->share->wrong(c->share->arg, c->number, what);
	caller_part(c);
}

static void
caller_watch(struct caller *c, unsigned want)
{
	if (loop_io_set(c->share->loop, &c->io, c->fd, want) == -1)
		caller_complain(c, strerror(errno));
}

/* A slow one reads by the clock, a dead one not at all. */
static unsigned
caller_reads(const struct caller *c)
{
	return c->kind == CALLER_SLOW ? 0 : LOOP_READ | LOOP_NODATA;
}

static void
caller_leave(struct caller *c)
{
	if (shutdown(c->fd, SHUT_WR) == -1) {
		caller_complain(c, strerror(errno));
		return;
	}
	c->state = CALLER_LEAVING;
	caller_watch(c, caller_reads(c));
}

/* -1: the connection is gone, with errno. */
static int
caller_write(struct caller *c)
{
	size_t run = CALLER_RUN_BYTES;
	ssize_t n = 0;

	while (c->sent < c->until) {
		if (c->until - c->sent < run)
			run = (size_t)(c->until - c->sent);
		n = write(c->fd,
		    pattern_at(c->share->pattern, c->number, c->sent), run);
		if (n == -1)
			break;
		c->sent += (uint64_t)n;
		c->share->tallies[c->kind].sent += (uint64_t)n;
		c->progress_ms = clock_now_ms();
	}
	return n == -1 && errno != EAGAIN && errno != EINTR ? -1 : 0;
}

static void
caller_send(struct caller *c)
{
	if (caller_write(c) == -1) {
		caller_complain(c, strerror(errno));
		return;
	}
	if (c->sent < c->until)
		caller_watch(c, caller_reads(c) | LOOP_WRITE);
	else if (c->bursts == 0)
		caller_leave(c);
	else
		caller_watch(c, caller_reads(c));
}

static void
caller_begin_burst(struct caller *c)
{
	c->state = CALLER_TALKING;
	c->bursts--;
	c->until = c->sent + caller_roll(c, c->habit->bytes);
	caller_send(c);
}

/* Without a FIN or with a reset: what has come was never read. */
static void
caller_be_gone(struct caller *c)
{
	static const struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (dice_between(&c->dice, 0, 1) == 0)
		(void)setsockopt(
		    c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	caller_end_well(c);
}

static void
caller_say_rubbish(struct caller *c)
{
	unsigned char rubbish[RUBBISH_MAX];
	size_t i, len = (size_t)caller_roll(c, c->habit->bytes);
	ssize_t n;

	for (i = 0; i < len; i++)
		rubbish[i] = (unsigned char)dice_between(&c->dice, 0, 255);
	n = write(c->fd, rubbish, len);
	if (n > 0)
		c->share->tallies[c->kind].sent += (uint64_t)n;
	caller_watch(c, 0);
	if (c->fd != -1)
		caller_wait(
		    c, CALLER_THINKING, caller_roll(c, c->habit->think_ms));
}

/*
 * Until the server has had enough: then writing fails. A stuffed one does not
 * wait for that: the server has a queue for who is gone.
 */
static void
caller_push(struct caller *c)
{
	const uint64_t before = c->sent;

	c->until = c->sent + DEAD_BUFFER;
	while (c->sent < c->until) {
		if (caller_write(c) == -1) {
			caller_end_well(c);
			return;
		}
		if (c->sent < c->until)
			break;
		c->until += DEAD_BUFFER;
	}
	if (c->kind == CALLER_STUFFED &&
	    (c->sent == before || c->bursts-- == 0)) {
		caller_be_gone(c);
		return;
	}
	caller_wait(c, CALLER_THINKING, DEAD_LOOK_MS);
}

static void
caller_set_buffers(struct caller *c, int bytes)
{
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static void
caller_die(struct caller *c)
{
	caller_set_buffers(c, DEAD_BUFFER);
	caller_watch(c, 0);
	if (c->fd != -1)
		caller_push(c);
}

static void
caller_begin(struct caller *c)
{
	c->share->tallies[c->kind].visits++;
	c->bursts = caller_roll(c, c->habit->bursts);
	switch (c->kind) {
	case CALLER_DEAD:
	case CALLER_STUFFED:
		caller_die(c);
		return;
	case CALLER_RUDE:
		caller_say_rubbish(c);
		return;
	case CALLER_SLOW:
		/* of some, so little comes at a time that nothing is spliced */
		if (dice_between(&c->dice, 0, 1) == 0)
			caller_set_buffers(c, NARROW_BYTES);
		caller_begin_burst(c);
		if (c->fd != -1 &&
		    loop_timer_repeat(c->share->loop, &c->timer, SIP_MS) == -1)
			caller_complain(c, strerror(errno));
		return;
	default:
		caller_begin_burst(c);
	}
}

static void
caller_come(struct caller *c)
{
	struct caller_share *share = c->share;
	/* not by the number: a kind would always meet the same one */
	unsigned turn = c->number / COUNT(kinds) % share->addr_count;

	if (c->number >= share->wanted) {
		caller_wait(c, CALLER_AWAY, FIRST_MS_MAX);
		return;
	}
	c->fd = endpoint_connect(&share->addrs[turn]);
	if (c->fd == -1) {
		/* a Unix socket's queue is full, or all ports wait */
		share->put_off++;
		caller_wait(c, CALLER_AWAY, caller_roll(c, c->habit->away_ms));
		return;
	}
	share->here++;
	c->sent = c->received = c->until = 0;
	c->progress_ms = clock_now_ms();
	c->state = CALLER_CONNECTING;
	caller_watch(c, LOOP_WRITE);
}

static void
caller_arrive(struct caller *c)
{
	int error = endpoint_connect_result(c->fd);

	if (error != 0)
		caller_complain(c, strerror(error));
	else
		caller_begin(c);
}

static void
caller_answered(struct caller *c)
{
	if (c->state != CALLER_TALKING || c->received < c->until)
		return;
	caller_wait(c, CALLER_THINKING, caller_roll(c, c->habit->think_ms));
}

static void
caller_hear_end(struct caller *c)
{
	if (c->state == CALLER_LEAVING && c->received == c->sent)
		caller_end_well(c);
	else
		caller_complain(c, "the end came early");
}

/* Whether there may be more to read. */
static bool
caller_hear(struct caller *c, size_t size)
{
	struct caller_share *share = c->share;
	ssize_t n = read(c->fd, share->buffer, size);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == -1) {
		caller_complain(c, strerror(errno));
	} else if (n == 0) {
		caller_hear_end(c);
	} else if ((uint64_t)n > c->sent - c->received ||
	    memcmp(share->buffer,
		pattern_at(share->pattern, c->number, c->received),
		(size_t)n) != 0) {
		caller_complain(c, "a byte came that was not sent");
	} else {
		c->received += (uint64_t)n;
		share->tallies[c->kind].received += (uint64_t)n;
		c->progress_ms = clock_now_ms();
		return true;
	}
	return false;
}

static void
caller_io(void *arg, const struct loop_event *event)
{
	struct caller *c = arg;

	if (c->state == CALLER_CONNECTING)
		caller_arrive(c);
	else if (event->filter == EVFILT_WRITE)
		caller_send(c);
	else if (caller_hear(c, CALLER_RUN_BYTES))
		caller_answered(c);
}

static void
caller_go_on(struct caller *c)
{
	if (c->kind == CALLER_DEAD || c->kind == CALLER_STUFFED)
		caller_push(c);
	else if (c->kind == CALLER_RUDE)
		caller_be_gone(c);
	else
		caller_begin_burst(c);
}

static void
caller_timed(void *arg, const struct loop_event *event)
{
	struct caller *c = arg;

	(void)event;
	if (c->state == CALLER_AWAY)
		caller_come(c);
	else if (c->kind == CALLER_SLOW)
		(void)caller_hear(c, SIP_BYTES);
	else if (c->state == CALLER_THINKING)
		caller_go_on(c);
}

struct caller *
caller_new(struct caller_share *share, unsigned number)
{
	struct caller *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->share = share;
	c->number = number;
	c->kind = (enum caller_kind)kinds[number % COUNT(kinds)];
	c->habit = &habits[c->kind];
	c->fd = -1;
	c->io = (struct loop_source){.fn = caller_io, .arg = c};
	c->timer = (struct loop_source){.fn = caller_timed, .arg = c};
	dice_init(&c->dice, share->seed + number);
	if (loop_timer_start(share->loop, &c->timer,
		dice_between(&c->dice, 0, FIRST_MS_MAX)) == -1) {
		free(c);
		return NULL;
	}
	return c;
}

void
caller_free(struct caller *c)
{
	if (c == NULL)
		return;
	caller_hang_up(c);
	free(c);
}

void
caller_check(struct caller *c, uint64_t limit_ms)
{
	if (c->state == CALLER_AWAY ||
	    clock_now_ms() - c->progress_ms <= limit_ms)
		return;
	caller_complain(c, "it got nowhere for too long");
}
