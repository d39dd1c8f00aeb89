/*
 * syscalls: which system calls the process may still make, from here to its
 * end (seccomp(2), by libseccomp). Where the build is without that library, or
 * the kernel without it, nothing is limited.
 */

#ifndef YODEL_SYSCALLS_H
#define YODEL_SYSCALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What happens at one call: it is let through, or fails with this errno (0: let
 * through). Where bits are given, only if these bits of that argument (0 is the
 * first) have the value. A name that this system does not know is passed over.
 */
struct syscalls_rule {
	const char	*name;
	int		 error;
	unsigned	 arg;
	uint64_t	 bits;
	uint64_t	 value;
};

/* The rest kills the process (SIGSYS), or is let through. */
enum syscalls_rest {
	SYSCALLS_REST_KILLS,
	SYSCALLS_REST_PASSES,
};

/* False where syscalls_limit() would change nothing. */
bool		 syscalls_can_be_limited(void);

/*
 * For all threads at once, those that are there and those to come, and for what
 * is executed. New rights through execve(2) are forbidden too: without that the
 * kernel would want root. Returns 0, or -1 with errno: nothing is limited then.
 * A system that has nothing of the kind is no error.
 */
int		 syscalls_limit(const struct syscalls_rule *, size_t count,
		    enum syscalls_rest);

#endif
