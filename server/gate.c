#include "gate.h"

#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "admit.h"
#include "endpoint.h"
#include "log.h"
#include "remote.h"

/* Streams, the log, the kqueue, listeners, the spare one, and some more. */
#define GATE_FDS_RESERVE 32

struct gate {
	const struct admit *rules;
	struct log *log;
	uint64_t max_clients;
	uint64_t refused;
	int spare_fd;
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

/* Returns the limit that is in force then: as it was, if the system insists. */
static uint64_t
gate_raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 2 * GATE_FDS_RESERVE;
	if (gate_set_fd_limit(&limit, limit.rlim_max))
		return (uint64_t)limit.rlim_cur;
#ifdef OPEN_MAX
	/* macOS says "unlimited" and takes no more than this (setrlimit(2)). */
	if (limit.rlim_cur < OPEN_MAX)
		(void)gate_set_fd_limit(&limit, OPEN_MAX);
#endif
	return (uint64_t)limit.rlim_cur;
}

static uint64_t
gate_clients_by_fds(uint64_t fds)
{
	if (fds < 2 * GATE_FDS_RESERVE)
		return fds / 2;
	return fds - GATE_FDS_RESERVE;
}

static int
gate_open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct gate *
gate_new(const struct admit *rules, struct log *log, uint64_t max_clients)
{
	struct gate *gate;
	uint64_t fds;

	gate = calloc(1, sizeof(*gate));
	if (gate == NULL)
		return NULL;
	gate->rules = rules;
	gate->log = log;
	fds = gate_raise_fd_limit();
	gate->max_clients =
	    max_clients > 0 ? max_clients : gate_clients_by_fds(fds);
	gate->spare_fd = gate_open_spare();
	if (gate->spare_fd == -1) {
		free(gate);
		return NULL;
	}
	return gate;
}

void
gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	if (gate->spare_fd != -1)
		(void)close(gate->spare_fd);
	free(gate);
}

static void
gate_refuse(
    struct gate *gate, int fd, const struct remote *remote, const char *reason)
{
	char peer[ENDPOINT_TEXT_MAX];
	struct log_field fields[2];

	gate->refused++;
	if (!log_wants(gate->log, LOG_LEVEL_WARNING))
		return;
	fields[0] =
	    log_text("peer", remote_format(peer, sizeof(peer), remote, fd));
	fields[1] = log_text("reason", reason);
	log_event(gate->log, LOG_LEVEL_WARNING, "refuse", fields, 2);
}

bool
gate_check(
    struct gate *gate, int fd, const struct remote *remote, uint64_t open)
{
	if (!admit_check(gate->rules, remote)) {
		gate_refuse(gate, fd, remote, "deny");
		return false;
	}
	if (open >= gate->max_clients) {
		gate_refuse(gate, fd, remote, "limit");
		return false;
	}
	return true;
}

int
gate_turn_away(struct gate *gate, int listen_fd)
{
	struct remote remote;
	int fd, saved_errno;

	/* The last attempt may have lost it to another process. */
	if (gate->spare_fd == -1 && (gate->spare_fd = gate_open_spare()) == -1)
		return -1;
	(void)close(gate->spare_fd);
	fd = remote_accept(listen_fd, &remote);
	saved_errno = errno;
	if (fd != -1) {
		gate_refuse(gate, fd, &remote, "fds");
		(void)close(fd);
	}
	gate->spare_fd = gate_open_spare();
	errno = saved_errno;
	return fd == -1 ? -1 : 0;
}

uint64_t
gate_refused(const struct gate *gate)
{
	return gate->refused;
}
