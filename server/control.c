#include "control.h"

#include <sys/socket.h>

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "control_answer.h"
#include "control_peer.h"
#include "inbox.h"
#include "listener.h"
#include "log.h"
#include "loop.h"
#include "remote.h"
#include "sampler.h"
#include "spare.h"
#include "thread.h"

#define CONTROL_PEERS_MAX 32

/* Events wait so long for others: a thread is not woken for each of them. */
#define CONTROL_GATHER_MS 10

struct control {
	struct log *log;
	struct loop *loop;
	struct inbox *inbox;
	struct listener *listener;
	struct spare spare;
	struct sampler *sampler;
	struct control_action *action;
	struct control_peer_context ctx;
	struct inbox_job wake; /* there are events */
	struct loop_source gather;
	bool gathers; /* the timer runs */
	struct inbox_job stop;
	pthread_t thread;
	bool started;
	size_t count;
	struct control_peer *peers[CONTROL_PEERS_MAX];
};

static void
control_on_asked(void *, struct control_peer *, const struct control_command *);
static void control_on_closed(void *, struct control_peer *);
static void control_on_woken(void *);
static void control_on_wake(void *);
static void control_on_gathered(void *, const struct loop_event *);
static void control_on_stop(void *);

static void
control_init(struct control *control, const struct control_options *options)
{
	control->log = options->log;
	control->listener = options->listener;
	control->spare.fd = -1;
	control->wake.fn = control_on_wake;
	control->stop.fn = control_on_stop;
	control->gather.fn = control_on_gathered;
	control->wake.arg = control->stop.arg = control->gather.arg = control;
	control->ctx.log = options->log;
	control->ctx.asked = control_on_asked;
	control->ctx.closed = control_on_closed;
	control->ctx.woken = control_on_woken;
	control->ctx.arg = control;
}

static int
control_open(struct control *control, const struct control_options *options)
{
	const struct control_scope *scope = &options->scope;

	if ((control->loop = loop_new()) == NULL ||
	    (control->inbox = inbox_new(control->loop)) == NULL ||
	    (control->sampler = sampler_new(control->loop, control->inbox,
		 scope->collect, scope->arg)) == NULL ||
	    (control->action = control_action_new(
		 scope, control->inbox, control->sampler)) == NULL ||
	    spare_open(&control->spare) == -1)
		return -1;
	control->ctx.loop = control->loop;
	return 0;
}

struct control *
control_new(const struct control_options *options)
{
	struct control *control;
	int saved_errno;

	control = calloc(1, sizeof(*control));
	if (control == NULL) {
		listener_free(options->listener);
		errno = ENOMEM;
		return NULL;
	}
	control_init(control, options);
	if (control_open(control, options) == 0)
		return control;
	saved_errno = errno;
	control_free(control);
	errno = saved_errno;
	return NULL;
}

static void
control_close_peers(struct control *control)
{
	while (control->count > 0)
		control_peer_finish(control->peers[control->count - 1]);
}

void
control_free(struct control *control)
{
	if (control == NULL)
		return;
	control_stop(control);
	control_close_peers(control);
	/* Does what still waits in it, with all that this needs. */
	inbox_free(control->inbox);
	listener_free(control->listener);
	control_action_free(control->action);
	sampler_free(control->sampler);
	spare_close(&control->spare);
	loop_free(control->loop);
	free(control);
}

static void
control_turn_away(int fd, const char *error)
{
	char line[LOG_LINE_MAX];
	size_t len = control_answer_end(line, error);

	/* It was accepted just now: its socket has room for a line. */
	(void)send(fd, line, len, 0);
	(void)close(fd);
}

/* Who has gone without a word makes way. */
static void
control_sweep(struct control *control)
{
	size_t i;

	for (i = control->count; i-- > 0;)
		if (control_peer_is_gone(control->peers[i]))
			control_peer_finish(control->peers[i]);
}

static void
control_on_arrived(void *arg, int fd, const struct remote *remote)
{
	struct control *control = arg;
	struct control_peer *peer;
	char error[64];

	(void)remote;
	if (control->count == CONTROL_PEERS_MAX)
		control_sweep(control);
	if (control->count == CONTROL_PEERS_MAX) {
		(void)snprintf(error, sizeof(error),
		    "too many connections: %d at most", CONTROL_PEERS_MAX);
		control_turn_away(fd, error);
		return;
	}
	peer = control_peer_new(&control->ctx, fd);
	if (peer != NULL)
		control->peers[control->count++] = peer;
}

static int
control_on_crowded(void *arg, int listen_fd)
{
	struct control *control = arg;
	struct remote remote;
	int fd, saved_errno;

	fd = spare_accept(&control->spare, listen_fd, &remote);
	saved_errno = errno;
	if (fd != -1)
		control_turn_away(fd, "too many open files");
	(void)spare_open(&control->spare);
	errno = saved_errno;
	return fd == -1 ? -1 : 0;
}

static void
control_on_asked(
    void *arg, struct control_peer *peer, const struct control_command *command)
{
	struct control *control = arg;

	control_action_do(control->action, peer, command);
}

static void
control_on_closed(void *arg, struct control_peer *peer)
{
	struct control *control = arg;
	size_t i;

	control_action_forget(control->action, peer);
	for (i = 0; control->peers[i] != peer; i++)
		continue;
	control->peers[i] = control->peers[--control->count];
}

/* In any thread, under the log's lock. */
static void
control_on_woken(void *arg)
{
	struct control *control = arg;

	inbox_post(control->inbox, &control->wake);
}

/*
 * A timer that runs is not started anew: who looks at his events all the time
 * would put off those of all others.
 */
static void
control_on_wake(void *arg)
{
	struct control *control = arg;

	if (control->gathers)
		return;
	control->gathers = loop_timer_start(control->loop, &control->gather,
			       CONTROL_GATHER_MS) == 0;
	if (!control->gathers)
		control_on_gathered(control, NULL);
}

/* Backwards, as one that closes is replaced by the last one. */
static void
control_on_gathered(void *arg, const struct loop_event *ev)
{
	struct control *control = arg;
	size_t i;

	(void)ev;
	control->gathers = false;
	for (i = control->count; i-- > 0;)
		control_peer_wake(control->peers[i]);
}

static void
control_on_stop(void *arg)
{
	struct control *control = arg;

	control_close_peers(control);
	loop_stop(control->loop);
}

static void *
control_run(void *arg)
{
	struct control *control = arg;
	struct log_field field;

	if (loop_run(control->loop) == -1) {
		field = log_errno(errno);
		log_event(control->log, LOG_LEVEL_ERROR, "error", &field, 1);
	}
	return NULL;
}

int
control_start(struct control *control)
{
	const struct listener_handler handler = {
	    .arrived = control_on_arrived,
	    .crowded = control_on_crowded,
	    .arg = control,
	};

	if (listener_start(control->listener, control->loop, control->log,
		&handler) == -1 ||
	    thread_start(&control->thread, control_run, control) == -1)
		return -1;
	control->started = true;
	return 0;
}

void
control_stop(struct control *control)
{
	if (control == NULL || !control->started)
		return;
	inbox_post(control->inbox, &control->stop);
	(void)pthread_join(control->thread, NULL);
	control->started = false;
}

void
control_stir(struct control *control)
{
	sampler_stir(control->sampler);
}
