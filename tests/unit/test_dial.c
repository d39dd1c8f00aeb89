/* dial: several addresses, of which the first that answers wins (RFC 8305). */

#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "dial.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "link_probe.h"
#include "loop.h"

/* A dial and its outcome. */
struct fixture {
	struct loop *loop;
	struct dial *dial;
	unsigned calls;
	int fd, error;
};

/* A listener, and its address. */
struct place {
	int fd;
	struct endpoint_addr addr;
};

static void
done(void *arg, int fd, int error)
{
	struct fixture *f = arg;

	f->calls++;
	f->fd = fd;
	f->error = error;
}

static void
start(struct fixture *f)
{
	*f = (struct fixture){.fd = -1};
	f->loop = loop_new();
	assert_non_null(f->loop);
	f->dial = dial_new(f->loop, done, f);
	assert_non_null(f->dial);
}

static void
stop(struct fixture *f)
{
	if (f->fd != -1)
		close(f->fd);
	dial_free(f->dial);
	loop_free(f->loop);
}

static void
run(struct fixture *f)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (f->calls == 0 && deadline_left_ms(deadline) > 0)
		assert_int_not_equal(
		    loop_once(f->loop, deadline_left_ms(deadline)), -1);
	assert_int_equal(f->calls, 1);
}

static struct endpoint_addr
address(const char *text)
{
	struct endpoint endpoint;
	struct endpoint_addr addr;
	const char *error;

	assert_int_equal(endpoint_parse(&endpoint, text, 0), 0);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	return addr;
}

static struct place
listening(const char *text)
{
	struct place place = {.addr = address(text)};

	place.fd = endpoint_listen(&place.addr, 8);
	assert_int_not_equal(place.fd, -1);
	place.addr.len = sizeof(place.addr.sa);
	assert_int_equal(
	    getsockname(
		place.fd, (struct sockaddr *)&place.addr.sa, &place.addr.len),
	    0);
	return place;
}

/* Where nobody listens any more. */
static struct endpoint_addr
refusing(const char *text)
{
	struct place place = listening(text);

	close(place.fd);
	return place.addr;
}

static void
expect_connected_to(const struct fixture *f, const struct endpoint_addr *addr)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	char got[ENDPOINT_TEXT_MAX], wanted[ENDPOINT_TEXT_MAX];

	assert_int_not_equal(f->fd, -1);
	assert_int_equal(getpeername(f->fd, (struct sockaddr *)&peer, &len), 0);
	endpoint_addr_format(got, sizeof(got), (struct sockaddr *)&peer, len);
	endpoint_addr_format(wanted, sizeof(wanted),
	    (const struct sockaddr *)&addr->sa, addr->len);
	assert_string_equal(got, wanted);
}

static bool
somebody_came(const struct place *place)
{
	struct pollfd pfd = {.fd = place->fd, .events = POLLIN};

	return poll(&pfd, 1, 0) == 1;
}

static void
one_address_that_answers(void **state)
{
	struct fixture f;
	struct place place = listening("127.0.0.1");

	(void)state;
	start(&f);
	assert_int_equal(dial_start(f.dial, &place.addr, 1), 0);
	run(&f);
	assert_int_equal(f.error, 0);
	expect_connected_to(&f, &place.addr);
	close(place.fd);
	stop(&f);
}

static void
a_refused_family_gives_way_to_the_other(void **state)
{
	struct fixture f;
	struct place good = listening("127.0.0.1");
	struct endpoint_addr addrs[] = {refusing("::1"), good.addr};

	(void)state;
	start(&f);
	assert_int_equal(dial_start(f.dial, addrs, 2), 0);
	run(&f);
	expect_connected_to(&f, &good.addr);
	close(good.fd);
	stop(&f);
}

static void
a_silent_address_is_overtaken_by_the_next(void **state)
{
	struct fixture f;
	struct link_probe_hole hole;
	struct place good = listening("::1");
	struct endpoint_addr addrs[2];

	(void)state;
	link_probe_hole_open(&hole);
	addrs[0] = hole.addr;
	addrs[1] = good.addr;
	start(&f);
	assert_int_equal(dial_start(f.dial, addrs, 2), 0);
	run(&f);
	expect_connected_to(&f, &good.addr);
	/* The one that lost is closed, and heard of no more. */
	while (loop_once(f.loop, 0) > 0)
		;
	assert_int_equal(f.calls, 1);
	link_probe_hole_close(&hole);
	close(good.fd);
	stop(&f);
}

static void
families_take_turns(void **state)
{
	struct fixture f;
	struct place six = listening("::1"), four = listening("127.0.0.1");
	struct endpoint_addr addrs[] = {
	    refusing("::1"), six.addr, six.addr, four.addr};

	(void)state;
	start(&f);
	assert_int_equal(dial_start(f.dial, addrs, 4), 0);
	run(&f);
	expect_connected_to(&f, &four.addr);
	assert_false(somebody_came(&six));
	close(six.fd);
	close(four.fd);
	stop(&f);
}

static void
the_resolver_says_which_family_is_first(void **state)
{
	struct fixture f;
	struct place six = listening("::1"), four = listening("127.0.0.1");
	struct endpoint_addr addrs[] = {four.addr, six.addr};

	(void)state;
	start(&f);
	assert_int_equal(dial_start(f.dial, addrs, 2), 0);
	run(&f);
	expect_connected_to(&f, &four.addr);
	assert_false(somebody_came(&six));
	close(six.fd);
	close(four.fd);
	stop(&f);
}

static void
all_refused_is_told_once(void **state)
{
	struct fixture f;
	struct endpoint_addr addrs[] = {refusing("::1"), refusing("127.0.0.1"),
	    refusing("127.0.0.1"), refusing("::1")};

	(void)state;
	start(&f);
	/* Refusals on loopback may come at once or a little later. */
	if (dial_start(f.dial, addrs, 4) == 0) {
		run(&f);
		assert_int_equal(f.fd, -1);
		errno = f.error;
	}
	assert_int_equal(errno, ECONNREFUSED);
	stop(&f);
}

static void
of_too_many_the_first_are_tried(void **state)
{
	enum { COUNT = DIAL_ADDRS_MAX + 8 };
	struct fixture f;
	struct place good = listening("127.0.0.1");
	struct endpoint_addr addrs[COUNT], six = refusing("::1"),
					   four = refusing("127.0.0.1");
	int i;

	(void)state;
	for (i = 0; i < COUNT; i++)
		addrs[i] = i % 2 ? four : six;
	addrs[DIAL_ADDRS_MAX - 1] = good.addr;
	start(&f);
	assert_int_equal(dial_start(f.dial, addrs, COUNT), 0);
	run(&f);
	expect_connected_to(&f, &good.addr);
	close(good.fd);
	stop(&f);
}

static void
what_a_peer_did_tells_more_than_what_we_lack(void **state)
{
	struct fixture f;
	/* No socket can be made for this one. */
	struct endpoint_addr nowhere = {
	    .sa.ss_family = AF_UNSPEC, .len = sizeof(struct sockaddr)};
	struct endpoint_addr addrs[] = {refusing("127.0.0.1"), nowhere};

	(void)state;
	start(&f);
	if (dial_start(f.dial, addrs, 2) == 0) {
		run(&f);
		errno = f.error;
	}
	assert_int_equal(errno, ECONNREFUSED);
	errno = 0;
	assert_int_equal(dial_start(f.dial, &nowhere, 1), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_int_equal(dial_start(f.dial, addrs, 0), -1);
	stop(&f);
}

static void
a_cancelled_one_says_nothing_and_can_start_again(void **state)
{
	struct fixture f;
	struct link_probe_hole hole;
	struct place place = listening("127.0.0.1");

	(void)state;
	link_probe_hole_open(&hole);
	start(&f);
	assert_int_equal(dial_start(f.dial, &place.addr, 1), 0);
	dial_cancel(f.dial);
	while (loop_once(f.loop, 0) > 0)
		;
	assert_int_equal(f.calls, 0);
	assert_int_equal(dial_start(f.dial, &hole.addr, 1), 0);
	assert_int_equal(dial_start(f.dial, &place.addr, 1), 0);
	run(&f);
	expect_connected_to(&f, &place.addr);
	link_probe_hole_close(&hole);
	close(place.fd);
	stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_address_that_answers),
	    cmocka_unit_test(a_refused_family_gives_way_to_the_other),
	    cmocka_unit_test(a_silent_address_is_overtaken_by_the_next),
	    cmocka_unit_test(families_take_turns),
	    cmocka_unit_test(the_resolver_says_which_family_is_first),
	    cmocka_unit_test(all_refused_is_told_once),
	    cmocka_unit_test(of_too_many_the_first_are_tried),
	    cmocka_unit_test(what_a_peer_did_tells_more_than_what_we_lack),
	    cmocka_unit_test(a_cancelled_one_says_nothing_and_can_start_again),
	};

	return cmocka_run_group_tests_name("dial", tests, NULL, NULL);
}
