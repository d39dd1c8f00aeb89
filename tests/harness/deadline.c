#include <poll.h>
#include <time.h>

#include "deadline.h"

#define NS_PER_MS    1000000
#define NS_PER_S     1000000000
#define ASK_EVERY_MS 2

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

struct deadline
deadline_in(int ms)
{
	return (struct deadline){now_ns() + (int64_t)ms * NS_PER_MS};
}

int
deadline_left_ms(struct deadline d)
{
	int64_t left_ns = d.at_ns - now_ns();

	return left_ns <= 0 ? 0 : (int)((left_ns - 1) / NS_PER_MS) + 1;
}

bool
deadline_wait_fd(struct deadline d, int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	for (;;) {
		int left_ms = deadline_left_ms(d);

		if (poll(&p, 1, left_ms) > 0)
			return true;
		if (left_ms == 0)
			return false;
	}
}

bool
deadline_wait(struct deadline d, bool (*condition)(void *arg), void *arg)
{
	while (!condition(arg)) {
		if (deadline_left_ms(d) == 0)
			return false;
		poll(NULL, 0, ASK_EVERY_MS);
	}
	return true;
}
