/* effort: how much of what has no end is tried. */

#ifndef HARNESS_EFFORT_H
#define HARNESS_EFFORT_H

/*
 * So many rounds with random input, or a tenth of them, the first ones, where
 * YODEL_BRIEF is set: under a checker that takes twenty times as long for each.
 */
int		 effort_rounds(int rounds);

#endif
