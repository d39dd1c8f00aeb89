/*
 * drawn: whether bytes for a terminal do no more than draw.
 *
 * Allowed are well-formed UTF-8 without controls and without characters that
 * hide or reorder others, the cursor's moves, and those escape sequences that a
 * full-screen program has a use for, in the spelling that terminfo(5) has for
 * them: no report is asked for, no title, clipboard, link, bell, character set
 * or blinking.
 */

#ifndef HARNESS_DRAWN_H
#define HARNESS_DRAWN_H

#include <stddef.h>

struct term;

/* The first of them that does more; NULL when there is none. */
const char	*drawn_reject(const char *bytes, size_t len);

/*
 * Fails the test unless all that the program in the terminal has written since
 * its start only draws.
 */
void		 drawn_expect(struct term *);

#endif
