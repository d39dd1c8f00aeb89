/* folder: the files that a path, as far as it is typed, may become. */

#ifndef YODEL_FOLDER_H
#define YODEL_FOLDER_H

#include <stddef.h>

struct candidates;

#define FOLDER_ENTRIES	4096	/* of a directory that are looked at */

/*
 * Adds the names that begin like what follows the last slash of path ("~/" is
 * the home), in order; directories with a slash behind them, hidden ones only
 * where a dot was typed. Returns where in path the name begins. It reads a
 * directory, which may take a while: only when it was asked for.
 */
size_t		 folder_match(const char *path, struct candidates *);

#endif
