/* needs: what a server can't ask the kernel for afterwards, and what it can. */

#ifdef __linux__
#define _GNU_SOURCE /* pipe2(2) */
#endif

#include "harness/harness.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "needs.h"
#include "syscalls.h"

#define PAGE 4096

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* valgrind makes calls of its own in the same process: they would kill it. */
static void
need_limits(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (!syscalls_can_be_limited() ||
	    (preload != NULL && strstr(preload, "valgrind") != NULL))
		skip();
}

static void
expect_death(void (*call)(void))
{
	int status;
	pid_t pid;

	need_limits();
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (needs_enforce() == 0)
			call();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void
make_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

/* One that there is would be killed as well, for what it calls itself. */
static void
execute(void)
{
	(void)execl("/nowhere/nothing", "nothing", (char *)NULL);
}

static void
make_process(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
make_directory(void)
{
	(void)mkdir("/nowhere/nothing", 0700);
}

static void
make_code(void)
{
	(void)mmap(NULL, PAGE, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
signal_another(void)
{
	(void)kill(getppid(), 0);
}

static void *
make_socket_in_thread(void *ends)
{
	char byte;

	if (read(*(int *)ends, &byte, 1) == 1)
		make_socket();
	return NULL;
}

static void
test_who_makes_a_socket_is_killed(void **state)
{
	(void)state;
	expect_death(make_socket);
}

static void
test_who_executes_a_program_is_killed(void **state)
{
	(void)state;
	expect_death(execute);
}

static void
test_who_makes_a_directory_is_killed(void **state)
{
	(void)state;
	expect_death(make_directory);
}

/* The sanitizers' own threads and processes need these. */
static void
test_who_makes_a_process_or_code_or_signals_one_is_killed(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	expect_death(make_process);
	expect_death(make_code);
	expect_death(signal_another);
}

/* A thread that was there before makes the call. */
static void
test_a_thread_that_is_there_is_limited_too(void **state)
{
	int ends[2], status;
	pthread_t thread;
	pid_t pid;

	(void)state;
	need_limits();
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (pthread_create(
			&thread, NULL, make_socket_in_thread, ends) == 0 &&
		    needs_enforce() == 0 && write(ends[1], "x", 1) == 1)
			(void)pthread_join(thread, NULL);
		_exit(0);
	}
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void *
allocate(void *arg)
{
	void *p = malloc((size_t)PAGE * PAGE);

	free(p);
	return p == NULL ? NULL : arg;
}

static const char *
go_on(void)
{
	int ends[2];
	pthread_t thread;
	void *done;
	char byte;

	if (needs_enforce() == -1)
		return "enforce";
	if (pthread_create(&thread, NULL, allocate, ends) != 0 ||
	    pthread_join(thread, &done) != 0 || done != ends)
		return "a thread can't be started any more";
	if (pipe2(ends, O_CLOEXEC) == -1 || write(ends[1], "x", 1) != 1 ||
	    read(ends[0], &byte, 1) != 1)
		return "a pipe can't be used any more";
	if (open("/dev/null", O_RDONLY) == -1)
		return "/dev/null can't be opened";
	return NULL;
}

static void
test_what_serving_takes_goes_on(void **state)
{
	(void)state;
	need_limits();
	child_expect(go_on);
}

static const char *
enforce_anywhere(void)
{
	return needs_enforce() == 0 ? NULL : "enforce";
}

static void
test_a_system_that_has_nothing_is_no_error(void **state)
{
	(void)state;
	if (syscalls_can_be_limited())
		skip();
	child_expect(enforce_anywhere);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who_makes_a_socket_is_killed),
	    cmocka_unit_test(test_who_executes_a_program_is_killed),
	    cmocka_unit_test(test_who_makes_a_directory_is_killed),
	    cmocka_unit_test(
		test_who_makes_a_process_or_code_or_signals_one_is_killed),
	    cmocka_unit_test(test_a_thread_that_is_there_is_limited_too),
	    cmocka_unit_test(test_what_serving_takes_goes_on),
	    cmocka_unit_test(test_a_system_that_has_nothing_is_no_error),
	};

	return cmocka_run_group_tests_name("needs", tests, NULL, NULL);
}
