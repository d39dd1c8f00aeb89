/* deadline: wait for something until a point in time, never blindly. */

#ifndef HARNESS_DEADLINE_H
#define HARNESS_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Long enough for a sanitizer's build on a busy machine: nothing is measured by
 * it, a test that works never gets near it.
 */
#define DEADLINE_MS	60000

/* A point on the monotonic clock. */
struct deadline {
	int64_t	 at_ns;
};

struct deadline	 deadline_in(int ms);

/* Milliseconds that are left, rounded up; 0 once it has passed. */
int		 deadline_left_ms(struct deadline);

/*
 * Waits until fd has one of the poll(2) events, or an error or hang-up. Returns
 * false when the deadline passes first.
 */
bool		 deadline_wait_fd(struct deadline, int fd, short events);

/*
 * Asks condition(arg) again and again, for what no descriptor announces.
 * Returns false when the deadline passes first.
 */
bool		 deadline_wait(struct deadline, bool (*condition)(void *arg),
		    void *arg);

#endif
