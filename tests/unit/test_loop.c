/* loop: descriptors, and what happens within a batch. */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "loop_probe.h"

static void
a_new_loop_has_nothing_to_report(void **state)
{
	struct loop *loop = *state;

	assert_int_equal(loop_once(loop, 0), 0);
	assert_int_equal(loop_once(loop, 1), 0);
	loop_free(NULL);
}

static void
a_readable_socket_is_reported_until_it_is_read(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];
	char buf[8];

	probe_pair(fds);
	probe_watch(&probe, fds[0], LOOP_READ);
	assert_int_equal(loop_once(*state, 0), 0);
	probe_send(fds[1], "hello");
	probe_turn(*state, &probe.calls, 2);
	assert_int_equal(probe.last.filter, EVFILT_READ);
	assert_int_equal(probe.last.data, 5);
	assert_false(probe.last.eof);
	assert_int_equal(read(fds[0], buf, sizeof(buf)), 5);
	assert_int_equal(loop_once(*state, 0), 0);
	probe_watch(&probe, fds[0], 0);
	probe_pair_close(fds);
}

static void
reading_and_writing_are_watched_apart(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_send(fds[1], "x");
	probe_watch(&probe, fds[0], LOOP_READ | LOOP_WRITE);
	probe_turn(*state, &probe.reads, 1);
	probe_turn(*state, &probe.writes, 1);
	probe_watch(&probe, fds[0], LOOP_WRITE);
	probe.reads = probe.writes = 0;
	probe_turn(*state, &probe.writes, 2);
	assert_int_equal(probe.reads, 0);
	probe_watch(&probe, fds[0], LOOP_READ);
	probe.reads = probe.writes = 0;
	probe_turn(*state, &probe.reads, 2);
	assert_int_equal(probe.writes, 0);
	probe_watch(&probe, fds[0], 0);
	assert_int_equal(loop_once(*state, 0), 0);
	probe_pair_close(fds);
}

static void
events_without_data_still_come(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_send(fds[1], "hello");
	probe_watch(&probe, fds[0], LOOP_READ | LOOP_NODATA);
	probe_turn(*state, &probe.calls, 1);
#ifdef NOTE_NODATA
	assert_int_equal(probe.last.data, 0);
#endif
	probe_watch(&probe, fds[0], LOOP_READ);
	probe_turn(*state, &probe.calls, 2);
	assert_int_equal(probe.last.data, 5);
	probe_watch(&probe, fds[0], LOOP_NODATA);
	assert_int_equal(probe.src.watched, 0);
	probe_pair_close(fds);
}

static void
an_interest_that_is_already_so_asks_no_system(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_watch(&probe, fds[0], LOOP_READ);
	probe_pair_close(fds);
	/* Asked, the system would answer EBADF. */
	assert_int_equal(loop_io_set(*state, &probe.src, fds[0], LOOP_READ), 0);
	assert_int_equal(loop_io_set(*state, &probe.src, fds[0], 0), 0);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(loop_io_set(*state, &probe.src, fds[0], 0), 0);
}

static void
a_bad_descriptor_is_refused_and_changes_nothing(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_pair_close(fds);
	assert_int_equal(
	    loop_io_set(*state, &probe.src, fds[0], LOOP_READ | LOOP_WRITE),
	    -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(probe.src.watched, 0);
	assert_int_equal(loop_io_set(*state, &probe.src, -1, LOOP_READ), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(loop_once(*state, 0), 0);
}

static void
another_descriptor_is_refused_while_one_is_watched(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_watch(&probe, fds[0], LOOP_READ);
	assert_int_equal(
	    loop_io_set(*state, &probe.src, fds[1], LOOP_READ), -1);
	assert_int_equal(errno, EBUSY);
	probe_send(fds[1], "x");
	probe_turn(*state, &probe.calls, 1);
	probe_watch(&probe, fds[0], 0);
	probe_watch(&probe, fds[1], LOOP_READ);
	probe_send(fds[0], "x");
	probe_turn(*state, &probe.calls, 2);
	probe_watch(&probe, fds[1], 0);
	probe_pair_close(fds);
}

static void
the_end_comes_with_the_data_that_is_left(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_send(fds[1], "bye");
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	probe_watch(&probe, fds[0], LOOP_READ);
	probe_turn(*state, &probe.calls, 1);
	assert_true(probe.last.eof);
	assert_int_equal(probe.last.error, 0);
	assert_int_equal(probe.last.data, 3);
	probe_watch(&probe, fds[0], 0);
	probe_pair_close(fds);
}

/* Two ends of a TCP connection over loopback. */
static void
tcp_open(int fds[2])
{
	struct sockaddr_in addr = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int listener;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_not_equal(listener, -1);
	assert_int_equal(
	    bind(listener, (const struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    connect(fds[0], (const struct sockaddr *)&addr, len), 0);
	fds[1] = accept(listener, NULL, NULL);
	assert_int_not_equal(fds[1], -1);
	close(listener);
}

static void
a_reset_comes_as_the_end_with_its_error(void **state)
{
	struct probe probe = probe_of(*state);
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	int fds[2];

	tcp_open(fds);
	probe_watch(&probe, fds[0], LOOP_READ);
	assert_int_equal(
	    setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)),
	    0);
	close(fds[1]);
	probe_turn(*state, &probe.calls, 1);
	assert_true(probe.last.eof);
	assert_int_equal(probe.last.error, ECONNRESET);
	probe_watch(&probe, fds[0], 0);
	close(fds[0]);
}

static void
stop_own_source(struct probe *probe)
{
	assert_int_equal(
	    loop_io_set(probe->loop, &probe->src, probe->src.fd, 0), 0);
}

static void
a_source_stopped_by_its_own_callback_is_not_called_again(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_send(fds[1], "x");
	probe.then = stop_own_source;
	/* Both filters are ready at once: the other one is struck out. */
	probe_watch(&probe, fds[0], LOOP_READ | LOOP_WRITE);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_int_equal(probe.calls, 1);
	probe_pair_close(fds);
}

static void
free_own_source(struct probe *probe)
{
	int *calls = &probe->other->calls;

	stop_own_source(probe);
	free(probe);
	++*calls;
}

static void
a_source_may_be_freed_by_its_own_callback(void **state)
{
	struct probe counter = probe_of(*state);
	struct probe *probe;
	int fds[2];

	probe = malloc(sizeof(*probe));
	assert_non_null(probe);
	*probe = probe_of(*state);
	probe->then = free_own_source;
	probe->other = &counter;
	probe_pair(fds);
	probe_send(fds[1], "x");
	probe_watch(probe, fds[0], LOOP_READ | LOOP_WRITE);
	probe_turn(*state, &counter.calls, 1);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_int_equal(counter.calls, 1);
	probe_pair_close(fds);
}

/* Keeps one of the two filters: whichever event came first, the other goes. */
static void
keep_one_filter(struct probe *probe)
{
	unsigned keep;

	keep = probe->last.filter == EVFILT_READ ? LOOP_READ : LOOP_WRITE;
	assert_int_equal(
	    loop_io_set(probe->loop, &probe->src, probe->src.fd, keep), 0);
	probe->then = NULL;
}

static void
a_filter_dropped_within_a_batch_is_not_reported_in_it(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe_send(fds[1], "x");
	probe.then = keep_one_filter;
	probe_watch(&probe, fds[0], LOOP_READ | LOOP_WRITE);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(probe.reads + probe.writes, 1);
	probe_turn(*state, &probe.calls, 2);
	assert_true(probe.reads == 0 || probe.writes == 0);
	probe_watch(&probe, fds[0], 0);
	probe_pair_close(fds);
}

/* Ends the other source and gives its descriptor's number to the heir. */
static void
bequeath_the_other(struct probe *probe)
{
	struct probe *other = probe->other, *heir = probe->heir;
	int number = other->src.fd, fds[2];

	assert_int_equal(loop_io_set(probe->loop, &other->src, number, 0), 0);
	close(number);
	probe_pair(fds);
	if (fds[0] != number) {
		assert_int_equal(dup2(fds[0], number), number);
		close(fds[0]);
		if (fds[1] == number)
			fail_msg("the pair took the number at the wrong end");
	}
	heir->fd = fds[1];
	probe_watch(heir, number, LOOP_READ);
	probe->then = NULL;
}

static void
a_number_reused_within_a_batch_gets_no_event_of_its_past(void **state)
{
	struct probe a = probe_of(*state), b = probe_of(*state);
	struct probe heir = probe_of(*state);
	int a_fds[2], b_fds[2];

	probe_pair(a_fds);
	probe_pair(b_fds);
	a.then = b.then = bequeath_the_other;
	a.heir = b.heir = &heir;
	a.other = &b;
	b.other = &a;
	probe_watch(&a, a_fds[0], LOOP_READ);
	probe_watch(&b, b_fds[0], LOOP_READ);
	probe_send(a_fds[1], "x");
	probe_send(b_fds[1], "x");
	assert_int_equal(loop_once(*state, DEADLINE_MS), 2);
	/* Whichever came first, the other one is gone and the heir unheard. */
	assert_int_equal(a.calls + b.calls, 1);
	assert_int_equal(heir.calls, 0);
	probe_send(heir.fd, "late");
	probe_turn(*state, &heir.calls, 1);
	assert_int_equal(heir.last.data, 4);
	assert_int_equal(a.src.watched + b.src.watched, LOOP_READ);
	probe_pair_close(a_fds);
	probe_pair_close(b_fds);
	close(heir.fd);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, probe_setup, probe_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_new_loop_has_nothing_to_report),
	    TEST(a_readable_socket_is_reported_until_it_is_read),
	    TEST(reading_and_writing_are_watched_apart),
	    TEST(events_without_data_still_come),
	    TEST(an_interest_that_is_already_so_asks_no_system),
	    TEST(a_bad_descriptor_is_refused_and_changes_nothing),
	    TEST(another_descriptor_is_refused_while_one_is_watched),
	    TEST(the_end_comes_with_the_data_that_is_left),
	    TEST(a_reset_comes_as_the_end_with_its_error),
	    TEST(a_source_stopped_by_its_own_callback_is_not_called_again),
	    TEST(a_source_may_be_freed_by_its_own_callback),
	    TEST(a_filter_dropped_within_a_batch_is_not_reported_in_it),
	    TEST(a_number_reused_within_a_batch_gets_no_event_of_its_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
