/* privileges: from root to a user that can do nothing but serve. */

#ifndef YODEL_PRIVILEGES_H
#define YODEL_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PRIVILEGES_ERROR_MAX	256

struct privileges_ids {
	uid_t	 uid;
	gid_t	 gid;
};

bool		 privileges_are_root(void);

/*
 * Looks a user up: a name, or a number that has an entry. Root is an error, and
 * so is who has root's group. Returns 0, or -1 with a text in error that names
 * the user (anything: as it is, cut where it is long) and what is wrong:
 * "nobody2: no such user".
 */
int		 privileges_find(const char *user, struct privileges_ids *,
		    char error[PRIVILEGES_ERROR_MAX]);

/*
 * Becomes this user, whom privileges_find() has to find: its groups, its group,
 * itself, for good, in all threads; then makes sure that there is no way back.
 * A process that is that user already, and not root, stays as it is. Returns 0,
 * or -1 with a text in error as above. After a failure the process must not go
 * on.
 */
int		 privileges_drop(const char *user,
		    char error[PRIVILEGES_ERROR_MAX]);

#endif
