#include "worker.h"

#include <errno.h>
#include <stdlib.h>

#include "client.h"
#include "datalog.h"
#include "loop.h"
#include "pool.h"

#define WORKER_DATA_LIMIT 1000 /* "data" events a second */
#define WORKER_IDLE_TICKS 16   /* an idle client stays for 1/16 too long */
#define WORKER_LINGER_MS  50   /* quiet for so long: nothing more will come */

struct worker {
	struct client_context ctx;
	struct loop_source sweep;
	struct loop_task drained_task;
	uint64_t sweep_ms;
	bool told;
	struct worker_options options;
};

static void worker_on_sweep(void *, const struct loop_event *);
static void worker_on_closed(void *);
static void worker_tell_drained(void *);

static int
worker_start_sweeping(struct worker *worker)
{
	uint64_t ms;

	if (worker->options.idle_ms == 0)
		return 0;
	ms = worker->options.idle_ms / WORKER_IDLE_TICKS;
	worker->sweep_ms = ms > 0 ? ms : 1;
	worker->ctx.idle_ticks = WORKER_IDLE_TICKS;
	return loop_timer_start(
	    worker->ctx.loop, &worker->sweep, worker->sweep_ms);
}

struct worker *
worker_new(const struct worker_options *options, struct log *log)
{
	struct worker *worker;
	int saved_errno;

	worker = calloc(1, sizeof(*worker));
	if (worker == NULL)
		return NULL;
	worker->options = *options;
	worker->sweep.fn = worker_on_sweep;
	worker->sweep.arg = worker;
	worker->drained_task.fn = worker_tell_drained;
	worker->drained_task.arg = worker;
	worker->ctx.log = log;
	worker->ctx.buffer_bytes = options->buffer_bytes;
	worker->ctx.closed = worker_on_closed;
	worker->ctx.arg = worker;
	if ((worker->ctx.loop = loop_new()) == NULL ||
	    (worker->ctx.pool = pool_new(client_size(), &worker->ctx)) ==
		NULL ||
	    (worker->ctx.buffer = malloc(options->buffer_bytes)) == NULL ||
	    worker_start_sweeping(worker) == -1)
		goto fail;
	if (options->log_data &&
	    (worker->ctx.datalog = datalog_new(
		 worker->ctx.loop, log, WORKER_DATA_LIMIT)) == NULL)
		goto fail;
	return worker;

fail:
	saved_errno = errno;
	worker_free(worker);
	errno = saved_errno;
	return NULL;
}

void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	if (worker->ctx.pool != NULL)
		worker_cut(worker);
	datalog_free(worker->ctx.datalog);
	free(worker->ctx.buffer);
	pool_free(worker->ctx.pool);
	loop_free(worker->ctx.loop);
	free(worker);
}

struct loop *
worker_loop(struct worker *worker)
{
	return worker->ctx.loop;
}

int
worker_add(
    struct worker *worker, int fd, const struct remote *remote, uint64_t id)
{
	return client_open(&worker->ctx, fd, remote, id);
}

const struct stats *
worker_stats(const struct worker *worker)
{
	return &worker->ctx.stats;
}

static void
worker_on_sweep(void *arg, const struct loop_event *ev)
{
	struct worker *worker = arg;

	(void)ev;
	worker->ctx.tick++;
	pool_each(worker->ctx.pool, client_sweep);
	/* Without a timer nobody is closed for silence: the lesser evil. */
	(void)loop_timer_start(
	    worker->ctx.loop, &worker->sweep, worker->sweep_ms);
}

static void
worker_tell_drained(void *arg)
{
	struct worker *worker = arg;

	if (worker->told)
		return;
	worker->told = true;
	loop_timer_stop(worker->ctx.loop, &worker->sweep);
	worker->options.drained(worker->options.arg);
}

/* Told after the batch: whoever closed the last client is still at work. */
static void
worker_on_closed(void *arg)
{
	struct worker *worker = arg;

	if (worker->ctx.draining && pool_count(worker->ctx.pool) == 0)
		loop_defer(worker->ctx.loop, &worker->drained_task);
}

void
worker_drain(struct worker *worker)
{
	if (worker->ctx.draining)
		return;
	worker->ctx.draining = true;
	worker->sweep_ms = WORKER_LINGER_MS;
	if (loop_timer_start(
		worker->ctx.loop, &worker->sweep, worker->sweep_ms) == -1)
		worker_cut(worker);
	pool_each(worker->ctx.pool, client_drain);
	worker_on_closed(worker);
}

void
worker_cut(struct worker *worker)
{
	pool_each(worker->ctx.pool, client_cut);
}
