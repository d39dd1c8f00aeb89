#include "sim_link.h"

#include <netinet/in.h>

#include <errno.h>
#include <string.h>

#include "backoff.h"
#include "endpoint.h"
#include "owner.h"
#include "sim.h"
#include "sim_dial.h"
#include "sim_thread.h"

void __real_backoff_init(struct backoff *, uint64_t, uint64_t, uint64_t);
void __wrap_backoff_init(struct backoff *, uint64_t, uint64_t, uint64_t);
int __wrap_endpoint_resolve(
    const struct endpoint *, int, struct endpoint_addr *, int, const char **);

/* The chance in a wait is the seed's as well. */
void
__wrap_backoff_init(
    struct backoff *b, uint64_t min_ms, uint64_t max_ms, uint64_t seed)
{
	(void)seed;
	__real_backoff_init(b, min_ms, max_ms, sim_random());
}

int
__wrap_endpoint_resolve(const struct endpoint *endpoint, int family,
    struct endpoint_addr *addrs, int max, const char **error)
{
	const int count = (int)sim_below(5);
	int i;

	(void)endpoint;
	(void)family;
	*error = "there is no such host";
	for (i = 0; i < count && i < max; i++) {
		memset(&addrs[i], 0, sizeof(addrs[i]));
		addrs[i].sa.ss_family = sim_below(2) == 0 ? AF_INET : AF_INET6;
		addrs[i].len = sizeof(struct sockaddr_in6);
	}
	return count == 0 ? -1 : count;
}

#define LEAP_US 8000000 /* longer than it takes to be settled */

/* One that is connected says, takes, or leaves. */
static void
talk(struct sim_conn *conn)
{
	const size_t size = 1 + (size_t)sim_below(UINT64_C(1) << sim_below(17));

	switch (sim_below(64)) {
	case 0:
		conn->fin = true;
		break;
	case 1:
		sim_conn_break(
		    conn, sim_below(2) == 0 ? ECONNRESET : ETIMEDOUT);
		break;
	case 2:
		sim_pass(sim_below(LEAP_US));
		break;
	default:
		/* One in eight has nothing to say. */
		if (sim_below(2) == 0 && conn->pattern % 8 > 0)
			sim_conn_send(conn, size);
		else
			sim_conn_take(conn, size);
		break;
	}
}

static void
step(void *arg)
{
	const struct owner *owner = arg;

	sim_dial_step();
	if (sim_below(8) == 0)
		sim_thread_step();
	if (owner->conn != NULL && owner->conn->fd != -1)
		talk(owner->conn);
}

static void
check(void *arg)
{
	owner_check(arg);
}

/* The clock leaps while somebody talks, and nowhere else. */
static void
choose(struct owner *owner, struct sim_odds *odds)
{
	sim_choose_odds(odds);
	odds->leap = 0;
	owner->options = (struct link_options){
	    .reconnect = sim_below(4) != 0,
	    .connect_timeout_ms = 50 + sim_below(500),
	    .reconnect_min_ms = 1 + sim_below(50),
	    .reconnect_max_ms = 51 + sim_below(200),
	    .queue_bytes = 1 + (size_t)sim_below(100000),
	};
}

/* Threads come back after the link is gone. */
static void
live(struct owner *owner, const struct sim_odds *odds, unsigned turns)
{
	if (owner_init(owner) == -1)
		sim_blame("there is no link");
	sim_let_fail(odds);
	while (sim_blamed() == NULL && sim_count()->turns < turns) {
		sim_enter(true);
		if (loop_once(owner->loop, -1) == -1)
			sim_blame("the loop ends");
	}
	sim_enter(false);
	owner_end(owner);
	sim_thread_finish();
}

void
sim_link_run(const struct sim_plan *plan, struct sim_result *result)
{
	static struct owner owner;
	const struct sim_world world = {step, check, &owner};
	struct sim_odds odds;

	memset(&owner, 0, sizeof(owner));
	sim_begin(plan->seed, &world);
	sim_dial_reset();
	sim_thread_reset();
	choose(&owner, &odds);
	live(&owner, &odds, plan->turns);
	sim_end(result);
	result->clients = owner.connects;
}
