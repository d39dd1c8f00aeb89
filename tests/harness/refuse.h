/*
 * refuse: what the kernel does not do for a program from now on, nor for what
 * it starts: as seccomp(2) has it on Linux, so for good. In a child, therefore.
 */

#ifndef HARNESS_REFUSE_H
#define HARNESS_REFUSE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this system can. */
bool		 refuse_is_possible(void);

#define REFUSE_ANY	(-1)

struct refusal {
	int	 call;		/* its number: SYS_setuid */
	int	 error;		/* 0: it says that it was done, and was not */
	int	 arg;		/* only where this argument, from 0 on, */
	uint32_t value;		/* has these lower 32 bits; or REFUSE_ANY */
};

/* Returns 0, or -1 where the system can't. */
int		 refuse(const struct refusal *);

#endif
