/*
 * words: the words already seen, for Tab: bounded, the latest first. Pure.
 */

#ifndef YODEL_WORDS_H
#define YODEL_WORDS_H

#include <stddef.h>

struct words;

struct words	*words_new(void); /* NULL with ENOMEM */
void		 words_free(struct words *); /* NULL is fine */

/*
 * Learns the words of a text: letters, digits, and what stands between them in
 * names and addresses; of three characters to 64. What visible would have to
 * spell out is no word. Cheap enough for a flood: it is copied now and looked
 * at later, a text beyond 4 KiB is not, and of more than a megabyte between two
 * calls of words_match() only the beginning and the end are.
 */
void		 words_learn(struct words *, const char *text, size_t len);

/*
 * The words that begin with prefix[0..len) and are longer, the latest first: the
 * one behind `after`, which is what the call before returned, or NULL to begin
 * with. NULL where there are no more. Valid until the next words_learn().
 */
const char	*words_match(struct words *, const char *prefix, size_t len,
		    const char *after);

/*
 * Where in line[0..len) a word begins that goes up to its end, the longest one
 * (nth 0), or a later part of it: "a.b" is one, and so is "b". len where there
 * is none. Only the end of a long line is looked at.
 */
size_t		 words_begin(const char *line, size_t len, size_t nth);

#endif
