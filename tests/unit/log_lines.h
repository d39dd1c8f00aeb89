/* log_lines: a log of numbered lines in a scratch file, and its checking. */

#ifndef UNIT_LOG_LINES_H
#define UNIT_LOG_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "log.h"

#define LOG_LINES_STAMP	24	/* bytes of "2026-11-22 14:02:12.001 " */

/* Where the log of a test goes. */
struct log_place {
	char	 path[128];
	char	 moved[128];	/* for the file that was rotated away */
};

struct log_place log_place(const char *name);

/* A text log; a failure fails the test. */
struct log	*log_lines_open(const char *path, enum log_level,
		    size_t limit_bytes);

/* An event of about 100 bytes that ends in n=N. */
void		 log_lines_put(struct log *, const char *event, uint64_t n);

/*
 * As strstr(3), which an address sanitizer has look at all that is left of a text
 * each time: minutes, where lines are counted.
 */
const char	*log_lines_find(const char *text, const char *word);
size_t		 log_lines_count(const char *text, const char *word);

/* The sum of all that "dropped" events tell. */
size_t		 log_lines_dropped(const char *text);

/* A whole log, each of its lines checked for its form. The caller frees it. */
char		*log_lines_read(const char *path);

/* The log has to hold n=FROM up to n=TO-1, in order, and nothing else. */
void		 log_lines_check(const char *path, uint64_t from, uint64_t to);

/* Reads a pipe to its end. The caller frees the text. */
char		*log_lines_drain(int fd);

#endif
