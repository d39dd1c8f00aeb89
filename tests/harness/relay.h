/*
 * relay: a bad cable. A process that hands packets from one descriptor to the
 * other, both ways, and of a hundred loses four, doubles two, and keeps three
 * back until the next one has passed.
 */

#ifndef HARNESS_RELAY_H
#define HARNESS_RELAY_H

/*
 * Starts it; the descriptors stay the caller's too. It ends with the test (on
 * Linux), or when both are closed elsewhere. Chance falls by the seed.
 */
void		 relay_start(int one, int other, unsigned seed);

#endif
