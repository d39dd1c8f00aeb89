#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "sim_listen.h"
#include "sim_log.h"
#include "sim_pipe.h"

#define HUNGRY_MAX 64	   /* turns that a client waits to be served */
#define REST_US	   400000  /* and those that can't be accepted */
#define LATE_US	   400000  /* that a time-out is late, its sweep aside */
#define ROUND_US   10000   /* that one is early */
#define SWEEPS	   16	   /* of a limit, as worker.c has them */
#define HEADER_US  5000000 /* as worker.c has it */

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct peer *
peer_of(struct ledger *ledger, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct peer *peer = NULL;

	if (colon != NULL)
		peer = crowd_at(
		    ledger->crowd, (unsigned)strtoul(colon + 1, NULL, 10));
	if (peer == NULL)
		sim_blame("the log names \"%s\", who is not here", text);
	return peer;
}

uint64_t
ledger_open(const struct ledger *ledger)
{
	const struct peer *peer;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < ledger->crowd->count; i++) {
		peer = &ledger->crowd->peers[i];
		n += peer->conn.fd != -1 &&
		    (peer->state == PEER_SERVED || peer->state == PEER_ARRIVED);
	}
	return n;
}

static uint64_t
served_of(const struct ledger *ledger, uint32_t address)
{
	const struct peer *peer;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < ledger->crowd->count; i++) {
		peer = &ledger->crowd->peers[i];
		n +=
		    peer->state == PEER_SERVED && peer->conn.address == address;
	}
	return n;
}

/* Without memory an address can't be counted, and is refused. */
static void
check_refusal(
    struct ledger *ledger, const struct peer *peer, const char *reason)
{
	const struct sim_conn *conn = &peer->conn;

	if (strcmp(reason, "limit") == 0 &&
	    ledger_open(ledger) < ledger->max_clients)
		sim_blame("port %u: there was room", conn->port);
	else if (strcmp(reason, "per-ip") == 0 && sim_count()->faults == 0 &&
	    served_of(ledger, conn->address) < ledger->max_per_ip)
		sim_blame("port %u: its address had room", conn->port);
	else if (strcmp(reason, "deny") == 0)
		sim_blame("port %u: nobody is to be denied", conn->port);
}

/* A place that an address may not have is no place. */
static void
check_room(struct ledger *ledger, const struct peer *peer)
{
	if (ledger_open(ledger) > ledger->max_clients)
		sim_blame("more clients than there may be");
	if (ledger->max_per_ip > 0 &&
	    served_of(ledger, peer->conn.address) > ledger->max_per_ip)
		sim_blame("more clients of an address than there may be");
}

static void
on_connect(struct ledger *ledger, const struct log_field *fields, size_t n)
{
	struct peer *peer = peer_of(ledger, sim_log_text(fields, n, "peer"));

	ledger->served++;
	if (peer == NULL)
		return;
	if (peer->state != PEER_ARRIVED || peer->conn.fd == -1)
		sim_blame("port %u: connects twice", peer->conn.port);
	peer->state = PEER_SERVED;
	check_room(ledger, peer);
	if (sim_log_number(fields, n, "open") != ledger_open(ledger))
		sim_blame("open is wrong at a connect");
	if (peer->conn.head_taken < peer->conn.head_len)
		sim_blame("port %u: its header is not whole", peer->conn.port);
}

/* Nobody is closed for silence who was not silent. */
static void
check_silence(const struct peer *peer, uint64_t limit_us, bool echo_too)
{
	const struct sim_conn *conn = &peer->conn;
	uint64_t last_us = later(conn->open_us, conn->take_us);
	uint64_t early_us = ROUND_US;

	/* A sweep knows by how much is left: by chance that is what it was. */
	if (echo_too && conn->got < conn->put) {
		if (sim_leapt_us() > 0 && conn->got_us >= sim_leapt_us())
			return;
		early_us += limit_us / SWEEPS;
	}
	if (echo_too)
		last_us = later(last_us, later(conn->put_us, conn->got_us));
	if (limit_us == 0 || sim_now_us() + early_us < last_us + limit_us)
		sim_blame("port %u: closed before its time", conn->port);
	if (echo_too && conn->put == conn->got && conn->put == conn->taken)
		sim_blame("port %u: stalls with nothing to take", conn->port);
}

static void
check_reason(struct ledger *ledger, const struct peer *peer, const char *reason)
{
	const struct sim_conn *conn = &peer->conn;
	const bool reset = conn->told == ECONNRESET || conn->told == EPIPE;

	if (strcmp(reason, "peer") == 0) {
		if (!conn->fin_seen || conn->put != conn->taken ||
		    (conn->told == 0 && conn->taken != conn->sent))
			sim_blame("port %u: closed before its end", conn->port);
	} else if (strcmp(reason, "reset") == 0) {
		if (!reset)
			sim_blame("port %u: no reset", conn->port);
	} else if (strcmp(reason, "error") == 0) {
		if (conn->told == 0 && sim_count()->faults == 0)
			sim_blame("port %u: no error", conn->port);
	} else if (strcmp(reason, "idle") == 0) {
		check_silence(peer, ledger->idle_us, false);
		if (sim_conn_unread(conn) > 0)
			sim_blame("port %u: it waits to be heard", conn->port);
	} else if (strcmp(reason, "stall") == 0) {
		check_silence(peer, ledger->stall_us, true);
	} else if (strcmp(reason, "drain") != 0 || !ledger->draining) {
		sim_blame("port %u: closed for %s", conn->port, reason);
	}
}

/* One whose header is still to come, or was of no use. */
static void
check_header(
    const struct ledger *ledger, const struct peer *peer, const char *reason)
{
	const struct sim_conn *conn = &peer->conn;

	if (strcmp(reason, "peer") == 0) {
		if (!conn->fin_seen || conn->head_taken > 0)
			sim_blame("port %u: no end before it", conn->port);
	} else if (strcmp(reason, "reset") == 0) {
		if (conn->told == 0)
			sim_blame("port %u: no reset", conn->port);
	} else if (strcmp(reason, "error") == 0) {
		if (!peer->wrong_head && conn->head_taken == 0 &&
		    conn->told == 0 && sim_count()->faults == 0 &&
		    sim_now_us() + ROUND_US < conn->open_us + HEADER_US)
			sim_blame("port %u: no time for it", conn->port);
	} else if (strcmp(reason, "drain") != 0 || !ledger->draining) {
		sim_blame("port %u: closed for %s", conn->port, reason);
	}
}

static void
on_close(struct ledger *ledger, const struct log_field *fields, size_t n)
{
	struct peer *peer = peer_of(ledger, sim_log_text(fields, n, "peer"));
	const char *reason;

	if (peer == NULL)
		return;
	if (peer->conn.fd == -1 ||
	    (peer->state != PEER_SERVED &&
		(peer->state != PEER_ARRIVED || !ledger->crowd->proxied)))
		sim_blame("port %u: closes twice", peer->conn.port);
	if (sim_log_number(fields, n, "in") != peer->conn.taken ||
	    sim_log_number(fields, n, "out") != peer->conn.put)
		sim_blame("port %u: wrong count", peer->conn.port);
	reason = sim_log_text(fields, n, "reason");
	if (peer->state == PEER_SERVED)
		check_reason(ledger, peer, reason);
	else
		check_header(ledger, peer, reason);
	peer->state = PEER_GONE;
	if (sim_log_number(fields, n, "open") != ledger_open(ledger))
		sim_blame("open is wrong at a close");
	ledger->in_bytes += peer->conn.taken;
	ledger->out_bytes += peer->conn.put;
}

static void
on_refuse(struct ledger *ledger, const struct log_field *fields, size_t n)
{
	struct peer *peer = peer_of(ledger, sim_log_text(fields, n, "peer"));
	const char *reason;

	ledger->refused++;
	if (peer == NULL)
		return;
	reason = sim_log_text(fields, n, "reason");
	/* Of whom the balancer speaks is known late: a close follows. */
	if (!ledger->crowd->proxied || strcmp(reason, "per-ip") != 0)
		peer->state = PEER_GONE;
	check_refusal(ledger, peer, reason);
}

static void
on_stats(struct ledger *ledger, const struct log_field *fields, size_t n)
{
	uint64_t in = ledger->in_bytes, out = ledger->out_bytes;
	const struct peer *peer;
	size_t i;

	for (i = 0; i < ledger->crowd->count; i++) {
		peer = &ledger->crowd->peers[i];
		if (peer->state == PEER_SERVED) {
			in += peer->conn.taken;
			out += peer->conn.put;
		}
	}
	if (sim_log_number(fields, n, "in") != in ||
	    sim_log_number(fields, n, "out") != out)
		sim_blame("the server's bytes do not agree");
	if (sim_log_number(fields, n, "open") != ledger_open(ledger) ||
	    sim_log_number(fields, n, "refused") != ledger->refused)
		sim_blame("the server's clients do not agree");
	if (sim_log_number(fields, n, "accepted") < ledger->served)
		sim_blame("the server has not accepted whom it serves");
}

static void
on_event(void *arg, const char *event, const struct log_field *fields, size_t n)
{
	if (strcmp(event, "connect") == 0)
		on_connect(arg, fields, n);
	else if (strcmp(event, "close") == 0)
		on_close(arg, fields, n);
	else if (strcmp(event, "refuse") == 0)
		on_refuse(arg, fields, n);
	else if (strcmp(event, "stats") == 0)
		on_stats(arg, fields, n);
}

struct log *
ledger_log(struct ledger *ledger)
{
	return sim_log_new(on_event, ledger);
}

/* Whoever has something to be done for it gets its turn. */
static void
check_hunger(struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;
	bool ready = conn->put == conn->taken || conn->ended
	    ? sim_conn_readable(conn)
	    : sim_conn_writable(conn);

	if (!ready)
		conn->hungry = 0;
	else if (++conn->hungry > HUNGRY_MAX)
		sim_blame("port %u: starves", conn->port);
}

/* Who is silent for too long has been closed. */
static void
check_time(const struct ledger *ledger, const struct peer *peer)
{
	const struct sim_conn *conn = &peer->conn;
	const uint64_t now_us = sim_now_us();
	uint64_t last_us = later(later(conn->open_us, conn->event_us),
	    later(conn->put_us, conn->got_us));
	uint64_t limit_us = 0;

	if (conn->ended)
		return;
	/* What happened before a leap may be seen behind it only. */
	last_us = later(last_us, sim_leapt_us());
	if (peer->state == PEER_ARRIVED) {
		last_us = later(conn->open_us, sim_leapt_us());
		limit_us = HEADER_US;
	} else if (conn->put == conn->taken) {
		limit_us = ledger->idle_us;
	}
	if (ledger->stall_us > 0 &&
	    (conn->put < conn->taken || conn->got < conn->put) &&
	    (limit_us == 0 || ledger->stall_us < limit_us))
		limit_us = ledger->stall_us;
	if (limit_us > 0 &&
	    now_us > last_us + limit_us + limit_us / 4 + LATE_US)
		sim_blame("port %u: stays beyond its time", conn->port);
}

/* The server may close without a word whom it had no memory for. */
static void
check_silent_end(struct peer *peer)
{
	if (peer->state == PEER_SERVED)
		sim_blame("port %u: closed without a word", peer->conn.port);
	else if (peer->state == PEER_ARRIVED && sim_count()->faults == 0)
		sim_blame("port %u: turned away", peer->conn.port);
	peer->state = PEER_AWAY;
}

static void
check_peer(struct ledger *ledger, struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;

	if (peer->state == PEER_AWAY)
		return;
	if (conn->fd == -1) {
		/* Not yet, unless it died in the backlog. */
		if (peer->state == PEER_ARRIVED && conn->told != 0)
			peer->state = PEER_AWAY;
		else if (peer->state != PEER_ARRIVED || conn->accepted)
			check_silent_end(peer);
		return;
	}
	if (peer->state == PEER_GONE)
		sim_blame("port %u: still open", conn->port);
	if (conn->taken - conn->put > ledger->buffer_bytes)
		sim_blame("port %u: the queue has no bound", conn->port);
	check_hunger(peer);
	check_time(ledger, peer);
}

/* The listener may rest, but not for ever. */
static void
check_backlog(struct ledger *ledger)
{
	const uint64_t asked = sim_listen_asked();

	if (sim_listen_waiting() == 0 || asked != ledger->asked)
		ledger->unaccepted = 0;
	else if (ledger->unaccepted++ == 0)
		ledger->unaccepted_us = sim_now_us();
	else if (ledger->unaccepted > HUNGRY_MAX &&
	    sim_now_us() >
		later(ledger->unaccepted_us, sim_leapt_us()) + REST_US)
		sim_blame("nobody is accepted");
	ledger->asked = asked;
}

void
ledger_check(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->crowd->count; i++)
		check_peer(ledger, &ledger->crowd->peers[i]);
	if (sim_pipe_bytes() > 0)
		sim_blame("the pipe is not empty");
	check_backlog(ledger);
}
