/*
 * field: a short text that is typed, at its end only: what is looked for, say.
 * Pure.
 */

#ifndef YODEL_FIELD_H
#define YODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#define FIELD_BYTES	1024

struct key;

/* Zero it first. */
struct field {
	size_t	 len;
	char	 text[FIELD_BYTES];	/* UTF-8, as it came; not terminated */
};

/* Appends what has room, cut between two characters. */
void		 field_append(struct field *, const char *text, size_t len);
void		 field_append_char(struct field *, wchar_t);

/* Takes the last character (a cluster), word, or all of it away. */
void		 field_erase_char(struct field *);
void		 field_erase_word(struct field *);
void		 field_clear(struct field *);

/* A character, or a key that takes one away. False where it is neither. */
bool		 field_take(struct field *, const struct key *);

#endif
