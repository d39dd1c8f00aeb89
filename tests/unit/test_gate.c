/* gate: who may stay, counted right whichever thread asks. */

#include "harness/harness.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "gate.h"
#include "harness/scratch.h"
#include "log_lines.h"
#include "remote.h"

#define THREADS	   4
#define TRIES	   5000 /* of each thread */
#define TIMEOUT_MS 20000

struct fixture {
	struct log_place place;
	struct log *log;
	struct admit *rules;
	struct gate_options options;
	struct gate *gate;
	char error[GATE_ERROR_MAX];
	struct remote here, there;
};

static struct remote
remote_of(const char *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct remote remote;

	assert_int_equal(inet_pton(AF_INET, address, &in.sin_addr), 1);
	remote_set(&remote, (struct sockaddr *)&in);
	return remote;
}

static void
open_gate(struct fixture *f)
{
	f->gate = gate_new(&f->options, f->log, f->error);
	assert_non_null(f->gate);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->place = log_place("gate");
	f->log = log_lines_open(f->place.path, LOG_LEVEL_INFO, 0);
	f->rules = admit_new();
	assert_non_null(f->rules);
	f->options.rules = f->rules;
	f->options.fds = 16;
	f->here = remote_of("127.0.0.1");
	f->there = remote_of("192.0.2.1");
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	gate_free(f->gate);
	admit_free(f->rules);
	log_close(f->log, TIMEOUT_MS);
	(void)unlink(f->place.path);
	free(f);
	return 0;
}

/* What the log has at the end of a test. */
static void
expect_logged(struct fixture *f, const char *text)
{
	scratch_expect(f->place.path, text);
}

static void
so_many_are_let_in_and_one_more_when_one_has_left(void **state)
{
	struct fixture *f = *state;

	f->options.max_clients = 2;
	open_gate(f);
	assert_true(gate_enter(f->gate, -1, &f->here));
	assert_true(gate_enter(f->gate, -1, &f->there));
	assert_false(gate_enter(f->gate, -1, &f->here));
	assert_int_equal(gate_open(f->gate), 2);
	assert_int_equal(gate_refused(f->gate), 1);
	gate_leave(f->gate);
	assert_true(gate_enter(f->gate, -1, &f->here));
	assert_int_equal(gate_open(f->gate), 2);
	expect_logged(f, "refuse  127.0.0.1:0 reason=limit\n");
}

static void
who_is_denied_does_not_count_as_open(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(admit_add(f->rules, "192.0.2.0/24", false), 0);
	open_gate(f);
	assert_false(gate_enter(f->gate, -1, &f->there));
	assert_true(gate_enter(f->gate, -1, &f->here));
	assert_false(gate_admit_source(f->gate, -1, &f->there));
	assert_true(gate_admit_source(f->gate, -1, &f->here));
	assert_int_equal(gate_open(f->gate), 1);
	assert_int_equal(gate_refused(f->gate), 2);
	expect_logged(f, "refuse  192.0.2.1:0 reason=deny\n");
}

static void
an_address_has_so_many_places(void **state)
{
	const struct remote path = {.port = 0}; /* a Unix socket's peer */
	struct fixture *f = *state;
	int i;

	f->options.max_per_ip = 2;
	open_gate(f);
	assert_true(gate_claim(f->gate, -1, &f->here));
	assert_true(gate_claim(f->gate, -1, &f->here));
	assert_false(gate_claim(f->gate, -1, &f->here));
	assert_false(gate_claim(f->gate, -1, &f->here));
	assert_true(gate_claim(f->gate, -1, &f->there));
	gate_release(f->gate, &f->here);
	assert_true(gate_claim(f->gate, -1, &f->here));
	assert_false(gate_claim(f->gate, -1, &f->here));
	for (i = 0; i < 3; i++)
		assert_true(gate_claim(f->gate, -1, &path));
	gate_release(f->gate, &path);
	assert_int_equal(gate_refused(f->gate), 3);
	expect_logged(f, "refuse  127.0.0.1:0 reason=per-ip\n");
}

static void
without_a_limit_places_cost_nothing(void **state)
{
	struct fixture *f = *state;
	int i;

	open_gate(f);
	for (i = 0; i < 100; i++)
		assert_true(gate_claim(f->gate, -1, &f->here));
	gate_release(f->gate, &f->here);
	assert_int_equal(gate_refused(f->gate), 0);
}

/* The soft limit becomes the hard one, so that is what counts. */
static unsigned
hard_limit(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max > INT32_MAX)
		skip();
	return (unsigned)limit.rlim_max;
}

static void
descriptors_are_a_limit_and_more_is_warned_about(void **state)
{
	struct fixture *f = *state;

	f->options.fds = hard_limit() - 1;
	f->options.max_clients = 5;
	open_gate(f);
	assert_true(gate_enter(f->gate, -1, &f->here));
	assert_false(gate_enter(f->gate, -1, &f->here));
	expect_logged(f, " has room for 1 of 5 clients\"\n");
}

static void
without_room_for_one_there_is_no_gate(void **state)
{
	struct fixture *f = *state;

	f->options.fds = hard_limit();
	assert_null(gate_new(&f->options, f->log, f->error));
	assert_non_null(strstr(f->error, "(ulimit -n) is too low: "));
	assert_non_null(strstr(f->error, " are the least"));
}

/* A listening socket at a port of the system's choice, and a peer of it. */
static int
listen_for_one(int *peer)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	*peer = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(*peer, (struct sockaddr *)&in, len), 0);
	assert_int_equal(poll(&ready, 1, TIMEOUT_MS), 1);
	return fd;
}

/* Takes every descriptor that is left. Returns how many. */
static size_t
take_all(int *fds, size_t max)
{
	size_t count = 0;

	while (count < max && (fds[count] = dup(STDERR_FILENO)) != -1)
		count++;
	return count;
}

static void
when_no_descriptor_is_left_one_is_turned_away(void **state)
{
	struct rlimit few;
	struct fixture *f = *state;
	int peer, listen_fd, fds[64];
	size_t count;
	char byte;

	open_gate(f);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &few), 0);
	few.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	listen_fd = listen_for_one(&peer);
	count = take_all(fds, 64);
	assert_true(count < 64);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(gate_turn_away(f->gate, listen_fd), 0);
	/* the spare one is there again */
	assert_int_equal(dup(STDERR_FILENO), -1);
	while (count > 0)
		close(fds[--count]);
	assert_int_equal(recv(peer, &byte, 1, 0), 0);
	assert_int_equal(gate_refused(f->gate), 1);
	assert_int_equal(gate_open(f->gate), 0);
	expect_logged(f, " reason=fds\n");
	close(peer);
	close(listen_fd);
}

struct visitor {
	pthread_t thread;
	struct fixture *fixture;
	struct remote remote;
	atomic_int *inside;
	uint64_t entered, refused;
	bool crowded; /* there were more inside than may be */
};

static void *
come_and_go(void *arg)
{
	struct visitor *visitor = arg;
	struct gate *gate = visitor->fixture->gate;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (!gate_enter(gate, -1, &visitor->remote)) {
			visitor->refused++;
			continue;
		}
		if (gate_claim(gate, -1, &visitor->remote)) {
			visitor->entered++;
			if (atomic_fetch_add(visitor->inside, 1) > 1)
				visitor->crowded = true;
			atomic_fetch_sub(visitor->inside, 1);
			gate_release(gate, &visitor->remote);
		} else {
			visitor->refused++;
		}
		gate_leave(gate);
	}
	return NULL;
}

static void
threads_come_and_go_and_the_count_is_right(void **state)
{
	struct fixture *f = *state;
	struct visitor visitors[THREADS];
	uint64_t entered = 0, refused = 0;
	atomic_int inside = 0;
	size_t i;

	f->options.max_clients = 3;
	f->options.max_per_ip = 2;
	open_gate(f);
	for (i = 0; i < THREADS; i++) {
		visitors[i] = (struct visitor){
		    .fixture = f, .remote = f->here, .inside = &inside};
		assert_int_equal(pthread_create(&visitors[i].thread, NULL,
				     come_and_go, &visitors[i]),
		    0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(visitors[i].thread, NULL), 0);
		assert_false(visitors[i].crowded);
		entered += visitors[i].entered;
		refused += visitors[i].refused;
	}
	assert_int_equal(entered + refused, (uint64_t)THREADS * TRIES);
	assert_int_equal(gate_open(f->gate), 0);
	assert_int_equal(gate_refused(f->gate), refused);
	/* and all places are free again */
	assert_true(gate_claim(f->gate, -1, &f->here));
	assert_true(gate_claim(f->gate, -1, &f->here));
}

#define GATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    GATE_TEST(so_many_are_let_in_and_one_more_when_one_has_left),
	    GATE_TEST(who_is_denied_does_not_count_as_open),
	    GATE_TEST(an_address_has_so_many_places),
	    GATE_TEST(without_a_limit_places_cost_nothing),
	    GATE_TEST(descriptors_are_a_limit_and_more_is_warned_about),
	    GATE_TEST(without_room_for_one_there_is_no_gate),
	    GATE_TEST(threads_come_and_go_and_the_count_is_right),
	    GATE_TEST(when_no_descriptor_is_left_one_is_turned_away),
	};

	gate_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
