#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "gate.h"
#include "listeners.h"
#include "log.h"
#include "loop.h"
#include "settings.h"
#include "stats.h"
#include "worker.h"

static void server_on_stop(void *, const struct loop_event *);
static void server_on_reopen(void *, const struct loop_event *);
static void server_on_stats(void *, const struct loop_event *);
static void server_on_drain_timeout(void *, const struct loop_event *);

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

struct server {
	const struct settings *settings;
	struct log *log;
	struct gate *gate;
	struct worker *worker;
	struct loop *loop; /* the worker's */
	struct listeners *listeners;
	struct loop_source signals[SERVER_SIGNALS];
	struct loop_source drain_timer;
	bool draining;
	uint64_t last_id;
};

static void
server_log(struct server *server, const char *event)
{
	log_event(server->log, LOG_LEVEL_INFO, event, NULL, 0);
}

static void
server_log_error(struct server *server, int error)
{
	struct log_field field = log_text("error", strerror(error));

	log_event(server->log, LOG_LEVEL_ERROR, "error", &field, 1);
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

	loop_stop(server->loop);
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
server_init(struct server *server)
{
	struct worker_options options = {
	    .buffer_bytes = server->settings->buffer_bytes,
	    .idle_ms = server->settings->idle_ms,
	    .log_data = server_logs_data(server->settings, server->log),
	    .drained = server_on_drained,
	    .arg = server,
	};

	server->drain_timer.fn = server_on_drain_timeout;
	server->drain_timer.arg = server;
	server->gate = gate_new(server->settings->rules, server->log,
	    server->settings->max_clients);
	if (server->gate == NULL)
		return -1;
	server->worker = worker_new(&options, server->log);
	if (server->worker == NULL)
		return -1;
	server->loop = worker_loop(server->worker);
	return server_start_signals(server);
}

struct server *
server_new(const struct settings *settings, const struct addresses *addresses,
    struct log *log, char *error)
{
	struct server *server;

	server = calloc(1, sizeof(*server));
	if (server == NULL)
		goto fail;
	server->settings = settings;
	server->log = log;
	if (server_init(server) == -1)
		goto fail;
	server->listeners = listeners_new(addresses, log, error);
	if (server->listeners == NULL)
		goto fail_told;
	return server;

fail:
	(void)snprintf(error, ADDRESSES_ERROR_MAX, "%s", strerror(errno));
fail_told:
	server_free(server);
	return NULL;
}

void
server_free(struct server *server)
{
	size_t i;

	if (server == NULL)
		return;
	listeners_free(server->listeners);
	if (server->loop != NULL) {
		loop_timer_stop(server->loop, &server->drain_timer);
		for (i = 0; i < SERVER_SIGNALS; i++)
			loop_signal_stop(server->loop, &server->signals[i],
			    server_signals[i].signo);
	}
	worker_free(server->worker);
	gate_free(server->gate);
	free(server);
}

static void
server_on_arrived(void *arg, int fd, const struct remote *remote)
{
	struct server *server = arg;

	if (gate_check(
		server->gate, fd, remote, worker_stats(server->worker)->open)) {
		if (worker_add(
			server->worker, fd, remote, server->last_id + 1) == 0) {
			server->last_id++;
			return;
		}
		server_log_error(server, errno);
	}
	(void)close(fd);
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
	worker_cut(server->worker);
}

static void
server_drain(struct server *server)
{
	server->draining = true;
	server_log(server, "drain");
	listeners_free(server->listeners);
	server->listeners = NULL;
	worker_drain(server->worker);
	if (server->settings->drain_ms == 0 ||
	    loop_timer_start(server->loop, &server->drain_timer,
		server->settings->drain_ms) == -1)
		worker_cut(server->worker);
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
		worker_cut(server->worker);
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
	struct stats stats;

	(void)ev;
	stats = *worker_stats(server->worker);
	stats.refused = gate_refused(server->gate);
	stats_log(&stats, server->log);
}

int
server_run(struct server *server)
{
	struct listener_handler handler = {
	    .arrived = server_on_arrived,
	    .crowded = server_on_crowded,
	    .arg = server,
	};

	if (listeners_start(server->listeners, server->loop, &handler) == -1 ||
	    loop_run(server->loop) == -1) {
		server_log_error(server, errno);
		return -1;
	}
	server_log(server, "stop");
	return 0;
}
