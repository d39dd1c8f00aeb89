#include "crowd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim.h"
#include "sim_listen.h"

#define FIRST_PORT    2048
#define GENERATIONS   400
#define ADDRESSES     5
#define FIRST_ADDRESS 0x0a000001 /* 10.0.0.1 */
#define BALANCER      0xc0000201 /* 192.0.2.1 */
#define BUFFER_MAX    300000	 /* more than a pipe takes */
#define UNTAKEN_MAX   65535	 /* a sweep tells these apart */
#define ACTIONS_MAX   6		 /* in a turn */
#define SLEEP_US      2000000

void
crowd_init(struct crowd *crowd, size_t count)
{
	memset(crowd, 0, sizeof(*crowd));
	crowd->count = count;
}

struct peer *
crowd_at(struct crowd *crowd, unsigned port)
{
	struct peer *peer = &crowd->peers[(port - FIRST_PORT) % CROWD_MAX];

	if (peer->state == PEER_AWAY || peer->conn.port != port)
		return NULL;
	return peer;
}

/* As likely a byte as a full one. */
static size_t
any_size(size_t max)
{
	return 1 + (size_t)sim_below(UINT64_C(1) << sim_below(20)) % max;
}

/* One in sixteen has no idea of what is wanted here. */
static void
set_head(struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;
	const unsigned a = conn->address;
	int len;

	peer->wrong_head = sim_below(16) == 0;
	if (peer->wrong_head)
		len = snprintf(conn->head, sizeof(conn->head), "%s",
		    "PROXY OF NOBODY\r\n");
	else
		len = snprintf(conn->head, sizeof(conn->head),
		    "PROXY TCP4 %u.%u.%u.%u 192.0.2.2 %u 80\r\n", a >> 24,
		    a >> 16 & 0xff, a >> 8 & 0xff, a & 0xff,
		    (unsigned)conn->port);
	conn->head_len = (size_t)len;
}

static void
arrive(struct crowd *crowd, struct peer *peer)
{
	const size_t i = (size_t)(peer - crowd->peers);
	struct sim_conn *conn = &peer->conn;

	if (crowd->closing)
		return;
	crowd->generation = (crowd->generation + 1) % GENERATIONS;
	*conn = (struct sim_conn){
	    .fd = -1,
	    .port = (uint16_t)(FIRST_PORT + i + CROWD_MAX * crowd->generation),
	    .address = FIRST_ADDRESS + (uint32_t)sim_below(ADDRESSES),
	    .echoes = true,
	    .rx_bytes = any_size(BUFFER_MAX),
	    .tx_bytes = any_size(UNTAKEN_MAX),
	};
	conn->from = crowd->proxied ? BALANCER : conn->address;
	if (crowd->proxied)
		set_head(peer);
	conn->pattern = conn->back = sim_random() % UINT32_MAX;
	conn->open_us = sim_now_us();
	peer->temper = (enum peer_temper)sim_below(PEER_TEMPERS);
	peer->wake_us = 0;
	if (sim_listen_arrive(conn))
		peer->state = PEER_ARRIVED;
}

static void
leave(struct peer *peer)
{
	static const int errors[] = {
	    ECONNRESET, ECONNRESET, ECONNRESET, ETIMEDOUT, EPIPE};

	if (peer->temper == PEER_RUDE)
		sim_conn_break(&peer->conn,
		    errors[sim_below(sizeof(errors) / sizeof(errors[0]))]);
	else
		peer->conn.fin = true;
}

static void
talk(struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;

	switch (sim_below(16)) {
	case 0:
		peer->wake_us = sim_now_us() + sim_below(SLEEP_US);
		break;
	case 1:
		leave(peer);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		sim_conn_send(conn, any_size(BUFFER_MAX));
		break;
	default:
		sim_conn_take(conn, any_size(BUFFER_MAX));
		break;
	}
}

/* Some leave before they have begun; who is mute never does. */
static void
begin(struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;

	if (sim_below(64) == 0)
		leave(peer);
	else if (peer->temper != PEER_MUTE)
		sim_conn_send_head(conn, any_size(2 * SIM_HEAD_MAX));
}

/* Each in its way; in the end most of them are like any other. */
static void
act(struct peer *peer)
{
	struct sim_conn *conn = &peer->conn;

	if (sim_below(256) == 0)
		peer->temper = (enum peer_temper)sim_below(PEER_TEMPERS);
	if (conn->head_sent < conn->head_len) {
		begin(peer);
		return;
	}
	switch (peer->temper) {
	case PEER_GREEDY:
		sim_conn_send(conn, BUFFER_MAX);
		sim_conn_take(conn, BUFFER_MAX);
		break;
	case PEER_SLOW:
		sim_conn_send(conn, BUFFER_MAX);
		sim_conn_take(conn, any_size(64));
		break;
	case PEER_DEAF:
		sim_conn_send(conn, any_size(BUFFER_MAX));
		break;
	case PEER_MUTE:
		break;
	default:
		talk(peer);
		break;
	}
}

void
crowd_step(struct crowd *crowd)
{
	size_t n = 1 + (size_t)sim_below(ACTIONS_MAX);
	struct peer *peer;

	while (n-- > 0) {
		peer = &crowd->peers[sim_below(crowd->count)];
		if (peer->state == PEER_AWAY)
			arrive(crowd, peer);
		else if (peer->wake_us <= sim_now_us())
			act(peer);
	}
}
