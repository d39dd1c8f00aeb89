/* privileges: from root to a user that can do nothing but serve. */

#ifndef YODEL_PRIVILEGES_H
#define YODEL_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#define PRIVILEGES_ERROR_MAX	256

bool		 privileges_are_root(void);

/*
 * Becomes this user (a name, or a number that has an entry): its groups, its
 * group, itself, for good, in all threads; then makes sure that there is no way
 * back. A process that is that user already, and not root, stays as it is.
 * Root is an error, and so is who has root's group. Returns 0, or -1 with a
 * text in error that names the user (anything: as it is, cut where it is long)
 * and what is wrong: "nobody2: no such user". After a failure the process must
 * not go on.
 */
int		 privileges_drop(const char *user,
		    char error[PRIVILEGES_ERROR_MAX]);

#endif
