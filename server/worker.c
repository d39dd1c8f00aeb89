#include "worker.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "bulk.h"
#include "census.h"
#include "client.h"
#include "gate.h"
#include "inbox.h"
#include "log.h"
#include "loop.h"
#include "pool.h"
#include "remote.h"

#define WORKER_SWEEPS	 16   /* a client may stay for 1/16 too long */
#define WORKER_LINGER_MS 50   /* quiet for so long: nothing more will come */
#define WORKER_HEADER_MS 5000 /* for a PROXY header */

struct worker {
	struct client_context ctx;
	struct inbox *inbox;
	struct loop_source sweep;
	struct loop_task drained_task;
	uint64_t sweep_ms; /* 0: nobody is looked after */
	_Atomic uint64_t load;
	bool told;
	struct worker_options options;
};

/* A client on its way from the thread that accepted it. */
struct newcomer {
	struct inbox_job job;
	struct worker *worker;
	struct remote remote;
	uint64_t id;
	int fd;
};

static void worker_on_sweep(void *, const struct loop_event *);
static void worker_on_closed(void *);
static void worker_tell_drained(void *);

static uint64_t
worker_sweep_ms(const struct client_context *ctx)
{
	const uint64_t limits[] = {ctx->idle_ms, ctx->stall_ms, ctx->header_ms};
	uint64_t least_ms;
	size_t i;

	least_ms = UINT64_MAX;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i] > 0 && limits[i] < least_ms)
			least_ms = limits[i];
	if (least_ms == UINT64_MAX)
		return 0;
	return least_ms < WORKER_SWEEPS ? 1 : least_ms / WORKER_SWEEPS;
}

static void
worker_set_context(
    struct client_context *ctx, const struct worker_options *options)
{
	ctx->log = options->log;
	ctx->gate = options->gate;
	ctx->datalog = options->datalog;
	ctx->buffer_bytes = options->buffer_bytes;
	ctx->idle_ms = options->idle_ms;
	ctx->stall_ms = options->stall_ms;
	ctx->header_ms = options->proxied ? WORKER_HEADER_MS : 0;
}

/* Where the system has no splice(2), all goes through the buffer. */
static int
worker_open_bulk(struct client_context *ctx)
{
	ctx->bulk = bulk_new(ctx->buffer_bytes);
	return ctx->bulk != NULL || errno == ENOSYS ? 0 : -1;
}

static int
worker_init(struct worker *worker)
{
	struct client_context *ctx = &worker->ctx;

	ctx->closed = worker_on_closed;
	ctx->arg = worker;
	worker->sweep.fn = worker_on_sweep;
	worker->sweep.arg = worker;
	worker->drained_task.fn = worker_tell_drained;
	worker->drained_task.arg = worker;
	worker->sweep_ms = worker_sweep_ms(ctx);
	if ((ctx->loop = loop_new()) == NULL ||
	    (ctx->pool = pool_new(client_size(), ctx)) == NULL ||
	    (ctx->buffer = malloc(ctx->buffer_bytes)) == NULL ||
	    (worker->inbox = inbox_new(ctx->loop)) == NULL ||
	    worker_open_bulk(ctx) == -1)
		return -1;
	loop_set_spin(ctx->loop, worker->options.spin_us);
	if (worker->sweep_ms == 0)
		return 0;
	return loop_timer_repeat(ctx->loop, &worker->sweep, worker->sweep_ms);
}

struct worker *
worker_new(const struct worker_options *options)
{
	struct worker *worker;
	int saved_errno;

	worker = calloc(1, sizeof(*worker));
	if (worker == NULL)
		return NULL;
	worker->options = *options;
	worker_set_context(&worker->ctx, options);
	if (worker_init(worker) == 0)
		return worker;
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
	inbox_free(worker->inbox);
	if (worker->ctx.pool != NULL)
		worker_cut(worker);
	bulk_free(worker->ctx.bulk);
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

struct inbox *
worker_inbox(struct worker *worker)
{
	return worker->inbox;
}

/* In any thread: there is no client yet that the worker would know of. */
static void
worker_turn_away(struct worker *worker, int fd, const struct remote *remote)
{
	const struct worker_options *options = &worker->options;
	struct log_field field = log_errno(errno);

	log_event(options->log, LOG_LEVEL_ERROR, "error", &field, 1);
	if (!options->proxied)
		gate_release(options->gate, remote);
	gate_leave(options->gate);
	(void)close(fd);
	atomic_fetch_sub_explicit(&worker->load, 1, memory_order_relaxed);
}

static void
worker_serve(
    struct worker *worker, int fd, const struct remote *remote, uint64_t id)
{
	if (client_open(&worker->ctx, fd, remote, id) == -1)
		worker_turn_away(worker, fd, remote);
}

void
worker_add(
    struct worker *worker, int fd, const struct remote *remote, uint64_t id)
{
	atomic_fetch_add_explicit(&worker->load, 1, memory_order_relaxed);
	worker_serve(worker, fd, remote, id);
}

static void
worker_on_newcomer(void *arg)
{
	struct newcomer *newcomer = arg;

	worker_serve(
	    newcomer->worker, newcomer->fd, &newcomer->remote, newcomer->id);
	free(newcomer);
}

void
worker_hand(
    struct worker *worker, int fd, const struct remote *remote, uint64_t id)
{
	struct newcomer *newcomer;

	atomic_fetch_add_explicit(&worker->load, 1, memory_order_relaxed);
	newcomer = calloc(1, sizeof(*newcomer));
	if (newcomer == NULL) {
		worker_turn_away(worker, fd, remote);
		return;
	}
	newcomer->job.fn = worker_on_newcomer;
	newcomer->job.arg = newcomer;
	newcomer->worker = worker;
	newcomer->remote = *remote;
	newcomer->id = id;
	newcomer->fd = fd;
	inbox_post(worker->inbox, &newcomer->job);
}

uint64_t
worker_load(const struct worker *worker)
{
	return atomic_load_explicit(&worker->load, memory_order_relaxed);
}

const struct stats_traffic *
worker_traffic(const struct worker *worker)
{
	return &worker->ctx.traffic;
}

static void
worker_on_sweep(void *arg, const struct loop_event *ev)
{
	struct worker *worker = arg;

	(void)ev;
	pool_each(worker->ctx.pool, client_sweep);
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
worker_check_drained(struct worker *worker)
{
	if (worker->ctx.draining && pool_count(worker->ctx.pool) == 0)
		loop_defer(worker->ctx.loop, &worker->drained_task);
}

static void
worker_on_closed(void *arg)
{
	struct worker *worker = arg;

	atomic_fetch_sub_explicit(&worker->load, 1, memory_order_relaxed);
	worker_check_drained(worker);
}

void
worker_drain(struct worker *worker)
{
	if (worker->ctx.draining)
		return;
	worker->ctx.draining = true;
	worker->ctx.linger_ms = WORKER_LINGER_MS;
	worker->sweep_ms = WORKER_LINGER_MS;
	if (loop_timer_repeat(
		worker->ctx.loop, &worker->sweep, worker->sweep_ms) == -1)
		worker_cut(worker);
	pool_each(worker->ctx.pool, client_drain);
	worker_check_drained(worker);
}

void
worker_cut(struct worker *worker)
{
	pool_each(worker->ctx.pool, client_cut);
}

/* One client among all. */
struct worker_wanted {
	uint64_t client;
	bool found;
};

static void
worker_kick_wanted(void *client, void *arg)
{
	struct worker_wanted *wanted = arg;

	if (client_id(client) != wanted->client)
		return;
	wanted->found = true;
	client_kick(client);
}

bool
worker_kick(struct worker *worker, uint64_t client)
{
	struct worker_wanted wanted = {.client = client};

	pool_visit(worker->ctx.pool, worker_kick_wanted, &wanted);
	return wanted.found;
}

size_t
worker_clients(const struct worker *worker)
{
	return pool_count(worker->ctx.pool);
}

/* Rows that are written down. */
struct worker_rows {
	struct census_row *rows;
	size_t room;
	size_t count;
};

static void
worker_describe_client(void *client, void *arg)
{
	struct worker_rows *rows = arg;

	if (rows->count < rows->room)
		client_describe(client, &rows->rows[rows->count++]);
}

size_t
worker_describe(struct worker *worker, struct census_row *list, size_t room)
{
	struct worker_rows rows = {.rows = list, .room = room};

	pool_visit(worker->ctx.pool, worker_describe_client, &rows);
	return rows.count;
}
