/* inbox: jobs from other threads, each done once, and none forgotten. */

#include "harness/harness.h"

#include <pthread.h>
#include <stdlib.h>

#include "inbox.h"
#include "loop.h"

#define THREADS	   4
#define JOBS	   5000 /* of each thread */
#define BOUNCES	   10000
#define TIMEOUT_MS 20000

/* Where jobs are done. */
struct desk {
	struct loop *loop;
	struct inbox *inbox;
	size_t done;
	size_t next[THREADS]; /* the number of the job that is due */
};

struct numbered {
	struct inbox_job job;
	struct desk *desk;
	size_t thread, number;
};

static void
desk_open(struct desk *desk)
{
	desk->loop = loop_new();
	assert_non_null(desk->loop);
	desk->inbox = inbox_new(desk->loop);
	assert_non_null(desk->inbox);
}

static void
desk_close(struct desk *desk)
{
	inbox_free(desk->inbox);
	loop_free(desk->loop);
}

static void
desk_work_until(struct desk *desk, size_t done)
{
	while (desk->done < done)
		assert_true(loop_once(desk->loop, TIMEOUT_MS) > 0);
}

/* Each in the order of its thread; it frees what it is. */
static void
do_numbered(void *arg)
{
	struct numbered *job = arg;

	assert_int_equal(job->number, job->desk->next[job->thread]);
	job->desk->next[job->thread]++;
	job->desk->done++;
	free(job);
}

static void
post_numbered(struct desk *desk, size_t thread, size_t number)
{
	struct numbered *job = calloc(1, sizeof(*job));

	if (job == NULL)
		abort();
	*job = (struct numbered){.job = {.fn = do_numbered, .arg = job},
	    .desk = desk,
	    .thread = thread,
	    .number = number};
	inbox_post(desk->inbox, &job->job);
}

static void
do_count(void *arg)
{
	struct desk *desk = arg;

	desk->done++;
}

static void
jobs_are_done_in_the_order_in_which_they_came(void **state)
{
	struct desk desk = {0};
	size_t i;

	(void)state;
	desk_open(&desk);
	for (i = 0; i < 3; i++)
		post_numbered(&desk, 0, i);
	assert_int_equal(desk.done, 0);
	desk_work_until(&desk, 3);
	desk_close(&desk);
}

static void
a_job_that_waits_stays_where_it_is(void **state)
{
	struct desk desk = {0};
	struct inbox_job job = {.fn = do_count, .arg = &desk};

	(void)state;
	desk_open(&desk);
	inbox_post(desk.inbox, &job);
	inbox_post(desk.inbox, &job);
	post_numbered(&desk, 0, 0);
	inbox_post(desk.inbox, &job);
	desk_work_until(&desk, 2);
	assert_int_equal(loop_once(desk.loop, 0), 0);
	assert_int_equal(desk.done, 2);
	inbox_post(desk.inbox, &job);
	desk_work_until(&desk, 3);
	desk_close(&desk);
}

struct again {
	struct inbox_job job;
	struct desk *desk;
	int left;
};

static void
do_again(void *arg)
{
	struct again *again = arg;

	again->desk->done++;
	if (again->left-- > 0)
		inbox_post(again->desk->inbox, &again->job);
}

static void
a_job_may_post_itself_again(void **state)
{
	struct desk desk = {0};
	struct again again = {.desk = &desk, .left = 2};

	(void)state;
	again.job.fn = do_again;
	again.job.arg = &again;
	desk_open(&desk);
	inbox_post(desk.inbox, &again.job);
	desk_work_until(&desk, 3);
	/* and behind those the inbox still wakes up */
	inbox_post(desk.inbox, &again.job);
	desk_work_until(&desk, 4);
	desk_close(&desk);
}

/* Also those that are posted by the last ones. */
static void
the_end_does_what_waits(void **state)
{
	struct desk desk = {0};
	struct again again = {.desk = &desk, .left = 2};

	(void)state;
	again.job.fn = do_again;
	again.job.arg = &again;
	desk_open(&desk);
	inbox_post(desk.inbox, &again.job);
	post_numbered(&desk, 0, 0);
	desk_close(&desk);
	assert_int_equal(desk.done, 4);
	inbox_free(NULL);
}

struct poster {
	pthread_t thread;
	struct desk *desk;
	size_t index;
};

static void *
post_all(void *arg)
{
	struct poster *poster = arg;
	size_t i;

	for (i = 0; i < JOBS; i++)
		post_numbered(poster->desk, poster->index, i);
	return NULL;
}

static void
start_posters(struct poster *posters, struct desk *desk)
{
	size_t i;

	for (i = 0; i < THREADS; i++) {
		posters[i].desk = desk;
		posters[i].index = i;
		assert_int_equal(pthread_create(&posters[i].thread, NULL,
				     post_all, &posters[i]),
		    0);
	}
}

static void
join_posters(struct poster *posters)
{
	size_t i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(posters[i].thread, NULL), 0);
}

static void
threads_post_at_the_same_time_and_no_job_is_lost(void **state)
{
	struct poster posters[THREADS];
	struct desk desk = {0};

	(void)state;
	desk_open(&desk);
	start_posters(posters, &desk);
	desk_work_until(&desk, (size_t)THREADS * JOBS);
	join_posters(posters);
	desk_close(&desk);
}

static void
what_threads_left_behind_is_done_at_the_end(void **state)
{
	struct poster posters[THREADS];
	struct desk desk = {0};

	(void)state;
	desk_open(&desk);
	start_posters(posters, &desk);
	desk_work_until(&desk, 1);
	join_posters(posters);
	desk_close(&desk);
	assert_int_equal(desk.done, (size_t)THREADS * JOBS);
}

/* A job that goes from thread to thread; each sleeps until it comes. */
struct ball {
	struct inbox_job job;
	struct desk *desks[2];
	int bounces;
};

static void
do_bounce(void *arg)
{
	struct ball *ball = arg;
	struct desk *here = ball->desks[ball->bounces % 2];

	here->done++;
	if (++ball->bounces < BOUNCES)
		inbox_post(ball->desks[ball->bounces % 2]->inbox, &ball->job);
}

static void *
bounce(void *arg)
{
	struct desk *desk = arg;

	while (desk->done < BOUNCES / 2)
		if (loop_once(desk->loop, TIMEOUT_MS) <= 0)
			break;
	return NULL;
}

/* One wake-up that is lost, and both would sleep for ever. */
static void
nobody_sleeps_while_a_job_waits(void **state)
{
	struct desk desks[2] = {{0}, {0}};
	struct ball ball = {.desks = {&desks[0], &desks[1]}};
	pthread_t thread;

	(void)state;
	ball.job.fn = do_bounce;
	ball.job.arg = &ball;
	desk_open(&desks[0]);
	desk_open(&desks[1]);
	assert_int_equal(pthread_create(&thread, NULL, bounce, &desks[1]), 0);
	inbox_post(desks[0].inbox, &ball.job);
	(void)bounce(&desks[0]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(ball.bounces, BOUNCES);
	desk_close(&desks[0]);
	desk_close(&desks[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jobs_are_done_in_the_order_in_which_they_came),
	    cmocka_unit_test(a_job_that_waits_stays_where_it_is),
	    cmocka_unit_test(a_job_may_post_itself_again),
	    cmocka_unit_test(the_end_does_what_waits),
	    cmocka_unit_test(threads_post_at_the_same_time_and_no_job_is_lost),
	    cmocka_unit_test(what_threads_left_behind_is_done_at_the_end),
	    cmocka_unit_test(nobody_sleeps_while_a_job_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
