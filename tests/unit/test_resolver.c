/*
 * resolver: answers come through the loop, and those to nobody are thrown away.
 * getaddrinfo(3) is the test's own here, and answers when it is told to.
 */

#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "loop.h"
#include "resolver.h"

#define THREADS_MAX 8

/* What getaddrinfo(3) does for a name; shared with the threads. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool held;  /* callers wait */
	int inside; /* callers that are here */
} names = {
    .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

struct found {
	struct addrinfo info;
	struct sockaddr_in sin;
};

/* Stands before the system's; "127.0.0.1" whatever the name, but for "no.". */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **result)
{
	struct found *found;

	if ((hints->ai_flags & AI_NUMERICHOST) == 0) {
		pthread_mutex_lock(&names.mutex);
		names.inside++;
		pthread_cond_broadcast(&names.changed);
		while (names.held)
			pthread_cond_wait(&names.changed, &names.mutex);
		names.inside--;
		pthread_cond_broadcast(&names.changed);
		pthread_mutex_unlock(&names.mutex);
	}
	if (strncmp(node, "no.", 3) == 0)
		return EAI_NONAME;
	found = calloc(1, sizeof(*found));
	if (found == NULL)
		return EAI_MEMORY;
	found->sin.sin_family = AF_INET;
	found->sin.sin_port = htons((uint16_t)strtoul(service, NULL, 10));
	found->sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	found->info.ai_family = AF_INET;
	found->info.ai_addr = (struct sockaddr *)&found->sin;
	found->info.ai_addrlen = sizeof(found->sin);
	*result = &found->info;
	return 0;
}

void
freeaddrinfo(struct addrinfo *info)
{
	free(info); /* the first member of what was allocated */
}

static void
names_hold(bool held)
{
	pthread_mutex_lock(&names.mutex);
	names.held = held;
	pthread_cond_broadcast(&names.changed);
	pthread_mutex_unlock(&names.mutex);
}

static void
names_wait_inside(int count)
{
	pthread_mutex_lock(&names.mutex);
	while (names.inside != count)
		pthread_cond_wait(&names.changed, &names.mutex);
	pthread_mutex_unlock(&names.mutex);
}

struct fixture {
	struct loop *loop;
	struct resolver *resolver;
	unsigned answers;
	int count;	   /* of the last answer */
	uint16_t port;	   /* of its first address */
	const char *error; /* as in the answer */
};

static void
done(void *arg, const struct resolver_answer *answer)
{
	struct fixture *f = arg;
	struct sockaddr_in sin;

	f->answers++;
	f->count = answer->count;
	f->error = answer->error;
	if (answer->count > 0) {
		memcpy(&sin, &answer->addrs[0].sa, sizeof(sin));
		f->port = ntohs(sin.sin_port);
	}
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->loop = loop_new();
	assert_non_null(f->loop);
	f->resolver = resolver_new(f->loop, done, f);
	assert_non_null(f->resolver);
	*state = f;
	return 0;
}

/* Leaves no thread behind that the next test could meet. */
static int
stop(void **state)
{
	struct fixture *f = *state;

	names_hold(false);
	names_wait_inside(0);
	resolver_free(f->resolver);
	loop_free(f->loop);
	free(f);
	return 0;
}

static int
ask(struct fixture *f, const char *place)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, place, 0), 0);
	return resolver_ask(f->resolver, &endpoint, AF_UNSPEC);
}

static void
run_until(struct fixture *f, unsigned answers)
{
	struct deadline deadline = deadline_in(DEADLINE_MS);

	while (f->answers < answers) {
		assert_true(deadline_left_ms(deadline) > 0);
		assert_int_not_equal(
		    loop_once(f->loop, deadline_left_ms(deadline)), -1);
	}
}

static void
settle(struct fixture *f)
{
	while (loop_once(f->loop, 0) > 0)
		;
}

static void
a_name_is_answered_from_the_loop(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "some.name:7"), 0);
	assert_int_equal(f->answers, 0);
	run_until(f, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->port, 7);
}

static void
a_name_without_an_answer_has_an_error(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "no.name:7"), 0);
	run_until(f, 1);
	assert_int_equal(f->count, -1);
	assert_string_equal(f->error, gai_strerror(EAI_NONAME));
}

static void
literals_and_paths_need_no_thread(void **state)
{
	struct fixture *f = *state;

	names_hold(true);
	assert_int_equal(ask(f, "127.0.0.1:9"), 0);
	assert_int_equal(f->answers, 0);
	run_until(f, 1);
	assert_int_equal(f->port, 9);
	assert_int_equal(ask(f, "unix:/nowhere"), 0);
	run_until(f, 2);
	assert_int_equal(f->count, 1);
}

static void
the_loop_goes_on_while_a_name_is_looked_up(void **state)
{
	struct fixture *f = *state;

	names_hold(true);
	assert_int_equal(ask(f, "some.name:7"), 0);
	names_wait_inside(1);
	settle(f);
	assert_int_equal(f->answers, 0);
	names_hold(false);
	run_until(f, 1);
	assert_int_equal(f->port, 7);
}

static void
only_the_last_question_is_answered(void **state)
{
	struct fixture *f = *state;
	unsigned round;

	/* Again and again, as the late answer may overtake the other or not. */
	for (round = 1; round <= 50; round++) {
		names_hold(true);
		assert_int_equal(ask(f, "some.name:1"), 0);
		names_wait_inside(1);
		assert_int_equal(ask(f, "127.0.0.1:2"), 0);
		names_hold(false);
		names_wait_inside(0);
		run_until(f, round);
		settle(f);
		assert_int_equal(f->port, 2);
		assert_int_equal(f->answers, round);
	}
}

static void
an_answer_that_is_ready_can_be_cancelled(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "127.0.0.1:1"), 0);
	resolver_cancel(f->resolver);
	settle(f);
	assert_int_equal(f->answers, 0);
	assert_int_equal(ask(f, "127.0.0.1:2"), 0);
	run_until(f, 1);
	assert_int_equal(f->port, 2);
}

static void
lookups_in_vain_are_bounded(void **state)
{
	struct fixture *f = *state;
	int i;

	names_hold(true);
	for (i = 0; i < THREADS_MAX; i++)
		assert_int_equal(ask(f, "some.name:1"), 0);
	names_wait_inside(THREADS_MAX);
	errno = 0;
	assert_int_equal(ask(f, "some.name:2"), -1);
	assert_int_equal(errno, EAGAIN);
	settle(f);
	assert_int_equal(f->answers, 0);
	assert_int_equal(ask(f, "127.0.0.1:3"), 0);
	run_until(f, 1);
	assert_int_equal(f->port, 3);
}

static void
freed_while_looking_up_nobody_is_called(void **state)
{
	struct fixture *f = *state;

	names_hold(true);
	assert_int_equal(ask(f, "some.name:1"), 0);
	names_wait_inside(1);
	resolver_free(f->resolver);
	loop_free(f->loop);
	f->resolver = NULL;
	f->loop = NULL;
	names_hold(false);
	names_wait_inside(0);
	assert_int_equal(f->answers, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_name_is_answered_from_the_loop),
	    TEST(a_name_without_an_answer_has_an_error),
	    TEST(literals_and_paths_need_no_thread),
	    TEST(the_loop_goes_on_while_a_name_is_looked_up),
	    TEST(only_the_last_question_is_answered),
	    TEST(an_answer_that_is_ready_can_be_cancelled),
	    TEST(lookups_in_vain_are_bounded),
	    TEST(freed_while_looking_up_nobody_is_called),
	};

	return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
