/*
 * sweep: plays a scene again and again, each time with another call that fails
 * another way, and says what came of it.
 *
 * The scene is played in children, one after the other in the same process
 * until one goes wrong. After each the sweep itself looks for descriptors and
 * memory that are left, a byte behind a block, calls without end, and a scene
 * that does not end.
 *
 * YODEL_FAULT=all: every call that the scene makes fails in every way, also
 * several in a row; else the 1st, 4th, 16th and so on of each function, or every
 * one where the scene is whole.
 * YODEL_FAULT=scene:call:at:error:times: that one alone, as a failure is
 * reported.
 */

#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>

struct sweep_scene {
	const char *name;
	/*
	 * Plays it once, calling fault_stay_in() for what is under test.
	 * Returns NULL, or a text, valid until the next call, that says what is
	 * wrong.
	 */
	const char *(*play)(void);
	unsigned burst;		/* how many calls fail in a row, at times */
	bool	 whole;		/* short enough for each of its calls to fail */
};

/*
 * Fails the test where anything is wrong; skips it where YODEL_FAULT names
 * another scene.
 */
void		 sweep_play(const struct sweep_scene *);

/*
 * How many clients what is armed may have cost so far: one for each call that
 * failed, none if it may not be noticed.
 */
unsigned	 sweep_price(void);

#endif
