/* subject: see subject.h. */

#include "subject.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"

#define END_STEP_MS 10
#define END_STEPS   2000
#define START_STEPS 1000

char *
subject_path(const struct subject *s, char *buf, size_t size, const char *name)
{
	(void)snprintf(buf, size, "%s/%s", s->dir, name);
	return buf;
}

/* The control socket is there once it serves. */
static int
subject_wait(const struct subject *s)
{
	char path[SUBJECT_PATH_MAX + 16];

	subject_path(s, path, sizeof(path), "control");
	for (int i = 0; i < START_STEPS; i++) {
		if (access(path, F_OK) == 0)
			return 0;
		if (waitpid(s->pid, NULL, WNOHANG) != 0)
			break;
		(void)poll(NULL, 0, END_STEP_MS);
	}
	errno = ETIMEDOUT;
	return -1;
}

int
subject_start(struct subject *s, const char *program)
{
	const char *const argv[] = {program, "-p", "%", "-b", "127.0.0.1", "-b",
	    "unix:@/socket", "--control", "@/control", "-l", "@/log",
	    "--log-format=json", "--stall-timeout=5s", "-t2", NULL};
	const char *tmp = getenv("TMPDIR");

	/* glibc's: what is freed goes back to the system, at once and whole. */
	(void)setenv("GLIBC_TUNABLES", "glibc.malloc.mmap_threshold=16384", 1);
	*s = (struct subject){.pid = -1};
	(void)snprintf(s->dir, sizeof(s->dir), "%s/yodel-soak.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(s->dir) == NULL)
		return -1;
	s->port = launch_free_port();
	if (s->port == 0)
		return -1;
	s->pid = launch_start(argv, s->dir, s->port);
	return s->pid == -1 ? -1 : subject_wait(s);
}

/* -1 with errno; ENOENT is none of this name. */
static int
subject_take(struct subject *s, const char *name)
{
	char path[SUBJECT_PATH_MAX + 16], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *file;

	file = fopen(subject_path(s, path, sizeof(path), name), "r");
	if (file == NULL)
		return -1;
	while ((n = getline(&line, &size, file)) > 0)
		account_add(&s->account, line, (size_t)n);
	free(line);
	(void)fclose(file);
	return unlink(path);
}

int
subject_rotate(struct subject *s)
{
	char from[SUBJECT_PATH_MAX + 16], to[SUBJECT_PATH_MAX + 16];

	subject_path(s, from, sizeof(from), "log");
	subject_path(s, to, sizeof(to), "log.1");
	/* until it is there again, the server writes to the other one */
	if (access(from, F_OK) == -1)
		return errno == ENOENT ? 0 : -1;
	if (subject_take(s, "log.1") == -1 && errno != ENOENT)
		return -1;
	if (rename(from, to) == -1)
		return -1;
	s->rotations++;
	return kill(s->pid, SIGHUP);
}

static void
subject_clear(const struct subject *s)
{
	static const char *const names[] = {
	    "log", "log.1", "bench.log", "socket", "control"};
	char path[SUBJECT_PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(subject_path(s, path, sizeof(path), names[i]));
	(void)rmdir(s->dir);
}

int
subject_end(struct subject *s)
{
	int status = 0;
	pid_t pid = 0;

	if (s->pid == -1) {
		subject_clear(s);
		return -1;
	}
	(void)kill(s->pid, SIGTERM);
	for (int i = 0; i < END_STEPS && pid == 0; i++) {
		pid = waitpid(s->pid, &status, WNOHANG);
		if (pid == 0)
			(void)poll(NULL, 0, END_STEP_MS);
	}
	if (pid == 0)
		launch_stop(s->pid);
	(void)subject_take(s, "log.1");
	(void)subject_take(s, "log");
	subject_clear(s);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
