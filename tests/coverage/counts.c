/*
 * Linked into each program of a coverage build (tests/coverage/run.sh), so that
 * the counts are written by those too that end by _exit(2) or have put
 * themselves in a sandbox. Nothing of it is in another build.
 */

#define _GNU_SOURCE /* O_PATH */

#include <sys/resource.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#define RULE_PATH 1
#define RIGHTS	  0x106u /* Landlock's: write, read and make files */
#define ARGUMENTS 6

struct rule {
	uint64_t rights;
	int32_t fd;
};

extern void __gcov_dump(void);
extern _Noreturn void __real__exit(int);
extern long __real_syscall(long, ...);
_Noreturn void __wrap__exit(int);
long __wrap_syscall(long, ...);

/* Comes before the counts are written: a limit of the test's is not theirs. */
static void __attribute__((destructor)) lift_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_FSIZE, &limit);
	(void)signal(SIGXFSZ, SIG_IGN);
}

_Noreturn void
__wrap__exit(int status)
{
	lift_limit();
	__gcov_dump();
	__real__exit(status);
}

/* Best effort: without the directory its counts are missing, nothing else. */
static void
allow_counts(int ruleset, const char *dir)
{
	struct rule rule = {.rights = RIGHTS};

	rule.fd = open(dir, O_PATH | O_CLOEXEC);
	if (rule.fd == -1)
		return;
	(void)__real_syscall(
	    SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0u);
	(void)close(rule.fd);
}

long
__wrap_syscall(long number, ...)
{
	long arguments[ARGUMENTS];
	va_list list;
	int i;

	va_start(list, number);
	for (i = 0; i < ARGUMENTS; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_landlock_restrict_self) {
		allow_counts((int)arguments[0], COUNTS_DIR "/common");
		allow_counts((int)arguments[0], COUNTS_DIR "/server");
	}
	return __real_syscall(number, arguments[0], arguments[1], arguments[2],
	    arguments[3], arguments[4], arguments[5]);
}
