#ifdef __linux__
#define _GNU_SOURCE /* syscall(2) */
#endif

#include "syscalls.h"

#ifdef YODEL_SECCOMP

#include <sys/syscall.h>

#include <errno.h>
#include <seccomp.h>
#include <unistd.h>

/* seccomp(2)'s number; linux/seccomp.h and libseccomp's header may differ. */
#define SYSCALLS_ASK_ACTION 2u

#define SYSCALLS_BY_TREE 2u /* libseccomp: not from the first to the last */

/* It has no effect, and fails where a container hides seccomp, too. */
bool
syscalls_can_be_limited(void)
{
	const uint32_t action = SCMP_ACT_KILL_PROCESS;

	return syscall(SYS_seccomp, SYSCALLS_ASK_ACTION, 0u, &action) == 0;
}

/*
 * All threads; by a tree, as order is all that a list has. No foreign code runs
 * here, so there is no need for what older kernels slow such a process down by
 * (Speculative Store Bypass).
 */
static int
syscalls_set_up(scmp_filter_ctx filter)
{
	int error;

	error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (error == 0)
		error = seccomp_attr_set(
		    filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* What a library or kernel does not have of these is only slower. */
	(void)seccomp_attr_set(
	    filter, SCMP_FLTATR_CTL_OPTIMIZE, SYSCALLS_BY_TREE);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return error;
}

static int
syscalls_add(scmp_filter_ctx filter, const struct syscalls_rule *rule)
{
	const int call = seccomp_syscall_resolve_name(rule->name);
	struct scmp_arg_cmp only = {
	    .arg = rule->arg,
	    .op = SCMP_CMP_MASKED_EQ,
	    .datum_a = rule->bits,
	    .datum_b = rule->value,
	};
	uint32_t action = SCMP_ACT_ALLOW;

	if (call == __NR_SCMP_ERROR)
		return 0;
	if (rule->error != 0)
		action = SCMP_ACT_ERRNO((uint32_t)rule->error);
	return seccomp_rule_add_array(
	    filter, action, call, rule->bits != 0 ? 1 : 0, &only);
}

int
syscalls_limit(
    const struct syscalls_rule *rules, size_t count, enum syscalls_rest rest)
{
	scmp_filter_ctx filter;
	size_t i;
	int error;

	if (!syscalls_can_be_limited())
		return 0;
	filter =
	    seccomp_init(rest == SYSCALLS_REST_KILLS ? SCMP_ACT_KILL_PROCESS
						     : SCMP_ACT_ALLOW);
	if (filter == NULL) {
		errno = ENOMEM;
		return -1;
	}
	error = syscalls_set_up(filter);
	for (i = 0; i < count && error == 0; i++)
		error = syscalls_add(filter, &rules[i]);
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	errno = -error;
	return error == 0 ? 0 : -1;
}

#else

bool
syscalls_can_be_limited(void)
{
	return false;
}

int
syscalls_limit(
    const struct syscalls_rule *rules, size_t count, enum syscalls_rest rest)
{
	(void)rules;
	(void)count;
	(void)rest;
	return 0;
}

#endif
