#ifdef __linux__
#define _GNU_SOURCE /* setresuid(2), getresuid(2), syscall(2) */
#endif

#include "privileges.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

/* Elsewhere root's setuid(2) and setgid(2) set all three, but don't tell. */
#if defined(__linux__) || defined(__FreeBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__)
#define PRIVILEGES_THREE_IDS
#endif

/* What getgrouplist(3) takes. */
#ifdef __APPLE__
#define PRIVILEGES_GID int
#else
#define PRIVILEGES_GID gid_t
#endif

#define PRIVILEGES_GROUPS_FIRST 64
#define PRIVILEGES_GROUPS_MAX	65536 /* Linux's NGROUPS_MAX */
#define PRIVILEGES_NAME_MAX	100   /* of it fits into a message */

bool
privileges_are_root(void)
{
	return geteuid() == 0;
}

static int
privileges_fail(char *error, const char *user, const char *reason)
{
	(void)snprintf(error, PRIVILEGES_ERROR_MAX, "%.*s: %s",
	    PRIVILEGES_NAME_MAX, user, reason);
	return -1;
}

static int
privileges_fail_errno(char *error, const char *user, const char *what)
{
	(void)snprintf(error, PRIVILEGES_ERROR_MAX,
	    "%.*s: %s can't be taken: %s", PRIVILEGES_NAME_MAX, user, what,
	    strerror(errno));
	return -1;
}

/* That nobody is called so comes out as 0 or as one of many errors. */
static const char *
privileges_lookup_reason(int error)
{
	switch (error) {
	case EINTR:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ERANGE:
		return strerror(error);
	default:
		return "no such user";
	}
}

/* A name may look like a number: then it is the name, as for chown(1). */
static const struct passwd *
privileges_look_up(const char *user)
{
	const struct passwd *entry;
	unsigned long long number;
	char *end;

	errno = 0;
	entry = getpwnam(user);
	if (entry != NULL || *user < '0' || *user > '9')
		return entry;
	errno = 0;
	number = strtoull(user, &end, 10);
	if (errno != 0 || *end != '\0' || (uid_t)number != number ||
	    (uid_t)number == (uid_t)-1) {
		errno = 0;
		return NULL;
	}
	return getpwuid((uid_t)number);
}

/* Whether every one of the ids is the user's: none to go back to. */
static bool
privileges_are_ids(const struct privileges_ids *ids)
{
#ifdef PRIVILEGES_THREE_IDS
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;

	if (getresuid(&uid, &euid, &suid) == -1 ||
	    getresgid(&gid, &egid, &sgid) == -1)
		return false;
	return uid == ids->uid && euid == ids->uid && suid == ids->uid &&
	    gid == ids->gid && egid == ids->gid && sgid == ids->gid;
#else
	return getuid() == ids->uid && geteuid() == ids->uid &&
	    getgid() == ids->gid && getegid() == ids->gid;
#endif
}

static int
privileges_set_ids(const struct privileges_ids *ids)
{
#ifdef PRIVILEGES_THREE_IDS
	if (setresgid(ids->gid, ids->gid, ids->gid) == -1)
		return -1;
	return setresuid(ids->uid, ids->uid, ids->uid);
#else
	if (setgid(ids->gid) == -1)
		return -1;
	return setuid(ids->uid);
#endif
}

/* The groups that the user is in; the caller frees them. */
static PRIVILEGES_GID *
privileges_groups_of(const char *name, gid_t gid, size_t *count)
{
	PRIVILEGES_GID *groups = NULL, *more;
	int size = PRIVILEGES_GROUPS_FIRST, n;

	for (; size <= PRIVILEGES_GROUPS_MAX; size *= 2) {
		more = realloc(groups, (size_t)size * sizeof(*groups));
		if (more == NULL)
			break;
		groups = more;
		n = size;
		if (getgrouplist(name, (PRIVILEGES_GID)gid, groups, &n) != -1) {
			*count = (size_t)n;
			return groups;
		}
	}
	free(groups);
	return NULL;
}

static bool
privileges_is_among(gid_t gid, const PRIVILEGES_GID *groups, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if ((gid_t)groups[i] == gid)
			return true;
	return false;
}

/* Whether the process is in no group beyond these. */
static bool
privileges_are_groups(const PRIVILEGES_GID *allowed, size_t count)
{
	gid_t *groups;
	bool result;
	int n, i;

	n = getgroups(0, NULL);
	if (n == -1)
		return false;
	groups = calloc((size_t)n + 1, sizeof(*groups));
	if (groups == NULL)
		return false;
	n = getgroups(n, groups);
	result = n != -1;
	for (i = 0; i < n; i++)
		if (!privileges_is_among(groups[i], allowed, count))
			result = false;
	free(groups);
	return result;
}

/*
 * Whether this thread has capabilities(7), which outlive the change of user
 * where securebits say so.
 */
static bool
privileges_has_capabilities(void)
{
#ifdef __linux__
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	size_t i;

	if (syscall(SYS_capget, &header, data) == -1)
		return true;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if ((data[i].effective | data[i].permitted) != 0)
			return true;
#endif
	return false;
}

static int
privileges_verify(const char *user, const struct privileges_ids *ids,
    const PRIVILEGES_GID *groups, size_t count, char *error)
{
	if (!privileges_are_ids(ids))
		return privileges_fail(
		    error, user, "the system left some ids as they were");
	if (!privileges_are_groups(groups, count))
		return privileges_fail(
		    error, user, "some groups are not this user's");
	if (privileges_has_capabilities())
		return privileges_fail(
		    error, user, "some capabilities are left");
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 ||
	    setegid(0) == 0)
		return privileges_fail(
		    error, user, "the way back to root is still open");
	return 0;
}

/* What is asked of the system's databases is asked before they close to us. */
static int
privileges_become(const char *user, const struct passwd *entry, char *error)
{
	const struct privileges_ids ids = {entry->pw_uid, entry->pw_gid};
	PRIVILEGES_GID *groups;
	size_t count;
	int result;

	groups = privileges_groups_of(entry->pw_name, ids.gid, &count);
	if (groups == NULL)
		return privileges_fail(
		    error, user, "its groups can't be looked up");
	if (initgroups(entry->pw_name, (PRIVILEGES_GID)ids.gid) == -1)
		result = privileges_fail_errno(error, user, "its groups");
	else if (privileges_set_ids(&ids) == -1)
		result = privileges_fail_errno(error, user, "its ids");
	else
		result = privileges_verify(user, &ids, groups, count, error);
	free(groups);
	return result;
}

/* Not root, so nothing can be dropped; it may be that user already. */
static int
privileges_stay(const char *user, uid_t uid, char *error)
{
	if (getuid() == uid && geteuid() == uid && setuid(0) == -1)
		return 0;
	return privileges_fail(
	    error, user, "only root can become another user");
}

/* NULL with a text. */
static const struct passwd *
privileges_entry(const char *user, char *error)
{
	const struct passwd *entry;
	const char *reason = NULL;

	entry = privileges_look_up(user);
	if (entry == NULL)
		reason = privileges_lookup_reason(errno);
	else if (entry->pw_uid == 0)
		reason = "this is root itself";
	else if (entry->pw_gid == 0)
		reason = "its group is that of root";
	if (reason == NULL)
		return entry;
	(void)privileges_fail(error, user, reason);
	return NULL;
}

int
privileges_find(const char *user, struct privileges_ids *ids,
    char error[PRIVILEGES_ERROR_MAX])
{
	const struct passwd *entry;

	entry = privileges_entry(user, error);
	if (entry == NULL)
		return -1;
	ids->uid = entry->pw_uid;
	ids->gid = entry->pw_gid;
	return 0;
}

int
privileges_drop(const char *user, char error[PRIVILEGES_ERROR_MAX])
{
	const struct passwd *entry;

	entry = privileges_entry(user, error);
	if (entry == NULL)
		return -1;
	if (!privileges_are_root())
		return privileges_stay(user, entry->pw_uid, error);
	return privileges_become(user, entry, error);
}
