/*
 * usage: what a server and its children take: CPU time and memory. A server is
 * a process group here, as some make a process for each client.
 */

#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stdint.h>
#include <sys/types.h>

struct usage;

/*
 * Notes the processes of the group as they are now; where there is no /proc,
 * only its leader. NULL with ENOMEM.
 */
struct usage	*usage_new(pid_t group);
void		 usage_free(struct usage *);	/* NULL is fine */

/*
 * User and system time of them all, of all their threads; 0 where the system
 * does not tell (no clock_getcpuclockid(3)).
 */
uint64_t	 usage_cpu_ns(const struct usage *);

/* Resident memory of them all, shared pages counted by each; 0: unknown. */
uint64_t	 usage_resident_bytes(const struct usage *);

#endif
