/*
 * candidates: the texts that a word may become: how far they agree, and a line
 * that shows them. Pure.
 */

#ifndef YODEL_CANDIDATES_H
#define YODEL_CANDIDATES_H

#include <stddef.h>

#define CANDIDATES_MAX	4096	/* those beyond are left out */

/* Zero it first. */
struct candidates {
	char	**texts;
	size_t	 count, room;
	size_t	 common;	/* bytes that all of them begin with */
};

/* Takes a copy. Without memory for it, it is left out. */
void		 candidates_add(struct candidates *, const char *text);

/* None is left, nor the memory. */
void		 candidates_clear(struct candidates *);

void		 candidates_sort(struct candidates *);

/*
 * What all of them have behind their first `typed` bytes, as far as it may be
 * typed: whole characters, and none that visible would have to spell out. To
 * out, terminated; returns its bytes.
 */
size_t		 candidates_extend(const struct candidates *, size_t typed,
		    char *out, size_t size);

/*
 * As many as fit into columns, made visible, two blanks between them, and how
 * many more there are: "clear  connect  +3". Returns out.
 */
char		*candidates_line(const struct candidates *, size_t columns,
		    char *out, size_t size);

#endif
