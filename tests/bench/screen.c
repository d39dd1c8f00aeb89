/*
 * screen: what the full-screen client costs whoever sits in front of it, at
 * several sizes of the terminal: screen BUILD-DIR
 *
 * Times are from the write(2) of the key to the read(2) of what it draws.
 */

#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instant.h"
#include "launch.h"
#include "pty.h"
#include "quartiles.h"
#include "usage.h"

#define TIMES	     100
#define STARTS	     20
#define KEYS_IN_LINE 25
#define QUIET_MS     30
#define FLOOD_BYTES  ((size_t)100 * 1000 * 1000)
#define LAST	     "the last of it"

struct size {
	unsigned rows, columns;
};

static const struct size sizes[] = {{24, 80}, {40, 120}, {8, 40}};

static void
client_start(struct pty *p, const char *dir, unsigned port, struct size size)
{
	char program[1024], place[32];
	const char *argv[] = {program, "--history", "none", place, NULL};

	(void)snprintf(program, sizeof(program), "%s/yodel", dir);
	(void)snprintf(place, sizeof(place), "127.0.0.1:%u", port);
	pty_start(p, argv, size.rows, size.columns);
}

static void
show(const char *what, double *values, size_t count, const char *unit)
{
	struct quartiles q = quartiles_of(values, count);

	printf("  %-18s %8.2f %s (%.2f to %.2f)\n", what, q.median, unit, q.low,
	    q.high);
}

static void
measure_start(const char *dir, unsigned port, struct size size)
{
	static struct pty p;
	double ms[STARTS];

	for (size_t i = 0; i < STARTS; i++) {
		client_start(&p, dir, port, size);
		ms[i] = (double)pty_wait(&p, "$>") / INSTANT_MS;
		pty_stop(&p);
	}
	show("start to prompt", ms, STARTS, "ms");
}

static void
measure_keys(struct pty *p)
{
	double ms[TIMES];

	for (size_t i = 0; i < TIMES; i++) {
		if (i % KEYS_IN_LINE == 0)
			pty_type(p, "\025");
		/* Nobody types faster than the screen is drawn. */
		pty_settle(p, QUIET_MS);
		pty_type(p, "q");
		ms[i] = (double)pty_wait(p, "q") / INSTANT_MS;
	}
	pty_type(p, "\025");
	pty_settle(p, QUIET_MS);
	show("key to screen", ms, TIMES, "ms");
}

/* Whole lines, so that the transcript scrolls; the first ones fill it. */
static void
measure_echoes(struct pty *p)
{
	double ms[TIMES], bytes[TIMES];
	char line[64];

	for (size_t i = 0; i < 2 * TIMES; i++) {
		(void)snprintf(line, sizeof(line), "hello world %zu", i);
		pty_type(p, line);
		pty_settle(p, QUIET_MS);
		pty_type(p, "\r");
		ms[i % TIMES] =
		    (double)pty_wait(p, "\xe2\x9c\x93") / INSTANT_MS;
		pty_settle(p, QUIET_MS);
		bytes[i % TIMES] = (double)p->drawn;
	}
	show("Enter to echo", ms, TIMES, "ms");
	show("drawn for a line", bytes, TIMES, "bytes");
}

static void
measure_memory(const struct pty *p)
{
	struct usage *usage = usage_new(p->pid);

	if (usage == NULL)
		err(1, "memory");
	printf("  %-18s %8.2f MB\n", "resident",
	    (double)usage_resident_bytes(usage) / 1e6);
	usage_free(usage);
}

static int
listen_anywhere(unsigned *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, 1) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		err(1, "listen");
	*port = ntohs(at.sin_port);
	return fd;
}

static void
send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1 && errno != EINTR)
			_exit(1);
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

/* In a child: usual lines, and a last one. */
static _Noreturn void
flood(int listener)
{
	static const char line[] = "a line like any other, of forty bytes..\n";
	static char block[40 * 4096];
	int fd = accept(listener, NULL, NULL);

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = line[i % (sizeof(line) - 1)];
	for (size_t sent = 0; sent < FLOOD_BYTES; sent += sizeof(block))
		send_all(fd, block, sizeof(block));
	send_all(fd, LAST "\n", strlen(LAST "\n"));
	/* The client goes first. */
	while (read(fd, block, sizeof(block)) > 0)
		continue;
	_exit(0);
}

/* Whoever sends begins as soon as the client is there. */
static void
measure_flood(const char *dir, struct size size)
{
	static struct pty p;
	unsigned port;
	int listener = listen_anywhere(&port);
	pid_t writer = fork();

	if (writer == -1)
		err(1, "fork");
	if (writer == 0)
		flood(listener);
	client_start(&p, dir, port, size);
	printf("  %-18s %8.2f s, start-up included\n", "100 MB of lines",
	    (double)pty_wait(&p, LAST) / INSTANT_S);
	measure_memory(&p);
	pty_stop(&p);
	(void)close(listener);
	(void)waitpid(writer, NULL, 0);
}

static void
measure(const char *dir, unsigned port, struct size size)
{
	static struct pty p;

	printf("%ux%u\n", size.columns, size.rows);
	measure_start(dir, port, size);
	client_start(&p, dir, port, size);
	(void)pty_wait(&p, "connected to");
	pty_settle(&p, QUIET_MS);
	measure_memory(&p);
	measure_keys(&p);
	measure_echoes(&p);
	pty_stop(&p);
	measure_flood(dir, size);
}

/* Whatever goes wrong, the server does not stay. */
static pid_t server_group;

static void
stop_server(void)
{
	launch_stop(server_group);
}

int
main(int argc, char **argv)
{
	const char *server[] = {"@/yodeld", "-q", "-p", "%", NULL};
	unsigned port = launch_free_port();

	if (argc != 2)
		errx(2, "usage: screen BUILD-DIR");
	if (setenv("TERM", "xterm-256color", 1) == -1 ||
	    setenv("LC_ALL", "C.UTF-8", 1) == -1)
		err(1, "environment");
	(void)signal(SIGPIPE, SIG_IGN);
	server_group = launch_start(server, argv[1], port);
	if (port == 0 || server_group == -1 || atexit(stop_server) != 0)
		err(1, "yodeld");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(argv[1], port, sizes[i]);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
