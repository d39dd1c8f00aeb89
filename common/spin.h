/*
 * spin: waiting for a kqueue(2) that first asks again and again for a while,
 * and only then sleeps: a processor's time for a shorter reaction.
 */

#ifndef YODEL_SPIN_H
#define YODEL_SPIN_H

#include <stdbool.h>
#include <stdint.h>

struct kevent;

/* All zero: one that never spins. The fields are spin's own. */
struct spin {
	uint64_t us;
	uint64_t end_us;
	bool	 busy;
};

/* From now on for us microseconds, a year at most; 0: not at all. */
void		 spin_set(struct spin *, uint64_t us);

/* There was something to do: the next wait spins for the whole time again. */
void		 spin_renew(struct spin *);

/*
 * Waits for at most timeout_ms (-1: for ever), spinning included, as kevent(2)
 * does without changes: returns the number of events, or -1 with its errno.
 */
int		 spin_wait(struct spin *, int kq, struct kevent *events,
		    int count, int timeout_ms);

#endif
