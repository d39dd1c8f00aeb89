/* scratch: a directory for a test program's files, gone when it ends. */

#ifndef HARNESS_SCRATCH_H
#define HARNESS_SCRATCH_H

#include <stddef.h>

/* The directory, made (mode 0700) when it is asked for first. */
const char	*scratch_dir(void);

/* The path of name in it. Returns buf. */
char		*scratch_path(char *buf, size_t size, const char *name);

/*
 * The whole content of a file, NUL-terminated; len may be NULL. Returns NULL
 * with errno when it cannot be read; the caller frees it.
 */
char		*scratch_read(const char *path, size_t *len);

/* Waits until the file has this text, or is there at all (""). */
void		 scratch_expect(const char *path, const char *text);

/* Makes or replaces the file with this content; fails the test if it cannot. */
void		 scratch_write(const char *path, const void *data, size_t len);

#endif
