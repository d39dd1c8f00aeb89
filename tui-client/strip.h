/*
 * strip: which fields of a row are shown where not all of them fit. One is
 * shown whole or not at all: a number that was cut is another number. Pure.
 */

#ifndef YODEL_STRIP_H
#define YODEL_STRIP_H

#include <stdbool.h>
#include <stddef.h>

#define STRIP_FIELDS	16

struct strip_field {
	char	 text[320];	/* with the blanks before it */
	unsigned width;		/* columns */
	unsigned rank;		/* 0 is the most important one */
	int	 style;		/* the owner's */
	bool	 shown;
};

struct strip {
	struct strip_field fields[STRIP_FIELDS]; /* in the order of the row */
	size_t	 count;
};

void		 strip_init(struct strip *);

/*
 * Adds a field behind the others. One too many, or one longer than the room for
 * its text, is left out.
 */
void		 strip_add(struct strip *, unsigned rank, int style,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Decides which are shown: by rank, each that fits into what is left. */
void		 strip_fit(struct strip *, unsigned columns);

#endif
