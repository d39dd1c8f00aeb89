/* child: a part of a test that changes its process for good. */

#ifndef UNIT_CHILD_H
#define UNIT_CHILD_H

/*
 * Runs fn in a forked child and fails the test unless it returns NULL: else it
 * is what went wrong, a sentence that outlives fn. A child has no assertions.
 */
void		 child_expect(const char *(*fn)(void));

#endif
