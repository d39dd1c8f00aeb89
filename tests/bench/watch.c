/*
 * watch: what yodel --watch costs whoever sits in front of it, while a server
 * of 10,000 clients tells 100,000 events a second: watch BUILD-DIR
 *
 * Times are from the write(2) of the key to the read(2) of what it draws.
 */

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instant.h"
#include "pty.h"
#include "quartiles.h"
#include "usage.h"

#define CLIENTS	  10000
#define PER_SLICE 500
#define SLICE_NS  (5 * INSTANT_MS) /* 100,000 a second */
#define KEYS	  100
#define STARTS	  20

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1 && errno != EINTR)
			_exit(0); /* the client has gone */
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void
send_text(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

static void
send_clients(int fd)
{
	char row[256];

	for (int i = 1; i <= CLIENTS; i++) {
		(void)snprintf(row, sizeof(row),
		    "{\"client\":%d,\"peer\":\"127.0.0.1:%d\",\"worker\":0,"
		    "\"age\":%d.125,\"idle\":0.250,\"in\":%d,\"out\":%d,"
		    "\"queued\":0}\n",
		    i, 20000 + i, i, i * 100, i * 100);
		send_text(fd, row);
	}
}

/* Answers what has come of whole lines. */
static void
answer(int fd, char *text)
{
	for (char *line = strtok(text, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if (strcmp(line, "stats") == 0)
			send_text(fd,
			    "{\"addr\":\"127.0.0.1:8080\",\"uptime\":1.0,"
			    "\"open\":10000,\"refused\":0,\"messages_1s\":1.0,"
			    "\"in_1s\":1.0}\n");
		if (strcmp(line, "clients") == 0)
			send_clients(fd);
		send_text(fd, "{\"ok\":true}\n");
	}
}

/* In a child: one connection, until it ends. */
static _Noreturn void
serve(int fd, size_t events)
{
	static char block[PER_SLICE * 128];
	char text[256];
	uint64_t next = instant_now_ns();
	size_t len = 0;

	for (size_t i = 0; i < events; i++)
		len += (size_t)snprintf(block + len, sizeof(block) - len,
		    "{\"ts\":\"2026-11-22T14:02:11.%03zuZ\",\"level\":\"info\","
		    "\"event\":\"connect\",\"client\":%zu,\"open\":1}\n",
		    i, i);
	for (;;) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		uint64_t now = instant_now_ns();
		ssize_t n;

		if (poll(&pfd, 1,
			next > now ? (int)((next - now) / INSTANT_MS) : 0) >
		    0) {
			n = read(fd, text, sizeof(text) - 1);
			if (n <= 0)
				_exit(0);
			text[n] = '\0';
			answer(fd, text);
		}
		if (instant_now_ns() >= next) {
			send_all(fd, block, len);
			next += SLICE_NS;
		}
	}
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	(void)unlink(path);
	if (fd == -1 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, 1) == -1)
		err(1, "%s", path);
	return fd;
}

static pid_t
serve_in_child(int listener, size_t events)
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		serve(accept(listener, NULL, NULL), events);
	return pid;
}

static void
client_start(struct pty *p, const char *dir, const char *path)
{
	char program[1024];
	const char *argv[] = {program, "--watch", path, NULL};

	(void)snprintf(program, sizeof(program), "%s/yodel", dir);
	pty_start(p, argv, 40, 120);
}

static void
measure_start(const char *dir, int listener, const char *path)
{
	static struct pty p;
	double ms[STARTS];
	struct quartiles q;

	for (size_t i = 0; i < STARTS; i++) {
		pid_t server = serve_in_child(listener, 0);

		client_start(&p, dir, path);
		ms[i] = (double)pty_wait(&p, "127.0.0.1:20010") / INSTANT_MS;
		pty_stop(&p);
		(void)kill(server, SIGKILL);
		(void)waitpid(server, NULL, 0);
	}
	q = quartiles_of(ms, STARTS);
	printf("  start to the table %8.2f ms (%.2f to %.2f)\n", q.median,
	    q.low, q.high);
}

/* Help opens and closes: each of them draws what was not there. */
static void
measure_keys(const char *dir, int listener, const char *path, size_t events)
{
	static struct pty p;
	pid_t server = serve_in_child(listener, events);
	double ms[KEYS];
	struct usage *usage;

	client_start(&p, dir, path);
	(void)pty_wait(&p, "127.0.0.1:20010");
	for (size_t i = 0; i < KEYS; i++) {
		(void)usleep(20000 + (useconds_t)(i * 7919 % 30000));
		pty_type(&p, "?");
		ms[i] = (double)pty_wait(
			    &p, i % 2 == 0 ? "closes this page" : "queued") /
		    INSTANT_MS;
	}
	qsort(ms, KEYS, sizeof(ms[0]), compare);
	printf("  key to screen, %6zu events/s: median %.2f, p99 %.2f, most "
	       "%.2f ms\n",
	    events * 200, ms[KEYS / 2], ms[KEYS * 99 / 100 - 1], ms[KEYS - 1]);
	usage = usage_new(p.pid);
	if (usage == NULL)
		err(1, "memory");
	printf("  resident           %8.2f MB\n",
	    (double)usage_resident_bytes(usage) / 1e6);
	usage_free(usage);
	pty_stop(&p);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

int
main(int argc, char **argv)
{
	char path[64];
	int listener;

	if (argc != 2)
		errx(2, "usage: watch BUILD-DIR");
	if (setenv("TERM", "xterm-256color", 1) == -1 ||
	    setenv("LC_ALL", "C.UTF-8", 1) == -1)
		err(1, "environment");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(
	    path, sizeof(path), "/tmp/yodel-bench-watch.%ld", (long)getpid());
	listener = listen_at(path);
	printf("yodel --watch, 120x40, %d clients\n", CLIENTS);
	measure_start(argv[1], listener, path);
	measure_keys(argv[1], listener, path, 0);
	measure_keys(argv[1], listener, path, PER_SLICE);
	(void)unlink(path);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
