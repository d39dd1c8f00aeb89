/* clock: the two clocks, in the units that the rest of the code uses. */

#ifndef YODEL_CLOCK_H
#define YODEL_CLOCK_H

#include <stdint.h>

/* The monotonic clock: for every time-out, age and round trip. */
uint64_t	 clock_now_ms(void);
uint64_t	 clock_now_us(void);

/* The wall clock, in ms since the Epoch: only for what a person reads. */
uint64_t	 clock_wall_ms(void);

#endif
