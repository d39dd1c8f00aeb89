#include "kev_timer.h"

#include "harness/harness.h"
#include "kev.h"

void
kev_timer(int kq, uintptr_t ident, int flags, unsigned fflags, int64_t data)
{
	kev_change_data(kq, ident, EVFILT_TIMER, EV_ADD | flags, fflags, data);
}

int64_t
kev_timer_now_ns(clockid_t clock)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(clock, &ts), 0);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
