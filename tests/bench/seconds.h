/* seconds: how long a window is, as people type it. */

#ifndef BENCH_SECONDS_H
#define BENCH_SECONDS_H

#include <stdint.h>

#define SECONDS_WANTED	"a number of seconds from 0.01 to 600"

/* "2" or "0.25" in 0.01..600. 0, or -1 with EINVAL or ERANGE. */
int		 seconds_parse_ns(const char *text, uint64_t *ns);

#endif
