/*
 * watched: a yodeld that somebody watches: watched PATH YODELD [ARGUMENT]...
 *
 * Becomes the server, with its control socket at PATH, and leaves behind a
 * child that reads all events as they come, and once a second asks for the
 * statistics and the clients: what a screen full of both costs a server.
 */

#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "instant.h"

#define WORDS_MAX  32
#define READ_BYTES 65536
#define RETRY_MS   5
#define ASK_NS	   (1000 * INSTANT_MS)

/* As soon as the server is there. */
static int
connect_to(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || strlen(path) >= sizeof(to.sun_path))
		return -1;
	memcpy(to.sun_path, path, strlen(path) + 1);
	while (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == -1)
		(void)poll(NULL, 0, RETRY_MS);
	return fd;
}

static bool
ask(int fd, const char *commands)
{
	const size_t len = strlen(commands);

	return write(fd, commands, len) == (ssize_t)len;
}

/* Until the server ends. */
static int
watch(const char *path)
{
	static char bytes[READ_BYTES];
	uint64_t asked_ns = instant_now_ns();
	struct pollfd fd = {.fd = connect_to(path), .events = POLLIN};

	if (fd.fd == -1 || !ask(fd.fd, "watch\n"))
		return EXIT_FAILURE;
	do {
		if (instant_now_ns() - asked_ns >= ASK_NS) {
			asked_ns = instant_now_ns();
			if (!ask(fd.fd, "stats\nclients\n"))
				break;
		}
	} while (poll(&fd, 1, 1000) != 1 || read(fd.fd, bytes, READ_BYTES) > 0);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	char *words[WORDS_MAX] = {NULL}, option[] = "--control";
	int i, count = 0;

	if (argc < 3 || argc > WORDS_MAX - 2)
		errx(2, "usage: %s PATH YODELD [ARGUMENT]...", argv[0]);
	for (i = 2; i < argc; i++)
		words[count++] = argv[i];
	words[count++] = option;
	words[count] = argv[1];
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		return watch(argv[1]);
	default:
		(void)execv(words[0], words);
		err(1, "%s", words[0]);
	}
}
