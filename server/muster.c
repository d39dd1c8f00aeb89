#include "muster.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "crew.h"
#include "inbox.h"
#include "worker.h"

struct muster_part {
	struct inbox_job job;
	struct muster *muster;
	struct worker *worker;
	unsigned index;
};

struct muster {
	struct inbox *asker;
	struct inbox_job over;
	void (*fn)(void *arg, struct worker *, unsigned index);
	void (*done)(void *arg);
	void *arg;
	_Atomic unsigned missing; /* workers that have not done it yet */
	struct muster_part parts[];
};

static void
muster_on_part(void *arg)
{
	struct muster_part *part = arg;
	struct muster *muster = part->muster;

	muster->fn(muster->arg, part->worker, part->index);
	if (atomic_fetch_sub(&muster->missing, 1) == 1)
		inbox_post(muster->asker, &muster->over);
}

static void
muster_on_over(void *arg)
{
	struct muster *muster = arg;

	muster->done(muster->arg);
	free(muster);
}

int
muster_call(struct crew *crew, struct inbox *asker,
    void (*fn)(void *arg, struct worker *, unsigned index),
    void (*done)(void *arg), void *arg)
{
	const unsigned count = crew_count(crew);
	struct muster *muster;
	unsigned i;

	muster = calloc(1, sizeof(*muster) + count * sizeof(muster->parts[0]));
	if (muster == NULL)
		return -1;
	muster->asker = asker;
	muster->over.fn = muster_on_over;
	muster->over.arg = muster;
	muster->fn = fn;
	muster->done = done;
	muster->arg = arg;
	atomic_init(&muster->missing, count);
	for (i = 0; i < count; i++) {
		muster->parts[i].job.fn = muster_on_part;
		muster->parts[i].job.arg = &muster->parts[i];
		muster->parts[i].muster = muster;
		muster->parts[i].worker = crew_worker(crew, i);
		muster->parts[i].index = i;
	}
	/* The last one may already be done with it: nothing of it is read. */
	for (i = 0; i < count; i++)
		inbox_post(
		    worker_inbox(crew_worker(crew, i)), &muster->parts[i].job);
	return 0;
}
