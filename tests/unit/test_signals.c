/*
 * signals: each to its callback, stopping as ^Z does, and dying as one should.
 */

#include <sys/types.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "harness/deadline.h"
#include "harness/harness.h"
#include "loop.h"
#include "loop_probe.h"
#include "signals.h"

struct seen {
	int resized, suspended, continued, ended;
	int signo; /* of the last end */
	int calls;
};

static void
see_resized(void *arg)
{
	struct seen *seen = arg;

	seen->resized++;
	seen->calls++;
}

static void
see_suspended(void *arg)
{
	struct seen *seen = arg;

	seen->suspended++;
	seen->calls++;
}

static void
see_continued(void *arg)
{
	struct seen *seen = arg;

	seen->continued++;
	seen->calls++;
}

static void
see_ended(void *arg, int signo)
{
	struct seen *seen = arg;

	seen->ended++;
	seen->signo = signo;
	seen->calls++;
}

static struct signals *
watch(struct loop *loop, struct seen *seen)
{
	const struct signals_handler handler = {
	    see_resized, see_suspended, see_continued, see_ended, seen};

	*seen = (struct seen){.signo = 0};
	return signals_new(loop, &handler);
}

static void
each_signal_has_its_callback(void **state)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct seen seen;
	struct signals *signals = watch(*state, &seen);

	assert_non_null(signals);
	raise(SIGWINCH);
	probe_turn(*state, &seen.calls, 1);
	assert_int_equal(seen.resized, 1);
	raise(SIGTSTP);
	probe_turn(*state, &seen.calls, 2);
	assert_int_equal(seen.suspended, 1);
	raise(SIGCONT);
	probe_turn(*state, &seen.calls, 3);
	assert_int_equal(seen.continued, 1);
	for (int i = 0; i < 3; i++) {
		raise(ends[i]);
		probe_turn(*state, &seen.ended, i + 1);
		assert_int_equal(seen.signo, ends[i]);
	}
	assert_int_equal(seen.calls, 6);
	signals_free(signals);
}

static void
what_write_2_says_as_well_is_no_end(void **state)
{
	struct seen seen;
	struct signals *signals = watch(*state, &seen);

	assert_non_null(signals);
	raise(SIGPIPE);
	raise(SIGXFSZ);
	assert_int_equal(seen.calls, 0);
	signals_free(signals);
}

struct change {
	pid_t child;
	int status;
};

static bool
has_changed(void *arg)
{
	struct change *c = arg;

	return waitpid(c->child, &c->status, WUNTRACED | WNOHANG) == c->child;
}

/* Waits for the child's next change. Returns waitpid(2)'s status. */
static int
wait_for(pid_t child)
{
	struct change change = {.child = child};

	if (!deadline_wait(deadline_in(DEADLINE_MS), has_changed, &change)) {
		kill(child, SIGKILL);
		fail_msg("nothing happens to the child");
	}
	return change.status;
}

/* A child in a process group of its own, as a shell's job is. */
static pid_t
start_child(void (*run)(struct loop *, struct signals *, struct seen *))
{
	pid_t child = fork();
	struct loop *loop;
	struct seen seen;

	assert_int_not_equal(child, -1);
	if (child != 0)
		return child;
	if (setpgid(0, 0) == -1 || (loop = loop_new()) == NULL)
		_exit(90);
	/* Nobody waits for it where the test fails. */
	alarm(DEADLINE_MS / 1000);
	run(loop, watch(loop, &seen), &seen);
	_exit(91);
}

static void
stop_by_default(struct loop *loop, struct signals *signals, struct seen *seen)
{
	(void)loop;
	(void)seen;
	signals_free(signals);
	kill(0, SIGTSTP);
	_exit(0);
}

/* Nothing stops under valgrind, nor in a group that no shell looks after. */
static void
skip_where_nothing_stops(void)
{
	pid_t child = start_child(stop_by_default);

	if (!WIFSTOPPED(wait_for(child)))
		skip();
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_true(WIFEXITED(wait_for(child)));
}

static void
stop_and_see_the_continue(
    struct loop *loop, struct signals *signals, struct seen *seen)
{
	if (signals == NULL)
		_exit(92);
	signals_stop(signals);
	while (seen->continued == 0)
		if (loop_once(loop, DEADLINE_MS) == -1)
			_exit(93);
	/* That it stopped itself is nothing to be told about. */
	_exit(seen->suspended == 0 && seen->continued == 1 ? 0 : 94);
}

static void
it_stops_and_goes_on(void **state)
{
	pid_t child;
	int status;

	(void)state;
	skip_where_nothing_stops();
	child = start_child(stop_and_see_the_continue);
	status = wait_for(child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGTSTP);
	assert_int_equal(kill(child, SIGCONT), 0);
	status = wait_for(child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
stop_and_be_watched_still(
    struct loop *loop, struct signals *signals, struct seen *seen)
{
	signals_stop(signals);
	raise(SIGTSTP);
	while (seen->suspended == 0)
		if (loop_once(loop, DEADLINE_MS) == -1)
			_exit(93);
	_exit(0);
}

static void
a_second_stop_is_told_again(void **state)
{
	pid_t child;
	int status;

	(void)state;
	skip_where_nothing_stops();
	child = start_child(stop_and_be_watched_still);
	status = wait_for(child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(kill(child, SIGCONT), 0);
	status = wait_for(child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
die_of_term(struct loop *loop, struct signals *signals, struct seen *seen)
{
	(void)loop;
	(void)signals;
	(void)seen;
	signals_raise(SIGTERM);
}

static void
it_dies_of_the_signal_although_that_is_watched(void **state)
{
	int status = wait_for(start_child(die_of_term));

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void
free_and_be_hung_up(
    struct loop *loop, struct signals *signals, struct seen *seen)
{
	(void)loop;
	(void)seen;
	signals_free(signals);
	raise(SIGHUP);
}

static void
freed_it_leaves_the_default_actions(void **state)
{
	int status = wait_for(start_child(free_and_be_hung_up));

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGHUP);
	signals_free(NULL);
}

#define loop_test(f) \
	cmocka_unit_test_setup_teardown(f, probe_setup, probe_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    loop_test(each_signal_has_its_callback),
	    loop_test(what_write_2_says_as_well_is_no_end),
	    cmocka_unit_test(it_stops_and_goes_on),
	    cmocka_unit_test(a_second_stop_is_told_again),
	    cmocka_unit_test(it_dies_of_the_signal_although_that_is_watched),
	    cmocka_unit_test(freed_it_leaves_the_default_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
