#ifdef __linux__
#define _GNU_SOURCE /* setgroups(2) */
#endif

#include "guise.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

/* What setgroups(2) takes the number of. */
#ifdef __linux__
#define GUISE_COUNT(count) ((size_t)(count))
#else
#define GUISE_COUNT(count) (count)
#endif

static int
guise_note(struct guise *guise)
{
	guise->before.uid = geteuid();
	guise->before.gid = getegid();
	guise->count = getgroups(0, NULL);
	if (guise->count == -1)
		return -1;
	guise->groups =
	    calloc((size_t)guise->count + 1, sizeof(guise->groups[0]));
	if (guise->groups == NULL)
		return -1;
	guise->count = getgroups(guise->count, guise->groups);
	if (guise->count != -1)
		return 0;
	free(guise->groups);
	return -1;
}

int
guise_put_on(struct guise *guise, const struct privileges_ids *ids)
{
	int saved_errno;

	if (guise_note(guise) == -1)
		return -1;
	if (setgroups(1, &ids->gid) == 0 && setegid(ids->gid) == 0 &&
	    seteuid(ids->uid) == 0)
		return 0;
	saved_errno = errno;
	(void)guise_take_off(guise);
	errno = saved_errno;
	return -1;
}

/* The user first: only root may set the others. */
int
guise_take_off(struct guise *guise)
{
	int result = -1, saved_errno;

	if (seteuid(guise->before.uid) == 0 &&
	    setegid(guise->before.gid) == 0 &&
	    setgroups(GUISE_COUNT(guise->count), guise->groups) == 0)
		result = 0;
	saved_errno = errno;
	free(guise->groups);
	errno = saved_errno;
	return result;
}
