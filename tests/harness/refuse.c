#ifdef __linux__
#define _GNU_SOURCE /* syscall(2) */
#endif

#include "refuse.h"

#ifdef __linux__

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <endian.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <unistd.h>

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))

/* Goes on where it is the value, else jumps so far. */
#define UNLESS(value, jump) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (jump))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(value))

bool
refuse_is_possible(void)
{
	const uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u, &action) == 0;
}

/* Who is not root has to do without new rights first. */
static int
install(struct sock_filter *filter, unsigned short len)
{
	const struct sock_fprog program = {.len = len, .filter = filter};

	if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int
refuse(const struct refusal *r)
{
	const size_t low = BYTE_ORDER == BIG_ENDIAN ? sizeof(r->value) : 0;
	const size_t arg = r->arg == REFUSE_ANY ? 0 : (size_t)r->arg;
	struct sock_filter filter[] = {
	    LOAD(offsetof(struct seccomp_data, nr)),
	    UNLESS(r->call, 3),
	    LOAD(offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t) +
		low),
	    UNLESS(r->value, 1),
	    ANSWER(SECCOMP_RET_ERRNO | (unsigned)r->error),
	    ANSWER(SECCOMP_RET_ALLOW),
	};

	/* Equal or not: on to the answer. */
	if (r->arg == REFUSE_ANY)
		filter[3].jf = 0;
	return install(filter, sizeof(filter) / sizeof(filter[0]));
}

#else

bool
refuse_is_possible(void)
{
	return false;
}

int
refuse(const struct refusal *r)
{
	(void)r;
	return -1;
}

#endif
