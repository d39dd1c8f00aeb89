#include "sim_conn.h"

#include <errno.h>
#include <string.h>

#include "sim.h"

#define PERIOD 65521 /* a prime: no buffer's size hides a shift */

enum { TRACE_READ = 1, TRACE_WRITE, TRACE_SHUTDOWN };

/* Twice, so that a run of PERIOD bytes begins anywhere. */
static unsigned char bytes[2 * PERIOD];

static void
make_bytes(void)
{
	uint64_t z = 1;
	size_t i;

	if (bytes[0] != 0)
		return;
	for (i = 0; i < PERIOD; i++) {
		z = z * UINT64_C(6364136223846793005) + 1442695040888963407u;
		bytes[i] = bytes[i + PERIOD] = (unsigned char)(z >> 56 | 1);
	}
}

static size_t
run_at(uint64_t pattern, uint64_t at, size_t len, const unsigned char **p)
{
	make_bytes();
	*p = bytes + (pattern + at) % PERIOD;
	return len < PERIOD ? len : PERIOD;
}

void
sim_conn_fill(uint64_t pattern, uint64_t at, void *buf, size_t len)
{
	const unsigned char *p;
	size_t done, n;

	for (done = 0; done < len; done += n) {
		n = run_at(pattern, at + done, len - done, &p);
		memcpy((char *)buf + done, p, n);
	}
}

bool
sim_conn_is(uint64_t pattern, uint64_t at, const void *buf, size_t len)
{
	const unsigned char *p;
	size_t done, n;

	for (done = 0; done < len; done += n) {
		n = run_at(pattern, at + done, len - done, &p);
		if (memcmp((const char *)buf + done, p, n) != 0)
			return false;
	}
	return true;
}

size_t
sim_conn_unread(const struct sim_conn *conn)
{
	return conn->head_sent - conn->head_taken +
	    (size_t)(conn->sent - conn->taken - conn->wasted);
}

bool
sim_conn_readable(const struct sim_conn *conn)
{
	return !conn->connecting &&
	    (conn->error != 0 || conn->told != 0 || conn->fin ||
		sim_conn_unread(conn) > 0);
}

/* A socket says so when a third of its buffer is free. */
bool
sim_conn_writable(const struct sim_conn *conn)
{
	return conn->error != 0 || conn->told != 0 ||
	    (!conn->connecting &&
		conn->tx_bytes - (conn->put - conn->got) > conn->tx_bytes / 3);
}

/* A reset may arrive between any two calls. */
static bool
is_hindered(struct sim_conn *conn)
{
	if (sim_happens(sim_odds()->reset))
		sim_conn_break(conn, ECONNRESET);
	if (sim_happens(sim_odds()->eintr))
		errno = EINTR;
	else if (sim_happens(sim_odds()->eagain))
		errno = EAGAIN;
	else
		return false;
	return true;
}

static size_t
some_of(size_t n)
{
	return sim_happens(sim_odds()->shorter) ? 1 + (size_t)sim_below(n) : n;
}

static int
tell_error(struct sim_conn *conn)
{
	conn->told = conn->error;
	conn->error = 0;
	errno = conn->told;
	return -1;
}

/* Returns how many of the first len that are unread belong to the head. */
static size_t
copy_head(const struct sim_conn *conn, void *buf, size_t len)
{
	size_t n = conn->head_sent - conn->head_taken;

	n = n < len ? n : len;
	memcpy(buf, conn->head + conn->head_taken, n);
	return n;
}

static ssize_t
read_some(struct sim_conn *conn, void *buf, size_t len, bool peek)
{
	size_t n = sim_conn_unread(conn), head;

	if (is_hindered(conn))
		return -1;
	if (conn->error != 0)
		return tell_error(conn);
	if (n == 0) {
		if (!conn->fin && conn->told == 0) {
			errno = EAGAIN;
			return -1;
		}
		conn->fin_seen = true;
		return 0;
	}
	n = some_of(n < len ? n : len);
	head = copy_head(conn, buf, n);
	sim_conn_fill(conn->pattern, conn->taken + conn->wasted,
	    (char *)buf + head, n - head);
	if (peek)
		return (ssize_t)n;
	conn->head_taken += head;
	if (conn->ended && conn->echoes)
		conn->wasted += n - head;
	else
		conn->taken += n - head;
	conn->take_us = sim_now_us();
	return (ssize_t)n;
}

ssize_t
sim_conn_read(struct sim_conn *conn, void *buf, size_t len, bool peek)
{
	ssize_t n = read_some(conn, buf, len, peek);

	conn->hungry = 0;
	sim_trace(TRACE_READ, conn->port, (uint64_t)n);
	return n;
}

static void
check_written(const struct sim_conn *conn, const void *buf, size_t len)
{
	if (conn->ended)
		sim_blame("port %u: a write after the end", conn->port);
	else if (!sim_conn_is(conn->back, conn->put, buf, len))
		sim_blame("port %u: wrong bytes after %llu", conn->port,
		    (unsigned long long)conn->put);
	else if (conn->echoes && conn->put + len > conn->taken)
		sim_blame("port %u: more than it said", conn->port);
}

static ssize_t
write_some(struct sim_conn *conn, const void *buf, size_t len)
{
	size_t room = conn->tx_bytes - (size_t)(conn->put - conn->got);

	check_written(conn, buf, len);
	if (is_hindered(conn))
		return -1;
	if (conn->error != 0)
		return tell_error(conn);
	if (conn->told != 0) {
		errno = EPIPE;
		return -1;
	}
	if (room == 0) {
		errno = EAGAIN;
		return -1;
	}
	room = some_of(room < len ? room : len);
	conn->put += room;
	conn->put_us = sim_now_us();
	return (ssize_t)room;
}

ssize_t
sim_conn_write(struct sim_conn *conn, const void *buf, size_t len)
{
	ssize_t n = write_some(conn, buf, len);

	conn->hungry = 0;
	sim_trace(TRACE_WRITE, conn->port, (uint64_t)n);
	return n;
}

int
sim_conn_shutdown(struct sim_conn *conn)
{
	sim_trace(TRACE_SHUTDOWN, conn->port, 0);
	if (conn->told != 0 || conn->error != 0) {
		errno = ENOTCONN;
		return -1;
	}
	conn->ended = true;
	return 0;
}

void
sim_conn_send_head(struct sim_conn *conn, size_t len)
{
	size_t left = conn->head_len - conn->head_sent;

	if (!conn->fin && conn->error == 0 && conn->told == 0)
		conn->head_sent += len < left ? len : left;
}

void
sim_conn_send(struct sim_conn *conn, size_t len)
{
	size_t there = (size_t)(conn->sent - conn->taken - conn->wasted);
	size_t room = conn->rx_bytes - there;

	if (!conn->fin && conn->error == 0 && conn->told == 0)
		conn->sent += len < room ? len : room;
}

void
sim_conn_take(struct sim_conn *conn, size_t len)
{
	size_t there = (size_t)(conn->put - conn->got);

	if (there == 0 || len == 0)
		return;
	conn->got += len < there ? len : there;
	conn->got_us = sim_now_us();
}

/* What has not been read is lost with it. */
void
sim_conn_break(struct sim_conn *conn, int error)
{
	if (conn->error != 0 || conn->told != 0)
		return;
	conn->error = error;
	conn->sent = conn->taken + conn->wasted;
	conn->head_sent = conn->head_taken;
}
