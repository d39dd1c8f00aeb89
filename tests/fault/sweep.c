#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <sys/types.h>
#include <sys/event.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "harness/deadline.h"
#include "harness/harness.h"
#include "sweep.h"

#define CALLS_MAX    96
#define TEXT_SIZE    512
#define HANG_S	     20
#define FDS_MAX	     256
#define QUEUES	     70 /* of two numbers each: all of the table's, twice */
#define REST_MS	     1000
#define FAILURES_MAX 10
#define SPIN_TIMES   20
#define SPIN_CALLS   20000

/* What a child and its parent have in common. */
struct shared {
	size_t next;  /* the case that is played, or comes next */
	size_t fired; /* cases that came to it */
	bool failed;  /* the child says why in text */
	char text[TEXT_SIZE];
	unsigned counts[CALLS_MAX];
	unsigned long total;
};

struct cases {
	struct fault *list;
	size_t count, room;
};

/* A coverage build's: what a child has seen would be lost with _exit(2). */
extern void __gcov_dump(void) __attribute__((weak));

unsigned
sweep_price(void)
{
	const struct fault *fault = fault_armed();

	if (fault == NULL || !fault_has_fired() ||
	    fault_cost(fault) == FAULT_HIDDEN)
		return 0;
	return fault->times;
}

/* A queue's state is let go of by the next kqueue(2) only. */
static void
flush_queue(void)
{
	int kq = kqueue();

	if (kq != -1)
		(void)close(kq);
}

static void
fill_every_other(void)
{
	int kqs[QUEUES], i;

	for (i = 0; i < QUEUES; i++)
		kqs[i] = kqueue();
	for (i = 0; i < QUEUES; i++)
		if (kqs[i] != -1)
			(void)close(kqs[i]);
	flush_queue();
}

/*
 * States of queues are kept for good: all that a scene may want, at once. A
 * queue has a second descriptor, so the numbers between come in a second go.
 */
static void
fill_queue_table(void)
{
	int shift;

	fill_every_other();
	shift = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fill_every_other();
	if (shift != -1)
		(void)close(shift);
}

static int
count_fds(char *text, size_t size)
{
	char name[64], target[128];
	int fd, count = 0;
	ssize_t len;

	text[0] = '\0';
	for (fd = 0; fd < FDS_MAX; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			continue;
		count++;
		(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		len = readlink(name, target, sizeof(target) - 1);
		if (fd <= STDERR_FILENO || len < 0)
			continue;
		target[len] = '\0';
		(void)snprintf(text + strlen(text), size - strlen(text),
		    " %d=%s", fd, target);
	}
	return count;
}

static unsigned long
count_calls(struct shared *shared)
{
	unsigned long total = 0;
	unsigned i;

	for (i = 0; i < fault_table_len; i++) {
		if (shared != NULL)
			shared->counts[i] = fault_count(i);
		total += fault_count(i);
	}
	return total;
}

static bool
find_rest(char *text, int fds_before, unsigned long total)
{
	char left[TEXT_SIZE / 2], open[TEXT_SIZE / 2];
	size_t blocks;
	int fds;

	fds = count_fds(open, sizeof(open));
	blocks = fault_blocks_left(left, sizeof(left));
	if (fds != fds_before)
		(void)snprintf(text, TEXT_SIZE,
		    "descriptors: %d before, %d after:%s", fds_before, fds,
		    open);
	else if (blocks > 0)
		(void)snprintf(text, TEXT_SIZE,
		    "%zu blocks are left, one of %s", blocks, left);
	else if (total > 0 &&
	    count_calls(NULL) > SPIN_TIMES * total + SPIN_CALLS)
		(void)snprintf(
		    text, TEXT_SIZE, "it spins: %lu calls", count_calls(NULL));
	else
		return false;
	return true;
}

struct rest {
	char *text; /* of TEXT_SIZE: what there is */
	int fds_before;
	unsigned long total;
};

static bool
has_no_rest(void *arg)
{
	const struct rest *rest = arg;

	return !find_rest(rest->text, rest->fds_before, rest->total);
}

/* A thread that nobody waits for takes a moment to let go of what it has. */
static bool
wait_until_no_rest(char *text, int fds_before, unsigned long total)
{
	struct rest rest = {text, fds_before, total};

	return deadline_wait(deadline_in(REST_MS), has_no_rest, &rest);
}

/* Plays it with this fault. Returns whether all was well. */
static bool
play_one(const struct sweep_scene *scene, const struct fault *fault, char *text,
    unsigned long total)
{
	char open[TEXT_SIZE];
	const char *wrong;
	int fds;

	flush_queue();
	fds = count_fds(open, sizeof(open));
	fault_blocks_mark();
	(void)alarm(HANG_S);
	fault_arm(fault);
	wrong = scene->play();
	fault_disarm();
	fault_stay_out();
	(void)alarm(0);
	if (wrong == NULL && fault_blocks_overrun())
		wrong = "a byte behind a block is written";
	if (wrong != NULL) {
		(void)snprintf(text, TEXT_SIZE, "%s", wrong);
		return false;
	}
	flush_queue();
	return wait_until_no_rest(text, fds, total);
}

static _Noreturn void
leave(int status)
{
	if (__gcov_dump != NULL)
		__gcov_dump();
	_exit(status);
}

/*
 * Twice without a fault: what is asked for once in a process's life comes
 * first, then the calls are counted.
 */
static bool
warm_up(const struct sweep_scene *scene, struct shared *shared)
{
	const struct fault none = {0};

	fill_queue_table();
	if (!play_one(scene, &none, shared->text, 0) && shared->text[0] == '\0')
		return false;
	shared->text[0] = '\0';
	if (!play_one(scene, &none, shared->text, 0))
		return false;
	shared->total = count_calls(shared);
	return true;
}

static _Noreturn void
child_run(const struct sweep_scene *scene, struct shared *shared,
    const struct cases *cases)
{
	fault_stay_out();
	if (!warm_up(scene, shared)) {
		shared->failed = true;
		leave(1);
	}
	for (; shared->next < cases->count; shared->next++) {
		if (!play_one(scene, &cases->list[shared->next], shared->text,
			shared->total)) {
			shared->failed = true;
			leave(1);
		}
		shared->fired += fault_has_fired();
	}
	leave(0);
}

/* Returns whether the child played to the end; else text says what happened. */
static bool
run_child(const struct sweep_scene *scene, struct shared *shared,
    const struct cases *cases)
{
	int status;
	pid_t pid;

	shared->failed = false;
	shared->text[0] = '\0';
	(void)fflush(NULL);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		child_run(scene, shared, cases);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (!shared->failed && WIFSIGNALED(status))
		(void)snprintf(shared->text, TEXT_SIZE,
		    WTERMSIG(status) == SIGALRM ? "it does not end"
						: "signal %d",
		    WTERMSIG(status));
	else if (!shared->failed)
		(void)snprintf(shared->text, TEXT_SIZE, "exit status %d",
		    WEXITSTATUS(status));
	return false;
}

static void
add_case(struct cases *cases, const struct fault *fault)
{
	if (cases->count == cases->room) {
		cases->room = cases->room == 0 ? 1024 : 2 * cases->room;
		cases->list =
		    realloc(cases->list, cases->room * sizeof(cases->list[0]));
		assert_non_null(cases->list);
	}
	cases->list[cases->count++] = *fault;
}

/* Bursts are for what a single failure leads to: a few of them tell it. */
static void
add_answer(struct cases *cases, const struct sweep_scene *scene,
    const struct shared *shared, unsigned call, int error)
{
	const char *wanted = getenv("YODEL_FAULT");
	const bool all = wanted != NULL && strcmp(wanted, "all") == 0;
	struct fault fault = {.call = call, .error = error};
	unsigned at;

	fault.times = 1;
	for (at = 1; at <= shared->counts[call];
	     at = all || scene->whole ? at + 1 : 4 * at) {
		fault.at = at;
		add_case(cases, &fault);
	}
	fault.times = scene->burst;
	for (at = 1; all && at <= shared->counts[call]; at = 2 * at) {
		fault.at = at;
		add_case(cases, &fault);
	}
}

static void
add_all(struct cases *cases, const struct sweep_scene *scene,
    const struct shared *shared)
{
	const struct fault_answer *answer;
	unsigned call;

	for (call = 0; call < fault_table_len; call++)
		for (answer = fault_table[call].answers; answer->error != 0;
		     answer++)
			add_answer(cases, scene, shared, call, answer->error);
}

/* "scene:call:at:error:times" */
static bool
parse(struct fault *fault, const struct sweep_scene *scene, const char *text)
{
	char name[32], call[32], error[32];
	const struct fault_answer *answer;

	if (sscanf(text, "%31[^:]:%31[^:]:%u:%31[^:]:%u", name, call,
		&fault->at, error, &fault->times) != 5)
		fail_msg("YODEL_FAULT is scene:call:at:error:times");
	if (strcmp(name, scene->name) != 0)
		return false;
	for (fault->call = 0; fault->call < fault_table_len; fault->call++) {
		if (strcmp(fault_table[fault->call].name, call) != 0)
			continue;
		for (answer = fault_table[fault->call].answers;
		     answer->error != 0; answer++) {
			fault->error = answer->error;
			if (strcmp(fault_error_name(answer->error), error) == 0)
				return true;
		}
	}
	fail_msg("%s never says %s", call, error);
	return false;
}

static void
report(const struct sweep_scene *scene, const struct shared *shared,
    const struct cases *cases)
{
	const struct fault *fault;

	if (shared->next >= cases->count || shared->total == 0) {
		(void)fprintf(stderr, "%s: without a fault: %s\n", scene->name,
		    shared->text);
		return;
	}
	fault = &cases->list[shared->next];
	(void)fprintf(stderr, "YODEL_FAULT=%s:%s:%u:%s:%u  %s\n", scene->name,
	    fault_table[fault->call].name, fault->at,
	    fault_error_name(fault->error), fault->times, shared->text);
}

/* Returns how many went wrong. */
static unsigned
run_cases(const struct sweep_scene *scene, struct shared *shared,
    const struct cases *cases)
{
	unsigned failures = 0;

	shared->next = 0;
	while (shared->next < cases->count && failures < FAILURES_MAX) {
		if (run_child(scene, shared, cases))
			break;
		report(scene, shared, cases);
		failures++;
		shared->next++;
	}
	return failures;
}

void
sweep_play(const struct sweep_scene *scene)
{
	const char *wanted = getenv("YODEL_FAULT");
	struct cases cases = {0};
	struct shared *shared;
	struct fault fault;
	unsigned failures;

	assert_true(fault_table_len <= CALLS_MAX);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	if (wanted != NULL && strcmp(wanted, "all") != 0) {
		if (!parse(&fault, scene, wanted)) {
			(void)munmap(shared, sizeof(*shared));
			skip();
		}
		add_case(&cases, &fault);
	} else if (run_child(scene, shared, &cases)) {
		add_all(&cases, scene, shared);
	} else {
		fail_msg("%s: without a fault: %s", scene->name, shared->text);
	}
	failures = run_cases(scene, shared, &cases);
	print_message("%s: %zu faults, it came to %zu, %u went wrong\n",
	    scene->name, cases.count, shared->fired, failures);
	(void)munmap(shared, sizeof(*shared));
	free(cases.list);
	assert_int_equal(failures, 0);
}
