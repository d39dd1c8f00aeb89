/* kev_signal: short forms for tests of EVFILT_SIGNAL. */

#ifndef UNIT_KEV_SIGNAL_H
#define UNIT_KEV_SIGNAL_H

/*
 * As kev_setup(). A kqueue does not take the place of a signal's action, so
 * SIGUSR1 and SIGUSR2 are ignored first, as a program does.
 */
int		 kev_signal_setup(void **state);

void		 kev_signal_watch(int kq, int signo, int flags);
void		 kev_signal_send(int signo);

#endif
