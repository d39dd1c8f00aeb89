#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <utmp.h>
#elif defined(__FreeBSD__)
#include <libutil.h>
#else
#include <util.h>
#endif

#include "deadline.h"
#include "harness.h"
#include "job.h"
#include "process.h"

#define SIGNAL_STATUS 128
#define FDS	      1024 /* a test has fewer */

/*
 * The keeper stands where the shell would: it leads the session, is the
 * program's parent, and writes each of its wait statuses, after its pid, to a
 * socket.
 */
struct job {
	pid_t keeper;
	pid_t pid;
	int fd;
	int wait_status;
	bool stopped;
	bool ended;
};

static _Noreturn void
run_program(const char *const *argv, const char *const *env)
{
	const int fds[3] = {0, 1, 2};

	/* both sides do it, as either may come first; TTOU is still ignored */
	setpgid(0, 0);
	tcsetpgrp(0, getpid());
	process_become(argv, env, fds);
}

static void
report(int fd, int value)
{
	if (write(fd, &value, sizeof(value)) != (ssize_t)sizeof(value))
		_exit(EXIT_FAILURE);
}

/* Our end of a terminal, above all: nobody else may keep it open. */
static void
close_inherited(int but_fd)
{
	for (int fd = 3; fd < FDS; fd++)
		if (fd != but_fd)
			close(fd);
}

static _Noreturn void
keep(const char *const *argv, const char *const *env, int slave_fd, int fd)
{
	static const int ignored[] = {
	    SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTOU, SIGPIPE};
	int wait_status;
	pid_t pid;
	char end;

#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	if (login_tty(slave_fd) == -1)
		_exit(EXIT_FAILURE);
	close_inherited(fd);
	pid = fork();
	if (pid == -1)
		_exit(EXIT_FAILURE);
	if (pid == 0)
		run_program(argv, env);
	setpgid(pid, pid);
	tcsetpgrp(0, pid);
	report(fd, pid);
	do {
		if (waitpid(pid, &wait_status, WUNTRACED) == pid)
			report(fd, wait_status);
	} while (WIFSTOPPED(wait_status));
	/* the end of a session's leader can take the terminal with it */
	while (read(fd, &end, 1) == -1 && errno == EINTR)
		continue;
	_exit(EXIT_SUCCESS);
}

struct job *
job_start(const char *const *argv, const char *const *env, int slave_fd)
{
	struct job *j = calloc(1, sizeof(*j));
	int ends[2];

	if (j == NULL)
		fail_msg("no memory");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
		fail_msg("socketpair: %s", strerror(errno));
	for (int i = 0; i < 2; i++)
		if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) == -1)
			fail_msg("fcntl: %s", strerror(errno));
	fflush(NULL);
	j->keeper = fork();
	if (j->keeper == -1)
		fail_msg("fork: %s", strerror(errno));
	if (j->keeper == 0) {
		close(ends[0]);
		keep(argv, env, slave_fd, ends[1]);
	}
	close(ends[1]);
	j->fd = ends[0];
	if (!deadline_wait_fd(deadline_in(DEADLINE_MS), j->fd, POLLIN) ||
	    read(j->fd, &j->pid, sizeof(j->pid)) != (ssize_t)sizeof(j->pid))
		fail_msg("%s cannot be started in a terminal", argv[0]);
	return j;
}

/* Takes in what the keeper has reported. */
static void
job_update(struct job *j)
{
	struct pollfd p = {.fd = j->fd, .events = POLLIN};
	int status;

	while (!j->ended && poll(&p, 1, 0) == 1) {
		if (read(j->fd, &status, sizeof(status)) !=
		    (ssize_t)sizeof(status))
			fail_msg("the keeper of the terminal died");
		j->stopped = WIFSTOPPED(status);
		j->ended = !j->stopped;
		j->wait_status = status;
	}
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	job_update(j);
	if (!j->ended)
		kill(j->pid, SIGKILL);
	/* The keeper of a later terminal has a copy of it. */
	shutdown(j->fd, SHUT_RDWR);
	close(j->fd);
	while (waitpid(j->keeper, NULL, 0) == -1 && errno == EINTR)
		continue;
	free(j);
}

pid_t
job_pid(const struct job *j)
{
	return j->pid;
}

void
job_signal(struct job *j, int sig)
{
	job_update(j);
	if (j->ended)
		fail_msg("the program has ended before signal %d", sig);
	if (sig == SIGCONT)
		j->stopped = false;
	if (kill(j->pid, sig) == -1)
		fail_msg("kill: %s", strerror(errno));
}

bool
job_is_stopped(struct job *j)
{
	job_update(j);
	return j->stopped;
}

bool
job_has_ended(struct job *j)
{
	job_update(j);
	return j->ended;
}

int
job_status(const struct job *j)
{
	if (WIFSIGNALED(j->wait_status))
		return SIGNAL_STATUS + WTERMSIG(j->wait_status);
	return WEXITSTATUS(j->wait_status);
}
