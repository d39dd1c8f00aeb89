/* peer_threads: a thread for each client, which blocks in read and write. */

#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "serve.h"

#define STACK_BYTES (SERVE_BYTES + 64 * 1024)

static void *
echo(void *argument)
{
	int fd = (int)(intptr_t)argument;
	char buffer[SERVE_BYTES];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, (size_t)n) != n)
			break;
	(void)close(fd);
	return NULL;
}

int
main(int argc, char **argv)
{
	int listener = serve_listen(serve_port(argc, argv));
	pthread_attr_t detached;

	if (pthread_attr_init(&detached) != 0 ||
	    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) !=
		0 ||
	    pthread_attr_setstacksize(&detached, STACK_BYTES) != 0)
		errx(1, "attributes of a thread");
	while (true) {
		int fd = serve_accept(listener);
		pthread_t thread;

		if (fd != -1 &&
		    pthread_create(
			&thread, &detached, echo, (void *)(intptr_t)fd) != 0)
			(void)close(fd);
	}
}
