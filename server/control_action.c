#include "control_action.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "census.h"
#include "clock.h"
#include "control_clients.h"
#include "control_command.h"
#include "control_peer.h"
#include "control_stats.h"
#include "crew.h"
#include "datalog.h"
#include "kick.h"
#include "listeners.h"
#include "stats.h"

static const char no_memory[] = "no memory";

/* What the workers were asked for. */
struct action_request {
	struct control_action *action;
	struct action_request *next;
	struct control_peer *peer; /* NULL: it has gone */
	uint64_t client;	   /* that is to be kicked */
};

struct control_action {
	struct control_scope scope;
	struct inbox *inbox;
	const struct sampler *sampler;
	struct action_request *requests;
	uint64_t since_ms;
};

static void action_on_census(void *, struct census *);
static void action_on_kicked(void *, bool found);

struct control_action *
control_action_new(const struct control_scope *scope, struct inbox *inbox,
    const struct sampler *sampler)
{
	struct control_action *action;

	action = calloc(1, sizeof(*action));
	if (action == NULL)
		return NULL;
	action->scope = *scope;
	action->inbox = inbox;
	action->sampler = sampler;
	action->since_ms = clock_now_ms();
	return action;
}

void
control_action_free(struct control_action *action)
{
	free(action);
}

static struct action_request *
action_request_new(struct control_action *action, struct control_peer *peer)
{
	struct action_request *request;

	request = calloc(1, sizeof(*request));
	if (request == NULL)
		return NULL;
	request->action = action;
	request->peer = peer;
	request->next = action->requests;
	action->requests = request;
	return request;
}

static void
action_request_free(struct action_request *request)
{
	struct action_request **at;

	for (at = &request->action->requests; *at != request; at = &(*at)->next)
		continue;
	*at = request->next;
	free(request);
}

static void
action_answer(struct control_peer *peer, struct control_answer *answer)
{
	if (answer == NULL)
		control_peer_refuse(peer, no_memory);
	else
		control_peer_answer(peer, answer);
}

static void
action_stats(struct control_action *action, struct control_peer *peer)
{
	struct control_stats view = {
	    .uptime_ms = clock_now_ms() - action->since_ms,
	    .addr = action->scope.names->texts[0],
	    .addrs = action->scope.addrs,
	    .log_data = datalog_is_on(action->scope.datalog),
	    .crew = action->scope.crew,
	    .sampler = action->sampler,
	};

	action->scope.collect(action->scope.arg, &view.stats);
	action_answer(peer, control_stats_new(&view));
}

static void
action_clients(struct control_action *action, struct control_peer *peer)
{
	struct action_request *request = action_request_new(action, peer);

	if (request != NULL &&
	    census_take(action->scope.crew, action->inbox, action_on_census,
		request) == 0)
		return;
	if (request != NULL)
		action_request_free(request);
	control_peer_refuse(peer, no_memory);
}

static void
action_on_census(void *arg, struct census *census)
{
	struct action_request *request = arg;

	if (request->peer == NULL)
		census_free(census);
	else if (census == NULL)
		control_peer_refuse(request->peer, no_memory);
	else
		action_answer(request->peer,
		    control_clients_new(census, request->action->scope.names));
	action_request_free(request);
}

static void
action_kick(
    struct control_action *action, struct control_peer *peer, uint64_t client)
{
	struct action_request *request = action_request_new(action, peer);

	if (request != NULL) {
		request->client = client;
		if (kick_client(action->scope.crew, action->inbox, client,
			action_on_kicked, request) == 0)
			return;
		action_request_free(request);
	}
	control_peer_refuse(peer, no_memory);
}

static void
action_on_kicked(void *arg, bool found)
{
	struct action_request *request = arg;
	char error[64];

	(void)snprintf(
	    error, sizeof(error), "no client #%" PRIu64, request->client);
	if (request->peer != NULL && found)
		control_peer_agree(request->peer);
	else if (request->peer != NULL)
		control_peer_refuse(request->peer, error);
	action_request_free(request);
}

void
control_action_do(struct control_action *action, struct control_peer *peer,
    const struct control_command *command)
{
	switch (command->verb) {
	case CONTROL_STATS:
		action_stats(action, peer);
		return;
	case CONTROL_CLIENTS:
		action_clients(action, peer);
		return;
	case CONTROL_KICK:
		action_kick(action, peer, command->client);
		return;
	case CONTROL_DRAIN:
		action->scope.drain(action->scope.arg);
		break;
	case CONTROL_LOG_DATA:
		datalog_set(action->scope.datalog, command->on);
		break;
	case CONTROL_WATCH: /* the peer's own */
		break;
	}
	control_peer_agree(peer);
}

void
control_action_forget(
    struct control_action *action, const struct control_peer *peer)
{
	struct action_request *request;

	for (request = action->requests; request != NULL;
	     request = request->next)
		if (request->peer == peer)
			request->peer = NULL;
}
