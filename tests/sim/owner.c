#include "owner.h"

#include <string.h>

#include "sim.h"
#include "sim_conn.h"
#include "sim_dial.h"

#define ACT_MS	   2
#define HUNGRY_MAX 64
#define LATE_US	   300000
#define SETTLED_US 5000000 /* as link.c has it */
#define SEND_MAX   65536
#define DEPTH_MAX  3

static void act(struct owner *);

/* What may come after what: a bit for each state. */
#define AFTER(state) (1u << (state))

static const unsigned successors[] = {
    [LINK_IDLE] =
	AFTER(LINK_RESOLVING) | AFTER(LINK_WAITING) | AFTER(LINK_CLOSED),
    [LINK_RESOLVING] = AFTER(LINK_RESOLVING) | AFTER(LINK_CONNECTING) |
	AFTER(LINK_WAITING) | AFTER(LINK_CLOSED) | AFTER(LINK_IDLE),
    [LINK_CONNECTING] = AFTER(LINK_RESOLVING) | AFTER(LINK_CONNECTED) |
	AFTER(LINK_WAITING) | AFTER(LINK_CLOSED) | AFTER(LINK_IDLE),
    [LINK_CONNECTED] = AFTER(LINK_CONNECTED) | AFTER(LINK_RESOLVING) |
	AFTER(LINK_WAITING) | AFTER(LINK_CLOSED) | AFTER(LINK_IDLE),
    [LINK_WAITING] = AFTER(LINK_RESOLVING) | AFTER(LINK_WAITING) |
	AFTER(LINK_CLOSED) | AFTER(LINK_IDLE),
    [LINK_CLOSED] = AFTER(LINK_RESOLVING) | AFTER(LINK_WAITING) |
	AFTER(LINK_CLOSED) | AFTER(LINK_IDLE),
};

/* The winner of the race is the only one that is open. */
static struct sim_conn *
find_conn(void)
{
	size_t i;

	for (i = 0; i < SIM_DIALS; i++)
		if (sim_dial_at(i)->fd != -1)
			return sim_dial_at(i);
	return NULL;
}

static void
enter_connected(struct owner *owner)
{
	owner->conn = find_conn();
	owner->offered = owner->received = 0;
	owner->finishing = owner->failing = false;
	owner->connects++;
	if (sim_dial_open() != 1)
		sim_blame("connected with %zu sockets", sim_dial_open());
	if (link_status(owner->link)->connects != owner->connects)
		sim_blame("the connections are miscounted");
}

static void
leave_connected(struct owner *owner)
{
	const struct link_status *status = link_status(owner->link);
	const struct sim_conn *conn = owner->conn;

	if (!owner->failing &&
	    (owner->received > 0 ||
		sim_now_us() - owner->since_us >= SETTLED_US))
		owner->ceiling_ms = owner->options.reconnect_min_ms;
	if (conn->fd != -1)
		sim_blame("the socket is left open");
	if (status->clean &&
	    (status->state == LINK_WAITING || status->state == LINK_CLOSED) &&
	    (conn->put != owner->offered || !conn->fin_seen ||
		conn->taken != conn->sent))
		sim_blame("an end is clean that is not");
	owner->put += conn->put;
	owner->taken += conn->taken;
	owner->conn = NULL;
}

/* Half of a wait is sure, and it doubles. */
static void
check_wait(struct owner *owner)
{
	const struct link_status *status = link_status(owner->link);
	const uint64_t ceiling_ms = owner->ceiling_ms;
	const uint64_t wait_ms = status->retry_at_ms - sim_now_us() / 1000;

	if (!owner->options.reconnect || owner->finishing)
		sim_blame("it waits, but is not to come back");
	if (wait_ms > ceiling_ms || wait_ms < ceiling_ms / 2)
		sim_blame("it waits %llu ms, of at most %llu",
		    (unsigned long long)wait_ms,
		    (unsigned long long)ceiling_ms);
	owner->ceiling_ms = ceiling_ms * 2;
	if (owner->ceiling_ms > owner->options.reconnect_max_ms)
		owner->ceiling_ms = owner->options.reconnect_max_ms;
}

static void
enter(struct owner *owner, enum link_state state)
{
	const enum link_state before = owner->state;

	if ((successors[before] & AFTER(state)) == 0)
		sim_blame("%s after %s", link_state_name(state),
		    link_state_name(before));
	if (before == LINK_CONNECTED && state != LINK_CONNECTED)
		leave_connected(owner);
	if (state == LINK_CONNECTED && before != LINK_CONNECTED)
		enter_connected(owner);
	if (state == LINK_WAITING)
		check_wait(owner);
	if (state == LINK_CLOSED && owner->options.reconnect &&
	    !owner->finishing)
		sim_blame("it does not come back");
	if (state != before || state != LINK_CONNECTED)
		owner->since_us = sim_now_us();
	owner->state = state;
	if (state != LINK_CONNECTED)
		owner->finishing = owner->failing = false;
}

/* Now and then it has an idea right in a callback. */
static void
maybe_act(struct owner *owner)
{
	if (owner->depth >= DEPTH_MAX || sim_below(32) != 0)
		return;
	owner->depth++;
	act(owner);
	owner->depth--;
}

static void
on_changed(void *arg)
{
	struct owner *owner = arg;

	enter(owner, link_status(owner->link)->state);
	maybe_act(owner);
}

static void
on_received(void *arg, const void *p, size_t len)
{
	struct owner *owner = arg;

	if (owner->conn == NULL ||
	    !sim_conn_is(owner->conn->pattern, owner->received, p, len))
		sim_blame("other bytes came than were sent");
	owner->received += len;
	maybe_act(owner);
}

static void
on_drained(void *arg)
{
	struct owner *owner = arg;

	if (link_queued(owner->link) > 0)
		sim_blame("drained, but something waits");
	maybe_act(owner);
}

static void
send_some(struct owner *owner)
{
	static char bytes[SEND_MAX];
	size_t len = 1 + (size_t)sim_below(UINT64_C(1) << sim_below(17));

	if (owner->conn == NULL) {
		if (link_send(owner->link, bytes, 1) == 0)
			sim_blame("it sends to nobody");
		return;
	}
	sim_conn_fill(owner->conn->back, owner->offered, bytes, len);
	if (link_send(owner->link, bytes, len) == 0)
		owner->offered += len;
	else if (len <= link_room(owner->link) && sim_count()->faults == 0)
		sim_blame("there was room");
}

static void
connect_to(struct owner *owner)
{
	struct endpoint endpoint = {.host = "host", .port = 7};

	if (sim_below(4) == 0)
		endpoint.family = AF_INET;
	owner->named = true;
	owner->failing = true; /* no end of the stream's that would count */
	owner->finishing = false;
	owner->ceiling_ms = owner->options.reconnect_min_ms;
	link_connect(owner->link, &endpoint);
}

static void
act(struct owner *owner)
{
	switch (sim_below(64)) {
	case 0:
		connect_to(owner);
		break;
	case 1:
		owner->failing = true;
		if (owner->named)
			owner->finishing = false;
		link_reconnect(owner->link);
		break;
	case 2:
		if (sim_below(4) != 0)
			break;
		if (owner->state == LINK_CONNECTED)
			owner->failing = true;
		link_disconnect(owner->link);
		break;
	case 3:
		if (owner->state == LINK_CONNECTED)
			owner->failing = true;
		link_fail(owner->link, "the owner's reason");
		break;
	case 4:
		if (owner->state == LINK_CONNECTED)
			owner->finishing = true;
		link_finish(owner->link);
		break;
	case 5:
	case 6:
		owner->paused = sim_below(3) == 0;
		link_pause(owner->link, owner->paused);
		break;
	default:
		send_some(owner);
		break;
	}
}

static void
on_timer(void *arg, const struct loop_event *ev)
{
	struct owner *owner = arg;

	(void)ev;
	if (owner->state == LINK_IDLE || owner->state == LINK_CLOSED)
		connect_to(owner);
	else
		act(owner);
}

int
owner_init(struct owner *owner)
{
	const struct link_handler handler = {
	    .changed = on_changed,
	    .received = on_received,
	    .drained = on_drained,
	    .arg = owner,
	};

	owner->timer.fn = on_timer;
	owner->timer.arg = owner;
	owner->ceiling_ms = owner->options.reconnect_min_ms;
	owner->loop = loop_new();
	if (owner->loop == NULL)
		return -1;
	owner->link = link_new(owner->loop, &owner->options, &handler);
	if (owner->link == NULL)
		return -1;
	return loop_timer_repeat(owner->loop, &owner->timer, ACT_MS);
}

void
owner_end(struct owner *owner)
{
	link_free(owner->link);
	loop_free(owner->loop);
}

static void
check_hunger(struct owner *owner)
{
	struct sim_conn *conn = owner->conn;
	bool ready =
	    (!owner->paused && !conn->fin_seen && sim_conn_readable(conn)) ||
	    (link_queued(owner->link) > 0 && sim_conn_writable(conn));

	if (!ready)
		conn->hungry = 0;
	else if (++conn->hungry > HUNGRY_MAX)
		sim_blame("the connection starves");
}

static void
check_bytes(const struct owner *owner)
{
	const struct sim_conn *conn = owner->conn;
	const struct link_status *status = link_status(owner->link);
	const size_t queued = link_queued(owner->link);
	const uint64_t put = owner->put + (conn == NULL ? 0 : conn->put);
	const uint64_t taken = owner->taken + (conn == NULL ? 0 : conn->taken);

	if (status->bytes_out != put)
		sim_blame("%llu bytes out, not %llu", (unsigned long long)put,
		    (unsigned long long)status->bytes_out);
	if (status->bytes_in != taken)
		sim_blame("%llu bytes in, not %llu", (unsigned long long)taken,
		    (unsigned long long)status->bytes_in);
	if (queued > owner->options.queue_bytes)
		sim_blame("the queue has no bound");
	if (conn == NULL)
		return;
	if (owner->received != conn->taken)
		sim_blame("what was read was not handed out");
	if (conn->put > owner->offered)
		sim_blame("more is sent than was said");
	if (conn->told == 0 && sim_count()->faults == 0 &&
	    conn->put + queued != owner->offered)
		sim_blame("something is lost on the way out");
}

static void
check_time(const struct owner *owner)
{
	const uint64_t stays_us = sim_now_us() - owner->since_us;
	const struct link_status *status = link_status(owner->link);

	if (owner->state == LINK_WAITING &&
	    sim_now_us() > status->retry_at_ms * 1000 + LATE_US)
		sim_blame("it waits for too long");
	if ((owner->state == LINK_RESOLVING ||
		owner->state == LINK_CONNECTING) &&
	    stays_us > owner->options.connect_timeout_ms * 2000 + LATE_US)
		sim_blame("it tries for too long");
}

void
owner_check(struct owner *owner)
{
	if (owner->state != link_status(owner->link)->state)
		sim_blame("its state has changed without a word");
	if (owner->conn != NULL)
		check_hunger(owner);
	else if (owner->state != LINK_CONNECTING && sim_dial_open() > 0)
		sim_blame("a socket is left");
	check_bytes(owner);
	check_time(owner);
}
