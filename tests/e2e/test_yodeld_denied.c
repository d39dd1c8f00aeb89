/* yodeld: what the kernel denies it at its start, and what is told of that. */

#ifdef __linux__
#define _GNU_SOURCE /* syscall(2) */
#endif

#include <sys/resource.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "harness/harness.h"
#include "harness/peer.h"
#include "harness/process.h"
#include "harness/refuse.h"
#include "harness/server.h"

#ifdef SYS_landlock_create_ruleset
#define USER	 "nobody"
#define ARGS_MAX 16
#define LOW_FDS	 64

/* What epoll_wait(3) is made of. */
#ifdef SYS_epoll_wait
#define WAIT SYS_epoll_wait
#else
#define WAIT SYS_epoll_pwait
#endif

/* For the child that becomes the program. */
static const struct refusal *denied;

static void
deny(void)
{
	if (refuse(denied) == -1)
		_exit(126);
}

static void
need_refusals(void)
{
	if (!refuse_is_possible())
		skip();
}

static void
need_root(void)
{
	if (geteuid() != 0 || getpwnam(USER) == NULL)
		skip();
}

/* It does not start, and this is said of the reason. */
static void
expect_no_start(
    const struct refusal *what, const char *const *args, const char *says)
{
	const struct process_options options = {.prepare = deny};
	const char *argv[ARGS_MAX] = {process_yodeld(), "-p", "0"};
	struct process *process;
	int i;

	for (i = 0; args != NULL && args[i] != NULL; i++)
		argv[i + 3] = args[i];
	denied = what;
	process = process_start(argv, &options);
	process_wait_text(process, PROCESS_ERR, says);
	process_expect_exit(process, 1);
	process_free(process);
}

/* It does, serves, and logs this. */
static void
expect_start(
    const struct refusal *what, const char *const *args, const char *logged)
{
	struct server *server;
	struct peer *peer;

	denied = what;
	server = server_start_prepared(deny, args);
	server_wait_log(server, logged);
	peer = peer_connect(server_port(server));
	peer_echo(peer, "hello", 5);
	peer_free(peer);
	server_stop(server);
}

static void
test_a_sandbox_that_can_not_be_had_is_an_error(void **state)
{
	const char *const without[] = {"--no-sandbox", NULL};
	const struct refusal landlock = {
	    SYS_landlock_restrict_self, EPERM, REFUSE_ANY, 0};
	const struct refusal rights = {
	    SYS_prctl, EPERM, 0, PR_SET_NO_NEW_PRIVS};

	(void)state;
	need_refusals();
	if (syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u) < 1)
		skip();
	expect_no_start(&landlock, NULL,
	    "the sandbox (--no-sandbox does without): Operation not permitted");
	expect_no_start(&rights, NULL, "sandbox: Operation not permitted");
	expect_start(&landlock, without, " listen ");
}

static void
test_a_kernel_without_landlock_will_do(void **state)
{
	const struct refusal landlock = {
	    SYS_landlock_create_ruleset, ENOSYS, REFUSE_ANY, 0};

	(void)state;
	need_refusals();
	expect_start(&landlock, NULL, " listen ");
}

/* 127.0.0.1 and ::1 unless one is asked for: one of them is enough. */
static void
test_a_family_that_is_not_there_is_left_out(void **state)
{
	const char *const verbose[] = {"-v", NULL};
	const char *const named[] = {"-b", "::1", NULL};
	const struct refusal sockets[] = {
	    {SYS_socket, EAFNOSUPPORT, 0, AF_INET6},
	    {SYS_socket, EPROTONOSUPPORT, 0, AF_INET6},
	    {SYS_bind, EADDRNOTAVAIL, 2, sizeof(struct sockaddr_in6)},
	};
	const struct refusal all = {SYS_bind, EADDRNOTAVAIL, REFUSE_ANY, 0};
	size_t i;

	(void)state;
	need_refusals();
	for (i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		expect_start(
		    &sockets[i], verbose, "debug error   error=\"[::1]:");
		expect_no_start(&sockets[i], named, "[::1]:0: ");
	}
	expect_no_start(&all, NULL, ": Cannot assign requested address");
}

/* Another reason is one not to start. */
static void
test_a_port_that_is_free_nowhere_is_told(void **state)
{
	const struct refusal taken = {
	    SYS_bind, EADDRINUSE, 2, sizeof(struct sockaddr_in6)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	(void)state;
	need_refusals();
	if (fd == -1)
		skip();
	close(fd);
	expect_no_start(&taken, NULL, "[::1]:");
	expect_no_start(&taken, NULL, ": Address already in use");
}

static void
deny_with_few_descriptors(void)
{
	const struct rlimit few = {
	    .rlim_cur = LOW_FDS, .rlim_max = 2 * LOW_FDS};

	/* AddressSanitizer sets a limit of its own, or ends the program. */
	if (setrlimit(RLIMIT_NOFILE, &few) == -1 ||
	    setenv("ASAN_OPTIONS", "disable_coredump=0", 1) == -1)
		_exit(126);
	deny();
}

static void
test_a_limit_that_can_not_be_raised_stays(void **state)
{
	const char *const args[] = {"--max-clients", "1000", NULL};
	const struct refusal raise = {SYS_prlimit64, EPERM, 3, 0};
	const struct refusal ask = {SYS_prlimit64, EPERM, 1, RLIMIT_NOFILE};
	struct server *server;

	(void)state;
	need_refusals();
	denied = &raise;
	server = server_start_prepared(deny_with_few_descriptors, args);
	server_wait_log(server, "a limit of 64 open files has room for ");
	server_stop(server);
	expect_no_start(&ask, NULL,
	    "the limit of open files can't be asked: Operation not permitted");
}

static void
test_without_dev_null_it_says_so(void **state)
{
	const struct refusal null = {SYS_openat, ENOENT, 2, O_RDWR};

	(void)state;
	need_refusals();
	expect_no_start(&null, NULL, "/dev/null: No such file or directory");
}

static void
test_a_user_that_it_can_not_become_is_an_error(void **state)
{
	const char *const args[] = {"--user", USER, "--control", "none", NULL};
	const char *const asked[] = {
	    "--user", USER, "--control", "/yodeld.sock", NULL};
	const char *const unasked[] = {"--user", USER, NULL};
	const struct refusal ids = {SYS_setresuid, EPERM, 0, UINT32_MAX};
	struct refusal real = {SYS_setresuid, EPERM, 0, 0};

	(void)state;
	need_refusals();
	need_root();
	real.value = getpwnam(USER)->pw_uid;
	expect_no_start(&real, args,
	    USER ": its ids can't be taken: Operation not permitted");
	/* for the moment in which the control socket is made */
	expect_no_start(
	    &ids, asked, "control socket: its user: Operation not permitted");
	expect_start(
	    &ids, unasked, "control socket: its user: Operation not permitted");
}

/* Whichever thread's it is, the first one's or another. */
static void
test_a_loop_that_fails_ends_it(void **state)
{
	const char *const args[] = {"-t", "2", NULL};
	const struct refusal wait = {WAIT, ENOSYS, REFUSE_ANY, 0};

	(void)state;
	need_refusals();
	expect_no_start(
	    &wait, args, "error   error=\"Function not implemented\"");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, process_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_sandbox_that_can_not_be_had_is_an_error),
	    TEST(test_a_kernel_without_landlock_will_do),
	    TEST(test_a_family_that_is_not_there_is_left_out),
	    TEST(test_a_port_that_is_free_nowhere_is_told),
	    TEST(test_a_limit_that_can_not_be_raised_stays),
	    TEST(test_without_dev_null_it_says_so),
	    TEST(test_a_user_that_it_can_not_become_is_an_error),
	    TEST(test_a_loop_that_fails_ends_it),
	};

	return cmocka_run_group_tests_name("yodeld: denied", tests, NULL, NULL);
}
#else
static void
test_this_is_of_linux(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_this_is_of_linux),
	};

	return cmocka_run_group_tests_name("yodeld: denied", tests, NULL, NULL);
}
#endif
