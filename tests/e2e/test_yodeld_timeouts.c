/* yodeld: who is closed for silence, and who for taking nothing. */

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/journal.h"
#include "harness/network.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"

#define PIECE	    16384
#define SLOW_RCVBUF 4096
#define SMALL	    100000 /* bytes that a socket's own buffers hold */
#define SIP	    20000  /* what a slow reader takes at a time, */
#define SIP_MS	    100	   /* and how often */
#define STALLED	    " reason=stall "

/* Sends what is taken now; the server may have closed it. */
static void
push(struct peer *peer)
{
	static const char zeros[PIECE];
	ssize_t n;

	do
		n = write(peer_fd(peer), zeros, sizeof(zeros));
	while (n > 0);
}

struct pushers {
	struct server *server;
	struct peer **peers;
	size_t count;
	size_t stalled; /* that the journal has to have then */
};

static bool
pushed_until_stalled(void *arg)
{
	const struct pushers *pushers = arg;
	size_t i;

	for (i = 0; i < pushers->count; i++)
		push(pushers->peers[i]);
	return journal_count(pushers->server, STALLED) >= pushers->stalled;
}

/* Peers that send and never read, until the server has had enough of them. */
static void
stall(struct server *server, struct peer **peers, size_t count)
{
	struct pushers pushers = {
	    server, peers, count, journal_count(server, STALLED) + count};
	size_t i;

	assert_true(deadline_wait(
	    deadline_in(DEADLINE_MS), pushed_until_stalled, &pushers));
	for (i = 0; i < count; i++)
		peer_free(peers[i]);
}

static void
stall_one(struct server *server, struct peer *peer)
{
	stall(server, &peer, 1);
}

static struct peer *
connect_slow(struct server *server)
{
	return peer_connect_rcvbuf(server_port(server), SLOW_RCVBUF);
}

static void
test_only_the_idle_are_closed_for_silence(void **state)
{
	const char *const args[] = {"--idle-timeout", "400ms", NULL};
	struct server *server = server_start(args);
	struct peer *idle = peer_connect(server_port(server));
	struct peer *busy = peer_connect(server_port(server));

	(void)state;
	peer_greet(idle);
	/* a busy one says something until the idle one has gone */
	while (!peer_is_closed(idle))
		peer_greet(busy);
	journal_expect(server, "close   #1 .* reason=idle in=5 out=5 ");
	peer_greet(busy);
	peer_expect_eof(busy);
	journal_expect(server, "close   #2 .* reason=idle ");
	peer_free(idle);
	peer_free(busy);
	server_stop(server);
}

static void
test_who_takes_nothing_is_closed_and_the_idle_is_not(void **state)
{
	const char *const args[] = {"--stall-timeout", "300ms", NULL};
	struct server *server = server_start(args);
	struct peer *idle = peer_connect(server_port(server));

	(void)state;
	peer_greet(idle);
	stall_one(server, connect_slow(server));
	journal_expect(server, "close   #2 .* reason=stall .* open=1$");
	stall_one(server, connect_slow(server));
	journal_expect(server, "close   #3 .* reason=stall .* open=1$");
	peer_greet(idle);
	peer_free(idle);
	journal_expect(server, "close   #1 .* reason=peer in=10 out=10 ");
	server_stop(server);
}

static void
test_a_unix_sockets_peer_may_stall_too(void **state)
{
	char path[256], bind_to[264];
	const char *const args[] = {
	    "-b", bind_to, "--stall-timeout", "300ms", NULL};
	struct server *server;

	(void)state;
	scratch_path(path, sizeof(path), "stall.sock");
	snprintf(bind_to, sizeof(bind_to), "unix:%s", path);
	server = server_start(args);
	stall_one(server, peer_connect_unix(path));
	journal_expect(server, "close   #1 unix:.* reason=stall ");
	server_stop(server);
}

/*
 * All is in the kernel's hands, which would keep it for as long as the peer
 * answers: nothing is queued here, and the client has said all it wanted.
 */
static void
test_what_the_kernel_keeps_is_not_taken_either(void **state)
{
	const char *const args[] = {"--stall-timeout", "500ms", NULL};
	struct server *server = server_start(args);
	struct peer *peer = connect_slow(server);
	static const char zeros[SMALL];

	(void)state;
	peer_send(peer, zeros, sizeof(zeros));
	journal_expect(
	    server, "close   #1 .* reason=stall in=100000 out=100000 ");
	peer_free(peer);
	server_stop(server);
}

/*
 * Too little for the socket to be reported as writable, ever, and by far not
 * all of what waits. That others are closed meanwhile says that it is time.
 */
static void
test_a_slow_reader_is_not_closed(void **state)
{
	const char *const args[] = {"--stall-timeout", "1500ms", NULL};
	struct server *server = server_start(args);
	struct peer *slow = peer_connect(server_port(server));
	struct peer *other = connect_slow(server);
	char *sip = malloc(SIP);
	size_t stalled;

	(void)state;
	assert_non_null(sip);
	for (stalled = 0; stalled < 2;) {
		push(slow);
		push(other);
		peer_recv(slow, sip, SIP);
		(void)poll(NULL, 0, SIP_MS);
		if (journal_count(server, STALLED) == stalled)
			continue;
		stalled++;
		peer_free(other);
		other = connect_slow(server);
	}
	assert_int_equal(journal_count(server, " close   #1 "), 0);
	peer_shutdown(slow);
	free(peer_recv_all(slow, NULL));
	journal_expect(server, "close   #1 .* reason=peer ");
	peer_free(other);
	peer_free(slow);
	free(sip);
	server_stop(server);
}

/* A server that was asked to be strict says when the time is up. */
static void
test_without_the_option_a_pause_may_be_long(void **state)
{
	const char *const args[] = {"--stall-timeout", "500ms", NULL};
	struct server *strict = server_start(args);
	struct server *patient = server_start(NULL);
	struct peer *peers[2] = {connect_slow(patient), connect_slow(patient)};
	static const char zeros[SMALL];
	size_t i, got;

	(void)state;
	/* one waits in the kernel only, one also here */
	peer_send(peers[0], zeros, sizeof(zeros));
	for (i = 0; i < 2; i++) {
		push(peers[1]);
		stall_one(strict, connect_slow(strict));
	}
	assert_int_equal(journal_count(patient, " close "), 0);
	for (i = 0; i < 2; i++) {
		peer_shutdown(peers[i]);
		free(peer_recv_all(peers[i], &got));
		assert_true(got >= SMALL);
		peer_free(peers[i]);
	}
	journal_wait_count(patient, " reason=peer ", 2);
	server_stop(patient);
	server_stop(strict);
}

/* Each of them, in whichever thread it is. */
static void
test_both_are_so_in_worker_threads(void **state)
{
	const char *const args[] = {"-t", "3", "--stall-timeout", "300ms",
	    "--idle-timeout", "1h", NULL};
	const char *const idle_args[] = {
	    "-t", "3", "--idle-timeout", "300ms", NULL};
	struct server *server = server_start(args);
	struct peer *peers[6];
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		peers[i] = connect_slow(server);
	stall(server, peers, 6);
	assert_int_equal(journal_count(server, STALLED), 6);
	server_stop(server);
	server = server_start(idle_args);
	for (i = 0; i < 6; i++)
		peers[i] = peer_connect(server_port(server));
	for (i = 0; i < 6; i++)
		peer_greet(peers[i]);
	journal_wait_count(server, " reason=idle in=5 out=5 ", 6);
	for (i = 0; i < 6; i++)
		peer_free(peers[i]);
	server_stop(server);
}

/*
 * The link goes while an echo is due, and nobody ever says that the peer has
 * gone: first who writes to it learns that, and only who looks.
 */
static void
test_a_peer_that_vanished_is_noticed(void **state)
{
	const char *const args[] = {
	    "-b", "127.0.0.1", "--stall-timeout", "500ms", NULL};
	struct server *server;
	struct peer *idle, *vanished;

	if (*state == NULL)
		skip();
	server = server_start(args);
	idle = peer_connect(server_port(server));
	vanished = peer_connect(server_port(server));
	peer_greet(idle);
	peer_greet(vanished);
	process_signal(server_process(server), SIGSTOP);
	peer_send_text(vanished, "anyone?");
	network_set_link(false);
	process_signal(server_process(server), SIGCONT);
	journal_expect(server, "close   #2 .* reason=stall in=12 out=12 ");
	network_set_link(true);
	peer_greet(idle);
	peer_free(idle);
	peer_free(vanished);
	server_stop(server);
}

/* *state: whether there is a network of its own, whose link may be cut. */
static int
set_up(void **state)
{
	static bool own;

	own = network_enter();
	*state = own ? &own : NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_only_the_idle_are_closed_for_silence, process_teardown),
	    cmocka_unit_test_teardown(
		test_who_takes_nothing_is_closed_and_the_idle_is_not,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_unix_sockets_peer_may_stall_too, process_teardown),
	    cmocka_unit_test_teardown(
		test_what_the_kernel_keeps_is_not_taken_either,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_a_slow_reader_is_not_closed, process_teardown),
	    cmocka_unit_test_teardown(
		test_without_the_option_a_pause_may_be_long, process_teardown),
	    cmocka_unit_test_teardown(
		test_both_are_so_in_worker_threads, process_teardown),
	    cmocka_unit_test_teardown(
		test_a_peer_that_vanished_is_noticed, process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: time-outs", tests, set_up, NULL);
}
