/* loop: signals, wake-ups, deferred tasks, running and stopping. */

#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/deadline.h"
#include "loop_probe.h"

static void
a_signal_is_reported_instead_of_killing(void **state)
{
	struct probe probe = probe_of(*state);
	struct sigaction action;

	probe_signal(&probe, SIGUSR1);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(probe.last.filter, EVFILT_SIGNAL);
	assert_int_equal(probe.last.data, 1);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	probe_turn(*state, &probe.calls, 2);
	loop_signal_stop(*state, &probe.src, SIGUSR1);
	assert_int_equal(sigaction(SIGUSR1, NULL, &action), 0);
	assert_true(action.sa_handler == SIG_DFL);
	loop_signal_stop(*state, &probe.src, SIGUSR1);
}

static void
a_watched_child_keeps_its_exit_status(void **state)
{
	struct probe probe = probe_of(*state);
	int status;
	pid_t pid;

	probe_signal(&probe, SIGCHLD);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(7);
	probe_turn(*state, &probe.calls, 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	loop_signal_stop(*state, &probe.src, SIGCHLD);
}

static void
a_signal_that_does_not_exist_is_refused(void **state)
{
	struct probe probe = probe_of(*state);

	assert_int_equal(loop_signal_start(*state, &probe.src, 4711), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(loop_signal_start(*state, &probe.src, SIGKILL), -1);
	assert_int_equal(errno, EINVAL);
}

/* What a thread tells through a wake-up. */
struct mailbox {
	struct probe probe;
	pthread_mutex_t mutex;
	int sent;
	int seen;
};

#define MAILS 1000

static void *
mailbox_send(void *arg)
{
	struct mailbox *mailbox = arg;
	int i;

	for (i = 0; i < MAILS; i++) {
		pthread_mutex_lock(&mailbox->mutex);
		mailbox->sent++;
		pthread_mutex_unlock(&mailbox->mutex);
		if (loop_wake_send(mailbox->probe.loop, &mailbox->probe.src) ==
		    -1)
			return mailbox;
	}
	return NULL;
}

static void
mailbox_receive(struct probe *probe)
{
	struct mailbox *mailbox = (struct mailbox *)(void *)probe;

	pthread_mutex_lock(&mailbox->mutex);
	mailbox->seen = mailbox->sent;
	pthread_mutex_unlock(&mailbox->mutex);
}

static void
a_wake_up_from_a_thread_is_never_lost(void **state)
{
	struct mailbox mailbox = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	pthread_t thread;
	void *failed;

	mailbox.probe = probe_of(*state);
	mailbox.probe.then = mailbox_receive;
	probe_wake(&mailbox.probe);
	assert_int_equal(
	    pthread_create(&thread, NULL, mailbox_send, &mailbox), 0);
	probe_turn(*state, &mailbox.seen, MAILS);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	assert_int_equal(mailbox.probe.last.filter, EVFILT_USER);
	loop_wake_stop(*state, &mailbox.probe.src);
}

static void
many_wake_ups_at_once_are_one_event(void **state)
{
	struct probe probe = probe_of(*state);
	int i;

	probe_wake(&probe);
	for (i = 0; i < 3; i++)
		assert_int_equal(loop_wake_send(*state, &probe.src), 0);
	assert_int_equal(loop_once(*state, DEADLINE_MS), 1);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_int_equal(probe.calls, 1);
	loop_wake_stop(*state, &probe.src);
}

static void
a_wake_up_that_is_not_started_is_refused(void **state)
{
	struct probe probe = probe_of(*state);

	assert_int_equal(loop_wake_send(*state, &probe.src), -1);
	assert_int_equal(errno, ENOENT);
	probe_wake(&probe);
	assert_int_equal(loop_wake_send(*state, &probe.src), 0);
	loop_wake_stop(*state, &probe.src);
	loop_wake_stop(*state, &probe.src);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_int_equal(loop_wake_send(*state, &probe.src), -1);
	assert_int_equal(errno, ENOENT);
}

/* A task that writes its letter down. */
struct letter {
	struct loop_task task;
	struct loop *loop;
	char *written;
	char letter;
	struct letter *next;
};

static void
letter_write(void *arg)
{
	struct letter *letter = arg;
	size_t len = strlen(letter->written);

	letter->written[len] = letter->letter;
	letter->written[len + 1] = '\0';
	if (letter->next != NULL)
		loop_defer(letter->loop, &letter->next->task);
}

static void
letter_init(struct letter *letter, struct loop *loop, char name, char *written)
{
	*letter = (struct letter){.task.fn = letter_write,
	    .loop = loop,
	    .task.arg = letter,
	    .letter = name,
	    .written = written};
}

static void
tasks_run_once_in_the_order_of_the_calls(void **state)
{
	char written[8] = "";
	struct letter a, b, c;

	letter_init(&a, *state, 'a', written);
	letter_init(&b, *state, 'b', written);
	letter_init(&c, *state, 'c', written);
	loop_defer(*state, &b.task);
	loop_defer(*state, &a.task);
	loop_defer(*state, &b.task);
	loop_defer(*state, &c.task);
	assert_string_equal(written, "");
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "bac");
	assert_int_equal(loop_once(*state, 0), 0);
	assert_string_equal(written, "bac");
}

static void
a_task_deferred_by_a_task_runs_after_the_next_batch(void **state)
{
	char written[8] = "";
	struct letter a, b;

	letter_init(&a, *state, 'a', written);
	letter_init(&b, *state, 'b', written);
	a.next = &b;
	b.next = &b;
	loop_defer(*state, &a.task);
	/* For ever is not waited while a task waits. */
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "a");
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "ab");
	b.next = NULL;
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "abb");
	assert_int_equal(loop_once(*state, 0), 0);
	assert_string_equal(written, "abb");
}

static void
a_task_taken_back_does_not_run(void **state)
{
	char written[8] = "";
	struct letter a, b, c;

	letter_init(&a, *state, 'a', written);
	letter_init(&b, *state, 'b', written);
	letter_init(&c, *state, 'c', written);
	loop_cancel(*state, &a.task);
	loop_defer(*state, &a.task);
	loop_defer(*state, &b.task);
	loop_defer(*state, &c.task);
	loop_cancel(*state, &c.task);
	loop_cancel(*state, &a.task);
	/* The end of the list is where the last one was taken out. */
	loop_defer(*state, &a.task);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "ba");
	loop_defer(*state, &b.task);
	loop_cancel(*state, &b.task);
	assert_int_equal(loop_once(*state, 0), 0);
	assert_string_equal(written, "ba");
}

struct taker {
	struct loop_task task;
	struct loop *loop;
	struct letter *letter;
};

static void
take_back(void *arg)
{
	struct taker *taker = arg;

	loop_cancel(taker->loop, &taker->letter->task);
}

static void
a_task_can_take_back_one_of_the_same_turn(void **state)
{
	char written[8] = "";
	struct letter a, b, c;
	struct taker taker = {
	    .task = {.fn = take_back, .arg = &taker},
	    .loop = *state,
	    .letter = &b,
	};

	letter_init(&a, *state, 'a', written);
	letter_init(&b, *state, 'b', written);
	letter_init(&c, *state, 'c', written);
	loop_defer(*state, &a.task);
	loop_defer(*state, &taker.task);
	loop_defer(*state, &b.task);
	loop_defer(*state, &c.task);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "ac");
	loop_defer(*state, &b.task);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_string_equal(written, "acb");
}

static void
defer_free(struct probe *probe)
{
	struct loop_task *task;

	assert_int_equal(
	    loop_io_set(probe->loop, &probe->src, probe->src.fd, 0), 0);
	task = calloc(1, sizeof(*task));
	assert_non_null(task);
	task->fn = free;
	task->arg = task;
	loop_defer(probe->loop, task);
}

static void
a_task_may_free_itself_after_the_batch(void **state)
{
	struct probe probe = probe_of(*state);
	int fds[2];

	probe_pair(fds);
	probe.then = defer_free;
	probe_watch(&probe, fds[0], LOOP_WRITE);
	probe_turn(*state, &probe.calls, 1);
	probe_pair_close(fds);
}

static void
expect_busy(void *arg)
{
	assert_int_equal(loop_once(arg, 0), -1);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(loop_run(arg), -1);
	assert_int_equal(errno, EBUSY);
}

static void
probe_expect_busy(struct probe *probe)
{
	expect_busy(probe->loop);
}

static void
a_loop_does_not_run_within_itself(void **state)
{
	struct probe probe = probe_of(*state);
	struct loop_task task = {.fn = expect_busy, .arg = *state};

	probe.then = probe_expect_busy;
	probe_timer(&probe, 0);
	probe_turn(*state, &probe.calls, 1);
	loop_defer(*state, &task);
	assert_int_equal(loop_once(*state, 0), 0);
}

static void
stop_the_loop(struct probe *probe)
{
	loop_stop(probe->loop);
}

static void
a_run_ends_after_the_batch_that_stops_it(void **state)
{
	struct probe a = probe_of(*state), b = probe_of(*state);

	a.then = b.then = stop_the_loop;
	probe_timer(&a, 0);
	probe_timer(&b, 0);
	assert_int_equal(loop_run(*state), 0);
	assert_int_equal(a.calls + b.calls, 2);
	loop_stop(*state);
	assert_int_equal(loop_run(*state), 0);
	probe_timer(&a, 1);
	assert_int_equal(loop_run(*state), 0);
	assert_int_equal(a.calls, 2);
}

static void
on_alarm(int signo)
{
	(void)signo;
}

static void
an_interrupted_wait_counts_as_no_event(void **state)
{
	const struct itimerval often = {{0, 2000}, {0, 2000}},
			       never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm}, before;

	sigemptyset(&action.sa_mask);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_int_equal(loop_once(*state, -1), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PROBE_TESTS(a_signal_is_reported_instead_of_killing),
	    PROBE_TESTS(a_watched_child_keeps_its_exit_status),
	    PROBE_TESTS(a_signal_that_does_not_exist_is_refused),
	    PROBE_TESTS(a_wake_up_from_a_thread_is_never_lost),
	    PROBE_TESTS(many_wake_ups_at_once_are_one_event),
	    PROBE_TESTS(a_wake_up_that_is_not_started_is_refused),
	    PROBE_TESTS(tasks_run_once_in_the_order_of_the_calls),
	    PROBE_TESTS(a_task_deferred_by_a_task_runs_after_the_next_batch),
	    PROBE_TESTS(a_task_taken_back_does_not_run),
	    PROBE_TESTS(a_task_can_take_back_one_of_the_same_turn),
	    PROBE_TESTS(a_task_may_free_itself_after_the_batch),
	    PROBE_TESTS(a_loop_does_not_run_within_itself),
	    PROBE_TESTS(a_run_ends_after_the_batch_that_stops_it),
	    PROBE_TESTS(an_interrupted_wait_counts_as_no_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
