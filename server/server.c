#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "crew.h"
#include "datalog.h"
#include "gate.h"
#include "inbox.h"
#include "listeners.h"
#include "log.h"
#include "loop.h"
#include "notify.h"
#include "settings.h"
#include "stats.h"
#include "worker.h"

static void server_on_stop(void *, const struct loop_event *);
static void server_on_reopen(void *, const struct loop_event *);
static void server_on_stats(void *, const struct loop_event *);
static void server_on_drain_timeout(void *, const struct loop_event *);
static void server_on_drain(void *);

static const struct {
	int signo;
	void (*fn)(void *, const struct loop_event *);
} server_signals[] = {
    {SIGTERM, server_on_stop},
    {SIGINT, server_on_stop},
    {SIGHUP, server_on_reopen},
    {SIGUSR1, server_on_stats},
#ifdef SIGINFO
    {SIGINFO, server_on_stats},
#endif
};

#define SERVER_SIGNALS (sizeof(server_signals) / sizeof(server_signals[0]))

#define SERVER_DATA_LIMIT 1000 /* "data" events a second */

/* Streams, the log, a kqueue, the spare one, and what is open for a moment. */
#define SERVER_FDS 16

#define SERVER_ADDRS_MAX 2048 /* of a line that tells them all */

_Static_assert(GATE_ERROR_MAX <= SERVER_ERROR_MAX, "the gate's error fits");

struct server {
	const struct settings *settings;
	struct log *log;
	struct notify *notify;
	struct gate *gate;
	struct datalog *datalog;
	struct crew *crew;
	struct control *control; /* NULL: nobody asked for one */
	struct loop *loop;	 /* the crew's first */
	struct listeners *listeners;
	struct loop_source signals[SERVER_SIGNALS];
	struct loop_source drain_timer;
	struct inbox_job drain;
	bool draining;
	_Atomic uint64_t last_id; /* written by this thread only */
	struct listeners_names names;
	char addrs[SERVER_ADDRS_MAX];
};

static void
server_log(struct server *server, const char *event)
{
	log_event(server->log, LOG_LEVEL_INFO, event, NULL, 0);
}

static void
server_log_error(struct server *server, int error)
{
	struct log_field field = log_errno(error);

	log_event(server->log, LOG_LEVEL_ERROR, "error", &field, 1);
}

/* Any thread. */
static void
server_collect(void *arg, struct stats *stats)
{
	struct server *server = arg;

	stats->open = gate_open(server->gate);
	stats->accepted = server->last_id;
	stats->refused = gate_refused(server->gate);
	crew_collect(server->crew, stats);
}

/* Any thread: the loop's is to do it. */
static void
server_ask_drain(void *arg)
{
	struct server *server = arg;

	inbox_post(worker_inbox(crew_worker(server->crew, 0)), &server->drain);
}

static bool
server_logs_data(const struct settings *settings, const struct log *log)
{
	if (settings->log_data != SETTINGS_DATA_AUTO)
		return settings->log_data == SETTINGS_DATA_ON;
	return settings->verbose || log_is_terminal(log);
}

static void
server_on_drained(void *arg)
{
	struct server *server = arg;

	crew_stop(server->crew);
}

static int
server_start_signals(struct server *server)
{
	size_t i;

	for (i = 0; i < SERVER_SIGNALS; i++) {
		server->signals[i].fn = server_signals[i].fn;
		server->signals[i].arg = server;
		if (loop_signal_start(server->loop, &server->signals[i],
			server_signals[i].signo) == -1)
			return -1;
	}
	return 0;
}

static int
server_open_gate(struct server *server, bool control, char *error)
{
	const struct settings *settings = server->settings;
	struct gate_options options = {
	    .rules = settings->rules,
	    .max_clients = settings->max_clients,
	    .max_per_ip = settings->max_per_ip,
	    .fds = SERVER_FDS + (control ? CONTROL_FDS : 0) +
		CREW_FDS_EACH * settings->threads +
		(unsigned)listeners_count(server->listeners),
	};

	server->gate = gate_new(&options, server->log, error);
	return server->gate == NULL ? -1 : 0;
}

static int
server_hire(struct server *server)
{
	const struct settings *settings = server->settings;
	struct worker_options options = {
	    .buffer_bytes = settings->buffer_bytes,
	    .idle_ms = settings->idle_ms,
	    .stall_ms = settings->stall_ms,
	    .spin_us = settings->spin_us,
	    .proxied = settings->proxied,
	    .log = server->log,
	    .gate = server->gate,
	    .drained = server_on_drained,
	    .arg = server,
	};

	server->datalog = datalog_new(server->log, SERVER_DATA_LIMIT);
	if (server->datalog == NULL)
		return -1;
	datalog_set(server->datalog, server_logs_data(settings, server->log));
	options.datalog = server->datalog;
	server->crew = crew_new(settings->threads, &options);
	if (server->crew == NULL)
		return -1;
	server->loop = crew_loop(server->crew);
	return server_start_signals(server);
}

static int
server_open_control(struct server *server, struct listener *listener)
{
	const struct control_options options = {
	    .listener = listener,
	    .log = server->log,
	    .scope =
		{
		    .crew = server->crew,
		    .datalog = server->datalog,
		    .names = &server->names,
		    .addrs = server->addrs,
		    .collect = server_collect,
		    .drain = server_ask_drain,
		    .arg = server,
		},
	};

	server->control = control_new(&options);
	return server->control == NULL ? -1 : 0;
}

static struct server *
server_alloc(const struct server_parts *parts, struct listeners *listeners)
{
	struct server *server;

	server = calloc(1, sizeof(*server));
	if (server == NULL) {
		listeners_free(listeners);
		return NULL;
	}
	server->settings = parts->settings;
	server->log = parts->log;
	server->notify = parts->notify;
	server->listeners = listeners;
	server->drain_timer.fn = server_on_drain_timeout;
	server->drain_timer.arg = server;
	server->drain.fn = server_on_drain;
	server->drain.arg = server;
	listeners_name(listeners, &server->names);
	(void)listeners_format(server->addrs, sizeof(server->addrs), listeners);
	return server;
}

struct server *
server_new(const struct server_parts *parts, struct listeners *listeners,
    struct listener *control, char *error)
{
	struct server *server;

	server = server_alloc(parts, listeners);
	if (server == NULL)
		goto fail;
	if (server_open_gate(server, control != NULL, error) == -1)
		goto fail_told;
	if (server_hire(server) == -1)
		goto fail;
	if (control == NULL || server_open_control(server, control) == 0)
		return server;
	control = NULL; /* it is gone */

fail:
	(void)snprintf(error, SERVER_ERROR_MAX, "%s", strerror(errno));
fail_told:
	listener_free(control);
	server_free(server);
	return NULL;
}

void
server_free(struct server *server)
{
	size_t i;

	if (server == NULL)
		return;
	/* A drain that is asked for now comes too late. */
	server->draining = true;
	control_stop(server->control);
	listeners_free(server->listeners);
	if (server->loop != NULL) {
		loop_timer_stop(server->loop, &server->drain_timer);
		for (i = 0; i < SERVER_SIGNALS; i++)
			loop_signal_stop(server->loop, &server->signals[i],
			    server_signals[i].signo);
	}
	crew_free(server->crew);
	control_free(server->control);
	datalog_free(server->datalog);
	gate_free(server->gate);
	free(server);
}

/* With a header to come it is not known yet whose place that will be. */
static bool
server_lets_in(struct server *server, int fd, const struct remote *remote)
{
	if (!gate_enter(server->gate, fd, remote))
		return false;
	if (server->settings->proxied || gate_claim(server->gate, fd, remote))
		return true;
	gate_leave(server->gate);
	return false;
}

static void
server_on_arrived(void *arg, int fd, const struct remote *remote)
{
	struct server *server = arg;

	if (!server_lets_in(server, fd, remote)) {
		(void)close(fd);
		return;
	}
	crew_add(server->crew, fd, remote, ++server->last_id);
	if (server->control != NULL)
		control_stir(server->control);
}

static int
server_on_crowded(void *arg, int listen_fd)
{
	struct server *server = arg;

	return gate_turn_away(server->gate, listen_fd);
}

/* Whoever is still there when the time is up is closed as it is. */
static void
server_on_drain_timeout(void *arg, const struct loop_event *ev)
{
	struct server *server = arg;

	(void)ev;
	crew_cut(server->crew);
}

static void
server_drain(struct server *server)
{
	server->draining = true;
	listeners_free(server->listeners);
	server->listeners = NULL;
	server_log(server, "drain");
	notify_stopping(server->notify);
	crew_drain(server->crew);
	if (server->settings->drain_ms == 0 ||
	    loop_timer_start(server->loop, &server->drain_timer,
		server->settings->drain_ms) == -1)
		crew_cut(server->crew);
}

/* A second one, or two at once, means that waiting is over. */
static void
server_on_stop(void *arg, const struct loop_event *ev)
{
	struct server *server = arg;
	bool again;

	again = server->draining || ev->data > 1;
	if (!server->draining)
		server_drain(server);
	if (again)
		crew_cut(server->crew);
}

/* As one TERM; once it is under way, it is what was asked for. */
static void
server_on_drain(void *arg)
{
	struct server *server = arg;

	if (!server->draining)
		server_drain(server);
}

static void
server_on_reopen(void *arg, const struct loop_event *ev)
{
	struct server *server = arg;

	(void)ev;
	log_reopen(server->log);
	server_log(server, "reopen");
}

static void
server_on_stats(void *arg, const struct loop_event *ev)
{
	struct server *server = arg;
	struct stats stats = {0};

	(void)ev;
	server_collect(server, &stats);
	stats_log(&stats, server->log);
}

int
server_start(struct server *server, char *error)
{
	struct listener_handler handler = {
	    .arrived = server_on_arrived,
	    .crowded = server_on_crowded,
	    .arg = server,
	};

	if (crew_start(server->crew) == -1) {
		(void)snprintf(error, SERVER_ERROR_MAX,
		    "the threads can't be started: %s", strerror(errno));
		return -1;
	}
	if (server->control != NULL && control_start(server->control) == -1) {
		(void)snprintf(error, SERVER_ERROR_MAX,
		    "the control socket can't be served: %s", strerror(errno));
		return -1;
	}
	if (listeners_start(server->listeners, server->loop, &handler) == -1) {
		(void)snprintf(error, SERVER_ERROR_MAX,
		    "what arrives can't be watched: %s", strerror(errno));
		return -1;
	}
	notify_ready(server->notify);
	return 0;
}

int
server_run(struct server *server)
{
	if (crew_run(server->crew) == -1) {
		server_log_error(server, errno);
		return -1;
	}
	server_log(server, "stop");
	return 0;
}
