/*
 * backlog_lines: the lines of a backlog, found from any offset in it. Pure;
 * holds a few blocks of the text, whatever the backlog's size.
 *
 * A line ends behind a newline; a very long one comes in pieces: a block that
 * has no newline in it ends one. So a piece is shorter than two blocks, and
 * where it begins is known without looking any further.
 */

#ifndef YODEL_BACKLOG_LINES_H
#define YODEL_BACKLOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct backlog;
struct backlog_lines;

#define BACKLOG_LINES_BLOCK	((size_t)64 << 10)

/* A line, or a piece of one. */
struct backlog_line {
	uint64_t start, end;	/* the newline is before end */
	bool	 open;		/* the last one, which has no newline yet */
	const char *text;	/* without it; until the next call */
	size_t	 len;
};

/* The backlog is the caller's and outlives it. NULL with ENOMEM. */
struct backlog_lines *backlog_lines_new(const struct backlog *,
		    size_t block_bytes);
void		 backlog_lines_free(struct backlog_lines *); /* NULL is fine */

/*
 * The line with the byte at this offset (first <= offset < end). What can't be
 * read is blanks. The next one begins at its end, the one before it ends at its
 * start.
 */
void		 backlog_lines_at(struct backlog_lines *, uint64_t offset,
		    struct backlog_line *);

/*
 * Why something could not be read, an errno, until that has fallen out; 0 where
 * all could.
 */
int		 backlog_lines_error(const struct backlog_lines *);

#endif
