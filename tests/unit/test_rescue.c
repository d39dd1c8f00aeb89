/* rescue: what a crash leaves of the terminal. */

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "rescue.h"

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT,
    SIGSYS, SIGTRAP, SIGXCPU};

#define GOODBYE "back to normal"

/* A terminal: our end of it, and what it was set to. */
struct terminal {
	int master, slave;
	struct termios before;
};

static void
terminal_open(struct terminal *t)
{
	struct termios raw;

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_int_not_equal(t->master, -1);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	assert_int_not_equal(t->slave, -1);
	assert_int_equal(tcgetattr(t->slave, &t->before), 0);
	raw = t->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	assert_int_equal(tcsetattr(t->slave, TCSANOW, &raw), 0);
}

static void
terminal_close(struct terminal *t)
{
	close(t->slave);
	close(t->master);
}

static bool
is_restored(const struct terminal *t)
{
	struct termios now;

	assert_int_equal(tcgetattr(t->slave, &now), 0);
	return now.c_lflag == t->before.c_lflag &&
	    now.c_oflag == t->before.c_oflag;
}

/* What was written to it has to be this. */
static void
expect_output(struct terminal *t, const char *text, size_t len)
{
	char got[1024];
	ssize_t n = 0;

	assert_int_equal(fcntl(t->master, F_SETFL, O_NONBLOCK), 0);
	if (deadline_wait_fd(
		deadline_in(len > 0 ? DEADLINE_MS : 0), t->master, POLLIN))
		n = read(t->master, got, sizeof(got));
	assert_int_equal(n, len);
	assert_memory_equal(got, text, len);
}

/* The child raises it: its status. No core is left behind. */
static int
die_of(int signo)
{
	const struct rlimit none = {0, 0};
	int status;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		if (setrlimit(RLIMIT_CORE, &none) == -1)
			_exit(90);
		if (signo == SIGABRT)
			abort();
		raise(signo);
		_exit(91);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/*
 * Sanitizers have handlers of their own, and so has cmocka while a test runs.
 */
static void
default_actions(void)
{

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		assert_true(signal(fatal[i], SIG_DFL) != SIG_ERR);
}

static void
a_crash_restores_the_terminal_and_is_still_one(void **state)
{
	struct terminal t;

	(void)state;
	default_actions();
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		int status;

		terminal_open(&t);
		assert_false(is_restored(&t));
		rescue_arm(t.slave, &t.before, GOODBYE);
		status = die_of(fatal[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), fatal[i]);
		assert_true(is_restored(&t));
		expect_output(&t, GOODBYE, strlen(GOODBYE));
		rescue_disarm();
		terminal_close(&t);
	}
}

/* Never ends by itself; the compiler does not see that. */
static int
eat_stack(volatile int depth)
{
	volatile char page[4096];

	page[0] = (char)depth;
	if (depth < 0)
		return page[0];
	return eat_stack(depth + 1) + page[0];
}

static void
a_stack_that_has_run_out_is_no_obstacle(void **state)
{
	const struct rlimit little = {256u << 10, 256u << 10}, none = {0, 0};
	struct terminal t;
	int status;
	pid_t child;

	(void)state;
	default_actions();
	terminal_open(&t);
	rescue_arm(t.slave, &t.before, GOODBYE);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		if (setrlimit(RLIMIT_CORE, &none) == -1 ||
		    setrlimit(RLIMIT_STACK, &little) == -1)
			_exit(90);
		_exit(eat_stack(0) & 0x3f);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	rescue_disarm();
	assert_true(WIFSIGNALED(status));
	assert_true(is_restored(&t));
	expect_output(&t, GOODBYE, strlen(GOODBYE));
	terminal_close(&t);
}

static void
disarmed_it_leaves_the_terminal_alone(void **state)
{
	struct terminal t;
	int status;

	(void)state;
	default_actions();
	terminal_open(&t);
	rescue_arm(t.slave, &t.before, GOODBYE);
	rescue_disarm();
	rescue_disarm();
	status = die_of(SIGSEGV);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
	assert_false(is_restored(&t));
	expect_output(&t, "", 0);
	terminal_close(&t);
}

static void
the_last_terminal_counts(void **state)
{
	struct terminal first, second;

	(void)state;
	default_actions();
	terminal_open(&first);
	terminal_open(&second);
	rescue_arm(first.slave, &first.before, "first");
	rescue_arm(second.slave, &second.before, "second");
	assert_true(WIFSIGNALED(die_of(SIGBUS)));
	rescue_disarm();
	expect_output(&first, "", 0);
	assert_false(is_restored(&first));
	expect_output(&second, "second", 6);
	assert_true(is_restored(&second));
	terminal_close(&second);
	terminal_close(&first);
}

static void
a_long_text_is_cut(void **state)
{
	struct terminal t;
	char text[300];

	(void)state;
	default_actions();
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	terminal_open(&t);
	rescue_arm(t.slave, &t.before, text);
	assert_true(WIFSIGNALED(die_of(SIGILL)));
	rescue_disarm();
	expect_output(&t, text, 255);
	terminal_close(&t);
}

static void
exit_with_3(int signo)
{
	(void)signo;
	_exit(3);
}

static void
what_a_signal_did_before_it_does_again(void **state)
{
	struct terminal t;
	struct sigaction now;
	int status;

	(void)state;
	default_actions();
	terminal_open(&t);
	assert_true(signal(SIGFPE, exit_with_3) != SIG_ERR);
	rescue_arm(t.slave, &t.before, GOODBYE);
	status = die_of(SIGFPE);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	expect_output(&t, GOODBYE, strlen(GOODBYE));
	rescue_disarm();
	assert_int_equal(sigaction(SIGFPE, NULL, &now), 0);
	assert_true(now.sa_handler == exit_with_3);
	assert_true(signal(SIGFPE, SIG_DFL) != SIG_ERR);
	terminal_close(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_crash_restores_the_terminal_and_is_still_one),
	    cmocka_unit_test(a_stack_that_has_run_out_is_no_obstacle),
	    cmocka_unit_test(disarmed_it_leaves_the_terminal_alone),
	    cmocka_unit_test(the_last_terminal_counts),
	    cmocka_unit_test(a_long_text_is_cut),
	    cmocka_unit_test(what_a_signal_did_before_it_does_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
