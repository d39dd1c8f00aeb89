/*
 * environment: what a program in a terminal finds there, and nothing of the
 * user's.
 */

#ifndef HARNESS_ENVIRONMENT_H
#define HARNESS_ENVIRONMENT_H

/*
 * What is to be changed, as in struct process_options: the terminal and locale
 * of the tests, the scratch directory in place of the user's own, and then what
 * is wanted (NULL for nothing more).
 */
char		**environment_new(const char *const *wanted);
void		 environment_free(char **);

#endif
