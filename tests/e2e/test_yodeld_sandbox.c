/* yodeld: the sandbox that it serves in. */

#include <sys/stat.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/scratch.h"
#include "harness/server.h"
#include "harness/status.h"
#include "syscalls.h"

#define TEXT_MAX 512

#ifdef __linux__
static int
each_thread(struct server *server, void (*fn)(const char *path))
{
	return status_each(process_pid(server_process(server)), fn);
}

static void
expect_new_rights(const char *path)
{
	status_expect(path, "NoNewPrivs", 10, 0);
}

static void
expect_no_new_rights(const char *path)
{
	status_expect(path, "NoNewPrivs", 10, 1);
}

static void
expect_limits(const char *path)
{
	status_expect(path, "NoNewPrivs", 10, 1);
	status_expect(path, "Seccomp", 10, 2); /* by a filter */
}

/* The log's thread, the workers and the control socket's. */
static void
test_every_thread_is_limited_in_what_it_may_call(void **state)
{
	const char *const args[] = {"--threads", "3", NULL};
	struct server *server;

	(void)state;
	if (!syscalls_can_be_limited())
		skip();
	server = server_start(args);
	assert_true(each_thread(server, expect_limits) >= 4);
	peer_visit(server_port(server));
	assert_true(each_thread(server, expect_limits) >= 4);
	server_stop(server);
}

/* The same where the tests themselves may gain none: then there is no way. */
static void
test_no_sandbox_leaves_execve_alone(void **state)
{
	const char *const args[] = {"--no-sandbox", NULL};
	struct server *server;
	char values[STATUS_MAX];

	(void)state;
	status_read(values, "/proc/self/status", "NoNewPrivs");
	if (strcmp(values, "\t0\n") != 0)
		skip();
	server = server_start(NULL);
	assert_true(each_thread(server, expect_no_new_rights) > 0);
	server_stop(server);
	server = server_start(args);
	assert_true(each_thread(server, expect_new_rights) > 0);
	peer_visit(server_port(server));
	server_stop(server);
}
#endif

static void
need_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
	if (syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u) < 1)
		skip();
#else
	skip();
#endif
}

/*
 * The socket is moved into a new directory of the same name: the server takes
 * it for its own, but Landlock knows the directory better.
 */
static bool
is_removed_from_elsewhere(
    const char *dir, const char *option, const char *control)
{
	char path[TEXT_MAX], old[TEXT_MAX], there[TEXT_MAX * 2];
	char bind[TEXT_MAX * 2], from[TEXT_MAX * 2];
	const char *const args[] = {
	    "-b", bind, "--control", control, option, NULL};
	struct server *server;

	scratch_path(path, sizeof(path), dir);
	snprintf(old, sizeof(old), "%.*s.old", TEXT_MAX / 2, path);
	snprintf(there, sizeof(there), "%s/s", path);
	snprintf(bind, sizeof(bind), "unix:%.*s", TEXT_MAX, there);
	snprintf(from, sizeof(from), "%s/s", old);
	assert_int_equal(mkdir(path, 0700), 0);
	server = server_start(args);
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(link(from, there), 0);
	server_stop(server);
	return access(there, F_OK) == -1;
}

static void
test_other_directories_are_out_of_reach_unless_without_sandbox(void **state)
{
	(void)state;
	need_landlock();
	assert_false(is_removed_from_elsewhere("confined", "-v", "none"));
	assert_true(is_removed_from_elsewhere("free", "--no-sandbox", "none"));
}

/* Below its own directory it may, as below the one of any other socket. */
static void
test_the_control_sockets_directory_is_in_reach_and_no_other(void **state)
{
	char beside[TEXT_MAX], above[TEXT_MAX];

	(void)state;
	need_landlock();
	scratch_path(beside, sizeof(beside), "beside");
	assert_int_equal(mkdir(beside, 0700), 0);
	scratch_path(beside, sizeof(beside), "beside/c.sock");
	scratch_path(above, sizeof(above), "above.sock");
	assert_false(is_removed_from_elsewhere("apart", "-v", beside));
	assert_int_equal(access(beside, F_OK), -1);
	assert_true(is_removed_from_elsewhere("below", "-v", above));
	assert_int_equal(access(above, F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __linux__
	    cmocka_unit_test_teardown(
		test_every_thread_is_limited_in_what_it_may_call,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_no_sandbox_leaves_execve_alone, process_teardown),
#endif
	    cmocka_unit_test_teardown(
		test_other_directories_are_out_of_reach_unless_without_sandbox,
		process_teardown),
	    cmocka_unit_test_teardown(
		test_the_control_sockets_directory_is_in_reach_and_no_other,
		process_teardown),
	};

	return cmocka_run_group_tests_name(
	    "yodeld: sandbox", tests, NULL, NULL);
}
