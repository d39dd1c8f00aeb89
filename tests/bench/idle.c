/* idle: see idle.h. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "idle.h"
#include "instant.h"
#include "launch.h"
#include "pattern.h"
#include "servers.h"
#include "talker.h"
#include "usage.h"

#define START_NS (5 * INSTANT_S)

static double
resident(pid_t group)
{
	struct usage *usage = usage_new(group);
	double bytes;

	if (usage == NULL)
		return 0;
	bytes = (double)usage_resident_bytes(usage);
	usage_free(usage);
	return bytes;
}

static int
connect_some(struct talker *talkers, unsigned first, unsigned end,
    unsigned port, const struct pattern *pattern)
{
	unsigned i;

	for (i = first; i < end; i++)
		if (talker_init(&talkers[i], i, 1, 1) == -1 ||
		    talker_connect(&talkers[i], port, pattern,
			instant_now_ns() + START_NS) == -1)
			return -1;
	return 0;
}

/* The first has the server set up what all of them share. */
static int
measure(struct idle *idle, struct talker *talkers, pid_t group, unsigned port,
    const struct pattern *pattern)
{
	double before, after;

	if (connect_some(talkers, 0, 1, port, pattern) == -1)
		return -1;
	before = resident(group);
	if (connect_some(talkers, 1, idle->clients, port, pattern) == -1)
		return -1;
	after = resident(group);
	if (before == 0 || after == 0) {
		errno = ENOTSUP;
		return -1;
	}
	idle->bytes = (after - before) / (idle->clients - 1);
	return 0;
}

int
idle_measure(struct idle *idle, const struct server *server, const char *dir,
    unsigned clients)
{
	struct talker *talkers = calloc(clients, sizeof(*talkers));
	struct pattern *pattern = pattern_new(1);
	unsigned i, port = launch_free_port();
	int saved, status = -1;
	pid_t group;

	idle->clients = clients;
	for (i = 0; talkers != NULL && i < clients; i++)
		talkers[i].fd = -1;
	if (talkers == NULL || pattern == NULL || port == 0 ||
	    (group = launch_start(server->argv, dir, port)) == -1)
		goto out;
	status = measure(idle, talkers, group, port, pattern);
	saved = errno;
	launch_stop(group);
	errno = saved;

out:
	saved = errno;
	for (i = 0; talkers != NULL && i < clients; i++)
		talker_end(&talkers[i]);
	free(talkers);
	pattern_free(pattern);
	errno = saved;
	return status;
}
