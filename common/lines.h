/* lines: a byte stream in any split -> its lines, with a bound on each. */

#ifndef YODEL_LINES_H
#define YODEL_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines;

/* A line without its end, or a piece of one; text is not terminated. */
struct line {
	const char *text;	/* valid during the callback only */
	size_t	 len;
	bool	 first;		/* begins a line */
	bool	 last;		/* ends a line: LF, CR LF or end of stream */
	bool	 crlf;		/* (last) ended by CR LF: the CR is not in text */
	bool	 ended;		/* (last) an end of line was seen */
};

/*
 * Lines of at most limit_bytes (>= 2) come whole; a longer one comes in pieces
 * of limit_bytes, or up to three less so that no UTF-8 character is torn:
 * memory is bounded whatever arrives. A CR that is not before LF is part of the
 * text. Returns NULL with ENOMEM.
 */
struct lines	*lines_new(size_t limit_bytes);
void		 lines_free(struct lines *); /* NULL is fine */

/*
 * Takes p[0..len) and calls fn for every line that it completes; fn leaves the
 * struct alone. A line that lies whole in p is not copied. Returns 0, or -1
 * with ENOMEM (nothing taken).
 */
int		 lines_feed(struct lines *, const void *p, size_t len,
		    void (*fn)(void *arg, const struct line *), void *arg);

/*
 * Hands out what waits as a piece of its line, which goes on. A CR waits on: it
 * may be half of an end of line.
 */
void		 lines_flush(struct lines *,
		    void (*fn)(void *arg, const struct line *), void *arg);

/* The end of the stream: hands out what was not ended, and starts afresh. */
void		 lines_finish(struct lines *,
		    void (*fn)(void *arg, const struct line *), void *arg);

/* Bytes of the line that has not ended yet. */
size_t		 lines_pending(const struct lines *);

#endif
