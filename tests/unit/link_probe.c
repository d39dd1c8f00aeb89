#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "link_probe.h"
#include "loop.h"

static void
link_probe_changed(void *arg)
{
	struct link_probe *p = arg;

	if (p->changes < LINK_PROBE_STATES)
		p->states[p->changes] = link_status(p->link)->state;
	p->changes++;
	if (p->on_changed != NULL)
		p->on_changed(p);
}

static void
link_probe_received(void *arg, const void *bytes, size_t len)
{
	struct link_probe *p = arg;

	p->received = realloc(p->received, p->received_len + len);
	assert_non_null(p->received);
	memcpy(p->received + p->received_len, bytes, len);
	p->received_len += len;
	if (p->on_received != NULL)
		p->on_received(p);
}

static void
link_probe_drained(void *arg)
{
	struct link_probe *p = arg;

	p->drained++;
}

struct link_options
link_probe_options(void)
{
	return (struct link_options){
	    .reconnect = true,
	    .reconnect_min_ms = 2,
	    .reconnect_max_ms = 20,
	};
}

struct link_probe *
link_probe_new(const struct link_options *options)
{
	struct link_probe *p = calloc(1, sizeof(*p));
	const struct link_handler handler = {
	    .changed = link_probe_changed,
	    .received = link_probe_received,
	    .drained = link_probe_drained,
	    .arg = p,
	};

	assert_non_null(p);
	p->loop = loop_new();
	assert_non_null(p->loop);
	p->link = link_new(p->loop, options, &handler);
	assert_non_null(p->link);
	assert_int_equal(link_status(p->link)->state, LINK_IDLE);
	return p;
}

void
link_probe_free(struct link_probe *p)
{
	unsigned changes = p->changes;

	link_free(p->link);
	assert_int_equal(p->changes, changes);
	loop_free(p->loop);
	free(p->received);
	free(p);
}

void
link_probe_connect(struct link_probe *p, uint16_t port)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, "127.0.0.1", port), 0);
	link_connect(p->link, &endpoint);
}

void
link_probe_until(struct link_probe *p,
    bool (*holds)(const struct link_probe *, uint64_t), uint64_t arg)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);
	int left;

	while (!holds(p, arg)) {
		left = deadline_left_ms(deadline);
		if (left == 0)
			fail_msg("it never comes to that; state '%s', '%s'",
			    link_state_name(link_status(p->link)->state),
			    link_status(p->link)->reason);
		assert_int_not_equal(loop_once(p->loop, left), -1);
	}
}

static bool
is_in_state(const struct link_probe *p, uint64_t state)
{
	return link_status(p->link)->state == (enum link_state)state;
}

void
link_probe_until_state(struct link_probe *p, enum link_state state)
{
	link_probe_until(p, is_in_state, state);
}

static bool
has_received(const struct link_probe *p, uint64_t len)
{
	return p->received_len >= len;
}

void
link_probe_until_received(struct link_probe *p, size_t len)
{
	link_probe_until(p, has_received, len);
}

void
link_probe_settle(struct link_probe *p)
{
	int n;

	do {
		n = loop_once(p->loop, 0);
		assert_int_not_equal(n, -1);
	} while (n > 0);
}

static int
listen_somewhere(struct endpoint_addr *addr, int backlog)
{
	struct endpoint endpoint;
	const char *error;
	int fd;

	assert_int_equal(endpoint_parse(&endpoint, "127.0.0.1:0", 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, addr, 1, &error), 1);
	fd = endpoint_listen(addr, backlog);
	assert_int_not_equal(fd, -1);
	addr->len = sizeof(addr->sa);
	assert_int_equal(
	    getsockname(fd, (struct sockaddr *)&addr->sa, &addr->len), 0);
	return fd;
}

uint16_t
link_probe_free_port(void)
{
	struct endpoint_addr addr;
	struct sockaddr_in sin;
	int fd = listen_somewhere(&addr, 1);

	memcpy(&sin, &addr.sa, sizeof(sin));
	close(fd);
	return ntohs(sin.sin_port);
}

void
link_probe_hole_open(struct link_probe_hole *h)
{
	struct pollfd connecting = {.events = POLLOUT};

	h->count = 0;
	h->listener = listen_somewhere(&h->addr, 0);
	/* The queue is full when a connect is still under way. */
	do {
		assert_true(h->count < 64);
		connecting.fd = endpoint_connect(&h->addr);
		assert_int_not_equal(connecting.fd, -1);
		h->filling[h->count++] = connecting.fd;
	} while (poll(&connecting, 1, 50) == 1);
}

void
link_probe_hole_close(struct link_probe_hole *h)
{
	while (h->count > 0)
		close(h->filling[--h->count]);
	close(h->listener);
}
