#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "bequest.h"
#include "capture.h"
#include "deadline.h"
#include "harness.h"
#include "process.h"

#define STREAMS	      2
#define CAPTURE_READ  65536
#define ASK_EVERY_MS  2
#define SIGNAL_STATUS 128
#define NOT_STARTED   127

struct process {
	struct process *next;
	char name[64];
	pid_t pid;
	int in_fd; /* -1: closed, or not ours */
	int wait_status;
	bool ended;
	struct capture streams[STREAMS];
};

/*
 * All that live: a failed assertion jumps out of its test, so nobody else could
 * end what it had started.
 */
static struct process *processes;

const char *
process_yodeld(void)
{
	const char *path = getenv("YODELD");

	return path != NULL ? path : "build/yodeld";
}

const char *
process_yodel(void)
{
	const char *path = getenv("YODEL");

	return path != NULL ? path : "build/yodel";
}

char *
process_build_dir(char *buf, size_t size)
{
	const char *path = process_yodeld(), *slash = strrchr(path, '/');

	assert_non_null(slash);
	(void)snprintf(buf, size, "%.*s", (int)(slash - path), path);
	return buf;
}

static void
kill_all(void)
{
	for (struct process *p = processes; p != NULL; p = p->next)
		if (!p->ended)
			kill(p->pid, SIGKILL);
}

static void
set_close_on_exec(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		fail_msg("fcntl: %s", strerror(errno));
}

/*
 * The child's end of a stream; *ours becomes the other end, or -1. The child's
 * end has to be closed here, too, unless it is the caller's (*lent).
 */
static int
open_stream(int wanted, bool is_input, int *ours, bool *lent)
{
	int ends[2];

	*ours = -1;
	*lent = wanted != PROCESS_PIPE && wanted != PROCESS_NULL;
	if (*lent)
		return wanted;
	if (wanted == PROCESS_NULL) {
		ends[0] = open(
		    "/dev/null", (is_input ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
		if (ends[0] == -1)
			fail_msg("/dev/null: %s", strerror(errno));
		return ends[0];
	}
	if (pipe(ends) == -1)
		fail_msg("pipe: %s", strerror(errno));
	set_close_on_exec(ends[0]);
	set_close_on_exec(ends[1]);
	*ours = is_input ? ends[1] : ends[0];
	if (fcntl(*ours, F_SETFL, O_NONBLOCK) == -1)
		fail_msg("fcntl: %s", strerror(errno));
	return is_input ? ends[0] : ends[1];
}

static void
set_environment(const char *const *env)
{
	for (; env != NULL && *env != NULL; env++) {
		if (strchr(*env, '=') == NULL)
			unsetenv(*env);
		else
			putenv((char *)(uintptr_t)*env);
	}
}

_Noreturn void
process_become(
    const char *const *argv, const char *const *env, const int fds[3])
{
	int safe[3];
	sigset_t none;

#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	/* above 2 first, as one of them may stand where another one belongs */
	for (int i = 0; i < 3; i++)
		safe[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
	for (int i = 0; i < 3; i++)
		if (safe[i] == -1 || dup2(safe[i], i) == -1)
			_exit(NOT_STARTED);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	set_environment(env);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(NOT_STARTED);
}

struct process *
process_start(const char *const *argv, const struct process_options *options)
{
	static const struct process_options all_pipes;
	struct process *p = calloc(1, sizeof(*p));
	bool lent[3];
	int fds[3];

	if (p == NULL)
		fail_msg("no memory");
	if (options == NULL)
		options = &all_pipes;
	if (processes == NULL) {
		atexit(kill_all);
		/* a write to a program that has ended is an error, no death */
		signal(SIGPIPE, SIG_IGN);
	}
	snprintf(p->name, sizeof(p->name), "%s", argv[0]);
	fds[0] = open_stream(options->stdin_fd, true, &p->in_fd, &lent[0]);
	fds[1] = open_stream(
	    options->stdout_fd, false, &p->streams[PROCESS_OUT].fd, &lent[1]);
	fds[2] = open_stream(
	    options->stderr_fd, false, &p->streams[PROCESS_ERR].fd, &lent[2]);
	fflush(NULL);
	p->pid = fork();
	if (p->pid == -1)
		fail_msg("fork: %s", strerror(errno));
	if (p->pid == 0) {
		if (options->bequest != NULL)
			bequest_place(options->bequest, fds);
		if (options->prepare != NULL)
			options->prepare();
		process_become(argv, options->env, fds);
	}
	for (int i = 0; i < 3; i++)
		if (!lent[i])
			close(fds[i]);
	p->next = processes;
	processes = p;
	return p;
}

/*
 * Waits for output, for room in the input when that is wanted, or for a moment,
 * as the end of a process is no event of a descriptor.
 */
static bool
process_collect(struct process *p, int wait_ms, bool want_input)
{
	struct pollfd fds[STREAMS + 1] = {0};

	for (int i = 0; i < STREAMS; i++) {
		fds[i].fd = p->streams[i].fd;
		fds[i].events = POLLIN;
	}
	fds[STREAMS].fd = want_input ? p->in_fd : -1;
	fds[STREAMS].events = POLLOUT;
	if (poll(fds, STREAMS + 1, wait_ms) <= 0)
		return false;
	for (int i = 0; i < STREAMS; i++)
		if (fds[i].revents != 0)
			capture_read(&p->streams[i]);
	return fds[STREAMS].revents != 0;
}

static void
process_reap(struct process *p, int flags)
{
	if (!p->ended && waitpid(p->pid, &p->wait_status, flags) == p->pid)
		p->ended = true;
}

void
process_free(struct process *p)
{
	struct process **at = &processes;

	if (p == NULL)
		return;
	if (!p->ended)
		kill(p->pid, SIGKILL);
	while (!p->ended)
		process_reap(p, 0);
	while (*at != NULL && *at != p)
		at = &(*at)->next;
	if (*at == p)
		*at = p->next;
	process_close_stdin(p);
	for (int i = 0; i < STREAMS; i++)
		capture_end(&p->streams[i]);
	free(p);
}

int
process_teardown(void **state)
{
	(void)state;
	while (processes != NULL)
		process_free(processes);
	return 0;
}

pid_t
process_pid(const struct process *p)
{
	return p->pid;
}

void
process_signal(struct process *p, int sig)
{
	process_reap(p, WNOHANG);
	if (p->ended)
		fail_msg("%s has ended before signal %d", p->name, sig);
	if (kill(p->pid, sig) == -1)
		fail_msg("kill: %s", strerror(errno));
}

/* Shows all it wrote, then fails the test. */
static void
process_give_up(struct process *p, const char *what, const char *text)
{
	static const char *const names[STREAMS] = {"stdout", "stderr"};

	process_collect(p, 0, false);
	for (int i = 0; i < STREAMS; i++) {
		struct capture *c = &p->streams[i];

		if (c->len > 0)
			print_error("--- %s of %s (%zu bytes):\n%s\n", names[i],
			    p->name, c->len, c->data);
	}
	fail_msg("%s (%d): %s%s", p->name, (int)p->pid, what, text);
}

void
process_write(struct process *p, const void *data, size_t len)
{
	struct deadline d = deadline_in(DEADLINE_MS);
	const char *at = data;

	while (len > 0) {
		ssize_t n;

		if (deadline_left_ms(d) == 0)
			process_give_up(p, "does not read its input", "");
		if (!process_collect(p, deadline_left_ms(d), true))
			continue;
		n = write(p->in_fd, at, len);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			process_give_up(p, "write: ", strerror(errno));
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

void
process_close_stdin(struct process *p)
{
	if (p->in_fd != -1)
		close(p->in_fd);
	p->in_fd = -1;
}

const char *
process_output(struct process *p, enum process_stream stream, size_t *len)
{
	struct capture *c = &p->streams[stream];

	process_collect(p, 0, false);
	if (len != NULL)
		*len = c->len;
	return c->data != NULL ? c->data : "";
}

/* Where text stands, if a whole line is wanted: one whose end is there, too. */
static const char *
find_text(const struct capture *c, const char *text, bool whole_line)
{
	const char *found = capture_find(c, text);

	if (found != NULL && whole_line && strchr(found, '\n') == NULL)
		return NULL;
	return found;
}

static const char *
wait_text(struct process *p, enum process_stream stream, const char *text,
    bool whole_line)
{
	struct deadline d = deadline_in(DEADLINE_MS);
	struct capture *c = &p->streams[stream];
	const char *found;

	while ((found = find_text(c, text, whole_line)) == NULL) {
		if (c->fd == -1)
			process_give_up(p, "ended without: ", text);
		if (deadline_left_ms(d) == 0)
			process_give_up(p, "did not write: ", text);
		process_collect(p, deadline_left_ms(d), false);
	}
	return found;
}

const char *
process_wait_text(
    struct process *p, enum process_stream stream, const char *text)
{
	return wait_text(p, stream, text, false);
}

const char *
process_wait_line(
    struct process *p, enum process_stream stream, const char *text)
{
	return wait_text(p, stream, text, true);
}

const char *
process_wait_bytes(struct process *p, enum process_stream stream, size_t len)
{
	struct deadline d = deadline_in(DEADLINE_MS);
	struct capture *c = &p->streams[stream];

	while (c->len < len) {
		if (c->fd == -1)
			process_give_up(p, "ended with too little", "");
		if (deadline_left_ms(d) == 0)
			process_give_up(p, "wrote too little", "");
		process_collect(p, deadline_left_ms(d), false);
	}
	return process_output(p, stream, NULL);
}

int
process_wait_exit(struct process *p)
{
	struct deadline d = deadline_in(DEADLINE_MS);

	for (;;) {
		process_reap(p, WNOHANG);
		if (p->ended && p->streams[PROCESS_OUT].fd == -1 &&
		    p->streams[PROCESS_ERR].fd == -1)
			break;
		if (deadline_left_ms(d) == 0)
			process_give_up(p, "does not end", "");
		process_collect(p, ASK_EVERY_MS, false);
	}
	if (WIFSIGNALED(p->wait_status))
		return SIGNAL_STATUS + WTERMSIG(p->wait_status);
	return WEXITSTATUS(p->wait_status);
}

void
process_expect_exit(struct process *p, int status)
{
	int got = process_wait_exit(p);
	char text[64];

	if (got == status)
		return;
	snprintf(text, sizeof(text), "%d instead of %d", got, status);
	process_give_up(p, "exit status ", text);
}
