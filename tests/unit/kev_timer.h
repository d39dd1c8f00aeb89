/* kev_timer: short forms for tests of EVFILT_TIMER. */

#ifndef UNIT_KEV_TIMER_H
#define UNIT_KEV_TIMER_H

#include <stdint.h>
#include <time.h>

/* Adds one, or changes it; data is in the unit that fflags name. */
void		 kev_timer(int kq, uintptr_t ident, int flags, unsigned fflags,
		    int64_t data);

int64_t		 kev_timer_now_ns(clockid_t);

#endif
