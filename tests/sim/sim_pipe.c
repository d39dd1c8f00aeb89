#include "sim_pipe.h"

#include <errno.h>
#include <string.h>

#include "sim.h"
#include "sim_conn.h"

#define PIPE_BYTES 262144

/* What is in it is data[head..tail). */
static struct {
	size_t head, tail;
	unsigned char data[PIPE_BYTES];
} in;

void
sim_pipe_clear(void)
{
	in.head = in.tail = 0;
}

size_t
sim_pipe_bytes(void)
{
	return in.tail - in.head;
}

static void
drop(size_t n)
{
	in.head += n;
	if (in.head == in.tail)
		sim_pipe_clear();
}

ssize_t
sim_pipe_take(struct sim_conn *conn, size_t len)
{
	size_t room = PIPE_BYTES - in.tail;
	ssize_t n;

	n = sim_conn_read(
	    conn, in.data + in.tail, len < room ? len : room, false);
	if (n > 0)
		in.tail += (size_t)n;
	return n;
}

ssize_t
sim_pipe_give(struct sim_conn *conn, size_t len)
{
	size_t there = sim_pipe_bytes();
	ssize_t n;

	n = sim_conn_write(conn, in.data + in.head, len < there ? len : there);
	if (n > 0)
		drop((size_t)n);
	return n;
}

ssize_t
sim_pipe_read(void *buf, size_t len)
{
	size_t n = sim_pipe_bytes();

	if (sim_happens(sim_odds()->eintr)) {
		errno = EINTR;
		return -1;
	}
	n = n < len ? n : len;
	if (n > 1 && sim_happens(sim_odds()->shorter))
		n = 1 + (size_t)sim_below(n);
	memcpy(buf, in.data + in.head, n);
	drop(n);
	return (ssize_t)n;
}
