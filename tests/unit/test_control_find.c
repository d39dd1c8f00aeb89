/* control_find: sockets that answer, that hang, and those of nobody. */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_find.h"
#include "endpoint.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "harness/scratch.h"

#define SERVERS_MAX 4
#define HANGS_MS    200 /* where somebody does not answer */

#define STATS                                                         \
	"{\"ok\":true}\n{\"worker\":0,\"clients\":3}\n"               \
	"{\"version\":\"1\",\"pid\":123,\"addr\":\"127.0.0.1:8080\"," \
	"\"open\":3}\n{\"ok\":true}\n"

/* Servers in children of ours, in a directory of the test's own. */
struct scene {
	char dir[200];
	pid_t children[SERVERS_MAX];
	int count;
};

static int
listen_at(const struct scene *s, const char *name)
{
	struct endpoint endpoint = {.family = AF_UNIX};
	struct endpoint_addr addr;
	const char *error;
	int fd;

	(void)snprintf(
	    endpoint.host, sizeof(endpoint.host), "%s/%s", s->dir, name);
	assert_int_equal(
	    endpoint_resolve(&endpoint, AF_UNSPEC, &addr, 1, &error), 1);
	fd = endpoint_listen(&addr, 4);
	assert_int_not_equal(fd, -1);
	return fd;
}

/* Takes connections for ever, and says this to each. */
static _Noreturn void
serve(int listener, const char *answer)
{
	int fd;

	for (;;) {
		if (!deadline_wait_fd(
			deadline_in(DEADLINE_MS), listener, POLLIN))
			_exit(1);
		fd = accept(listener, NULL, NULL);
		if (fd != -1 &&
		    write(fd, answer, strlen(answer)) == (ssize_t)-1)
			_exit(1);
	}
}

static void
start_server(struct scene *s, const char *name, const char *answer)
{
	int listener = listen_at(s, name);
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		serve(listener, answer);
	close(listener);
	s->children[s->count++] = pid;
}

static int
start(void **state)
{
	static int number;
	struct scene *s = calloc(1, sizeof(*s));
	char name[16];

	assert_non_null(s);
	*state = s;
	(void)snprintf(name, sizeof(name), "run%d", number++);
	scratch_path(s->dir, sizeof(s->dir), name);
	assert_int_equal(mkdir(s->dir, 0700), 0);
	return 0;
}

static int
stop(void **state)
{
	struct scene *s = *state;

	while (s->count > 0) {
		assert_int_equal(kill(s->children[--s->count], SIGKILL), 0);
		assert_int_equal(waitpid(s->children[s->count], NULL, 0),
		    s->children[s->count]);
	}
	free(s);
	return 0;
}

static int
find(const struct scene *s, struct control_found found[CONTROL_FIND_MAX],
    unsigned timeout_ms)
{
	memset(found, 0, CONTROL_FIND_MAX * sizeof(found[0]));
	return control_find(found, s->dir, timeout_ms);
}

static void
who_answers_says_who_they_are(void **state)
{
	struct scene *s = *state;
	struct control_found found[CONTROL_FIND_MAX];

	start_server(s, "yodeld-8081.sock", STATS);
	start_server(s, "yodeld-8080.sock", STATS);
	assert_int_equal(find(s, found, DEADLINE_MS), 2);
	assert_non_null(strstr(found[0].path, "/yodeld-8080.sock"));
	assert_non_null(strstr(found[1].path, "/yodeld-8081.sock"));
	assert_true(found[0].answers);
	assert_string_equal(found[0].addr, "127.0.0.1:8080");
	assert_int_equal(found[0].clients, 3);
	assert_int_equal(found[0].pid, 123);
}

static void
nobody_is_nobody(void **state)
{
	struct scene *s = *state;
	struct control_found found[CONTROL_FIND_MAX];

	assert_int_equal(find(s, found, DEADLINE_MS), 0);
	assert_int_equal(rmdir(s->dir), 0);
	assert_int_equal(find(s, found, DEADLINE_MS), 0);
}

static void
a_stale_socket_is_not_counted(void **state)
{
	struct scene *s = *state;
	struct control_found found[CONTROL_FIND_MAX];

	close(listen_at(s, "yodeld-8080.sock"));
	assert_int_equal(find(s, found, DEADLINE_MS), 0);
	start_server(s, "yodeld-8081.sock", STATS);
	assert_int_equal(find(s, found, DEADLINE_MS), 1);
	assert_non_null(strstr(found[0].path, "8081"));
}

static void
who_is_no_yodeld_is_not_counted(void **state)
{
	struct scene *s = *state;
	struct control_found found[CONTROL_FIND_MAX];

	start_server(s, "yodeld-8080.sock", "220 mail.example ESMTP\r\n");
	assert_int_equal(find(s, found, DEADLINE_MS), 0);
}

static void
one_that_hangs_does_not_hang_us(void **state)
{
	struct scene *s = *state;
	struct control_found found[CONTROL_FIND_MAX];

	start_server(s, "yodeld-8080.sock", "");
	start_server(s, "yodeld-8081.sock", "{\"ok\":true}\n");
	assert_int_equal(find(s, found, HANGS_MS), 2);
	assert_false(found[0].answers);
	assert_false(found[1].answers);
}

static void
more_than_there_is_room_for_are_not_looked_at(void **state)
{
	struct control_found found[CONTROL_FIND_MAX];
	struct scene *s = *state;
	int listeners[CONTROL_FIND_MAX + 6];
	const int count = CONTROL_FIND_MAX + 6;
	char name[32];

	for (int i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "yodeld-%d.sock", i + 1);
		listeners[i] = listen_at(s, name);
	}
	assert_int_equal(
	    control_find(found, s->dir, HANGS_MS), CONTROL_FIND_MAX);
	for (int i = 0; i < count; i++)
		close(listeners[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_answers_says_who_they_are),
	    TEST(nobody_is_nobody),
	    TEST(a_stale_socket_is_not_counted),
	    TEST(who_is_no_yodeld_is_not_counted),
	    TEST(one_that_hangs_does_not_hang_us),
	    TEST(more_than_there_is_room_for_are_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
