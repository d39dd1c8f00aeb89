/* census, kick, muster: what all workers are asked, each in its thread. */

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "census.h"
#include "crew.h"
#include "gate.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "inbox.h"
#include "kick.h"
#include "log_lines.h"
#include "loop.h"
#include "muster.h"
#include "worker.h"

#define WORKERS	 3
#define CLIENTS	 40
#define KICKED	 17
#define ASKED	 50 /* times, at once */
#define BYTES	 5
#define LISTENER 3 /* that all have come through */

/* A crew in a thread of its own, and who asks it in the test's. */
struct bench {
	struct log_place place;
	struct log *log;
	struct admit *rules;
	struct gate *gate;
	struct crew *crew;
	struct loop_source end; /* stops the crew */
	pthread_t thread;
	bool running;
	struct loop *loop;
	struct inbox *inbox;
	int peers[CLIENTS];
	struct census *census; /* the last one */
	unsigned answers;
	unsigned found;		/* answers to kicks that were so */
	_Atomic unsigned calls; /* of a muster, in all threads */
	_Atomic unsigned indices;
};

static void
on_drained(void *arg)
{
	struct bench *bench = arg;

	crew_stop(bench->crew);
}

static void
on_end(void *arg, const struct loop_event *ev)
{
	struct bench *bench = arg;

	(void)ev;
	crew_stop(bench->crew);
}

static void
hire(struct bench *bench)
{
	struct gate_options gate = {.fds = 16};
	struct worker_options options = {
	    .buffer_bytes = 65536, .drained = on_drained, .arg = bench};
	char error[GATE_ERROR_MAX];

	bench->place = log_place("census");
	(void)unlink(bench->place.path);
	bench->log = log_lines_open(bench->place.path, LOG_LEVEL_INFO, 0);
	bench->rules = admit_new();
	assert_non_null(bench->rules);
	gate.rules = bench->rules;
	bench->gate = gate_new(&gate, bench->log, error);
	assert_non_null(bench->gate);
	options.log = bench->log;
	options.gate = bench->gate;
	bench->crew = crew_new(WORKERS, &options);
	assert_non_null(bench->crew);
	bench->end.fn = on_end;
	bench->end.arg = bench;
	assert_int_equal(
	    loop_wake_start(crew_loop(bench->crew), &bench->end), 0);
}

/* Socket pairs: a client of each, numbered from 1 on. */
static void
add_clients(struct bench *bench)
{
	const struct remote remote = {.port = LISTENER};
	int fds[2];
	size_t i;

	for (i = 0; i < CLIENTS; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
		bench->peers[i] = fds[1];
		assert_true(gate_enter(bench->gate, fds[0], &remote));
		crew_add(bench->crew, fds[0], &remote, i + 1);
	}
}

static int
set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	hire(bench);
	bench->loop = loop_new();
	assert_non_null(bench->loop);
	bench->inbox = inbox_new(bench->loop);
	assert_non_null(bench->inbox);
	add_clients(bench);
	*state = bench;
	return 0;
}

static void *
run(void *arg)
{
	struct bench *bench = arg;

	return crew_run(bench->crew) == 0 ? bench : NULL;
}

static void
start(struct bench *bench)
{
	assert_int_equal(crew_start(bench->crew), 0);
	assert_int_equal(pthread_create(&bench->thread, NULL, run, bench), 0);
	bench->running = true;
}

/* As a server ends: first the loops, later the workers, then who asked. */
static void
stop(struct bench *bench)
{
	void *result;

	if (bench->running) {
		assert_int_equal(
		    loop_wake_send(crew_loop(bench->crew), &bench->end), 0);
		assert_int_equal(pthread_join(bench->thread, &result), 0);
		assert_non_null(result);
	}
	bench->running = false;
	crew_free(bench->crew);
	bench->crew = NULL;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;
	size_t i;

	stop(bench);
	inbox_free(bench->inbox);
	loop_free(bench->loop);
	gate_free(bench->gate);
	admit_free(bench->rules);
	log_close(bench->log, DEADLINE_MS);
	(void)unlink(bench->place.path);
	for (i = 0; i < CLIENTS; i++)
		close(bench->peers[i]);
	census_free(bench->census);
	free(bench);
	return 0;
}

static void
wait_answers(struct bench *bench, unsigned count)
{
	while (bench->answers < count)
		assert_true(loop_once(bench->loop, DEADLINE_MS) > 0);
	assert_int_equal(bench->answers, count);
}

static void
on_census(void *arg, struct census *census)
{
	struct bench *bench = arg;

	census_free(bench->census);
	bench->census = census;
	bench->answers++;
}

static void
on_kicked(void *arg, bool found)
{
	struct bench *bench = arg;

	bench->answers++;
	bench->found += found;
}

static void
ask_census(struct bench *bench)
{
	assert_int_equal(
	    census_take(bench->crew, bench->inbox, on_census, bench), 0);
}

static void
ask_kick(struct bench *bench, uint64_t client)
{
	assert_int_equal(
	    kick_client(bench->crew, bench->inbox, client, on_kicked, bench),
	    0);
}

/* All clients but one (0: none), in order, the workers' shares even. */
static void
expect_rows(struct bench *bench, uint64_t missing, uint64_t bytes)
{
	size_t shares[WORKERS] = {0};
	const struct census_row *row;
	unsigned worker = 0;
	uint64_t client;

	assert_non_null(bench->census);
	for (client = 1; client <= CLIENTS; client++) {
		if (client == missing)
			continue;
		row = census_next(bench->census, &worker);
		assert_non_null(row);
		assert_int_equal(row->client, client);
		assert_int_equal(row->in_bytes, bytes);
		assert_int_equal(row->out_bytes, bytes);
		assert_int_equal(row->queued_bytes, 0);
		assert_true(row->idle_ms <= row->age_ms);
		assert_int_equal(row->remote.port, LISTENER);
		assert_in_range(worker, 0, WORKERS - 1);
		shares[worker]++;
	}
	assert_null(census_next(bench->census, &worker));
	for (worker = 0; worker < WORKERS; worker++)
		assert_in_range(shares[worker], CLIENTS / WORKERS - 1,
		    CLIENTS / WORKERS + 1);
}

static void
echo_all(struct bench *bench)
{
	char text[BYTES];
	size_t i;

	for (i = 0; i < CLIENTS; i++) {
		assert_int_equal(
		    send(bench->peers[i], "hello", BYTES, 0), BYTES);
		assert_int_equal(
		    recv(bench->peers[i], text, BYTES, MSG_WAITALL), BYTES);
	}
}

static void
a_census_has_a_row_for_each_in_order(void **state)
{
	struct bench *bench = *state;

	start(bench);
	ask_census(bench);
	wait_answers(bench, 1);
	expect_rows(bench, 0, 0);
	echo_all(bench);
	ask_census(bench);
	wait_answers(bench, 2);
	expect_rows(bench, 0, BYTES);
}

static void
a_kick_ends_one_client_and_says_whether_it_was_there(void **state)
{
	struct bench *bench = *state;
	char byte;

	start(bench);
	ask_kick(bench, KICKED);
	wait_answers(bench, 1);
	assert_int_equal(bench->found, 1);
	assert_int_equal(recv(bench->peers[KICKED - 1], &byte, 1, 0), 0);
	ask_kick(bench, KICKED);
	ask_kick(bench, 0);
	ask_kick(bench, CLIENTS + 1);
	wait_answers(bench, 4);
	assert_int_equal(bench->found, 1);
	ask_census(bench);
	wait_answers(bench, 5);
	expect_rows(bench, KICKED, 0);
}

/* In the order of the questions: each sees what the last one did. */
static void
many_may_be_asked_at_once(void **state)
{
	struct bench *bench = *state;
	unsigned i;

	start(bench);
	for (i = 0; i < ASKED; i++) {
		ask_census(bench);
		ask_kick(bench, KICKED);
	}
	wait_answers(bench, 2 * ASKED);
	assert_int_equal(bench->found, 1);
	expect_rows(bench, KICKED, 0);
}

/* Whether the workers have got to it or not, the end answers all. */
static void
the_end_of_the_crew_in_the_middle_answers_all(void **state)
{
	struct bench *bench = *state;
	unsigned i;

	start(bench);
	for (i = 0; i < ASKED; i++) {
		ask_census(bench);
		ask_kick(bench, i);
	}
	stop(bench);
	inbox_free(bench->inbox);
	bench->inbox = NULL;
	assert_int_equal(bench->answers, 2 * ASKED);
	/* client 0 there is none of */
	assert_int_equal(
	    bench->found, ASKED - 1 < CLIENTS ? ASKED - 1 : CLIENTS);
}

/* Nobody has begun to serve: it is the end that answers. */
static void
a_crew_that_never_ran_answers_all(void **state)
{
	struct bench *bench = *state;

	ask_census(bench);
	ask_kick(bench, KICKED);
	stop(bench);
	inbox_free(bench->inbox);
	bench->inbox = NULL;
	assert_int_equal(bench->answers, 2);
	assert_int_equal(bench->found, 1);
}

/* Where a client has gone, the next one has its cell in the worker's pool. */
static void
who_came_last_stands_last(void **state)
{
	const struct remote remote = {.port = LISTENER};
	struct bench *bench = *state;
	const struct census_row *row;
	unsigned worker;
	uint64_t last = 0;
	int fds[2];
	unsigned rows;

	assert_true(worker_kick(crew_worker(bench->crew, 0), 1));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_true(gate_enter(bench->gate, fds[0], &remote));
	crew_add(bench->crew, fds[0], &remote, CLIENTS + 1);
	start(bench);
	ask_census(bench);
	wait_answers(bench, 1);
	for (rows = 0; (row = census_next(bench->census, &worker)) != NULL;
	     rows++) {
		assert_true(row->client > last);
		last = row->client;
	}
	assert_int_equal(rows, CLIENTS);
	assert_int_equal(last, CLIENTS + 1);
	close(fds[1]);
}

/* Not as many as it has. */
static void
a_worker_writes_down_as_many_as_there_is_room_for(void **state)
{
	struct bench *bench = *state;
	struct worker *worker = crew_worker(bench->crew, 0);
	struct census_row rows[2] = {0};

	assert_true(worker_clients(worker) > 1);
	assert_int_equal(worker_describe(worker, rows, 1), 1);
	assert_int_not_equal(rows[0].client, 0);
	assert_int_equal(rows[1].client, 0);
}

static void
on_worker(void *arg, struct worker *worker, unsigned index)
{
	struct bench *bench = arg;

	assert_ptr_equal(worker, crew_worker(bench->crew, index));
	bench->calls++;
	bench->indices += 1u << index;
}

/* All of them have done it by then, so the counts are final. */
static void
on_done(void *arg)
{
	struct bench *bench = arg;

	assert_int_equal(bench->calls, WORKERS);
	assert_int_equal(bench->indices, (1u << WORKERS) - 1);
	bench->answers++;
}

static void
a_muster_calls_each_worker_once_and_then_the_asker(void **state)
{
	struct bench *bench = *state;

	start(bench);
	assert_int_equal(
	    muster_call(bench->crew, bench->inbox, on_worker, on_done, bench),
	    0);
	wait_answers(bench, 1);
}

#define CENSUS_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CENSUS_TEST(a_census_has_a_row_for_each_in_order),
	    CENSUS_TEST(a_kick_ends_one_client_and_says_whether_it_was_there),
	    CENSUS_TEST(many_may_be_asked_at_once),
	    CENSUS_TEST(the_end_of_the_crew_in_the_middle_answers_all),
	    CENSUS_TEST(a_crew_that_never_ran_answers_all),
	    CENSUS_TEST(who_came_last_stands_last),
	    CENSUS_TEST(a_worker_writes_down_as_many_as_there_is_room_for),
	    CENSUS_TEST(a_muster_calls_each_worker_once_and_then_the_asker),
	};

	census_free(NULL);
	return cmocka_run_group_tests_name("census", tests, NULL, NULL);
}
