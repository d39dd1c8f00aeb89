#include "sim_listen.h"

#include <errno.h>
#include <string.h>

#include "sim.h"
#include "sim_conn.h"
#include "sim_fd.h"

#define BACKLOG 64

static struct {
	struct sim_conn *waiting[BACKLOG];
	size_t count;
	uint64_t asked;
} backlog;

int
sim_listen(void)
{
	memset(&backlog, 0, sizeof(backlog));
	return sim_fd_open(SIM_LISTENER, NULL);
}

bool
sim_listen_arrive(struct sim_conn *conn)
{
	if (backlog.count == BACKLOG)
		return false;
	backlog.waiting[backlog.count++] = conn;
	return true;
}

size_t
sim_listen_waiting(void)
{
	return backlog.count;
}

uint64_t
sim_listen_asked(void)
{
	return backlog.asked;
}

static struct sim_conn *
take_first(void)
{
	struct sim_conn *conn = backlog.waiting[0];

	backlog.count--;
	memmove(backlog.waiting, backlog.waiting + 1,
	    backlog.count * sizeof(backlog.waiting[0]));
	return conn;
}

/* ECONNABORTED is the end of the first that waits, the others of nobody. */
static int
failure(void)
{
	static const int errors[] = {
	    EINTR, EAGAIN, EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED};

	if (!sim_happens(sim_odds()->accept))
		return 0;
	return errors[sim_below(sizeof(errors) / sizeof(errors[0]))];
}

struct sim_conn *
sim_listen_accept(void)
{
	struct sim_conn *conn;
	int error;

	backlog.asked++;
	if (backlog.count == 0) {
		errno = EAGAIN;
		return NULL;
	}
	error = failure();
	if (error == ECONNABORTED)
		take_first()->told = ECONNABORTED;
	if (error != 0) {
		errno = error;
		return NULL;
	}
	conn = take_first();
	conn->fd = sim_fd_open(SIM_CONN, conn);
	conn->accepted = true;
	conn->open_us = sim_now_us();
	if (conn->fd == -1)
		conn->told = ECONNABORTED;
	return conn->fd == -1 ? NULL : conn;
}

void
sim_listen_end(void)
{
	while (backlog.count > 0)
		take_first()->told = ECONNRESET;
}
