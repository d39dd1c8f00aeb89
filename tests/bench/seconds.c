/* seconds: see seconds.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "instant.h"
#include "seconds.h"

#define LEAST 0.01
#define MOST  600.0

int
seconds_parse_ns(const char *text, uint64_t *ns)
{
	double seconds;

	/* of what strtod(3) takes, only this: no sign, no infinity, no 0x */
	if (text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0' ||
	    strchr(text, '.') != strrchr(text, '.') || strcmp(text, ".") == 0) {
		errno = EINVAL;
		return -1;
	}
	seconds = strtod(text, NULL);
	if (seconds < LEAST || seconds > MOST) {
		errno = ERANGE;
		return -1;
	}
	*ns = (uint64_t)(seconds * (double)INSTANT_S);
	return 0;
}
