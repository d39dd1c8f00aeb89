/* launch: see launch.h. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "affinity.h"
#include "instant.h"
#include "launch.h"

#define WORD_BYTES   1024
#define EXIT_NO_EXEC 127
#define END_NS	     (10 * INSTANT_S)
#define END_STEP_MS  5

unsigned
launch_free_port(void)
{
	struct sockaddr_in at = {0};
	socklen_t len = sizeof(at);
	unsigned port = 0;
	int fd, saved;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd == -1)
		return 0;
	at.sin_family = AF_INET;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &len) == 0)
		port = ntohs(at.sin_port);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return port;
}

/* A copy of the word with its signs replaced, or NULL with errno. */
static char *
expand(const char *word, const char *dir, unsigned port)
{
	char *copy = malloc(WORD_BYTES);
	size_t used = 0;
	int n;

	if (copy == NULL)
		return NULL;
	copy[0] = '\0';
	for (; *word != '\0'; word++) {
		if (*word == '@')
			n = snprintf(copy + used, WORD_BYTES - used, "%s", dir);
		else if (*word == '%')
			n = snprintf(
			    copy + used, WORD_BYTES - used, "%u", port);
		else
			n = snprintf(
			    copy + used, WORD_BYTES - used, "%c", *word);
		if (n < 0 || (size_t)n >= WORD_BYTES - used) {
			free(copy);
			errno = ENAMETOOLONG;
			return NULL;
		}
		used += (size_t)n;
	}
	return copy;
}

static void
words_free(char **words)
{
	size_t i;

	for (i = 0; i < LAUNCH_WORDS_MAX; i++)
		free(words[i]);
}

static int
words_expand(
    char **words, const char *const *argv, const char *dir, unsigned port)
{
	size_t i;

	for (i = 0; argv[i] != NULL; i++) {
		if (i + 1 == LAUNCH_WORDS_MAX) {
			errno = E2BIG;
			return -1;
		}
		words[i] = expand(argv[i], dir, port);
		if (words[i] == NULL)
			return -1;
	}
	return 0;
}

/* In the child: no input, what it says to the log, its own group and CPUs. */
static _Noreturn void
become(char **words, int log)
{
	int null = open("/dev/null", O_RDWR);

	affinity_take_server();
	if (setpgid(0, 0) == 0 && null != -1 && dup2(null, 0) != -1 &&
	    dup2(log, 1) != -1 && dup2(log, 2) != -1) {
		(void)close(null);
		(void)close(log);
		(void)signal(SIGPIPE, SIG_DFL);
		(void)execvp(words[0], words);
	}
	perror(words[0]);
	_exit(EXIT_NO_EXEC);
}

static int
log_open(const char *dir)
{
	char *path = expand("@/bench.log", dir, 0);
	int fd;

	if (path == NULL)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	free(path);
	return fd;
}

pid_t
launch_start(const char *const *argv, const char *dir, unsigned port)
{
	char *words[LAUNCH_WORDS_MAX] = {NULL};
	pid_t pid = -1;
	int log = log_open(dir);

	if (log == -1)
		return -1;
	if (words_expand(words, argv, dir, port) == 0)
		pid = fork();
	if (pid == 0)
		become(words, log);
	/* by both of us, so that neither has to wait for the other */
	if (pid != -1)
		(void)setpgid(pid, pid);
	words_free(words);
	(void)close(log);
	return pid;
}

void
launch_stop(pid_t group)
{
	(void)kill(-group, SIGKILL);
	while (waitpid(group, NULL, 0) == -1 && errno == EINTR)
		continue;
}

int
launch_end(pid_t group)
{
	uint64_t until = instant_now_ns() + END_NS;

	(void)kill(-group, SIGTERM);
	while (instant_now_ns() < until) {
		if (waitpid(group, NULL, WNOHANG) == group) {
			/* what it may have left behind */
			(void)kill(-group, SIGKILL);
			return 0;
		}
		(void)poll(NULL, 0, END_STEP_MS);
	}
	launch_stop(group);
	errno = ETIMEDOUT;
	return -1;
}
