#include "control_clients.h"

#include <stdlib.h>

#include "census.h"
#include "control_answer.h"
#include "listeners.h"
#include "log.h"
#include "log_format.h"
#include "remote.h"

struct clients_answer {
	struct control_answer answer; /* first: it is freed by this */
	struct census *census;
	const struct listeners_names *names;
};

/* A Unix socket's client has no address: what tells is where it came in. */
static const char *
clients_peer(const struct remote *remote, const struct listeners_names *names,
    char peer[ENDPOINT_TEXT_MAX])
{
	if (remote_is_unix(remote))
		return names->texts[remote->port];
	return remote_format(peer, ENDPOINT_TEXT_MAX, remote, -1);
}

size_t
control_clients_format(const struct census_row *row, unsigned worker,
    const struct listeners_names *names, char *line)
{
	char peer[ENDPOINT_TEXT_MAX];
	const struct log_field fields[] = {
	    log_number("client", row->client),
	    log_text("peer", clients_peer(&row->remote, names, peer)),
	    log_number("worker", worker),
	    log_seconds("age", row->age_ms),
	    log_seconds("idle", row->idle_ms),
	    log_number("in", row->in_bytes),
	    log_number("out", row->out_bytes),
	    log_number("queued", row->queued_bytes),
	};

	return log_format_object(
	    line, fields, sizeof(fields) / sizeof(fields[0]));
}

static size_t
clients_next(struct control_answer *answer, char *line)
{
	struct clients_answer *clients = (struct clients_answer *)answer;
	const struct census_row *row;
	unsigned worker;

	row = census_next(clients->census, &worker);
	return row == NULL
	    ? 0
	    : control_clients_format(row, worker, clients->names, line);
}

static void
clients_free(struct control_answer *answer)
{
	census_free(((struct clients_answer *)answer)->census);
	free(answer);
}

struct control_answer *
control_clients_new(struct census *census, const struct listeners_names *names)
{
	struct clients_answer *clients;

	clients = calloc(1, sizeof(*clients));
	if (clients == NULL) {
		census_free(census);
		return NULL;
	}
	clients->answer.next = clients_next;
	clients->answer.free = clients_free;
	clients->census = census;
	clients->names = names;
	return &clients->answer;
}
