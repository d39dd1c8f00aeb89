#include "kev_signal.h"

#include <signal.h>
#include <unistd.h>

#include "harness/harness.h"
#include "kev.h"

int
kev_signal_setup(void **state)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (sigaction(SIGUSR1, &ignore, NULL) == -1 ||
	    sigaction(SIGUSR2, &ignore, NULL) == -1)
		return -1;
	return kev_setup(state);
}

void
kev_signal_watch(int kq, int signo, int flags)
{
	kev_change(kq, (uintptr_t)signo, EVFILT_SIGNAL, flags, 0);
}

void
kev_signal_send(int signo)
{
	assert_int_equal(kill(getpid(), signo), 0);
}
