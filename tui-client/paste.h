/* paste: a text of several lines, handed out line by line. Pure. */

#ifndef YODEL_PASTE_H
#define YODEL_PASTE_H

#include <stdbool.h>
#include <stddef.h>

struct paste;

/*
 * Takes a copy of text[0..len), in which CR, LF and CR LF end a line (terminals
 * paste CR). NULL with ENOMEM.
 */
struct paste	*paste_new(const char *text, size_t len);
void		 paste_free(struct paste *); /* NULL is fine */

/* The next line without its end, valid until paste_free(); false at the end. */
bool		 paste_next(struct paste *, const char **line, size_t *len);

/* Puts the line that paste_next() gave last back, to be given again. */
void		 paste_back(struct paste *);

size_t		 paste_lines(const struct paste *);	/* in all */
size_t		 paste_taken(const struct paste *);	/* so far */

#endif
