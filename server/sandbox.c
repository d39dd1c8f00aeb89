#ifdef __linux__
#define _GNU_SOURCE /* O_PATH, syscall(2) */
#endif

#include "sandbox.h"

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#ifdef SYS_landlock_create_ruleset

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/*
 * landlock(7)'s numbers. They are here because the kernel that runs may know
 * more than the headers of the machine that compiled.
 */
#define SANDBOX_QUERY_ABI   0x1u
#define SANDBOX_RULE_PATH   1
#define SANDBOX_FS_FIRST    0x1fffu /* all that the first ABI has */
#define SANDBOX_READ_FILE   0x4u
#define SANDBOX_READ_DIR    0x8u
#define SANDBOX_REMOVE_FILE 0x20u
#define SANDBOX_REFER	    0x2000u
#define SANDBOX_TRUNCATE    0x4000u
#define SANDBOX_IOCTL_DEV   0x8000u
#define SANDBOX_TCP	    0x3u /* bind(2), connect(2) */
#define SANDBOX_SCOPE	    0x3u /* abstract Unix sockets, signals */

/* The kernel's struct landlock_ruleset_attr: what nobody may unless ruled. */
struct sandbox_rights {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* Its struct landlock_path_beneath_attr, which has no padding at the end. */
struct sandbox_rule {
	uint64_t rights;
	int32_t fd;
};

/* What each ABI of Landlock has brought; others brought nothing for us. */
static const struct sandbox_rights sandbox_news[] = {
    {.fs = SANDBOX_FS_FIRST},
    {.fs = SANDBOX_REFER},
    {.fs = SANDBOX_TRUNCATE},
    {.net = SANDBOX_TCP},
    {.fs = SANDBOX_IOCTL_DEV},
    {.scoped = SANDBOX_SCOPE},
};

/* Below 1 where the kernel has no Landlock, or a container hides it. */
static long
sandbox_ask_abi(void)
{
	return syscall(
	    SYS_landlock_create_ruleset, NULL, (size_t)0, SANDBOX_QUERY_ABI);
}

/* Everything that this ABI can forbid is forbidden. */
static int
sandbox_new_ruleset(long abi)
{
	struct sandbox_rights all = {0};
	size_t i;

	for (i = 0; i < sizeof(sandbox_news) / sizeof(sandbox_news[0]); i++) {
		if ((long)i >= abi)
			break;
		all.fs |= sandbox_news[i].fs;
		all.net |= sandbox_news[i].net;
		all.scoped |= sandbox_news[i].scoped;
	}
	return (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0u);
}

static int
sandbox_add_rule(int ruleset, int fd, uint64_t rights)
{
	const struct sandbox_rule rule = {.rights = rights, .fd = fd};

	return (int)syscall(
	    SYS_landlock_add_rule, ruleset, SANDBOX_RULE_PATH, &rule, 0u);
}

/* What can't be reached anyway needs no rule that lets it be reached. */
static int
sandbox_allow(int ruleset, int fd, uint64_t rights)
{
	if (fd != -1)
		return sandbox_add_rule(ruleset, fd, rights);
	return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
}

static int
sandbox_allow_path(int ruleset, const char *path, uint64_t rights)
{
	int fd, result, saved_errno;

	fd = open(path, O_PATH | O_CLOEXEC);
	result = sandbox_allow(ruleset, fd, rights);
	saved_errno = errno;
	if (fd != -1)
		(void)close(fd);
	errno = saved_errno;
	return result;
}

/*
 * A rule is about an inode, and /proc makes a new one whenever it has forgotten
 * the last: as long as this descriptor is open it does not forget. So it stays
 * open until the process ends.
 */
static int
sandbox_allow_self(int ruleset)
{
	int fd = open("/proc/self", O_PATH | O_CLOEXEC);

	return sandbox_allow(ruleset, fd, SANDBOX_READ_FILE | SANDBOX_READ_DIR);
}

static int
sandbox_allow_all(int ruleset, const char *const *dirs)
{
	if (sandbox_allow_path(ruleset, "/dev/null", SANDBOX_READ_FILE) == -1)
		return -1;
	if (sandbox_allow_self(ruleset) == -1)
		return -1;
	for (; *dirs != NULL; dirs++)
		if (sandbox_allow_path(ruleset, *dirs, SANDBOX_REMOVE_FILE) ==
		    -1)
			return -1;
	return 0;
}

int
sandbox_enter(const char *const *dirs, const char *log_path)
{
	int ruleset, result, saved_errno;
	long abi;

	(void)log_path;
	abi = sandbox_ask_abi();
	if (abi < 1)
		return 0;
	ruleset = sandbox_new_ruleset(abi);
	if (ruleset == -1)
		return -1;
	result = sandbox_allow_all(ruleset, dirs);
	if (result == 0)
		result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0u);
	saved_errno = errno;
	(void)close(ruleset);
	errno = saved_errno;
	return result;
}

#elif defined(__OpenBSD__)

#include <unistd.h>

int
sandbox_enter(const char *const *dirs, const char *log_path)
{
	if (unveil("/dev/null", "r") == -1)
		return -1;
	if (log_path != NULL && unveil(log_path, "wc") == -1)
		return -1;
	for (; *dirs != NULL; dirs++)
		if (unveil(*dirs, "c") == -1)
			return -1;
	return unveil(NULL, NULL);
}

#elif defined(__FreeBSD__)

#include <sys/capsicum.h>

#include <errno.h>
#include <stddef.h>

int
sandbox_enter(const char *const *dirs, const char *log_path)
{
	if (dirs[0] != NULL || log_path != NULL)
		return 0;
	return cap_enter() == 0 || errno == ENOSYS ? 0 : -1;
}

#else

int
sandbox_enter(const char *const *dirs, const char *log_path)
{
	(void)dirs;
	(void)log_path;
	return 0;
}

#endif

int
sandbox_begin(void)
{
#ifdef PR_SET_NO_NEW_PRIVS
	return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
#else
	return 0;
#endif
}
