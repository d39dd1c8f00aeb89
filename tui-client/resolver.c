#include "resolver.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "loop.h"

#define RESOLVER_THREADS_MAX 8

/*
 * What the loop's thread and the asking ones have in common; whoever leaves
 * last frees it. All of it is under the mutex, and so is the sending of the
 * wake: once loop is NULL nobody touches the loop or the source again.
 */
struct resolver_shared {
	pthread_mutex_t mutex;
	unsigned users; /* the resolver and every thread */
	struct loop *loop;
	struct loop_source *wake;
	uint64_t ticket; /* of the question that counts */
	bool ready;	 /* answer is the one to it */
	struct resolver_answer answer;
};

struct resolver {
	struct loop *loop;
	struct loop_source wake;
	struct resolver_shared *shared;
	void (*done)(void *, const struct resolver_answer *);
	void *arg;
};

/* One question, on its way. */
struct resolver_job {
	struct resolver_shared *shared;
	uint64_t ticket;
	struct endpoint endpoint;
	int family;
};

static void
resolver_shared_leave(struct resolver_shared *shared)
{
	unsigned left;

	(void)pthread_mutex_lock(&shared->mutex);
	left = --shared->users;
	(void)pthread_mutex_unlock(&shared->mutex);
	if (left > 0)
		return;
	(void)pthread_mutex_destroy(&shared->mutex);
	free(shared);
}

static void
resolver_job_run(struct resolver_job *job)
{
	struct resolver_shared *shared = job->shared;
	struct resolver_answer answer = {.error = NULL};

	answer.count = endpoint_resolve(&job->endpoint, job->family,
	    answer.addrs, RESOLVER_ADDRS_MAX, &answer.error);
	(void)pthread_mutex_lock(&shared->mutex);
	if (shared->loop != NULL && shared->ticket == job->ticket) {
		shared->answer = answer;
		shared->ready = true;
		/* A kqueue that takes no trigger is lost in any case. */
		(void)loop_wake_send(shared->loop, shared->wake);
	}
	(void)pthread_mutex_unlock(&shared->mutex);
	resolver_shared_leave(shared);
	free(job);
}

static void *
resolver_thread(void *arg)
{
	resolver_job_run(arg);
	return NULL;
}

/* Signals are the main thread's. Returns 0 or an errno. */
static int
resolver_thread_start(struct resolver_job *job)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int error;

	error = pthread_attr_init(&attr);
	if (error != 0)
		return error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attr, resolver_thread, job);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&attr);
	return error;
}

static void
resolver_answered(void *arg, const struct loop_event *event)
{
	struct resolver *r = arg;
	struct resolver_answer answer;
	bool ready;

	(void)event;
	(void)pthread_mutex_lock(&r->shared->mutex);
	ready = r->shared->ready;
	if (ready)
		answer = r->shared->answer;
	r->shared->ready = false;
	(void)pthread_mutex_unlock(&r->shared->mutex);
	if (ready)
		r->done(r->arg, &answer);
}

static struct resolver_shared *
resolver_shared_new(struct resolver *r)
{
	struct resolver_shared *shared = calloc(1, sizeof(*shared));
	int error;

	if (shared == NULL)
		return NULL;
	error = pthread_mutex_init(&shared->mutex, NULL);
	if (error != 0) {
		free(shared);
		errno = error;
		return NULL;
	}
	shared->users = 1;
	shared->loop = r->loop;
	shared->wake = &r->wake;
	return shared;
}

struct resolver *
resolver_new(struct loop *loop,
    void (*done)(void *, const struct resolver_answer *), void *arg)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->loop = loop;
	r->wake.fn = resolver_answered;
	r->wake.arg = r;
	r->done = done;
	r->arg = arg;
	r->shared = resolver_shared_new(r);
	if (r->shared == NULL)
		goto fail;
	if (loop_wake_start(loop, &r->wake) == -1)
		goto fail_shared;
	return r;

fail_shared:
	resolver_shared_leave(r->shared);
fail:
	free(r);
	return NULL;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	(void)pthread_mutex_lock(&r->shared->mutex);
	r->shared->loop = NULL;
	(void)pthread_mutex_unlock(&r->shared->mutex);
	loop_wake_stop(r->loop, &r->wake);
	resolver_shared_leave(r->shared);
	free(r);
}

/* The ticket of a new question, or 0 where it would be a thread too many. */
static uint64_t
resolver_ticket_take(struct resolver_shared *shared, bool thread)
{
	uint64_t ticket = 0;

	(void)pthread_mutex_lock(&shared->mutex);
	shared->ready = false;
	shared->ticket++;
	if (!thread || shared->users <= RESOLVER_THREADS_MAX) {
		shared->users++;
		ticket = shared->ticket;
	}
	(void)pthread_mutex_unlock(&shared->mutex);
	return ticket;
}

int
resolver_ask(struct resolver *r, const struct endpoint *endpoint, int family)
{
	struct resolver_job *job = malloc(sizeof(*job));
	bool thread = endpoint->family == AF_UNSPEC;
	int error;

	if (job == NULL)
		return -1;
	*job = (struct resolver_job){
	    .shared = r->shared,
	    .ticket = resolver_ticket_take(r->shared, thread),
	    .endpoint = *endpoint,
	    .family = family,
	};
	if (job->ticket == 0) {
		free(job);
		errno = EAGAIN;
		return -1;
	}
	if (!thread) {
		resolver_job_run(job);
		return 0;
	}
	error = resolver_thread_start(job);
	if (error == 0)
		return 0;
	resolver_shared_leave(r->shared);
	free(job);
	errno = error;
	return -1;
}

void
resolver_cancel(struct resolver *r)
{
	(void)pthread_mutex_lock(&r->shared->mutex);
	r->shared->ticket++;
	r->shared->ready = false;
	(void)pthread_mutex_unlock(&r->shared->mutex);
}
