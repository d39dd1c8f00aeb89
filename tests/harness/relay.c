/* relay: see relay.h. */

#include "relay.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "harness.h"

#define PACKET_BYTES 65536

/* Of a hundred. */
#define LOST	4
#define DOUBLED 2
#define LATE	3

/* A packet that waits for the next one to overtake it. */
struct late {
	unsigned char bytes[PACKET_BYTES];
	size_t len; /* 0: none */
};

/* xorshift32, a state that is never 0. */
static unsigned
roll(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % 100;
}

/* What does not fit is lost, as on any cable. */
static void
pass(int to, const void *packet, size_t len)
{
	ssize_t n = write(to, packet, len);

	(void)n;
}

/* -1 where the cable is gone. */
static int
forward(int from, int to, struct late *late, uint32_t *state)
{
	unsigned char packet[PACKET_BYTES];
	ssize_t n = read(from, packet, sizeof(packet));
	unsigned chance = roll(state);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	if (chance < LOST)
		return 0;
	if (chance < LOST + LATE && late->len == 0) {
		late->len = (size_t)n;
		memcpy(late->bytes, packet, late->len);
		return 0;
	}
	pass(to, packet, (size_t)n);
	if (chance >= 100 - DOUBLED)
		pass(to, packet, (size_t)n);
	if (late->len > 0)
		pass(to, late->bytes, late->len);
	late->len = 0;
	return 0;
}

static _Noreturn void
relay_run(int one, int other, unsigned seed)
{
	static struct late late[2];
	struct pollfd fds[2] = {
	    {.fd = one, .events = POLLIN}, {.fd = other, .events = POLLIN}};
	uint32_t state = seed * 2654435761u | 1;

	for (;;) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			_exit(1);
		for (int i = 0; i < 2; i++)
			if (fds[i].revents != 0 &&
			    forward(fds[i].fd, fds[1 - i].fd, &late[i],
				&state) == -1)
				_exit(0);
	}
}

void
relay_start(int one, int other, unsigned seed)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		fail_msg("fork: %s", strerror(errno));
	if (pid > 0)
		return;
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		_exit(0);
	relay_run(one, other, seed);
}
