#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>

#include "deadline.h"
#include "harness.h"
#include "process.h"
#include "scratch.h"
#include "server.h"

#define ARGS_MAX 32
#define TEXT_MAX 512
#define GONE_MAX 64

struct server {
	struct process *process;
	const char *log_path; /* NULL: stderr */
	uint16_t port;
};

/* The log's file as named by -l FILE, --log FILE or --log=FILE. */
static const char *
find_log_path(const char *const *args)
{
	for (; args != NULL && *args != NULL; args++) {
		if (strcmp(*args, "-l") == 0 || strcmp(*args, "--log") == 0)
			return args[1];
		if (strncmp(*args, "--log=", 6) == 0)
			return *args + 6;
	}
	return NULL;
}

/* The number behind the last colon of a line, text or JSON; 0 without one. */
static uint16_t
parse_port(const char *line)
{
	const char *end = line + strcspn(line, "\n");
	uint16_t port = 0;

	for (; line < end; line++)
		if (*line == ':' && line[1] >= '0' && line[1] <= '9')
			port = (uint16_t)strtoul(line + 1, NULL, 10);
	return port;
}

static bool
log_has_listen(void *arg)
{
	struct server *s = arg;
	char *text = scratch_read(s->log_path, NULL);
	const char *line = text == NULL ? NULL : strstr(text, "listen");
	bool found = line != NULL && strchr(line, '\n') != NULL;

	if (found)
		s->port = parse_port(line);
	free(text);
	return found;
}

static void
wait_listen(struct server *s)
{
	const char *line;

	if (s->log_path != NULL) {
		if (!deadline_wait(deadline_in(DEADLINE_MS), log_has_listen, s))
			fail_msg("no listen event in %s", s->log_path);
		return;
	}
	line = process_wait_line(s->process, PROCESS_ERR, "listen");
	s->port = parse_port(line);
}

/* The options are those that are not the same for all. */
static struct server *
start(uint16_t port, struct process_options options, const char *const *args)
{
	char runtime_dir[TEXT_MAX], port_text[8];
	const char *env[] = {runtime_dir, NULL};
	const char *argv[ARGS_MAX + 4] = {process_yodeld(), "-p", port_text};
	struct server *s = calloc(1, sizeof(*s));
	int n = 3;

	if (s == NULL)
		fail_msg("no memory");
	snprintf(port_text, sizeof(port_text), "%" PRIu16, port);
	snprintf(runtime_dir, sizeof(runtime_dir), "XDG_RUNTIME_DIR=%s",
	    scratch_dir());
	for (int i = 0; args != NULL && args[i] != NULL; i++) {
		if (i == ARGS_MAX)
			fail_msg("too many arguments");
		argv[n++] = args[i];
	}
	options.env = env;
	options.stdin_fd = PROCESS_NULL;
	s->log_path = find_log_path(args);
	s->process = process_start(argv, &options);
	wait_listen(s);
	return s;
}

struct server *
server_start_at(uint16_t port, const char *const *args)
{
	return start(port, (struct process_options){0}, args);
}

struct server *
server_start(const char *const *args)
{
	return server_start_at(0, args);
}

struct server *
server_start_bequeathed(const struct bequest *bequest, const char *const *args)
{
	return start(0, (struct process_options){.bequest = bequest}, args);
}

struct server *
server_start_prepared(void (*prepare)(void), const char *const *args)
{
	return start(0, (struct process_options){.prepare = prepare}, args);
}

/* The shell sets the limit, then becomes the server. */
struct server *
server_start_limited(const char *limit, const char *const *args)
{
	char script[TEXT_MAX * 2], path[TEXT_MAX], old[TEXT_MAX];
	struct server *s;

	snprintf(old, sizeof(old), "%s", process_yodeld());
	snprintf(script, sizeof(script),
	    "#!/bin/sh\nulimit %s\nexec '%s' \"$@\"\n", limit, old);
	scratch_path(path, sizeof(path), "yodeld-limited");
	scratch_write(path, script, strlen(script));
	assert_int_equal(chmod(path, S_IRWXU), 0);
	assert_int_equal(setenv("YODELD", path, 1), 0);
	s = server_start(args);
	assert_int_equal(setenv("YODELD", old, 1), 0);
	return s;
}

/* They are open in the test when the shell starts, and so in the server. */
struct server *
server_start_short(const char *limit, unsigned gone, const char *const *args)
{
	struct server *s;
	int fds[GONE_MAX];
	unsigned i;

	assert_in_range(gone, 0, GONE_MAX);
	for (i = 0; i < gone; i++)
		if ((fds[i] = dup(STDERR_FILENO)) == -1)
			fail_msg("dup: %s", strerror(errno));
	s = server_start_limited(limit, args);
	for (i = 0; i < gone; i++)
		close(fds[i]);
	return s;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	process_free(s->process);
	free(s);
}

void
server_stop(struct server *s)
{
	process_signal(s->process, SIGTERM);
	process_expect_exit(s->process, 0);
	server_free(s);
}

uint16_t
server_port(const struct server *s)
{
	return s->port;
}

struct process *
server_process(struct server *s)
{
	return s->process;
}

void
server_wait_log(struct server *s, const char *text)
{
	process_wait_text(s->process, PROCESS_ERR, text);
}
