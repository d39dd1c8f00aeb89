/* shape: what a load looks like: "50x64Kx1". */

#ifndef BENCH_SHAPE_H
#define BENCH_SHAPE_H

#include <stddef.h>

#define SHAPE_CLIENTS_MAX	50000
#define SHAPE_BYTES_MAX		(16 * 1024 * 1024)
#define SHAPE_DEPTH_MAX		1024
#define SHAPE_TEXT_MAX		64

struct shape {
	unsigned clients;
	size_t	 size;		/* of a message, in bytes */
	unsigned depth;		/* messages of each client under way */
};

/*
 * CLIENTSxSIZExDEPTH; SIZE may end in K or M. 0, or -1 with EINVAL or ERANGE.
 */
int		 shape_parse(const char *text, struct shape *);

/* As shape_parse() takes it. Returns buf. */
char		*shape_name(char buf[SHAPE_TEXT_MAX], const struct shape *);

/* For a person: "50 clients, 64 KiB, depth 1". Returns buf. */
char		*shape_format(char buf[SHAPE_TEXT_MAX], const struct shape *);

#endif
