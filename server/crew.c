#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "inbox.h"
#include "loop.h"
#include "stats.h"
#include "thread.h"

/* The first member has no thread of its own, and gets its jobs directly. */
struct crew_member {
	struct crew *crew;
	struct worker *worker;
	pthread_t thread;
	bool started;
	int error; /* of its loop, for the crew to read after failed */
	struct inbox_job drain;
	struct inbox_job cut;
	struct inbox_job stop;
	struct inbox_job drained; /* this and the next go to the crew */
	struct inbox_job failed;
};

struct crew {
	unsigned count;
	unsigned undrained;
	int error;
	void (*drained_fn)(void *arg);
	void *drained_arg;
	struct crew_member members[];
};

static void
crew_on_drain(void *arg)
{
	struct crew_member *member = arg;

	worker_drain(member->worker);
}

static void
crew_on_cut(void *arg)
{
	struct crew_member *member = arg;

	worker_cut(member->worker);
}

static void
crew_on_stop(void *arg)
{
	struct crew_member *member = arg;

	loop_stop(worker_loop(member->worker));
}

static void
crew_on_drained(void *arg)
{
	struct crew_member *member = arg;
	struct crew *crew = member->crew;

	if (--crew->undrained == 0)
		crew->drained_fn(crew->drained_arg);
}

static void
crew_on_failed(void *arg)
{
	struct crew_member *member = arg;

	member->crew->error = member->error;
	crew_stop(member->crew);
}

static struct inbox *
crew_inbox(struct crew *crew)
{
	return worker_inbox(crew->members[0].worker);
}

/* In the worker's thread. */
static void
crew_tell_drained(void *arg)
{
	struct crew_member *member = arg;

	inbox_post(crew_inbox(member->crew), &member->drained);
}

static void
crew_init_member(struct crew *crew, struct crew_member *member)
{
	member->crew = crew;
	member->drain.fn = crew_on_drain;
	member->cut.fn = crew_on_cut;
	member->stop.fn = crew_on_stop;
	member->drained.fn = crew_on_drained;
	member->failed.fn = crew_on_failed;
	member->drain.arg = member->cut.arg = member->stop.arg =
	    member->drained.arg = member->failed.arg = member;
}

struct crew *
crew_new(unsigned count, const struct worker_options *options)
{
	struct worker_options each = *options;
	struct crew *crew;
	int saved_errno;
	unsigned i;

	crew = calloc(1, sizeof(*crew) + count * sizeof(crew->members[0]));
	if (crew == NULL)
		return NULL;
	crew->undrained = count;
	crew->drained_fn = options->drained;
	crew->drained_arg = options->arg;
	each.drained = crew_tell_drained;
	for (i = 0; i < count; i++) {
		crew_init_member(crew, &crew->members[i]);
		each.arg = &crew->members[i];
		crew->members[i].worker = worker_new(&each);
		if (crew->members[i].worker == NULL)
			goto fail;
		crew->count++;
	}
	return crew;

fail:
	saved_errno = errno;
	crew_free(crew);
	errno = saved_errno;
	return NULL;
}

static void
crew_join(struct crew *crew)
{
	struct crew_member *member;
	unsigned i;

	for (i = 1; i < crew->count; i++)
		if (crew->members[i].started)
			inbox_post(worker_inbox(crew->members[i].worker),
			    &crew->members[i].stop);
	for (i = 1; i < crew->count; i++) {
		member = &crew->members[i];
		if (member->started)
			(void)pthread_join(member->thread, NULL);
		member->started = false;
	}
}

void
crew_free(struct crew *crew)
{
	if (crew == NULL)
		return;
	crew_join(crew);
	/* The first comes last: the others may still tell it things. */
	while (crew->count > 0)
		worker_free(crew->members[--crew->count].worker);
	free(crew);
}

unsigned
crew_count(const struct crew *crew)
{
	return crew->count;
}

struct worker *
crew_worker(const struct crew *crew, unsigned i)
{
	return crew->members[i].worker;
}

struct loop *
crew_loop(struct crew *crew)
{
	return worker_loop(crew->members[0].worker);
}

static void *
crew_run_member(void *arg)
{
	struct crew_member *member = arg;

	if (loop_run(worker_loop(member->worker)) == -1) {
		member->error = errno;
		inbox_post(crew_inbox(member->crew), &member->failed);
	}
	return NULL;
}

/* Signals are for the thread that runs the first worker. */
int
crew_start(struct crew *crew)
{
	struct crew_member *member;
	unsigned i;

	for (i = 1; i < crew->count; i++) {
		member = &crew->members[i];
		if (thread_start(&member->thread, crew_run_member, member) ==
		    -1)
			return -1;
		member->started = true;
	}
	return 0;
}

int
crew_run(struct crew *crew)
{
	if (loop_run(crew_loop(crew)) == -1)
		return -1;
	crew_join(crew);
	errno = crew->error;
	return crew->error == 0 ? 0 : -1;
}

void
crew_stop(struct crew *crew)
{
	loop_stop(crew_loop(crew));
}

void
crew_add(struct crew *crew, int fd, const struct remote *remote, uint64_t id)
{
	unsigned i, best;

	best = 0;
	for (i = 1; i < crew->count; i++)
		if (worker_load(crew->members[i].worker) <
		    worker_load(crew->members[best].worker))
			best = i;
	if (best == 0)
		worker_add(crew->members[0].worker, fd, remote, id);
	else
		worker_hand(crew->members[best].worker, fd, remote, id);
}

void
crew_collect(const struct crew *crew, struct stats *stats)
{
	unsigned i;

	for (i = 0; i < crew->count; i++)
		stats_collect(stats, worker_traffic(crew->members[i].worker));
}

void
crew_drain(struct crew *crew)
{
	unsigned i;

	worker_drain(crew->members[0].worker);
	for (i = 1; i < crew->count; i++)
		inbox_post(worker_inbox(crew->members[i].worker),
		    &crew->members[i].drain);
}

void
crew_cut(struct crew *crew)
{
	unsigned i;

	worker_cut(crew->members[0].worker);
	for (i = 1; i < crew->count; i++)
		inbox_post(worker_inbox(crew->members[i].worker),
		    &crew->members[i].cut);
}
