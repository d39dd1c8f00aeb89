/* child: a part of a test that changes its process for good. */

#ifndef UNIT_CHILD_H
#define UNIT_CHILD_H

#include <stdbool.h>

/*
 * Runs fn in a forked child and fails the test unless it returns NULL: else it
 * is what went wrong, a sentence that outlives fn. A child has no assertions.
 */
void		 child_expect(const char *(*fn)(void));

/* Whether it returns NULL there: for what a system may not have. */
bool		 child_succeeds(const char *(*fn)(void));

#endif
