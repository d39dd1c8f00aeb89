/* region: the language and the time that tests reckon with, whatever the user's. */

#ifndef HARNESS_REGION_H
#define HARNESS_REGION_H

/*
 * A locale with UTF-8, and the time of Greenwich. As the set-up of a group, or of
 * a test: 0, or -1 where there is no such locale.
 */
int		 region_setup(void **state);

#endif
