/*
 * target: what yodel --watch is to watch: the control socket of a yodeld, or a
 * log file.
 */

#ifndef YODEL_TARGET_H
#define YODEL_TARGET_H

#include <limits.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

enum target_kind {
	TARGET_CONTROL,
	TARGET_FILE
};

struct target {
	enum target_kind kind;
	char	 path[PATH_MAX];
};

/*
 * What is at path ("unix:PATH" is PATH), or, where that is NULL, the only
 * yodeld of this user that answers; that takes a second at most. Returns 0, or
 * -1, having said on stderr what there is instead.
 */
int		 target_find(struct target *, const char *path);

#endif
