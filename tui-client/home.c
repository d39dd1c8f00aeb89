#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "home.h"

int
home_expand(char *buf, size_t size, const char *path)
{
	const char *home = "";
	int n;

	if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
		home = getenv("HOME");
		if (home == NULL || *home == '\0')
			home = "~";
		path++;
	}
	n = snprintf(buf, size, "%s%s", home, path);
	if (n < 0 || (size_t)n >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}
