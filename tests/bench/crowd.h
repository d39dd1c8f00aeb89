/* crowd: many talkers at once, and what a server makes of them. */

#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shape.h"

struct crowd_plan {
	unsigned port;		/* of 127.0.0.1 */
	pid_t	 group;		/* the server's process group; 0: not known */
	struct shape shape;
	uint64_t warm_ns;	/* before the window, without counting */
	uint64_t window_ns;
};

struct crowd_result {
	bool	 stalled;	/* by the rule in stall.h */
	double	 seconds;	/* what the window took in truth */
	double	 messages;	/* complete within it */
	double	 p50_us, p99_us, p999_us;
	double	 cpu_us;	/* the server's, in the window; 0: unknown */
	double	 own_cpu_us;	/* this process's */
	double	 resident_bytes;	/* the server's at its end; 0: unknown */
};

/*
 * Connects one after the other, waits until each is served, then lets all talk.
 * Takes warm_ns and window_ns, and some seconds to connect at most. -1 with
 * errno: EBADMSG for a wrong byte, ETIMEDOUT where not one message came back in
 * the window, EINTR after a signal.
 */
int		 crowd_run(const struct crowd_plan *, struct crowd_result *);

#endif
