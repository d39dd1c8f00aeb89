/*
 * needle: a text to look for, and where it stands in another. Pure.
 *
 * Both are compared character by character, strictly decoded UTF-8; a bad byte
 * is a character that only equals itself. Case is ignored (towlower(3):
 * setlocale() first) as long as the needle has no capital letter.
 */

#ifndef YODEL_NEEDLE_H
#define YODEL_NEEDLE_H

#include <stdbool.h>
#include <stddef.h>

struct needle;

struct needle_match {
	size_t	 start, len;	/* in bytes: len differs where case does */
};

/* Of pattern[0..len), len > 0, a copy. NULL with ENOMEM. */
struct needle	*needle_new(const char *pattern, size_t len);
void		 needle_free(struct needle *); /* NULL is fine */

/*
 * The first match in text[from..len). from is 0, or where a match has ended;
 * so matches never overlap. False where there is none. Takes time in proportion
 * to what it passes, whatever the two texts are.
 */
bool		 needle_find(const struct needle *, const char *text,
		    size_t len, size_t from, struct needle_match *);

#endif
