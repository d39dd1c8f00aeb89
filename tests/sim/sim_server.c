#include "sim_server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "admit.h"
#include "crowd.h"
#include "ledger.h"
#include "listeners.h"
#include "server.h"
#include "settings.h"
#include "sim.h"
#include "sim_listen.h"

#define STOP_LATE_US 500000 /* that a drain is late */

struct run {
	struct settings settings;
	struct sim_odds odds;
	struct crowd crowd;
	struct ledger ledger;
	unsigned turns;	  /* before it is told to stop */
	uint64_t stop_us; /* when it was; 0: not yet */
};

static void
check_drain(const struct run *run)
{
	uint64_t since_us = run->stop_us;

	/* The signal may be seen behind a leap only. */
	if (since_us < sim_leapt_us())
		since_us = sim_leapt_us();
	if (sim_now_us() >
	    since_us + run->settings.drain_ms * 1000 + STOP_LATE_US)
		sim_blame("the drain has no end");
}

static void
step(void *arg)
{
	struct run *run = arg;

	crowd_step(&run->crowd);
	if (sim_below(512) == 0)
		sim_signal(SIGUSR1);
	if (run->stop_us > 0) {
		check_drain(run);
		/* Some people are in a hurry. */
		if (sim_below(4096) == 0)
			sim_signal(SIGTERM);
	} else if (sim_count()->turns >= run->turns) {
		run->stop_us = sim_now_us();
		run->crowd.closing = run->ledger.draining = true;
		sim_signal(SIGTERM);
	}
}

static void
check(void *arg)
{
	struct run *run = arg;

	ledger_check(&run->ledger);
}

static uint64_t
any_ms(uint64_t max_ms)
{
	return sim_below(2) == 0 ? 0 : 20 + sim_below(max_ms);
}

static void
choose_settings(struct settings *settings)
{
	static const size_t buffers[] = {1, 100, 4096, 65536, 131072};

	memset(settings, 0, sizeof(*settings));
	settings->threads = 1;
	settings->max_clients = 1 + sim_below(CROWD_MAX);
	settings->max_per_ip = sim_below(2) == 0 ? 0 : 1 + sim_below(CROWD_MAX);
	settings->idle_ms = any_ms(2000);
	settings->stall_ms = any_ms(2000);
	settings->drain_ms = any_ms(1000);
	settings->buffer_bytes =
	    buffers[sim_below(sizeof(buffers) / sizeof(buffers[0]))];
	settings->proxied = sim_below(4) == 0;
	settings->log_data =
	    sim_below(2) == 0 ? SETTINGS_DATA_ON : SETTINGS_DATA_OFF;
}

static void
serve(struct run *run)
{
	const struct server_parts parts = {
	    .settings = &run->settings,
	    .log = ledger_log(&run->ledger),
	};
	char error[ADDRESSES_ERROR_MAX + SERVER_ERROR_MAX] = "";
	struct listeners *listeners;
	struct server *server;

	listeners = listeners_inherit(sim_listen(), 1, parts.log, error);
	if (listeners == NULL) {
		sim_blame("it does not listen: %s", error);
		return;
	}
	server = server_new(&parts, listeners, NULL, error);
	if (server == NULL || server_start(server, error) == -1)
		sim_blame("it does not start: %s", error);
	sim_let_fail(&run->odds);
	sim_enter(true);
	if (sim_blamed() == NULL && server_run(server) == -1)
		sim_blame("the server gives up");
	sim_enter(false);
	server_free(server);
}

void
sim_server_run(const struct sim_plan *plan, struct sim_result *result)
{
	static struct run run;
	const struct sim_world world = {step, check, &run};

	memset(&run, 0, sizeof(run));
	sim_begin(plan->seed, &world);
	choose_settings(&run.settings);
	sim_choose_odds(&run.odds);
	crowd_init(&run.crowd, 1 + (size_t)sim_below(CROWD_MAX));
	if (plan->clients > 0)
		run.crowd.count = plan->clients;
	run.turns = plan->turns;
	run.crowd.proxied = run.settings.proxied;
	run.ledger.crowd = &run.crowd;
	run.ledger.buffer_bytes = run.settings.buffer_bytes;
	run.ledger.idle_us = run.settings.idle_ms * 1000;
	run.ledger.stall_us = run.settings.stall_ms * 1000;
	run.ledger.max_clients = run.settings.max_clients;
	run.ledger.max_per_ip = run.settings.max_per_ip;
	run.settings.rules = admit_new();
	serve(&run);
	admit_free(run.settings.rules);
	if (ledger_open(&run.ledger) > 0)
		sim_blame("a client is left");
	sim_end(result);
	result->clients = run.ledger.served;
}
