/* calls: see calls.h. */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "calls.h"
#include "crowd.h"
#include "instant.h"
#include "launch.h"
#include "servers.h"

#define LINE_MAX_BYTES 512
#define SHORT_NS       (100 * INSTANT_MS)
#define LONG_NS	       INSTANT_S
#define SEEN	       0.005		   /* is 0.01 in two decimals */
#define TABLE	       "@/bench-calls.txt" /* '@' as in launch.h */

/* "% time seconds usecs/call calls errors name", of which errors may lack. */
static bool
parse_line(struct calls_kind *kind, const char *line)
{
	double calls;
	char name[CALLS_NAME_MAX], errors[CALLS_NAME_MAX];
	int n;

	n = sscanf(line, "%*f %*f %*f %lf %31s %31s", &calls, errors, name);
	if (n < 2)
		return false;
	*kind = (struct calls_kind){.calls = calls};
	memcpy(kind->name, n == 2 ? errors : name, sizeof(kind->name));
	return true;
}

int
calls_parse(struct calls *c, FILE *in)
{
	char line[LINE_MAX_BYTES];
	struct calls_kind kind;

	c->count = 0;
	while (fgets(line, sizeof(line), in) != NULL) {
		if (strstr(line, " total\n") != NULL)
			return 0;
		if (!parse_line(&kind, line))
			continue;
		if (c->count == CALLS_KINDS_MAX)
			break;
		c->kinds[c->count++] = kind;
	}
	/* The total at its end says that it is all there. */
	errno = EBADMSG;
	return -1;
}

static double
calls_of(const struct calls *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->kinds[i].name, name) == 0)
			return c->kinds[i].calls;
	return 0;
}

void
calls_subtract(struct calls *more, const struct calls *fewer, double divisor)
{
	size_t i;

	for (i = 0; i < more->count; i++)
		more->kinds[i].calls =
		    (more->kinds[i].calls -
			calls_of(fewer, more->kinds[i].name)) /
		    divisor;
}

double
calls_total(const struct calls *c)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < c->count; i++)
		sum += c->kinds[i].calls;
	return sum;
}

char *
calls_format(char buf[CALLS_TEXT_MAX], const struct calls *c)
{
	size_t i, used = 0;
	int n;

	buf[0] = '\0';
	for (i = 0; i < c->count && used < CALLS_TEXT_MAX; i++) {
		if (c->kinds[i].calls < SEEN)
			continue;
		n = snprintf(buf + used, CALLS_TEXT_MAX - used, "%s%s %.2f",
		    used == 0 ? "" : ", ", c->kinds[i].name, c->kinds[i].calls);
		used += n < 0 ? CALLS_TEXT_MAX : (size_t)n;
	}
	return buf;
}

static int
read_table(struct calls *c, const char *dir)
{
	char path[PATH_MAX];
	FILE *file;
	int status, saved;

	if (snprintf(path, sizeof(path), "%s%s", dir, &TABLE[1]) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	file = fopen(path, "r");
	if (file == NULL)
		return -1;
	status = calls_parse(c, file);
	saved = errno;
	(void)fclose(file);
	errno = saved;
	return status;
}

/* The server below strace, which writes its table when the server ends. */
static pid_t
start(const struct server *server, const char *dir, unsigned port)
{
	static const char *const strace[] = {"strace", "-c", "-f", "-o", TABLE};
	const char *argv[LAUNCH_WORDS_MAX] = {NULL};
	size_t i, n = sizeof(strace) / sizeof(strace[0]);

	memcpy(argv, strace, sizeof(strace));
	for (i = 0; server->argv[i] != NULL && n + 1 < LAUNCH_WORDS_MAX; i++)
		argv[n++] = server->argv[i];
	return launch_start(argv, dir, port);
}

/* One run of that length: the calls, and the messages that they were for. */
static int
run(struct calls *c, double *messages, const struct server *server,
    const char *dir, uint64_t window_ns)
{
	struct crowd_plan plan = {.port = launch_free_port(),
	    .shape = {.clients = CALLS_CLIENTS, .size = 64, .depth = 1},
	    .window_ns = window_ns};
	struct crowd_result result;
	pid_t group;
	int status;

	if (plan.port == 0)
		return -1;
	group = start(server, dir, plan.port);
	if (group == -1)
		return -1;
	status = crowd_run(&plan, &result);
	if (launch_end(group) == -1 || status == -1)
		return -1;
	*messages = result.messages;
	return read_table(c, dir);
}

int
calls_measure(struct calls *c, const struct server *server, const char *dir)
{
	struct calls fewer;
	double few, many;

	if (!servers_in_path("strace")) {
		errno = ENOENT;
		return -1;
	}
	if (run(&fewer, &few, server, dir, SHORT_NS) == -1 ||
	    run(c, &many, server, dir, LONG_NS) == -1)
		return -1;
	if (many <= few) {
		errno = ERANGE;
		return -1;
	}
	calls_subtract(c, &fewer, many - few);
	return 0;
}
