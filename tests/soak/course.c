/* course: see course.h. */

#include "course.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "clock.h"
#include "ear.h"
#include "endpoint.h"
#include "gauge.h"
#include "loop.h"
#include "pattern.h"
#include "subject.h"
#include "usage.h"
#include "verdict.h"

#define TIDE_MS	     1500 /* so long a crowd of one size */
#define ROTATE_MS    3000
#define ASK_MS	     1000
#define SAMPLE_MS    250
#define START_MS     10000
#define CHECK_MS     5000
#define STUCK_MS     60000
#define PART_MS	     90000 /* until the last one has to have left */
#define WRONG_SHOWN  20
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One size after the other, each a part in so many of all clients. */
static const unsigned tides[] = {1, 2000, 4, 100, 2, 500, 8, 20};

enum beat { BEAT_TIDE, BEAT_ROTATE, BEAT_ASK, BEAT_SAMPLE, BEAT_CHECK, BEATS };

struct course;

struct beat_source {
	struct loop_source source;
	struct course *course;
	enum beat beat;
};

struct course {
	struct caller_share share;
	struct caller *callers[COURSE_CLIENTS_MAX];
	struct subject subject;
	struct endpoint_addr addrs[2];
	struct ear *watcher, *asker;
	struct account heard;
	struct gauge fds, resident, beyond;
	struct usage *usage;
	struct pattern *pattern;
	struct beat_source beats[BEATS];
	struct loop_source end, signals[2];
	uint64_t seconds, clients;
	uint64_t begun_ms, parting_ms; /* parting_ms is 0 before */
	uint64_t wrong, asked, answered, tide, crowd;
	uint64_t open, accepted;
	uint64_t fds_before, fds_after;
	uint64_t held_before, held_after;
	bool listened; /* the watcher has been heard */
	bool told;     /* the statistics are those of the end */
};

static void
course_wrong(void *arg, unsigned number, const char *what)
{
	struct course *c = arg;

	if (c->wrong++ < WRONG_SHOWN)
		warnx("client %u: %s", number, what);
}

static void
course_fail(struct course *c, const char *what)
{
	c->wrong++;
	warn("%s", what);
	loop_stop(c->share.loop);
}

static void
course_part(void *arg, const struct loop_event *event)
{
	struct course *c = arg;

	(void)event;
	c->share.wanted = 0;
	if (c->parting_ms == 0)
		c->parting_ms = clock_now_ms();
}

/* Until all have left, and all has been told. */
static void
course_look_whether_done(struct course *c)
{
	uint64_t told = c->heard.connects + account_closes(&c->heard);

	if (clock_now_ms() - c->parting_ms > PART_MS) {
		errno = ETIMEDOUT;
		course_fail(c, "the last ones do not leave");
	} else if (c->told && c->share.here == 0 && c->open == 0 &&
	    told + c->heard.dropped >= 2 * c->accepted) {
		c->fds_after = gauge_count_fds(c->subject.pid);
		c->held_after = gauge_held_bytes(c->subject.pid);
		loop_stop(c->share.loop);
	}
}

static void
course_heard(void *arg, const char *line, size_t len)
{
	struct course *c = arg;

	if (line != NULL) {
		c->listened = true;
		account_add(&c->heard, line, len);
		return;
	}
	errno = EPIPE;
	course_fail(c, "the watcher");
}

static void
course_answered(void *arg, const char *line, size_t len)
{
	static const char good[] = "{\"ok\":true}";
	struct course *c = arg;

	if (line == NULL) {
		errno = EPIPE;
		course_fail(c, "the statistics");
	} else if (len == strlen(good) && memcmp(line, good, len) == 0) {
		c->answered++;
		c->told = c->parting_ms != 0 && c->share.here == 0;
	} else {
		c->open = account_number(line, len, "open");
		c->accepted = account_number(line, len, "accepted");
	}
}

static void
course_turn_tide(struct course *c)
{
	uint64_t part = tides[c->tide++ % COUNT(tides)];

	if (c->parting_ms != 0)
		return;
	c->share.wanted = (unsigned)((c->clients + part - 1) / part);
}

static void
course_measure(struct course *c, unsigned third)
{
	uint64_t fds = gauge_count_fds(c->subject.pid), here = c->share.here;

	gauge_add(&c->resident, third, usage_resident_bytes(c->usage));
	gauge_add(&c->fds, third, fds);
	/* those who wait to be accepted have none yet */
	if (fds > 0)
		gauge_add(&c->beyond, third, fds > here ? fds - here : 1);
}

/* Before it has seen every tide once, a server is not what it will be. */
static void
course_sample(struct course *c)
{
	uint64_t warm_ms = TIDE_MS * COUNT(tides);
	uint64_t now = clock_now_ms() - c->begun_ms;
	uint64_t whole = c->seconds * 1000, third;

	if (c->share.here > c->crowd)
		c->crowd = c->share.here;
	if (c->parting_ms != 0) {
		course_look_whether_done(c);
		return;
	}
	if (whole < 4 * warm_ms)
		warm_ms = whole / 4;
	if (now < warm_ms)
		return;
	third = (now - warm_ms) * GAUGE_THIRDS / (whole - warm_ms);
	if (third >= GAUGE_THIRDS)
		return;
	course_measure(c, (unsigned)third);
}

static void
course_ask(struct course *c)
{
	/* one at a time, so that an answer is to the last question */
	if (c->asked != c->answered)
		return;
	c->asked++;
	if (ear_ask(c->asker, "stats\n") == -1)
		course_fail(c, "the statistics");
}

static void
course_beat(void *arg, const struct loop_event *event)
{
	struct beat_source *b = arg;
	struct course *c = b->course;

	(void)event;
	switch (b->beat) {
	case BEAT_TIDE:
		course_turn_tide(c);
		return;
	case BEAT_ROTATE:
		if (subject_rotate(&c->subject) == -1)
			course_fail(c, "the log's rotation");
		return;
	case BEAT_ASK:
		course_ask(c);
		return;
	case BEAT_SAMPLE:
		course_sample(c);
		return;
	default:
		for (uint64_t i = 0; i < c->clients; i++)
			caller_check(c->callers[i], STUCK_MS);
	}
}

static int
course_set_beats(struct course *c)
{
	static const uint64_t every_ms[BEATS] = {
	    [BEAT_TIDE] = TIDE_MS,
	    [BEAT_ROTATE] = ROTATE_MS,
	    [BEAT_ASK] = ASK_MS,
	    [BEAT_SAMPLE] = SAMPLE_MS,
	    [BEAT_CHECK] = CHECK_MS,
	};
	static const int endings[] = {SIGINT, SIGTERM};

	for (int i = 0; i < BEATS; i++) {
		struct beat_source *b = &c->beats[i];

		*b = (struct beat_source){
		    .source = {.fn = course_beat, .arg = b},
		    .course = c,
		    .beat = (enum beat)i};
		if (loop_timer_repeat(c->share.loop, &b->source, every_ms[i]) ==
		    -1)
			return -1;
	}
	for (size_t i = 0; i < COUNT(endings); i++) {
		c->signals[i] =
		    (struct loop_source){.fn = course_part, .arg = c};
		if (loop_signal_start(
			c->share.loop, &c->signals[i], endings[i]) == -1)
			return -1;
	}
	c->end = (struct loop_source){.fn = course_part, .arg = c};
	return loop_timer_start(c->share.loop, &c->end, c->seconds * 1000);
}

static int
course_find(struct course *c)
{
	char places[COUNT(c->addrs)][SUBJECT_PATH_MAX + 32];
	struct endpoint endpoint;
	const char *error;

	(void)snprintf(
	    places[0], sizeof(places[0]), "127.0.0.1:%u", c->subject.port);
	(void)snprintf(
	    places[1], sizeof(places[1]), "unix:%s/socket", c->subject.dir);
	for (size_t i = 0; i < COUNT(c->addrs); i++)
		if (endpoint_parse(&endpoint, places[i], 0) == -1 ||
		    endpoint_resolve(
			&endpoint, AF_UNSPEC, &c->addrs[i], 1, &error) == -1)
			return -1;
	return 0;
}

/* Both connections are served: what the server holds now is without clients. */
static int
course_listen(struct course *c)
{
	char path[SUBJECT_PATH_MAX + 16];
	uint64_t until = clock_now_ms() + START_MS;

	subject_path(&c->subject, path, sizeof(path), "control");
	c->watcher = ear_open(c->share.loop, path, course_heard, c);
	c->asker = ear_open(c->share.loop, path, course_answered, c);
	if (c->watcher == NULL || c->asker == NULL ||
	    ear_ask(c->watcher, "watch\n") == -1)
		return -1;
	course_ask(c);
	while (!c->listened || c->answered == 0)
		if (loop_once(c->share.loop, SAMPLE_MS) == -1)
			return -1;
		else if (clock_now_ms() > until) {
			errno = ETIMEDOUT;
			return -1;
		}
	c->fds_before = gauge_count_fds(c->subject.pid);
	c->held_before = gauge_held_bytes(c->subject.pid);
	return 0;
}

static int
course_open(struct course *c, uint64_t seed)
{
	c->share = (struct caller_share){
	    .loop = loop_new(),
	    .pattern = c->pattern = pattern_new(CALLER_RUN_BYTES),
	    .addrs = c->addrs,
	    .addr_count = COUNT(c->addrs),
	    .seed = seed,
	    .wrong = course_wrong,
	    .arg = c,
	};
	c->usage = usage_new(c->subject.pid);
	if (c->share.loop == NULL || c->pattern == NULL || c->usage == NULL ||
	    course_find(c) == -1 || course_listen(c) == -1)
		return -1;
	for (unsigned i = 0; i < c->clients; i++)
		if ((c->callers[i] = caller_new(&c->share, i)) == NULL)
			return -1;
	return course_set_beats(c);
}

static void
course_close(struct course *c)
{
	for (uint64_t i = 0; i < c->clients; i++)
		caller_free(c->callers[i]);
	ear_free(c->watcher);
	ear_free(c->asker);
	usage_free(c->usage);
	pattern_free(c->pattern);
	loop_free(c->share.loop);
}

static bool
course_judge(struct course *c, uint64_t seed, int status)
{
	const struct verdict verdict = {
	    .seconds = c->seconds,
	    .seed = seed,
	    .wrong = c->wrong,
	    .tallies = c->share.tallies,
	    .put_off = c->share.put_off,
	    .crowd = c->crowd,
	    .asked = c->asked,
	    .answered = c->answered,
	    .open = c->open,
	    .accepted = c->accepted,
	    .rotations = c->subject.rotations,
	    .status = status,
	    .log = &c->subject.account,
	    .heard = &c->heard,
	    .fds_before = c->fds_before,
	    .fds_after = c->fds_after,
	    .held_before = c->held_before,
	    .held_after = c->held_after,
	    .fds = &c->fds,
	    .resident = &c->resident,
	    .beyond = &c->beyond,
	};

	return verdict_tell(&verdict);
}

int
course_run(const struct course_plan *plan, bool *good)
{
	struct course *c = calloc(1, sizeof(*c));
	int result = -1, saved, status;

	if (c == NULL)
		return -1;
	c->seconds = plan->seconds;
	c->clients = plan->clients;
	if (subject_start(&c->subject, plan->yodeld) == 0 &&
	    course_open(c, plan->seed) == 0) {
		c->begun_ms = clock_now_ms();
		result = loop_run(c->share.loop);
	}
	saved = errno;
	status = subject_end(&c->subject);
	if (result == 0)
		*good = course_judge(c, plan->seed, status);
	course_close(c);
	free(c);
	errno = saved;
	return result;
}
