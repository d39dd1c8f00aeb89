#include "gate.h"

#include <sys/resource.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "endpoint.h"
#include "log.h"
#include "remote.h"
#include "spare.h"
#include "tally.h"

#define GATE_REFUSE_LIMIT 100 /* "refuse" events a second */

struct gate {
	const struct admit *rules;
	struct log *log;
	struct log_quota *quota; /* of "refuse" events */
	uint64_t max_clients;
	uint64_t max_per_ip;
	struct spare spare;

	pthread_mutex_t mutex; /* for what follows */
	struct tally *tally;   /* NULL: nobody counts addresses */
	uint64_t open;
	uint64_t refused;
};

static bool
gate_set_fd_limit(struct rlimit *limit, rlim_t fds)
{
	struct rlimit raised = *limit;

	raised.rlim_cur = fds;
	if (setrlimit(RLIMIT_NOFILE, &raised) == -1)
		return false;
	limit->rlim_cur = fds;
	return true;
}

/* The limit that is in force then: as it was, if the system insists. */
static int
gate_raise_fd_limit(uint64_t *fds)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	if (!gate_set_fd_limit(&limit, limit.rlim_max)) {
#ifdef OPEN_MAX
		/* macOS says "unlimited" and takes no more (setrlimit(2)). */
		if (limit.rlim_cur < OPEN_MAX)
			(void)gate_set_fd_limit(&limit, OPEN_MAX);
#endif
	}
	*fds = (uint64_t)limit.rlim_cur;
	return 0;
}

static void
gate_warn_fds(struct gate *gate, uint64_t fds, uint64_t room)
{
	char text[GATE_ERROR_MAX];
	struct log_field field;

	(void)snprintf(text, sizeof(text),
	    "a limit of %" PRIu64 " open files has room for %" PRIu64
	    " of %" PRIu64 " clients",
	    fds, room, gate->max_clients);
	field = log_text("error", text);
	log_event(gate->log, LOG_LEVEL_WARNING, "error", &field, 1);
}

static int
gate_set_limits(
    struct gate *gate, const struct gate_options *options, char *error)
{
	uint64_t fds, room;

	if (gate_raise_fd_limit(&fds) == -1) {
		(void)snprintf(error, GATE_ERROR_MAX,
		    "the limit of open files can't be asked: %s",
		    strerror(errno));
		return -1;
	}
	if (fds <= options->fds) {
		(void)snprintf(error, GATE_ERROR_MAX,
		    "a limit of %" PRIu64
		    " open files (ulimit -n) is too low: %u are the least",
		    fds, options->fds + 1);
		return -1;
	}
	room = fds - options->fds;
	gate->max_clients =
	    options->max_clients > 0 ? options->max_clients : room;
	gate->max_per_ip = options->max_per_ip;
	if (gate->max_clients > room) {
		gate_warn_fds(gate, fds, room);
		gate->max_clients = room;
	}
	return 0;
}

struct gate *
gate_new(const struct gate_options *options, struct log *log, char *error)
{
	struct gate *gate;

	gate = calloc(1, sizeof(*gate));
	if (gate == NULL || pthread_mutex_init(&gate->mutex, NULL) != 0) {
		free(gate);
		(void)snprintf(error, GATE_ERROR_MAX, "%s", strerror(ENOMEM));
		return NULL;
	}
	gate->rules = options->rules;
	gate->log = log;
	gate->spare.fd = -1;
	if (gate_set_limits(gate, options, error) == -1)
		goto fail_told;
	if ((gate->quota = log_quota_new(
		 log, LOG_LEVEL_WARNING, GATE_REFUSE_LIMIT)) == NULL ||
	    (options->max_per_ip > 0 && (gate->tally = tally_new()) == NULL) ||
	    spare_open(&gate->spare) == -1)
		goto fail;
	return gate;

fail:
	(void)snprintf(error, GATE_ERROR_MAX, "%s", strerror(errno));
fail_told:
	gate_free(gate);
	return NULL;
}

void
gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	spare_close(&gate->spare);
	tally_free(gate->tally);
	(void)pthread_mutex_destroy(&gate->mutex);
	free(gate);
}

static void
gate_refuse(
    struct gate *gate, int fd, const struct remote *remote, const char *reason)
{
	char peer[ENDPOINT_TEXT_MAX];
	struct log_field fields[2];

	(void)pthread_mutex_lock(&gate->mutex);
	gate->refused++;
	(void)pthread_mutex_unlock(&gate->mutex);
	if (!log_quota_take(gate->quota))
		return;
	fields[0] =
	    log_text("peer", remote_format(peer, sizeof(peer), remote, fd));
	fields[1] = log_text("reason", reason);
	log_event(gate->log, LOG_LEVEL_WARNING, "refuse", fields, 2);
}

bool
gate_enter(struct gate *gate, int fd, const struct remote *remote)
{
	bool room;

	if (!admit_check(gate->rules, remote)) {
		gate_refuse(gate, fd, remote, "deny");
		return false;
	}
	(void)pthread_mutex_lock(&gate->mutex);
	room = gate->open < gate->max_clients;
	if (room)
		gate->open++;
	(void)pthread_mutex_unlock(&gate->mutex);
	if (!room)
		gate_refuse(gate, fd, remote, "limit");
	return room;
}

void
gate_leave(struct gate *gate)
{
	(void)pthread_mutex_lock(&gate->mutex);
	gate->open--;
	(void)pthread_mutex_unlock(&gate->mutex);
}

/* Whether addresses count, and this is one: a Unix socket's peer has none. */
static bool
gate_counts(const struct gate *gate, const struct remote *remote)
{
	return gate->tally != NULL && !remote_is_unix(remote);
}

bool
gate_claim(struct gate *gate, int fd, const struct remote *remote)
{
	uint64_t count;
	bool room;

	if (!gate_counts(gate, remote))
		return true;
	(void)pthread_mutex_lock(&gate->mutex);
	count = tally_add(gate->tally, remote);
	room = count > 0 && count <= gate->max_per_ip;
	if (count > 0 && !room)
		tally_remove(gate->tally, remote);
	(void)pthread_mutex_unlock(&gate->mutex);
	if (!room)
		gate_refuse(gate, fd, remote, "per-ip");
	return room;
}

void
gate_release(struct gate *gate, const struct remote *remote)
{
	if (!gate_counts(gate, remote))
		return;
	(void)pthread_mutex_lock(&gate->mutex);
	tally_remove(gate->tally, remote);
	(void)pthread_mutex_unlock(&gate->mutex);
}

bool
gate_admit_source(struct gate *gate, int fd, const struct remote *remote)
{
	if (!admit_denies(gate->rules, remote))
		return true;
	gate_refuse(gate, fd, remote, "deny");
	return false;
}

int
gate_turn_away(struct gate *gate, int listen_fd)
{
	struct remote remote;
	int fd, saved_errno;

	fd = spare_accept(&gate->spare, listen_fd, &remote);
	saved_errno = errno;
	if (fd != -1) {
		gate_refuse(gate, fd, &remote, "fds");
		(void)close(fd);
	}
	(void)spare_open(&gate->spare);
	errno = saved_errno;
	return fd == -1 ? -1 : 0;
}

static uint64_t
gate_read(struct gate *gate, const uint64_t *counter)
{
	uint64_t n;

	(void)pthread_mutex_lock(&gate->mutex);
	n = *counter;
	(void)pthread_mutex_unlock(&gate->mutex);
	return n;
}

uint64_t
gate_open(struct gate *gate)
{
	return gate_read(gate, &gate->open);
}

uint64_t
gate_refused(struct gate *gate)
{
	return gate_read(gate, &gate->refused);
}
