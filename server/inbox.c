#include "inbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "loop.h"

struct inbox {
	struct loop *loop;
	struct loop_source wake;
	pthread_mutex_t mutex; /* for what follows */
	struct inbox_job *first;
	struct inbox_job **end;
};

static void inbox_on_wake(void *, const struct loop_event *);

struct inbox *
inbox_new(struct loop *loop)
{
	struct inbox *inbox;
	int error;

	inbox = calloc(1, sizeof(*inbox));
	if (inbox == NULL)
		return NULL;
	inbox->loop = loop;
	inbox->wake.fn = inbox_on_wake;
	inbox->wake.arg = inbox;
	inbox->end = &inbox->first;
	error = pthread_mutex_init(&inbox->mutex, NULL);
	if (error != 0)
		goto fail;
	if (loop_wake_start(loop, &inbox->wake) == -1) {
		error = errno;
		goto fail_mutex;
	}
	return inbox;

fail_mutex:
	(void)pthread_mutex_destroy(&inbox->mutex);
fail:
	free(inbox);
	errno = error;
	return NULL;
}

static struct inbox_job *
inbox_take(struct inbox *inbox)
{
	struct inbox_job *job;

	(void)pthread_mutex_lock(&inbox->mutex);
	job = inbox->first;
	if (job != NULL) {
		inbox->first = job->next;
		if (inbox->first == NULL)
			inbox->end = &inbox->first;
		job->queued = false;
	}
	(void)pthread_mutex_unlock(&inbox->mutex);
	return job;
}

static void
inbox_do_all(struct inbox *inbox)
{
	struct inbox_job *job;

	while ((job = inbox_take(inbox)) != NULL)
		job->fn(job->arg);
}

static void
inbox_on_wake(void *arg, const struct loop_event *ev)
{
	(void)ev;
	inbox_do_all(arg);
}

void
inbox_free(struct inbox *inbox)
{
	if (inbox == NULL)
		return;
	inbox_do_all(inbox);
	loop_wake_stop(inbox->loop, &inbox->wake);
	(void)pthread_mutex_destroy(&inbox->mutex);
	free(inbox);
}

void
inbox_post(struct inbox *inbox, struct inbox_job *job)
{
	bool first;

	(void)pthread_mutex_lock(&inbox->mutex);
	first = inbox->first == NULL;
	if (!job->queued) {
		job->queued = true;
		job->next = NULL;
		*inbox->end = job;
		inbox->end = &job->next;
	}
	/*
	 * Under the mutex: as soon as the last job is done, the inbox may be
	 * freed. Who finds others waiting has nothing to add to their wake-up.
	 */
	if (first)
		(void)loop_wake_send(inbox->loop, &inbox->wake);
	(void)pthread_mutex_unlock(&inbox->mutex);
}
