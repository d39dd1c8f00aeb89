#include "sim_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "sim.h"

#define THREADS 16

int __wrap_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct thread {
	void *(*fn)(void *);
	void *arg;
};

static struct {
	struct thread waiting[THREADS];
	size_t count;
} threads;

void
sim_thread_reset(void)
{
	threads.count = 0;
}

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	(void)thread;
	(void)attr;
	if (threads.count == THREADS || sim_lacks_memory())
		return EAGAIN;
	threads.waiting[threads.count++] = (struct thread){fn, arg};
	return 0;
}

/* In any order. */
void
sim_thread_step(void)
{
	struct thread next;
	size_t i;

	if (threads.count == 0)
		return;
	i = (size_t)sim_below(threads.count);
	next = threads.waiting[i];
	threads.waiting[i] = threads.waiting[--threads.count];
	(void)next.fn(next.arg);
}

void
sim_thread_finish(void)
{
	while (threads.count > 0)
		sim_thread_step();
}
