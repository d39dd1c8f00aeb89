/* script: the lines of a text file, for those who are to say something. */

#ifndef TOOLS_SCRIPT_H
#define TOOLS_SCRIPT_H

#include <stddef.h>

#define SCRIPT_LINES_MAX 4096
#define SCRIPT_BYTES_MAX 512	/* of a line with its newline */

struct script;

/*
 * Reads the file; empty lines, and those that begin with #, are left out. NULL
 * with errno: EFBIG where it has too many lines or one is too long, ENODATA
 * where it has none.
 */
struct script	*script_read(const char *path);
void		 script_free(struct script *); /* NULL is fine */

size_t		 script_count(const struct script *); /* >= 1 */

/* Line i < script_count(), with a newline at its end; *len has it counted. */
const char	*script_line(const struct script *, size_t i, size_t *len);

#endif
