#include "control_clients.h"

#include <stdlib.h>

#include "census.h"
#include "control_answer.h"
#include "endpoint.h"
#include "log.h"
#include "log_format.h"

struct clients_answer {
	struct control_answer answer; /* first: it is freed by this */
	struct census *census;
};

size_t
control_clients_format(
    const struct census_row *row, unsigned worker, char *line)
{
	char peer[ENDPOINT_TEXT_MAX];
	const struct log_field fields[] = {
	    log_number("client", row->client),
	    log_text("peer",
		row->path != NULL
		    ? row->path
		    : remote_format(peer, sizeof(peer), &row->remote, -1)),
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
	return row == NULL ? 0 : control_clients_format(row, worker, line);
}

static void
clients_free(struct control_answer *answer)
{
	census_free(((struct clients_answer *)answer)->census);
	free(answer);
}

struct control_answer *
control_clients_new(struct census *census)
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
	return &clients->answer;
}
