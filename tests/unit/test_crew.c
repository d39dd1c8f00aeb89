/* crew: workers in threads of their own, with clients on socket pairs. */

#include "harness/harness.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "crew.h"
#include "gate.h"
#include "log_lines.h"
#include "loop.h"
#include "remote.h"
#include "stats.h"

#define WORKERS	   3
#define CLIENTS	   10	/* the first worker has one more than the others */
#define BYTES	   1000 /* of each client */
#define TIMEOUT_MS 20000

struct fixture {
	struct log_place place;
	struct log *log;
	struct admit *rules;
	struct gate *gate;
	struct crew *crew;
	struct loop_source done; /* the other thread has seen enough */
	int peers[CLIENTS];
	uint64_t last_id;
	int drained; /* calls */
	bool failed;
};

static void
on_drained(void *arg)
{
	struct fixture *f = arg;

	f->drained++;
	crew_stop(f->crew);
}

static void
on_done(void *arg, const struct loop_event *ev)
{
	struct fixture *f = arg;

	(void)ev;
	crew_drain(f->crew);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct gate_options gate = {.fds = 16};
	struct worker_options options = {
	    .buffer_bytes = 65536, .drained = on_drained, .arg = f};
	char error[GATE_ERROR_MAX];

	assert_non_null(f);
	f->place = log_place("crew");
	(void)unlink(f->place.path);
	f->log = log_lines_open(f->place.path, LOG_LEVEL_INFO, 0);
	f->rules = admit_new();
	assert_non_null(f->rules);
	gate.rules = f->rules;
	f->gate = gate_new(&gate, f->log, error);
	assert_non_null(f->gate);
	options.log = f->log;
	options.gate = f->gate;
	f->crew = crew_new(WORKERS, &options);
	assert_non_null(f->crew);
	f->done.fn = on_done;
	f->done.arg = f;
	assert_int_equal(loop_wake_start(crew_loop(f->crew), &f->done), 0);
	memset(f->peers, -1, sizeof(f->peers));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	size_t i;

	crew_free(f->crew);
	gate_free(f->gate);
	admit_free(f->rules);
	log_close(f->log, TIMEOUT_MS);
	(void)unlink(f->place.path);
	for (i = 0; i < CLIENTS; i++)
		if (f->peers[i] != -1)
			close(f->peers[i]);
	free(f);
	return 0;
}

/* A client as the listener would hand it over. */
static void
add(struct fixture *f, int fd)
{
	const struct remote remote = {.port = 0};

	assert_true(gate_enter(f->gate, fd, &remote));
	crew_add(f->crew, fd, &remote, ++f->last_id);
}

static void
add_all(struct fixture *f)
{
	int fds[2];
	size_t i;

	for (i = 0; i < CLIENTS; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
		f->peers[i] = fds[1];
		add(f, fds[0]);
	}
}

static size_t
count_logged(const struct fixture *f, const char *word)
{
	char *text = log_lines_read(f->place.path);
	size_t count = log_lines_count(text, word);

	free(text);
	return count;
}

/* Ends the log, so that all is in the file. */
static void
expect_log(struct fixture *f, size_t clients)
{
	log_close(f->log, TIMEOUT_MS);
	assert_int_equal(count_logged(f, " connect #"), clients);
	assert_int_equal(count_logged(f, " close   #"), clients);
	f->log = log_lines_open(f->place.path, LOG_LEVEL_INFO, 0);
}

/* The other end of all of them, in a thread of its own. */
static bool
echo_one(int fd)
{
	char sent[BYTES], got[BYTES];

	memset(sent, 'a' + fd % 20, sizeof(sent));
	return send(fd, sent, sizeof(sent), 0) == BYTES &&
	    recv(fd, got, sizeof(got), MSG_WAITALL) == BYTES &&
	    memcmp(sent, got, sizeof(got)) == 0;
}

static void *
talk(void *arg)
{
	struct fixture *f = arg;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		f->failed |= !echo_one(f->peers[i]);
	(void)loop_wake_send(crew_loop(f->crew), &f->done);
	return NULL;
}

static void
all_are_served_and_all_workers_drain_once(void **state)
{
	struct stats stats = {0};
	struct fixture *f = *state;
	pthread_t thread;
	char byte;
	size_t i;

	add_all(f);
	assert_int_equal(pthread_create(&thread, NULL, talk, f), 0);
	assert_int_equal(crew_start(f->crew), 0);
	assert_int_equal(crew_run(f->crew), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(f->failed);
	assert_int_equal(f->drained, 1);
	assert_int_equal(gate_open(f->gate), 0);
	crew_collect(f->crew, &stats);
	assert_int_equal(stats.in_bytes, CLIENTS * BYTES);
	assert_int_equal(stats.out_bytes, CLIENTS * BYTES);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(recv(f->peers[i], &byte, 1, 0), 0);
	crew_free(f->crew);
	f->crew = NULL;
	expect_log(f, CLIENTS);
}

/* The crew ends before it has begun, with clients on their way to it. */
static void
who_is_on_the_way_at_the_end_is_closed(void **state)
{
	struct fixture *f = *state;
	char byte;
	size_t i;

	add_all(f);
	assert_int_equal(gate_open(f->gate), CLIENTS);
	crew_free(f->crew);
	f->crew = NULL;
	assert_int_equal(gate_open(f->gate), 0);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(recv(f->peers[i], &byte, 1, 0), 0);
	expect_log(f, CLIENTS);
}

/* Drained at once, as drain and newcomers come in the order of the calls. */
static void
who_came_before_a_drain_is_drained(void **state)
{
	struct fixture *f = *state;
	char byte;
	size_t i;

	add_all(f);
	crew_drain(f->crew);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(shutdown(f->peers[i], SHUT_WR), 0);
	assert_int_equal(crew_start(f->crew), 0);
	assert_int_equal(crew_run(f->crew), 0);
	assert_int_equal(f->drained, 1);
	assert_int_equal(gate_open(f->gate), 0);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(recv(f->peers[i], &byte, 1, 0), 0);
	expect_log(f, CLIENTS);
}

/* By the first worker, and by another one: both count it out again. */
static void
who_can_not_be_served_is_counted_out(void **state)
{
	struct fixture *f = *state;
	int i;

	add_all(f);
	/* no descriptors: nothing can watch them */
	for (i = 0; i < WORKERS; i++)
		add(f, -1);
	crew_drain(f->crew);
	crew_cut(f->crew);
	assert_int_equal(crew_start(f->crew), 0);
	assert_int_equal(crew_run(f->crew), 0);
	assert_int_equal(gate_open(f->gate), 0);
	crew_free(f->crew);
	f->crew = NULL;
	log_close(f->log, TIMEOUT_MS);
	assert_int_equal(count_logged(f, " error "), WORKERS);
	f->log = log_lines_open(f->place.path, LOG_LEVEL_INFO, 0);
}

#define CREW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CREW_TEST(all_are_served_and_all_workers_drain_once),
	    CREW_TEST(who_is_on_the_way_at_the_end_is_closed),
	    CREW_TEST(who_came_before_a_drain_is_drained),
	    CREW_TEST(who_can_not_be_served_is_counted_out),
	};

	crew_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
