#include "sim_dial.h"

#include <netinet/in.h>

#include <errno.h>
#include <string.h>

#include "sim.h"
#include "sim_fd.h"
#include "sim_wrap.h"

#define BUFFER_MAX 65535

enum { TRACE_SOCKET = 48, TRACE_CONNECT };

static struct sim_conn dials[SIM_DIALS];

void
sim_dial_reset(void)
{
	size_t i;

	memset(dials, 0, sizeof(dials));
	for (i = 0; i < SIM_DIALS; i++)
		dials[i].fd = -1;
}

struct sim_conn *
sim_dial_at(size_t i)
{
	return &dials[i];
}

size_t
sim_dial_open(void)
{
	size_t i, n = 0;

	for (i = 0; i < SIM_DIALS; i++)
		n += dials[i].fd != -1;
	return n;
}

/* From 1 on, and mostly small. */
static size_t
any_size(void)
{
	return 1 + (size_t)sim_below(UINT64_C(1) << sim_below(17)) % BUFFER_MAX;
}

int
__wrap_socket(int family, int type, int protocol)
{
	size_t i;

	(void)family;
	(void)type;
	(void)protocol;
	for (i = 0; i < SIM_DIALS && dials[i].fd != -1; i++)
		continue;
	if (i == SIM_DIALS || sim_happens(sim_odds()->accept)) {
		errno = EMFILE;
		return -1;
	}
	dials[i] = (struct sim_conn){
	    .port = (uint16_t)(2048 + i),
	    .rx_bytes = any_size(),
	    .tx_bytes = any_size(),
	    .open_us = sim_now_us(),
	};
	dials[i].pattern = sim_random() % UINT32_MAX;
	dials[i].back = sim_random() % UINT32_MAX;
	dials[i].fd = sim_fd_open(SIM_CONN, &dials[i]);
	sim_trace(TRACE_SOCKET, i, (uint64_t)dials[i].fd);
	return dials[i].fd;
}

static int
refusal(void)
{
	static const int errors[] = {ECONNREFUSED, ECONNREFUSED, ENETUNREACH,
	    EHOSTUNREACH, ETIMEDOUT, ECONNRESET};

	return errors[sim_below(sizeof(errors) / sizeof(errors[0]))];
}

int
__wrap_connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct sim_fd *at = sim_fd_at(fd);

	(void)sa;
	(void)len;
	sim_trace(TRACE_CONNECT, (uint64_t)fd, 0);
	switch (sim_below(8)) {
	case 0:
		errno = refusal();
		return -1;
	case 1:
		return 0;
	default:
		at->conn->connecting = true;
		errno = sim_happens(sim_odds()->eintr) ? EINTR : EINPROGRESS;
		return -1;
	}
}

/* SO_ERROR, which is gone once it is asked for. */
int
__wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct sim_fd *at = sim_fd_at(fd);

	(void)level;
	(void)name;
	if (at == NULL)
		return -1;
	memcpy(value, &at->conn->error, sizeof(int));
	*len = sizeof(int);
	if (at->conn->error != 0)
		at->conn->told = at->conn->error;
	at->conn->error = 0;
	return 0;
}

int
__wrap_getpeername(int fd, struct sockaddr *sa, socklen_t *len)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	    .sin_port = htons(7),
	    .sin_addr.s_addr = htonl(0x0a000001)};
	struct sim_fd *at = sim_fd_at(fd);

	if (at == NULL)
		return -1;
	if (at->conn->connecting || at->conn->told != 0) {
		errno = ENOTCONN;
		return -1;
	}
	memcpy(sa, &in, *len < sizeof(in) ? *len : sizeof(in));
	*len = sizeof(in);
	return 0;
}

static void
answer(struct sim_conn *conn)
{
	conn->connecting = false;
	if (sim_below(3) == 0)
		conn->error = refusal();
}

/* One in four black holes never says a word. */
void
sim_dial_step(void)
{
	struct sim_conn *conn = &dials[sim_below(SIM_DIALS)];

	if (conn->fd != -1 && conn->connecting && conn->pattern % 4 != 0)
		answer(conn);
}
