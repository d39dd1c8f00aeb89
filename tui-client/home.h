/* home: a path as a person types it, with ~/ for the home -> a path. Pure. */

#ifndef YODEL_HOME_H
#define YODEL_HOME_H

#include <stddef.h>

/*
 * Copies path to buf, with $HOME for a ~ that stands alone or before a slash;
 * where there is no home it stays. "~other" is no one's home. Returns 0, or -1
 * with ENAMETOOLONG.
 */
int		 home_expand(char *buf, size_t size, const char *path);

#endif
