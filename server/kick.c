#include "kick.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "muster.h"
#include "worker.h"

struct kick {
	uint64_t client;
	_Atomic bool found;
	void (*done)(void *arg, bool found);
	void *arg;
};

/* In the worker's thread. */
static void
kick_on_worker(void *arg, struct worker *worker, unsigned index)
{
	struct kick *kick = arg;

	(void)index;
	if (worker_kick(worker, kick->client))
		kick->found = true;
}

static void
kick_on_done(void *arg)
{
	struct kick *kick = arg;

	kick->done(kick->arg, kick->found);
	free(kick);
}

int
kick_client(struct crew *crew, struct inbox *inbox, uint64_t client,
    void (*done)(void *arg, bool found), void *arg)
{
	struct kick *kick;

	kick = calloc(1, sizeof(*kick));
	if (kick == NULL)
		return -1;
	kick->client = client;
	kick->done = done;
	kick->arg = arg;
	if (muster_call(crew, inbox, kick_on_worker, kick_on_done, kick) == 0)
		return 0;
	free(kick);
	return -1;
}
